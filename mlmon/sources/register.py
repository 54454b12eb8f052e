"""The files that a dataset's batches were read from, so that none is read again for nothing.

A digest is taken for granted as long as size, times and inode of its file are the same, and were
two seconds old when it was read; anything else is read for its digest, and only then for its rows.
"""

import os
from collections.abc import Sequence

from mlmon.config import Config, Dataset
from mlmon.errors import BatchNotFound, SourceError
from mlmon.sources import door
from mlmon.sources import files as sources
from mlmon.sources.door import File
from mlmon.sources.files import Source
from mlmon.system import fingerprints
from mlmon.warehouse.warehouse import Warehouse, now


def current(warehouse: Warehouse, name: str, source: Source) -> list[File]:
    """Return the files of a source as they are now, with their digests. Raises SourceError."""
    query = "select stamp, sha256 from source_files where dataset = $name and stamp <> ''"
    known = {row["stamp"]: row["sha256"] for row in warehouse.read(query, name=name)}
    return [door.hashed(path, known) for path in source.paths]


def fingerprint(warehouse: Warehouse, name: str, source: Source) -> str:
    """Return the fingerprint of a source's files as they are now. Raises SourceError."""
    return sources.fingerprint(current(warehouse, name, source))


def are_read(
    warehouse: Warehouse, name: str, dataset: Dataset, source: Source, files: Sequence[File]
) -> bool:
    """Return whether the source was read as it is now, every batch of it."""
    if source.batch is not None:
        query = "select fingerprint from batches where dataset = $name and batch = $batch"
        there = warehouse.value(query, name=name, batch=source.batch)
        return bool(there == sources.fingerprint(files))
    query = "select path, sha256 from source_files where dataset = $name and definition = $of"
    rows = warehouse.read(query, name=name, of=definition(dataset, source))
    return bool(rows) and {(row["path"], row["sha256"]) for row in rows} == {
        (os.fspath(each.path), each.digest) for each in files
    }


def remember(
    warehouse: Warehouse, name: str, dataset: Dataset, source: Source, files: Sequence[File]
) -> None:
    """The source is known to be read, every batch of it."""
    if source.batch is None:
        forget(warehouse, name)
    paths = [os.fspath(each.path) for each in files]
    warehouse.write(
        "delete from source_files where dataset = $name and list_contains($paths, path)",
        name=name,
        paths=paths,
    )
    rows = [
        {
            "dataset": name,
            "path": path,
            "stamp": each.stamp if each.is_settled else "",
            "sha256": each.digest,
            "definition": definition(dataset, source),
            "read_at": now(),
        }
        for path, each in zip(paths, files, strict=True)
    ]
    warehouse.append("source_files", rows)


def forget(warehouse: Warehouse, name: str) -> None:
    """No file of the dataset is known: its batches changed by another way than its files."""
    warehouse.write("delete from source_files where dataset = $name", name=name)


def definition(dataset: Dataset, source: Source) -> str:
    """Return a name for what decides how the files become batches."""
    text = f"{dataset.model_dump_json()} {source.name}"
    return fingerprints.of(text)


def former_name(
    warehouse: Warehouse, config: Config, name: str, source: Source, fingerprint: str
) -> str | None:
    """Return the batch that has all that a file's new batch would have; None: it is new.

    Its own file is not there any more: it was renamed. Raises SourceError when it is.
    """
    query = (
        "select batch, source from batches where dataset = $name and fingerprint = $fingerprint"
        " and batch <> $batch and not exists (from batches as b where b.dataset = $name"
        " and b.batch = $batch) order by batch"
    )
    values = {"name": name, "fingerprint": fingerprint, "batch": source.batch}
    if source.batch is None or not (twin := warehouse.one(query, **values)):
        return None
    try:
        other = sources.one(config.folder, config.datasets[name], name, twin["batch"])
    except BatchNotFound:
        return str(twin["batch"])
    raise SourceError(
        f"{source.name}: it is the same file as {other.name}, batch {twin['batch']}; remove one"
    )
