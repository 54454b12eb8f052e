"""A file or folder that appears whole or not at all, and never in the place of somebody else's."""

import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlmon.errors import ConfigError
from mlmon.system.processes import runs

BEGINNING = 4096  # bytes of a file by which it is known
LONGEST = 40  # characters of a name that its draft repeats
MACHINE = re.sub(r"[^\w-]", "-", platform.node())[:LONGEST]
DRAFT = re.compile(rf"\..*\.mlmon\.{re.escape(MACHINE)}\.(\d+)(?:\.wal)?", re.DOTALL)

Known = Callable[[Path], bool]  # whether a file is one that may be replaced


def beginning(pattern: bytes) -> Known:
    """Return what recognizes files whose first bytes have the pattern."""
    expression = re.compile(pattern, re.DOTALL)

    def begins(path: Path) -> bool:
        with path.open("rb") as file:
            return expression.match(file.read(BEGINNING)) is not None

    return begins


def own(target: Path) -> bool:
    """A file of a folder that is mlmon's alone."""
    return target.is_file()


def refuse_strange(target: Path, is_ours: Known, what: str) -> None:
    """What stands at the path, if anything, is an empty file or one of ours.

    Raises ConfigError, which says `what` would be replaced.
    """
    if target.is_dir():
        raise ConfigError(f"{target} is a folder; name a file")
    if not os.path.lexists(target):
        return
    if not target.is_file() or not (target.stat().st_size == 0 or is_ours(target)):
        raise ConfigError(
            f"{target} is there already and is not {what}; nothing was written, "
            "name another place or move it away"
        )


@contextmanager
def replacing(target: Path, is_ours: Known, what: str) -> Iterator[Path]:
    """Inside, a path is to be written; afterwards the target is that file, on the disk.

    Whoever has the former one open keeps it. After a failure, or where nothing was written, the
    target is as it was and nothing is left. Only a file of ours is replaced, else ConfigError is
    raised.
    """
    refuse_strange(target, is_ours, what)
    with _drafting(target) as draft:
        yield draft
        if draft.exists():
            _flush(draft)
            draft.replace(target)
            _flush(target.parent)


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Inside, a folder is to be filled; afterwards it is the target, which is not there yet.

    After a failure nothing is left.
    """
    with _drafting(target) as draft:
        draft.mkdir()
        yield draft
        draft.rename(target)


@contextmanager
def _drafting(target: Path) -> Iterator[Path]:
    """Inside, a path beside the target is free; afterwards it is again.

    What processes that are no more left in the folder is removed first.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for path in abandoned(target.parent):
        remove(path)
    draft = target.with_name(f".{target.name[:LONGEST]}.mlmon.{MACHINE}.{os.getpid()}")
    _clear(draft)
    try:
        yield draft
    finally:
        _clear(draft)


def abandoned(folder: Path) -> list[Path]:
    """Return the drafts in a folder of this machine's processes that are no more."""
    drafts = {path: DRAFT.fullmatch(path.name) for path in folder.iterdir()}
    return sorted(path for path, name in drafts.items() if name and not runs(int(name[1])))


def remove(path: Path) -> None:
    """The file or folder is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _clear(draft: Path) -> None:
    for path in (draft, draft.with_name(f"{draft.name}.wal")):
        remove(path)


def _flush(path: Path) -> None:
    """The content of a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":  # which cannot open a folder
        return
    opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
