"""The plan: which verbs are out of date for a goal, in order, and doing them.

The only caller of verbs besides `scenario`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mlmon import ingest, score
from mlmon.config import Config, Reference
from mlmon.errors import BatchNotFound, UnknownName
from mlmon.evaluate import evaluate as evaluate_verb
from mlmon.evaluations import references
from mlmon.models import predictions, versions
from mlmon.sources import batches
from mlmon.system.commands import command
from mlmon.system.progress import during
from mlmon.train import batches as training_batches
from mlmon.warehouse.warehouse import Row, Warehouse

# ---- What must be done before a batch can be evaluated, and why: the reasons of the plan


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
        for name, missing in predictions.of_reference(warehouse, version).items():
            by_batch[name] = f"{missing:,} records are not scored by version {number}"
    else:
        names = sorted({batch, references.batch_of(warehouse, version, reference)})
    known = batches.stored(warehouse, dataset)
    if batch not in known and not batches.reading_reason(warehouse, config, dataset, batch):
        raise batches.no_batch(warehouse, config, dataset, batch)
    for name in names:
        if reading := batches.reading_reason(warehouse, config, dataset, name):
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
    return predictions.of_batch(warehouse, version, batch)


def newest_batch(warehouse: Warehouse, dataset: str) -> str:
    """Return the batch with the greatest name that does not start after now.

    Raises BatchNotFound.
    """
    if known := training_batches.known(warehouse, dataset):
        return known[-1]
    query = "select min(batch) from upcoming_batches where dataset = $dataset"
    if batch := warehouse.value(query, dataset=dataset):
        raise BatchNotFound(
            f"dataset {dataset} has only batches that start after now; name one, as --batch {batch}"
        )
    todo = command("ingest", dataset)
    raise BatchNotFound(f"dataset {dataset} has no batch; run `{todo}`")


def for_evaluation(
    warehouse: Warehouse,
    config: Config,
    store: str,
    batch: str,
    version: Row | None = None,
    against: str | None = None,
) -> list[Planned]:
    """Return what an evaluation of the batch needs first, and the evaluation itself.

    `against` is measured against instead of the store's reference: the name of a batch, the id
    (or its beginning) or the name of an evaluation. Raises UnknownName, ConfigError.
    """
    version = version or versions.active(warehouse, config.stores[store].model)
    reference = _named(warehouse, config, version, against) or config.stores[store].reference
    planned = of(warehouse, config, version, batch, reference)
    return [*planned, Planned("evaluate", store, batch, "asked for", against)]


def _named(
    warehouse: Warehouse, config: Config, version: Row, against: str | None
) -> Reference | None:
    """Return what is named to be measured against: also a batch whose file was never read."""
    if against is None:
        return None
    try:
        return references.meant(warehouse, version, against)
    except UnknownName:
        if batches.reading_reason(warehouse, config, version["dataset"], against):
            return Reference(batch=against)
        raise


def evaluate(
    warehouse: Warehouse,
    config: Config,
    store: str,
    batch: str | None = None,
    *,
    only_this: bool = False,
    version: Row | None = None,
    against: str | None = None,
    name: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Row:
    """The batch is evaluated, what is out of date upstream first; return the evaluation's row.

    Without a batch, the one with the greatest name; `against` as in `for_evaluation`. Raises
    what `ingest`, `score` and `evaluate` raise.
    """
    model = config.stores[store].model
    batch = batch or newest_batch(warehouse, config.models[model].dataset)
    version = version or versions.active(warehouse, model)
    if not only_this:
        for planned in for_evaluation(warehouse, config, store, batch, version, against):
            if planned.verb == "ingest":
                ingest.ingest(warehouse, config, planned.target, [planned.batch])
            if planned.verb == "score":
                with during(f"score {planned.target} {planned.batch}"):
                    score.score(warehouse, config, planned.target, planned.batch, version)
    reference = _named(warehouse, config, version, against)
    with during(f"evaluate {store} {batch}"):
        return evaluate_verb(
            warehouse,
            config,
            store,
            batch,
            version=version,
            against=reference,
            name=name,
            labels=labels,
        )
