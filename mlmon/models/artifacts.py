"""Fitted pipelines on disk: written once under their content's hash, verified before loading.

A file that was swapped is refused, and so is one that would make what neither the list of types
nor the project's owner allows (see mlmon/models/audit.py), whatever the warehouse says of it.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlmon.errors import ArtifactError, reason
from mlmon.models import audit
from mlmon.models.audit import Trust
from mlmon.system import fingerprints, functions
from mlmon.system.files import own, replacing

LIBRARIES = ("mlmon", "numpy", "pandas", "scikit-learn", "scipy", "skops")


@dataclass(frozen=True)
class Artifact:
    """A saved pipeline: its file relative to the warehouse's folder, and its types off the list."""

    path: str
    sha256: str
    trusted_types: tuple[str, ...]
    versions: dict[str, str]


def save(folder: Path, model: str, pipeline: Any, trust: Trust) -> Artifact:
    """The pipeline is on disk under `models/<model>/<hash>.skops`; nothing is overwritten.

    Raises ArtifactError when skops cannot write it, or could not load it again.
    """
    import skops.io

    try:
        content = _canonical(skops.io.dumps(pipeline))
    except Exception as error:  # whatever a user's estimator raises while it is taken apart
        raise ArtifactError(f"model {model} cannot be saved by skops: {reason(error)}") from error
    types = _audited(content, trust, f"model {model} cannot be saved")[1]
    sha256 = fingerprints.of(content, "sha256")
    path = Path("models") / model / f"{sha256[:16]}.skops"
    with replacing(folder / path, own, "a fitted model") as draft:
        draft.write_bytes(content)
    libraries = {name: version(name) for name in LIBRARIES}
    return Artifact(path.as_posix(), sha256, tuple(types), libraries)


def _audited(content: bytes, trust: Trust, what: str) -> tuple[list[str], list[str]]:
    try:
        return audit.names(content, trust)
    except ArtifactError as error:
        raise ArtifactError(f"{what}: {error}") from error


def _canonical(content: bytes) -> bytes:
    """Return a skops file whose bytes depend on the pipeline alone.

    skops names objects by their address in memory and zip files carry the time; here objects
    are counted in order and the time is fixed, so the same training gives the same sha256.
    """
    source = zipfile.ZipFile(io.BytesIO(content))
    numbers: dict[str, str] = {}

    def renumber(name: str) -> str:
        return _ADDRESS.sub(lambda found: numbers.setdefault(found[0], str(len(numbers))), name)

    schema = renumber(source.read(_SCHEMA).decode())
    parts = {_SCHEMA: schema.encode()}
    for name in source.namelist():
        if name != _SCHEMA:
            address, _, ending = name.partition(".")
            parts[f"{numbers.get(address, address)}.{ending}"] = source.read(name)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return target.getvalue()


_SCHEMA = "schema.json"
_ADDRESS = re.compile(r'(?<="__id__": )\d+|(?<="file": ")\d+')


def load(folder: Path, artifact: str, sha256: str, trust: Trust) -> Any:
    """Return the pipeline of a version; raises ArtifactError when it is not what it was."""
    path = folder / artifact
    return _loaded(verified(path, sha256), trust, path, "; train again")


def _loaded(content: bytes, trust: Trust, path: Path, advice: str = "") -> Any:
    """Return what a file holds once all of it is allowed; modules beside mlmon.yml are found."""
    import skops.io

    types = _audited(content, trust, f"{path} cannot be loaded")[0]
    try:
        with functions.importing(trust.folder):
            return skops.io.loads(content, trusted=types)
    except Exception as error:  # another library version may fail in any way
        raise ArtifactError(f"{path} cannot be loaded: {reason(error)}{advice}") from error


def verified(path: Path, sha256: str) -> bytes:
    """Return the bytes of a saved pipeline; raises ArtifactError when they are others."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"the fitted model {path} cannot be read; restore it or train again"
        ) from error
    if fingerprints.of(content, "sha256") != sha256:
        raise ArtifactError(f"{path} is not the file that was trained; restore it or train again")
    return content


def register(path: Path, trust: Trust) -> Any:
    """Return a fitted pipeline that a user brings as a .skops file; raises ArtifactError."""
    if path.suffix != ".skops":
        raise ArtifactError(f"{path}: save the pipeline with skops.io.dump as a .skops file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read: {reason(error)}") from error
    return _loaded(content, trust, path)
