"""A file that appears whole or not at all, whoever reads it and whatever stops its writer."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlmon.processes import runs


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Inside, a path is to be written; afterwards the target is that file, on the disk.

    Whoever has the former one open keeps it. After a failure the target is as it was and nothing
    is left; what processes that are no more left behind is removed first.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    ours = f".{target.name}.{platform.node()}."
    _sweep(target.parent, ours)
    draft = target.with_name(f"{ours}{os.getpid()}")
    _remove(draft)
    try:
        yield draft
        _flush(draft)
        draft.replace(target)
        _flush(target.parent)
    finally:
        _remove(draft)


def _sweep(folder: Path, ours: str) -> None:
    """The folder has no draft of this machine's processes that are no more."""
    for path in folder.iterdir():
        process = path.name.removeprefix(ours).removesuffix(".wal")
        if path.name.startswith(ours) and process.isdecimal() and not runs(int(process)):
            path.unlink(missing_ok=True)


def _remove(draft: Path) -> None:
    for path in (draft, draft.with_name(f"{draft.name}.wal")):
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """The content of a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":  # which cannot open a folder
        return
    opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
