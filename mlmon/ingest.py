"""Ingest: files and frames become batches of a dataset's table.

The schema is frozen at the first ingest; every later value must fit it or nothing is written.
"""

from collections.abc import Sequence
from typing import Any

from mlmon import frames, generated, incoming, references, sources
from mlmon.config import Config, Dataset
from mlmon.errors import BatchInUse, BatchNotFound, SourceError
from mlmon.incoming import INCOMING
from mlmon.literals import literal, quoted
from mlmon.warehouse import Warehouse, now

PERIODS = {
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
    "year": "%Y",
}


def ingest(
    warehouse: Warehouse, config: Config, name: str, batches: Sequence[str] = ()
) -> list[str]:
    """Every file of the dataset that is new or changed is a batch; return those written.

    Writes the dataset's table and `batches`; predictions of a replaced batch are removed.
    With `batches` only those, each of which must have a file. Raises SourceError with file,
    row and column, BatchNotFound.
    """
    dataset = config.datasets[name]
    if batches and dataset.batching.by == "file":
        found = [sources.one(config.folder, dataset, name, batch) for batch in batches]
    else:
        found = sources.find(config.folder, dataset, name)
    written: list[str] = []
    for source in found:
        if source.batch is None or is_new(warehouse, name, source):
            with incoming.loaded(warehouse, source):
                written += _store(warehouse, config, name, source, batches)
    return written


def ingest_frame(
    warehouse: Warehouse, config: Config, name: str, frame: Any, batch: str | None = None
) -> list[str]:
    """The rows of a frame (pandas, Arrow, polars) are a batch; return the batches written.

    Raises SourceError as `ingest` does.
    """
    dataset = config.datasets[name]
    if batch is None and dataset.batching.by == "file":
        raise SourceError(f"a frame for dataset {name} needs `batch=`")
    source = sources.Source(f"{sources.FRAME} {batch or ''}".strip(), (), batch)
    rows = frames.arrow(frame, source.name)
    with warehouse.registered(rows, "mlmon_frame"), incoming.loaded(warehouse, source):
        return _store(warehouse, config, name, source)


def is_new(warehouse: Warehouse, name: str, source: sources.Source) -> bool:
    """Return whether a file was never ingested or has changed since."""
    query = "select fingerprint from batches where dataset = $name and batch = $batch"
    return bool(warehouse.value(query, name=name, batch=source.batch) != source.fingerprint())


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
            raise BatchNotFound(f"dataset {name} has no batch {batch}; `mlmon status` lists them")
        _forget(warehouse, name, batch)


def _store(
    warehouse: Warehouse,
    config: Config,
    name: str,
    source: sources.Source,
    only: Sequence[str] = (),
) -> list[str]:
    """Check the incoming rows and commit each batch of them that is new or changed."""
    dataset = config.datasets[name]
    with warehouse.transaction():
        schema = incoming.frozen_schema(warehouse, dataset, name, source)
        incoming.check_values(warehouse, source, schema)
        names = _batches(warehouse, dataset, source)
        incoming.check_keys(warehouse, dataset, name, source, schema[dataset.key], names)
        if not warehouse.has(name):
            _create(warehouse, dataset, name, schema)
            generated.refresh(warehouse, config)
        elif _retype(warehouse, dataset, name, schema):
            generated.refresh(warehouse, config, anew=True)
        return [
            batch
            for batch in names
            if (not only or batch in only)
            and _replace(warehouse, dataset, name, source, batch, schema)
        ]


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


def _batches(warehouse: Warehouse, dataset: Dataset, source: sources.Source) -> list[str]:
    """Return the names of the batches in the incoming rows."""
    expression = _batch_of(dataset, source)
    query = f"select distinct {expression} as batch from {INCOMING} order by 1"
    names = [row["batch"] for row in warehouse.read(query)]
    if None in names:
        column = dataset.batching.time
        raise SourceError(f"{source.name}: column {column}: a record without a time has no batch")
    return names


def _batch_of(dataset: Dataset, source: sources.Source) -> str:
    """Return the SQL that names the batch of an incoming row."""
    if source.batch is not None:
        return literal(source.batch)
    batching = dataset.batching
    if batching.rows:
        number = f"1 + (row_number() over (order by mlmon_row) - 1) // {batching.rows}"
        return f"lpad(({number})::varchar, 6, '0')"
    moment = incoming.cast(str(batching.time), "TIMESTAMP")
    return f"strftime({moment}, '{PERIODS[str(batching.every)]}')"


def _replace(
    warehouse: Warehouse,
    dataset: Dataset,
    name: str,
    source: sources.Source,
    batch: str,
    schema: dict[str, str],
) -> bool:
    """The batch holds exactly its incoming rows; return whether that changed anything."""
    given = warehouse.columns(INCOMING)
    casts = ", ".join(
        f"{incoming.cast(c, kind, given[c])} as {quoted(c)}" for c, kind in schema.items()
    )
    rows = (
        f"select * exclude mlmon_row from (select {_batch_of(dataset, source)} as batch,"
        f" mlmon_row, {casts} from {INCOMING} order by mlmon_row) where batch = {literal(batch)}"
    )
    fingerprint = (
        source.fingerprint()
        if source.paths and source.batch
        else warehouse.value(
            f"select md5(string_agg(h, '' order by h)) from"
            f" (select md5(r::varchar) as h from ({rows}) as r)"
        )
    )
    query = "select fingerprint from batches where dataset = $name and batch = $batch"
    if warehouse.value(query, name=name, batch=batch) == fingerprint:
        return False
    warehouse.write(
        "delete from batches where dataset = $name and batch = $batch", name=name, batch=batch
    )
    _forget(warehouse, name, batch)
    warehouse.write(f"insert into {quoted(name)} by name {rows}")
    time = quoted(dataset.time) if dataset.time else "null::timestamp"
    summary = warehouse.one(
        f"select count(*) as rows, min({time}) as starts_at, max({time}) as ends_at"
        f" from {quoted(name)} where batch = $batch",
        batch=batch,
    )
    warehouse.append(
        "batches",
        [
            {
                "dataset": name,
                "batch": batch,
                "source": source.name,
                "fingerprint": fingerprint,
                "ingested_at": now(),
                **(summary or {}),
            }
        ],
    )
    return True


def _forget(warehouse: Warehouse, name: str, batch: str) -> None:
    """The batch's records are gone, and every prediction for them."""
    warehouse.write(f"delete from {quoted(name)} where batch = $batch", batch=batch)
    for table in ("predictions", "class_probabilities"):
        warehouse.write(
            f"delete from {table} where dataset = $name and batch = $batch", name=name, batch=batch
        )
