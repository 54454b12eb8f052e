"""Where batches come from: files on disk or a frame, as one relation with a fingerprint.

Text files are read as text only; what a value means is decided once, in `ingest`.
"""

import csv
import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mlmon.config import Dataset
from mlmon.errors import BatchNotFound, SourceError, others
from mlmon.literals import literal
from mlmon.warehouse import Warehouse

CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
PARQUET = (".parquet",)
FRAME = "frame"  # how the source of a batch that came from no file begins
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Source:
    """A file (or several read as one): its batch when that is known from the name."""

    name: str
    paths: tuple[Path, ...]
    batch: str | None

    def fingerprint(self) -> str:
        """Return the sha256 of the files' bytes."""
        digest = hashlib.sha256()
        for path in self.paths:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def find(folder: Path, dataset: Dataset, name: str) -> list[Source]:
    """Return the sources that a dataset's path stands for, by batch.

    Raises SourceError when there is no file at all.
    """
    if dataset.path is None:
        raise SourceError(f"dataset {name} has no `path:`; ingest a frame, or give it one")
    if "{batch}" in dataset.path:
        found = list(_by_pattern(folder, dataset.path))
    else:
        paths = tuple(_matching(folder, dataset.path))
        batch = _stem(paths[0]) if dataset.batching.by == "file" and len(paths) == 1 else None
        found = (
            [Source(path.name, (path,), _stem(path)) for path in paths]
            if dataset.batching.by == "file" and batch is None
            else [Source(dataset.path, paths, batch)]
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


def _matching(folder: Path, pattern: str) -> Iterator[Path]:
    path = Path(pattern)
    root, relative = (
        (Path(path.anchor), path.relative_to(path.anchor)) if path.is_absolute() else (folder, path)
    )
    yield from sorted(file for file in root.glob(str(relative)) if file.is_file())


def _by_pattern(folder: Path, pattern: str) -> Iterator[Source]:
    """Yield the files of a pattern; the part where `{batch}` stands is the batch."""
    before, _, after = Path(pattern).as_posix().partition("{batch}")
    sides = ("[^/]*".join(map(re.escape, side.split("*"))) for side in (before, after))
    expression = re.compile("(?P<batch>[^/]+)".join(sides) + "$")
    for path in _matching(folder, f"{before}*{after}"):
        shown = (
            path.as_posix()
            if Path(pattern).is_absolute()
            else (path.relative_to(folder).as_posix())
        )
        if found := expression.match(shown):
            yield Source(path.name, (path,), found["batch"])


def _stem(path: Path) -> str:
    """Return a file's name without the ending that says what it is."""
    ending = next((one for one in CSV + JSON + PARQUET if path.name.lower().endswith(one)), "")
    return path.name.removesuffix(path.name[len(path.name) - len(ending) :])


def relation(warehouse: Warehouse, source: Source) -> str:
    """Return the SQL that reads a source, its values as they stand in the file.

    Raises SourceError with file and reason: empty, not UTF-8, not what the ending says.
    """
    scans = []
    for path in source.paths:
        _readable(path)
        scans.append(_scan(path))
        try:
            warehouse.connection.execute(f"describe {scans[-1]}")
        except duckdb.Error as error:
            raise SourceError(f"{path.name}: {_reason(error)}") from error
    return " union all by name ".join(scans)


def _scan(path: Path) -> str:
    name, file = path.name.lower(), literal(str(path))
    if name.endswith(CSV):
        delimiter, columns = _header(path)
        types = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
        return (  # nothing is guessed: a guess may take a faulty row for something else
            f"select * from read_csv({file}, auto_detect = false, header = true,"
            f" delim = {literal(delimiter)}, quote = '\"', escape = '\"',"
            f" null_padding = false, strict_mode = true, columns = {{{types}}})"
        )
    if name.endswith(JSON):
        return f"select * from read_json_auto({file}, sample_size = -1)"
    if name.endswith(PARQUET):
        return f"select * from read_parquet({file})"
    raise SourceError(f"{path.name}: mlmon reads csv, json lines and parquet, not this ending")


def _header(path: Path) -> tuple[str, list[str]]:
    """Return what parts the values of a text file, and the names in its first row.

    Raises SourceError when a name is missing or stands there twice.
    """
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        line = file.readline().decode("utf-8-sig")
    delimiter = max(DELIMITERS, key=line.count)
    columns = next(csv.reader([line], delimiter=delimiter))
    known: set[str] = set()
    for position, column in enumerate(columns, start=1):
        if not column.strip():
            raise SourceError(f"{path.name}: row 1: column {position} has no name")
        if column.lower() in known:
            raise SourceError(f"{path.name}: row 1: column {column} stands there twice")
        known.add(column.lower())
    return delimiter, columns


def _readable(path: Path) -> None:
    """Raise SourceError when a text file is empty or is not UTF-8, with the row."""
    if not path.name.lower().endswith(CSV + JSON):
        return
    row = 0
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            for line in file:
                row += 1
                if not line.isascii():
                    line.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"{path.name}: row {row}, byte {error.start}"
        raise SourceError(f"{place} is not UTF-8; save the file as UTF-8") from error
    except (OSError, EOFError) as error:
        raise SourceError(f"{path.name}: cannot be read: {error}") from error
    if row == 0:
        raise SourceError(f"{path.name}: the file is empty; put the records there or remove it")


def explain(source: Source, error: duckdb.Error) -> SourceError:
    """Return a failure to read a source as one line with file and row."""
    return SourceError(f"{source.name}: {_reason(error)}")


def _reason(error: duckdb.Error) -> str:
    text = str(error)
    row = re.search(r"[Ll]ine: (\d+)", text)
    lines = [line.strip() for line in text.split("Possible fixes")[0].splitlines() if line.strip()]
    what = re.sub(r"^[\w ]+Error: ", "", lines[-1] if row else lines[0])
    return f"row {row[1]}: {what}" if row else what
