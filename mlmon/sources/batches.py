"""The batches of a dataset and the files they come from: what is new, changed or not there."""

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from mlmon.config import Config
from mlmon.errors import BatchNotFound, SourceError, others, printable
from mlmon.sources import files, register
from mlmon.system.commands import command
from mlmon.warehouse.rows import OfRow
from mlmon.warehouse.warehouse import Warehouse

LIKE = 0.8  # how like a batch's name another must be to be what was meant: 2024_1 and 2024_01


@dataclass(frozen=True)
class Batch(OfRow):
    """A batch of a dataset, as table `batches` has it."""

    dataset: str
    batch: str
    source: str
    fingerprint: str
    rows: int
    starts_at: datetime | None
    ends_at: datetime | None
    ingested_at: datetime

    @property
    def name(self) -> str:
        """What it is called within its dataset."""
        return self.batch


def reading_reason(
    warehouse: Warehouse, config: Config, dataset: str, batch: str, existing: Batch | None
) -> str | None:
    """Return why the batch's file must be read, or None; without a file what is there stays.

    `existing` is the batch as the warehouse has it.
    """
    section = config.datasets[dataset]
    if section.path is None or section.batching.by != "file":
        return None
    try:
        source = files.one(config.folder, section, dataset, batch)
    except (BatchNotFound, SourceError):
        return None
    return _to_read(warehouse, config, dataset, source, existing)


def unread(warehouse: Warehouse, config: Config, dataset: str) -> dict[str, str]:
    """Return, by batch, why its file must be read: `reading_reason` of every file there is."""
    section = config.datasets[dataset]
    if section.path is None or section.batching.by != "file":
        return {}
    try:
        found = files.find(config.folder, section, dataset)
    except SourceError:
        return {}
    known = stored(warehouse, dataset)
    reasons = {
        str(source.batch): _to_read(
            warehouse, config, dataset, source, known.get(str(source.batch))
        )
        for source in found
    }
    return {batch: reason for batch, reason in sorted(reasons.items()) if reason}


def no_batch(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> BatchNotFound:
    """Return the error for a batch that is not there: how to read it, or what there is instead."""
    what = f"dataset {dataset} has no batch {printable(batch)}"
    known = stored(warehouse, dataset)
    near = get_close_matches(batch, known, 1, LIKE)
    if not near or reading_reason(warehouse, config, dataset, batch, known.get(batch)):
        todo = command("ingest", dataset, batch=batch if known else None)
        return BatchNotFound(f"{what}; run `{todo}`")
    return BatchNotFound(f"{what}{others(batch, known)}")


def stored(warehouse: Warehouse, dataset: str) -> dict[str, Batch]:
    """Return the dataset's batches that the warehouse has, by name."""
    rows = warehouse.read("from batches where dataset = $dataset", dataset=dataset)
    return {row["batch"]: Batch.of(row) for row in rows}


def _to_read(
    warehouse: Warehouse, config: Config, dataset: str, source: files.Source, existing: Batch | None
) -> str | None:
    """Return why a file must be read, given its batch as it is; a frame's batch stays."""
    if existing is not None and existing.source.startswith(files.FRAME):
        return None
    try:
        fingerprint = register.fingerprint(warehouse, dataset, source)
        if existing is None:
            same = register.former_name(warehouse, config, dataset, source, fingerprint)
            return None if same else f"{source.name} was never read"
    except SourceError:
        return f"{source.name} cannot be read"
    return None if existing.fingerprint == fingerprint else f"{source.name} has changed"
