"""Fitted pipelines on disk: written once under their content's hash, verified before loading.

skops constructs only the types that the version recorded when it was saved, so a file that was
swapped or tampered with is refused before anything in it runs.
"""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlmon.drafts import replacing
from mlmon.errors import ArtifactError

LIBRARIES = ("mlmon", "numpy", "pandas", "scikit-learn", "scipy", "skops")
TRUSTED = ("sklearn.", "numpy.", "scipy.", "functools.partial")
BUILTINS = {f"builtins.{name}" for name in ("bytes", "complex", "frozenset", "range", "set")}


@dataclass(frozen=True)
class Artifact:
    """A saved pipeline: its file relative to the warehouse's folder and what loading may make."""

    path: str
    sha256: str
    trusted_types: tuple[str, ...]
    versions: dict[str, str]


def save(folder: Path, model: str, pipeline: Any) -> Artifact:
    """The pipeline is on disk under `models/<model>/<hash>.skops`; nothing is overwritten.

    Raises ArtifactError when skops cannot write it.
    """
    import skops.io

    try:
        content = _canonical(skops.io.dumps(pipeline))
    except Exception as error:  # whatever a user's estimator raises while it is taken apart
        raise ArtifactError(f"model {model} cannot be saved by skops: {error}") from error
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path("models") / model / f"{sha256[:16]}.skops"
    with replacing(folder / path) as draft:
        draft.write_bytes(content)
    types = tuple(sorted(skops.io.get_untrusted_types(data=content)))
    return Artifact(path.as_posix(), sha256, types, {name: version(name) for name in LIBRARIES})


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


def load(folder: Path, artifact: str, sha256: str, trusted_types: list[str]) -> Any:
    """Return the pipeline of a version; raises ArtifactError when the file is not what it was."""
    import skops.io

    path = folder / artifact
    content = verified(path, sha256)
    try:
        return skops.io.loads(content, trusted=trusted_types)
    except Exception as error:  # another library version may fail in any way
        raise ArtifactError(f"{path} cannot be loaded: {error}; train again") from error


def verified(path: Path, sha256: str) -> bytes:
    """Return the bytes of a saved pipeline; raises ArtifactError when they are others."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"the fitted model {path} cannot be read; restore it or train again"
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ArtifactError(f"{path} is not the file that was trained; restore it or train again")
    return content


def register(path: Path) -> Any:
    """Return a fitted pipeline that a user brings as a .skops file.

    Only scikit-learn's, numpy's and scipy's types are constructed. Raises ArtifactError.
    """
    import skops.io

    if path.suffix != ".skops":
        raise ArtifactError(f"{path}: save the pipeline with skops.io.dump as a .skops file")
    try:
        content = path.read_bytes()
        types = skops.io.get_untrusted_types(data=content)
        strangers = [
            name for name in types if not name.startswith(TRUSTED) and name not in BUILTINS
        ]
        if strangers:
            raise ArtifactError(f"{path}: type {strangers[0]} is not scikit-learn's; not loaded")
        return skops.io.loads(content, trusted=types)
    except ArtifactError:
        raise
    except Exception as error:  # not a skops file, unreadable, of another version
        raise ArtifactError(f"{path}: cannot be loaded: {error}") from error
