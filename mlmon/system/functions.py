"""Functions and types of the user's own, in modules; those beside mlmon.yml come first."""

import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from mlmon.system import fingerprints


@dataclass(frozen=True)
class Loaded:
    """A module of a project's folder as it was read: its file and the md5 of its text."""

    folder: Path
    file: Path
    md5: str


_loaded: dict[str, Loaded] = {}


def find(folder: Path, reference: str) -> Any:
    """Return what `module:function` names; a module of the folder is as its file says now.

    Raises ImportError, AttributeError, ValueError, and whatever importing the module raises.
    """
    name, _, function = reference.partition(":")
    with importing(folder):
        return getattr(_module(folder.resolve(), name), function)


def own(folder: Path, module: str, name: str) -> Any:
    """Return what a module defines under a name; raises ImportError when it does not.

    What it only imported from elsewhere is not its own. Raises whatever importing it raises.
    """
    with importing(folder):
        found = getattr(_module(folder.resolve(), module), name, None)
    if getattr(found, "__module__", None) != module:
        raise ImportError(f"module {module} does not define {name}")
    return found


def is_beside(folder: Path, module: str) -> bool:
    """Return whether the module is a file of the folder, where mlmon.yml is."""
    return _file(folder.resolve(), module) is not None


def is_there(folder: Path, module: str) -> bool:
    """Return whether a module can be found: beside mlmon.yml, or its package is installed."""
    top = module.partition(".")[0]
    with importing(folder):
        if is_beside(folder, top):
            return is_beside(folder, module)
        try:
            return importlib.util.find_spec(top) is not None
        except ValueError:  # one without a specification
            return True


@contextmanager
def importing(folder: Path) -> Iterator[None]:
    """Inside, modules of the folder are found first, and all of them are as their files say now.

    Those of another project that this process read before are forgotten: modules of two projects
    may bear the same name and import each other.
    """
    place = folder.resolve()
    if not all(_is_current(place, name) for name in _loaded):
        _forget()
    before = set(sys.modules)
    sys.path.insert(0, str(place))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        with suppress(ValueError):  # a module that was imported may have changed the path
            sys.path.remove(str(place))
        for name in sys.modules.keys() - before:
            _remember(place, name)


def fingerprint(folder: Path, reference: str) -> str | None:
    """Return the md5 of the module's text; None when it is not a file beside mlmon.yml."""
    file = _file(folder.resolve(), reference.partition(":")[0])
    return fingerprints.of(file) if file else None


def _module(place: Path, name: str) -> ModuleType:
    """Return a module by its name, from the folder where that has it."""
    top = name.partition(".")[0]
    if _file(place, top) and top in sys.modules and top not in _loaded:
        _give_way(place, top)
    module = importlib.import_module(name)
    _remember(place, name)
    return module


def _give_way(place: Path, top: str) -> None:
    """A module of the folder can be imported though another of its name was, by somebody else."""
    other = getattr(sys.modules[top], "__file__", None)
    if other and Path(other).resolve().is_relative_to(place):
        return
    if other is None or any(Path(other).is_relative_to(path) for path in _INSTALLED):
        raise ImportError(f"{top} is also a module that is installed ({other}); rename yours")
    for name in [name for name in sys.modules if name.partition(".")[0] == top]:
        del sys.modules[name]


_INSTALLED = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]


def _file(place: Path, name: str) -> Path | None:
    """Return the file of a module that stands in the folder, or None."""
    path = place.joinpath(*name.split("."))
    choices = (path / "__init__.py", path.with_name(f"{path.name}.py"))
    return next((file for file in choices if file.is_file()), None)


def _remember(place: Path, name: str) -> None:
    file = _file(place, name)
    if file and Path(getattr(sys.modules.get(name), "__file__", None) or "").resolve() == file:
        _loaded[name] = Loaded(place, file, fingerprints.of(file))


def _is_current(place: Path, name: str) -> bool:
    """Return whether a module that was read is that of the folder, and has the text of then."""
    file, known = _file(place, name), _loaded[name]
    return file is not None and Loaded(place, file, fingerprints.of(file)) == known


def _forget() -> None:
    """The modules of projects' folders will be read again: one may hold what another defined."""
    for name in list(_loaded):
        file = _loaded.pop(name).file
        sys.modules.pop(name, None)
        with suppress(OSError):
            Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)
    importlib.invalidate_caches()
