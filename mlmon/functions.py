"""Functions of the user's own, named `module:function`; modules beside mlmon.yml come first."""

import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

_loaded: dict[str, tuple[Path, str]] = {}  # module -> its file and the md5 of its text


def find(folder: Path, reference: str) -> Any:
    """Return what `module:function` names; a module of the folder is as its file says now.

    Raises ImportError, AttributeError, ValueError, and whatever importing the module raises.
    """
    name, _, function = reference.partition(":")
    file = _file(folder, name)
    known = (file, _md5(file)) if file else None
    if name in _loaded and _loaded[name] != known:
        _forget(name)
    place = str(folder.resolve())
    sys.path.insert(0, place)
    try:
        module = importlib.import_module(name)
    finally:
        sys.path.remove(place)
    if known and Path(module.__file__ or "") == known[0]:
        _loaded[name] = known
    return getattr(module, function)


def fingerprint(folder: Path, reference: str) -> str | None:
    """Return the md5 of the module's text; None when it is not a file beside mlmon.yml."""
    file = _file(folder, reference.partition(":")[0])
    return _md5(file) if file else None


def _file(folder: Path, name: str) -> Path | None:
    """Return the file of a module that stands in the folder, or None."""
    path = folder.resolve().joinpath(*name.split("."))
    choices = (path / "__init__.py", path.with_name(f"{path.name}.py"))
    return next((file for file in choices if file.is_file()), None)


def _md5(file: Path) -> str:
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


def _forget(name: str) -> None:
    """The module, whose file is another or has another text now, will be read again."""
    file, _ = _loaded.pop(name)
    sys.modules.pop(name, None)
    Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)
    importlib.invalidate_caches()
