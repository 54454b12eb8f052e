"""The batches of a dataset and the files they come from: what is new, changed or not there."""

from difflib import get_close_matches

from mlmon.config import Config
from mlmon.errors import BatchNotFound, SourceError, others, printable
from mlmon.sources import files, register
from mlmon.system.commands import command
from mlmon.warehouse.warehouse import Row, Warehouse

LIKE = 0.8  # how like a batch's name another must be to be what was meant: 2024_1 and 2024_01


def reading_reason(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> str | None:
    """Return why the batch's file must be read, or None; without a file what is there stays."""
    section = config.datasets[dataset]
    if section.path is None or section.batching.by != "file":
        return None
    try:
        source = files.one(config.folder, section, dataset, batch)
    except (BatchNotFound, SourceError):
        return None
    return _to_read(warehouse, config, dataset, source, stored(warehouse, dataset).get(batch))


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
        str(source.batch): _to_read(warehouse, config, dataset, source, known.get(source.batch))
        for source in found
    }
    return {batch: reason for batch, reason in sorted(reasons.items()) if reason}


def no_batch(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> BatchNotFound:
    """Return the error for a batch that is not there: how to read it, or what there is instead."""
    what = f"dataset {dataset} has no batch {printable(batch)}"
    known = [str(name) for name in stored(warehouse, dataset)]
    near = get_close_matches(batch, known, 1, LIKE)
    if not near or reading_reason(warehouse, config, dataset, batch):
        todo = command("ingest", dataset, batch=batch if known else None)
        return BatchNotFound(f"{what}; run `{todo}`")
    return BatchNotFound(f"{what}{others(batch, known)}")


def stored(warehouse: Warehouse, dataset: str) -> dict[str | None, Row]:
    """Return batch -> where it came from and its fingerprint, of those that the warehouse has."""
    query = "select batch, source, fingerprint from batches where dataset = $dataset"
    return {row["batch"]: row for row in warehouse.read(query, dataset=dataset)}


def _to_read(
    warehouse: Warehouse, config: Config, dataset: str, source: files.Source, known: Row | None
) -> str | None:
    """Return why a file must be read, given the row of its batch; a frame's batch stays."""
    if known is not None and known["source"].startswith(files.FRAME):
        return None
    try:
        fingerprint = register.fingerprint(warehouse, dataset, source)
        if known is None:
            same = register.former_name(warehouse, config, dataset, source, fingerprint)
            return None if same else f"{source.name} was never read"
    except SourceError:
        return f"{source.name} cannot be read"
    return None if known["fingerprint"] == fingerprint else f"{source.name} has changed"
