"""What must be done before a batch can be evaluated, and why: the reasons of the plan."""

from dataclasses import dataclass
from difflib import get_close_matches

from mlmon import references, source_files, sources, unscored
from mlmon.commands import command
from mlmon.config import Config, Reference
from mlmon.errors import BatchNotFound, SourceError, others, printable
from mlmon.warehouse import Row, Warehouse

LIKE = 0.8  # how like a batch's name another must be to be what was meant: 2024_1 and 2024_01


@dataclass(frozen=True)
class Planned:
    """A verb to run: on what, on which batch (none: as the verb chooses), and why."""

    verb: str
    target: str
    batch: str
    reason: str
    against: str | None = None

    @property
    def command(self) -> str:
        """The command that would do just this."""
        return command(self.verb, self.target, batch=self.batch or None, against=self.against)


def of(
    warehouse: Warehouse, config: Config, version: Row, batch: str, reference: Reference | None
) -> list[Planned]:
    """Return what an evaluation of the batch by the version needs first, in order.

    Without a reference it is measured against the test part of the training. Raises
    BatchNotFound.
    """
    model, number = version["model"], version["model_version"]
    dataset = config.models[model].dataset
    planned, names, by_batch = [], [batch], dict[str, str]()
    if reference is None:
        for name, missing in unscored.of_reference(warehouse, version).items():
            by_batch[name] = f"{missing:,} records are not scored by version {number}"
    else:
        names = sorted({batch, references.batch_of(warehouse, version, reference)})
    known = _known(warehouse, dataset)
    if batch not in known and not reading_reason(warehouse, config, dataset, batch):
        raise no_batch(warehouse, config, dataset, batch)
    for name in names:
        if reading := reading_reason(warehouse, config, dataset, name):
            planned.append(Planned("ingest", dataset, name, reading))
            by_batch[name] = f"its records will be new to version {number}"
        elif missing := to_score(warehouse, version, name):
            by_batch[name] = f"{missing:,} records are not scored by version {number}"
    return [*planned, *(Planned("score", model, name, by_batch[name]) for name in sorted(by_batch))]


def reading_reason(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> str | None:
    """Return why the batch's file must be read, or None; without a file what is there stays."""
    section = config.datasets[dataset]
    if section.path is None or section.batching.by != "file":
        return None
    try:
        source = sources.one(config.folder, section, dataset, batch)
    except (BatchNotFound, SourceError):
        return None
    return _to_read(warehouse, config, dataset, source, _known(warehouse, dataset).get(batch))


def unread(warehouse: Warehouse, config: Config, dataset: str) -> dict[str, str]:
    """Return, by batch, why its file must be read: `reading_reason` of every file there is."""
    section = config.datasets[dataset]
    if section.path is None or section.batching.by != "file":
        return {}
    try:
        found = sources.find(config.folder, section, dataset)
    except SourceError:
        return {}
    known = _known(warehouse, dataset)
    reasons = {
        str(source.batch): _to_read(warehouse, config, dataset, source, known.get(source.batch))
        for source in found
    }
    return {batch: reason for batch, reason in sorted(reasons.items()) if reason}


def no_batch(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> BatchNotFound:
    """Return the error for a batch that is not there: how to read it, or what there is instead."""
    what = f"dataset {dataset} has no batch {printable(batch)}"
    known = [str(name) for name in _known(warehouse, dataset)]
    near = get_close_matches(batch, known, 1, LIKE)
    if not near or reading_reason(warehouse, config, dataset, batch):
        todo = command("ingest", dataset, batch=batch if known else None)
        return BatchNotFound(f"{what}; run `{todo}`")
    return BatchNotFound(f"{what}{others(batch, known)}")


def to_score(warehouse: Warehouse, version: Row, batch: str) -> int:
    """Return how many records of a batch are not scored; none when the batch is not there."""
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    if not warehouse.one(known, dataset=version["dataset"], batch=batch):
        return 0
    return unscored.of_batch(warehouse, version, batch)


def _known(warehouse: Warehouse, dataset: str) -> dict[str | None, Row]:
    query = "select batch, source, fingerprint from batches where dataset = $dataset"
    return {row["batch"]: row for row in warehouse.read(query, dataset=dataset)}


def _to_read(
    warehouse: Warehouse, config: Config, dataset: str, source: sources.Source, known: Row | None
) -> str | None:
    """Return why a file must be read, given the row of its batch; a frame's batch stays."""
    if known is not None and known["source"].startswith(sources.FRAME):
        return None
    try:
        fingerprint = source_files.fingerprint(warehouse, dataset, source)
        if known is None:
            same = source_files.former_name(warehouse, config, dataset, source, fingerprint)
            return None if same else f"{source.name} was never read"
    except SourceError:
        return f"{source.name} cannot be read"
    return None if known["fingerprint"] == fingerprint else f"{source.name} has changed"
