"""Where batches come from: files on disk or a frame, as one relation with a fingerprint.

Text files are read as text only; what a value means is decided once, in `ingest`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mlmon.config import Dataset
from mlmon.errors import FULL, BatchNotFound, SourceError, others, reason
from mlmon.sources import door, formats
from mlmon.sources.door import File
from mlmon.system import fingerprints
from mlmon.warehouse.warehouse import Warehouse, raised_by_signal

FRAME = "frame"  # how the source of a batch that came from no file begins


@dataclass(frozen=True)
class Source:
    """A file (or several read as one): its batch when that is known from the name."""

    name: str
    paths: tuple[Path, ...]
    batch: str | None

    @property
    def is_text(self) -> bool:
        """Whether its values are text, of which mlmon says what they mean."""
        return bool(self.paths) and formats.is_untyped(self.paths[0])

    def fingerprint(self) -> str:
        """Return the sha256 of the files' bytes. Raises SourceError."""
        return fingerprint([door.hashed(path) for path in self.paths])


def fingerprint(files: Sequence[File]) -> str:
    """Return the sha256 of the digests of files."""
    return fingerprints.of(b"".join(bytes.fromhex(each.digest) for each in files), "sha256")


def find(folder: Path, dataset: Dataset, name: str) -> list[Source]:
    """Return the sources that a dataset's path stands for, by batch.

    Raises SourceError when there is no file at all.
    """
    if dataset.path is None:
        raise SourceError(f"dataset {name} has no `path:`; ingest a frame, or give it one")
    door.refuse_address(dataset.path)
    if "{batch}" in dataset.path:
        found = list(_by_pattern(folder, dataset.path))
    else:
        paths = tuple(_named(folder, dataset.path))
        batch = _stem(paths[0]) if dataset.batching.by == "file" and len(paths) == 1 else None
        found = (
            [Source(path.name, (path,), _stem(path)) for path in paths]
            if dataset.batching.by == "file" and batch is None
            else [Source(dataset.path if paths[1:] else paths[0].name, paths, batch)]
            if paths
            else []
        )
    named: dict[str | None, Source] = {}
    for source in found:
        other = named.setdefault(source.batch, source)
        if other is not source:
            both = f"{other.paths[0]} and {source.paths[0]}"
            raise SourceError(f"dataset {name}: {both} are batch {source.batch}; rename one")
    if not found:
        raise SourceError(f"dataset {name}: no file matches {dataset.path} in {folder.resolve()}")
    return found


def one(folder: Path, dataset: Dataset, name: str, batch: str) -> Source:
    """Return the source of one batch; raises BatchNotFound."""
    found = find(folder, dataset, name)
    for source in found:
        if source.batch == batch:
            return source
    there = others(batch, [source.batch for source in found if source.batch])
    raise BatchNotFound(f"dataset {name}: no file for batch {batch} matches {dataset.path}{there}")


def _named(folder: Path, path: str) -> Iterator[Path]:
    """Yield the file of just this name, else what the path stands for as a pattern."""
    try:
        exact = [folder / path] if (folder / path).is_file() else []
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be looked for: {reason(error)}") from error
    yield from exact or _matching(folder, path)


def _matching(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield what a pattern stands for but folders.

    Raises SourceError for what has the name of a file of records and is none.
    """
    path = Path(pattern)
    root = Path(path.anchor) if path.is_absolute() else folder
    try:
        relative = path.relative_to(path.anchor) if path.is_absolute() else path
        for found in sorted(root.glob(str(relative))):
            if formats.ending(found) or not found.is_dir():
                door.spelled(door.file(found).path)
                yield found
    except (OSError, ValueError, NotImplementedError) as error:
        raise SourceError(f"{pattern}: cannot be looked for: {reason(error)}") from error


def _by_pattern(folder: Path, pattern: str) -> Iterator[Source]:
    """Yield the files of a pattern; the part where `{batch}` stands is the batch."""
    before, _, after = Path(pattern).as_posix().partition("{batch}")
    sides = ("[^/]*".join(map(re.escape, side.split("*"))) for side in (before, after))
    expression = re.compile("(?P<batch>[^/]+)".join(sides), re.DOTALL)
    plain = re.sub(r"[?[]", r"[\g<0>]", f"{before}*{after}")  # of all marks only * is one here
    for path in _matching(folder, plain):
        absolute = Path(pattern).is_absolute()
        shown = path.as_posix() if absolute else path.relative_to(folder).as_posix()
        if found := expression.fullmatch(shown):
            yield Source(path.name, (path,), found["batch"])


def _stem(path: Path) -> str:
    """Return a file's name without the ending that says what it is."""
    stem = path.name[: len(path.name) - len(formats.ending(path))]
    if not stem:
        raise SourceError(f"{path}: nothing stands before its ending to name the batch; rename it")
    return stem


def relation(warehouse: Warehouse, source: Source) -> str:
    """Return the SQL that reads a source, its values as they stand in the files.

    Rows of several files have `mlmon_file`, which of them. Raises SourceError with file and
    reason.
    """
    scans = []
    for place, path in enumerate(source.paths):
        with explained(source):
            scan = formats.scan(warehouse, path)
            rows = warehouse.read(f"describe {scan}")
        if "mlmon_file" in {row["column_name"].lower() for row in rows}:
            raise SourceError(f"{path.name}: column mlmon_file is mlmon's own; rename it")
        several = len(source.paths) > 1
        scans.append(f"select *, {place} as mlmon_file from ({scan})" if several else scan)
    return " union all by name ".join(scans)


@contextmanager
def explained(source: Source) -> Iterator[None]:
    """Inside, DuckDB's failure to read a source becomes SourceError: a line with file and row.

    That the disk is full, or that somebody wants to stop, is no fault of the source.
    """
    try:
        yield
    except duckdb.Error as error:
        text = str(error)
        if raised_by_signal(error) or FULL.search(text):
            raise
        named = [path for path in source.paths if door.spelled(path)[1:-1] in text]
        if named or len(source.paths) == 1:
            raise formats.explained((named or source.paths)[0], error) from error
        raise SourceError(f"{source.name}: {reason(error)}") from error
