"""Ingest: files and frames become batches of a dataset's table.

The schema is frozen at the first ingest; every later value must fit it or nothing is written.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from mlmon.config import Config, Dataset
from mlmon.errors import BatchInUse, SourceError, printable
from mlmon.evaluations import references
from mlmon.sources import batches as source_batches
from mlmon.sources import columns as incoming
from mlmon.sources import files, frames, register
from mlmon.sources.columns import INCOMING
from mlmon.sources.door import File
from mlmon.sources.files import Source
from mlmon.system import progress
from mlmon.warehouse.sql import literal, quoted
from mlmon.warehouse.warehouse import Warehouse, now

PERIODS = {
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
    "year": "%Y",
}
log = logging.getLogger("mlmon")


def ingest(
    warehouse: Warehouse, config: Config, name: str, batches: Sequence[str] = ()
) -> list[str]:
    """Every file of the dataset that is new or changed is a batch; return those written.

    Writes the dataset's table and `batches`; predictions of a replaced batch are removed.
    With `batches` only those, each of which must have a file. Raises SourceError with file,
    row and column, BatchNotFound.
    """
    dataset = config.datasets[name]
    _check_name(warehouse, name)
    if batches and dataset.batching.by == "file":
        every = [files.one(config.folder, dataset, name, batch) for batch in batches]
    else:
        every = files.find(config.folder, dataset, name)
    written: list[str] = []
    for source in progress.each(f"ingest {name}", every, lambda one: one.batch or one.name):
        found = register.current(warehouse, name, source)
        if register.are_read(warehouse, name, dataset, source, found):
            continue
        fingerprint = files.fingerprint(found)
        if former := register.former_name(warehouse, config, name, source, fingerprint):
            log.warning(
                "mlmon: %s is batch %s under another name, nothing is left to do; to rename the "
                "batch too, delete it and ingest again",
                *map(printable, (source.name, former)),
            )
            continue
        with incoming.loaded(warehouse, source, found):
            written += _store(warehouse, config, name, source, found, batches)
    return written


def ingest_frame(
    warehouse: Warehouse, config: Config, name: str, frame: Any, batch: str | None = None
) -> list[str]:
    """The rows of a frame (pandas, Arrow, polars) are a batch; return the batches written.

    Raises SourceError as `ingest` does.
    """
    dataset = config.datasets[name]
    _check_name(warehouse, name)
    if batch is None and dataset.batching.by == "file":
        raise SourceError(f"a frame for dataset {name} needs `batch=`")
    source = Source(f"{files.FRAME} {batch or ''}".strip(), (), batch)
    with frames.registered(warehouse, frame, source.name), incoming.loaded(warehouse, source, ()):
        return _store(warehouse, config, name, source, ())


def delete_batch(warehouse: Warehouse, config: Config, name: str, batch: str) -> None:
    """The batch, its records and their predictions are gone; evaluations of it stay.

    Raises BatchNotFound, and BatchInUse when an active version was trained on it or a store is
    measured against it.
    """
    for store in references.stores_measured_against(warehouse, config, name, batch):
        raise BatchInUse(
            f"batch {batch} is the reference of store {store}; give stores.{store} of mlmon.yml "
            "another one first"
        )
    query = "from model_versions where is_active and dataset = $name"
    for version in warehouse.read(query, name=name):
        if batch in version["train_batches"]:
            raise BatchInUse(
                f"batch {batch} is part of the reference of {version['model']} version "
                f"{version['model_version']}; train on other batches first"
            )
    with warehouse.transaction():
        if not warehouse.write(
            "delete from batches where dataset = $name and batch = $batch", name=name, batch=batch
        ):
            raise source_batches.no_batch(warehouse, config, name, batch)
        _forget(warehouse, name, [batch])
        register.forget(warehouse, name)


def _check_name(warehouse: Warehouse, name: str) -> None:
    """Raise SourceError when the warehouse has the dataset under a name of another case."""
    query = "select dataset from batches where lower(dataset) = lower($name) and dataset <> $name"
    if other := warehouse.value(query, name=name):
        raise SourceError(
            f"dataset {name}: the warehouse has it as {other}, and case makes no difference; call "
            "it so in mlmon.yml"
        )


def _store(
    warehouse: Warehouse,
    config: Config,
    name: str,
    source: Source,
    found: Sequence[File],
    only: Sequence[str] = (),
) -> list[str]:
    """Check the incoming rows and commit those batches of them that are new or changed."""
    dataset = config.datasets[name]
    with warehouse.transaction(), files.explained(source):
        schema = incoming.frozen_schema(warehouse, dataset, name, source)
        times = (dataset.time, dataset.batching.time)
        incoming.check_values(warehouse, source, schema, times)
        names = _batches(warehouse, dataset, source)
        incoming.check_keys(warehouse, dataset, name, source, schema[dataset.key], names)
        if not warehouse.has(name):
            from mlmon.views import of_models

            _create(warehouse, dataset, name, schema)
            of_models.refresh(warehouse, config)
        elif _retype(warehouse, dataset, name, schema):
            from mlmon.views import of_models

            of_models.refresh(warehouse, config, anew=True)
        rows = _rows(warehouse, dataset, source, schema)
        changed = {
            batch: fingerprint
            for batch, fingerprint in _fingerprints(warehouse, source, found, rows).items()
            if not only or batch in only
        }
        known = warehouse.read("from batches where dataset = $name", name=name)
        for row in known:
            if changed.get(row["batch"]) == row["fingerprint"]:
                del changed[row["batch"]]
        if changed:
            _replace(warehouse, dataset, name, source, rows, changed)
        if not found:
            register.forget(warehouse, name)
        elif not only or source.batch:
            register.remember(warehouse, name, dataset, source, found)
    _warn_of_the_future(warehouse, name, source, list(changed))
    return list(changed)


def _create(warehouse: Warehouse, dataset: Dataset, name: str, schema: dict[str, str]) -> None:
    """The dataset's table exists, its schema frozen."""
    columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in schema.items())
    warehouse.write(f"create table {quoted(name)} (batch VARCHAR not null, {columns})")
    _document(warehouse, dataset, name, schema)


def _retype(warehouse: Warehouse, dataset: Dataset, name: str, schema: dict[str, str]) -> bool:
    """Columns that had no value so far have the schema's type; return whether any changed."""
    stored = warehouse.columns(name)
    new = {column: kind for column, kind in schema.items() if stored[column] != kind}
    for column, kind in new.items():
        warehouse.write(f"alter table {quoted(name)} alter column {quoted(column)} type {kind}")
    if new:
        _document(warehouse, dataset, name, schema)
    return bool(new)


def _document(warehouse: Warehouse, dataset: Dataset, name: str, schema: dict[str, str]) -> None:
    words = {column: f"As in the source, {kind}." for column, kind in schema.items()}
    words[dataset.key] = "Key of the record, unique in the dataset."
    words["batch"] = "The batch that the record came in."
    warehouse.comment("table", name, f"Records of dataset {name}, as they were ingested.", words)


def _batches(warehouse: Warehouse, dataset: Dataset, source: Source) -> list[str]:
    """Return the names of the batches in the incoming rows."""
    if source.batch is not None:
        return [source.batch]
    query = f"select {_batch_of(dataset, source)} as batch, min(mlmon_row) as row from {INCOMING}"
    rows = {row["batch"]: row["row"] for row in warehouse.read(f"{query} group by 1 order by 1")}
    if None in rows:
        where = incoming.place(warehouse, source, rows[None])
        column = dataset.batching.time
        raise SourceError(f"{where}, column {column}: a record without a time has no batch")
    return list(rows)


def _batch_of(dataset: Dataset, source: Source) -> str:
    """Return the SQL that names the batch of an incoming row."""
    if source.batch is not None:
        return literal(source.batch)
    batching = dataset.batching
    if batching.rows:
        first = f"(select min(mlmon_row) from {INCOMING})"
        return f"lpad((1 + (mlmon_row - {first}) // {batching.rows})::varchar, 6, '0')"
    moment = incoming.cast(str(batching.time), "TIMESTAMP")
    return f"strftime({moment}, '{PERIODS[str(batching.every)]}')"


def _rows(warehouse: Warehouse, dataset: Dataset, source: Source, schema: Mapping[str, str]) -> str:
    """Return the query of the incoming rows as they are stored, each with its `mlmon_row`."""
    given = incoming.columns(warehouse)
    casts = ", ".join(
        f"{incoming.cast(column, kind, given[column])} as {quoted(column)}"
        for column, kind in schema.items()
    )
    return f"select {_batch_of(dataset, source)} as batch, mlmon_row, {casts} from {INCOMING}"


def _fingerprints(
    warehouse: Warehouse, source: Source, found: Sequence[File], rows: str
) -> dict[str, str]:
    """Return batch -> fingerprint: of its file, or where it has none of its own, of its rows."""
    if source.batch is not None and found:
        return {source.batch: files.fingerprint(found)}
    query = (
        "select batch, md5(string_agg(h, '' order by h)) as fingerprint from (select r.batch,"
        f" md5(r::varchar) as h from (select * exclude mlmon_row from ({rows})) as r)"
        " group by batch order by batch"
    )
    return {row["batch"]: row["fingerprint"] for row in warehouse.read(query)}


def _replace(
    warehouse: Warehouse,
    dataset: Dataset,
    name: str,
    source: Source,
    rows: str,
    changed: Mapping[str, str],
) -> None:
    """The changed batches, which have their fingerprints, hold exactly their incoming rows."""
    batches = literal(list(changed))
    warehouse.write(
        f"delete from batches where dataset = $name and list_contains({batches}, batch)", name=name
    )
    _forget(warehouse, name, list(changed))
    warehouse.write(
        f"insert into {quoted(name)} by name select * exclude mlmon_row from ({rows})"
        f" where list_contains({batches}, batch) order by batch, mlmon_row"
    )
    time = quoted(dataset.time or dataset.batching.time or "")
    times = f"min({time}), max({time})" if time != '""' else "null, null"
    summary = (
        f"select {literal(name)}, batch, {literal(source.name)},"
        f" map({batches}, {literal(list(changed.values()))})[batch], count(*), {times},"
        f" {literal(now())} from {quoted(name)} where list_contains({batches}, batch)"
        " group by batch order by batch"
    )
    columns = "dataset, batch, source, fingerprint, rows, starts_at, ends_at, ingested_at"
    warehouse.write(f"insert into batches ({columns}) {summary}")


def _forget(warehouse: Warehouse, name: str, batches: Sequence[str]) -> None:
    """The batches' records are gone, and every prediction for them."""
    mine = f"list_contains({literal(list(batches))}, batch)"
    warehouse.write(f"delete from {quoted(name)} where {mine}")
    for table in ("predictions", "class_probabilities"):
        warehouse.write(f"delete from {table} where dataset = $name and {mine}", name=name)


def _warn_of_the_future(
    warehouse: Warehouse, name: str, source: Source, batches: Sequence[str]
) -> None:
    """Whoever ingests is told of batches that start after now, which a wrong date makes."""
    rows = warehouse.read(
        "select batch, starts_at from batches where dataset = $name and starts_at > $now"
        " and list_contains($batches, batch) order by batch",
        name=name,
        now=now(),
        batches=batches,
    )
    for row in rows[:1]:
        log.warning(
            "mlmon: %s: batch %s starts at %s, after now%s; look at the dates, until then it is "
            "latest only where it is asked for by name",
            printable(source.name),
            printable(row["batch"]),
            row["starts_at"],
            f" (and {len(rows) - 1} more)" if rows[1:] else "",
        )
