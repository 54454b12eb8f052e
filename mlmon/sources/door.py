"""The door for files that others write: what is read and what is fingerprinted are the same bytes.

A file is a regular one that may be read; its path is spelled so that DuckDB takes it for itself
and for no pattern; whoever reads it does so inside `unchanged`.
"""

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path
from types import MappingProxyType

from mlmon.errors import SourceError, reason
from mlmon.system import fingerprints
from mlmon.warehouse.sql import literal

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
NEIGHBOURS = {"\\": "[\\]"}  # of a backslash in the alphabet
MOST_ALIKE = 1000  # names that are looked for beside one with backslashes
TICK = 2_000_000_000  # ns: within it a file may be written again and bear the same time


@dataclass(frozen=True)
class File:
    """A regular file as it stood when it was looked at; `stamp` tells it from what it becomes.

    `digest` is the sha256 of its bytes, once they were read.
    """

    path: Path
    stamp: str
    is_settled: bool  # its times are old enough that any later change will show in the stamp
    digest: str = ""


def file(path: Path) -> File:
    """Return the file at a path. Raises SourceError: not there, a folder, a pipe, a device."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise SourceError(f"{path}: there is no such file") from error
        raise SourceError(f"{path}: {_why(error)}") from error
    if stat.S_ISDIR(found.st_mode):
        raise SourceError(f"{path.name}: this is a folder; give a file")
    if not stat.S_ISREG(found.st_mode):
        raise SourceError(f"{path.name}: this is no regular file; save what it gives as one")
    changed = max(found.st_mtime_ns, found.st_ctime_ns)
    parts = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
    return File(path, " ".join(map(str, parts)), changed + TICK < time.time_ns())


def hashed(path: Path, digests: Mapping[str, str] = MappingProxyType({})) -> File:
    """Return the file at a path with its digest, which `digests` may have by its stamp.

    Raises SourceError when it cannot be read.
    """
    found = file(path)
    if found.stamp in digests:
        return replace(found, digest=digests[found.stamp])
    try:
        return replace(found, digest=fingerprints.of(path, "sha256"))
    except OSError as error:
        raise SourceError(f"{path.name}: {_why(error)}") from error


def watched(path: Path) -> File:
    """Return the file at a path, with its digest only if a change could escape its stamp."""
    found = file(path)
    return found if found.is_settled else hashed(path)


@contextmanager
def unchanged(before: Sequence[File]) -> Iterator[None]:
    """Inside, the files are read; what comes of it counts only if they stayed as they were.

    Raises SourceError when one is still being written.
    """
    try:
        yield
    except SourceError:
        _verify([replace(each, digest="") for each in before])  # half there is not faulty
        raise
    _verify(before)


def _verify(before: Sequence[File]) -> None:
    """Raise SourceError when a file is not what it was."""
    for each in before:
        try:
            same = file(each.path).stamp == each.stamp
            if same and each.digest and not each.is_settled:
                same = hashed(each.path).digest == each.digest
        except SourceError:
            same = False
        if not same:
            raise SourceError(
                f"{each.path.name}: is still being written, it changed while it was read; nothing "
                "of it was taken, do it again when it is complete"
            )


def spelled(path: Path) -> str:
    """Return the SQL literal by which DuckDB reads this file and no other.

    In a pattern, which any of `*?[` makes of a path, a backslash would part folders; a range of
    letters is one, if no file has its neighbours in that place. Raises SourceError for the few
    names that cannot be spelled.

    >>> spelled(Path("/in/q[a]*.csv"))
    "'/in/q[[]a][*].csv'"
    """
    whole = os.path.abspath(path)
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        raise SourceError(f"{path.name}: its path is not UTF-8; rename it") from error
    pattern = re.sub(r"[*?[]", r"[\g<0>]", whole)
    if pattern != whole and "\\" in whole and os.sep == "/":
        alike = ("".join(parts) for parts in product(*(NEIGHBOURS.get(c, c) for c in whole)))
        if any(other != whole and os.path.lexists(other) for other in islice(alike, MOST_ALIKE)):
            raise SourceError(f"{path}: a file beside it has [ or ] for its backslash; rename one")
        pattern = pattern.replace("\\", "[[-]]")
    return literal(pattern)


def refuse_address(path: str) -> None:
    """Raise SourceError for an address such as s3://bucket/file, which is no path."""
    if ADDRESS.match(path) and not os.path.lexists(path):
        address = re.sub(":/+", "://", path, count=1)  # of which pathlib leaves one
        raise SourceError(
            f"{address}: this is an address, and mlmon reads files of this machine; copy the file "
            "here and give its path"
        )


def _why(error: Exception) -> str:
    """Return why the system does not give a file."""
    if isinstance(error, PermissionError):
        return "it may not be read; give yourself the permission"
    return f"cannot be read: {getattr(error, 'strerror', None) or reason(error)}"
