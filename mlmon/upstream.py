"""What must be done before a batch can be evaluated, and why: the reasons of the plan."""

from dataclasses import dataclass

from mlmon import references, source_batches, unscored
from mlmon.commands import command
from mlmon.config import Config, Reference
from mlmon.warehouse import Row, Warehouse


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
    known = source_batches.stored(warehouse, dataset)
    if batch not in known and not source_batches.reading_reason(warehouse, config, dataset, batch):
        raise source_batches.no_batch(warehouse, config, dataset, batch)
    for name in names:
        if reading := source_batches.reading_reason(warehouse, config, dataset, name):
            planned.append(Planned("ingest", dataset, name, reading))
            by_batch[name] = f"its records will be new to version {number}"
        elif missing := to_score(warehouse, version, name):
            by_batch[name] = f"{missing:,} records are not scored by version {number}"
    return [*planned, *(Planned("score", model, name, by_batch[name]) for name in sorted(by_batch))]


def to_score(warehouse: Warehouse, version: Row, batch: str) -> int:
    """Return how many records of a batch are not scored; none when the batch is not there."""
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    if not warehouse.one(known, dataset=version["dataset"], batch=batch):
        return 0
    return unscored.of_batch(warehouse, version, batch)
