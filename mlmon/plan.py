"""The plan: which verbs are out of date for a goal, in order, and doing them.

The only caller of verbs besides `scenario`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlmon.config import Config
from mlmon.errors import BatchNotFound, NotScored, UnknownName
from mlmon.evaluations import references
from mlmon.evaluations.references import Against
from mlmon.evaluations.request import Request
from mlmon.evaluations.stored import Evaluation
from mlmon.models import unscored, versions
from mlmon.models.versions import Version
from mlmon.sources import batches
from mlmon.system.commands import command
from mlmon.system.progress import during
from mlmon.train import batches as training_batches
from mlmon.warehouse.warehouse import Warehouse

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
    warehouse: Warehouse, config: Config, version: Version, batch: str, against: Against | None
) -> list[Planned]:
    """Return what an evaluation of the batch by the version needs first, in order.

    It is measured `against` these records, None: the test part of the training. Raises
    BatchNotFound.
    """
    model, number = version.model, version.model_version
    dataset = config.models[model].dataset
    known = batches.stored(warehouse, dataset)
    names = sorted({batch, against.batch} if against else {batch})
    unread = {
        name: reason
        for name in names
        if (reason := batches.reading_reason(warehouse, config, dataset, name, known.get(name)))
    }
    if batch not in known and batch not in unread:
        raise batches.no_batch(warehouse, config, dataset, batch)
    there = [name for name in names if name not in unread]
    reasons = {
        name: f"{missing:,} records are not scored by version {number}"
        for name, missing in _unscored(warehouse, version, against, there).items()
    } | dict.fromkeys(unread, f"its records will be new to version {number}")
    ingests = [Planned("ingest", dataset, name, reason) for name, reason in unread.items()]
    return ingests + [Planned("score", model, name, reasons[name]) for name in sorted(reasons)]


def _unscored(
    warehouse: Warehouse, version: Version, against: Against | None, names: Sequence[str]
) -> dict[str, int]:
    """Return, by batch, how many records of these and of the reference are not scored, if any."""
    missing = {} if against else unscored.of_reference(warehouse, version)
    missing |= {name: unscored.of_batch(warehouse, version, name) for name in names}
    return {name: count for name, count in missing.items() if count}


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
    version: Version | None = None,
    text: str | None = None,
) -> list[Planned]:
    """Return what an evaluation of the batch needs first, and the evaluation itself.

    `text` names what it is measured against instead of the store's reference: a batch, the id (or
    its beginning) or the name of an evaluation. Raises UnknownName, ConfigError.
    """
    version = version or versions.active(warehouse, config.stores[store].model)
    against = _against(warehouse, config, store, version, text)
    planned = of(warehouse, config, version, batch, against)
    return [*planned, Planned("evaluate", store, batch, "asked for", text)]


def _against(
    warehouse: Warehouse, config: Config, store: str, version: Version, text: str | None
) -> Against | None:
    """Return what the text, else mlmon.yml, names: also a batch whose file was never read."""
    if text is None:
        return references.of(warehouse, version, config.stores[store].reference)
    try:
        return references.by_name(warehouse, version, text)
    except UnknownName:
        if batches.reading_reason(warehouse, config, version.dataset, text, None):
            return Against(text)
        raise


def evaluate(
    warehouse: Warehouse,
    config: Config,
    store: str,
    batch: str | None = None,
    *,
    only_this: bool = False,
    version: Version | None = None,
    against: str | None = None,
    name: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Evaluation:
    """The batch is evaluated, what is out of date upstream first; return the evaluation.

    Without a batch, the one with the greatest name; `against` as `text` in `for_evaluation`. What
    is found out on the way is found out here, once: the verbs are handed it. Raises what `ingest`,
    `score` and `evaluate` raise, and NotScored with `only_this`.
    """
    from mlmon import evaluate, ingest, score  # whoever asks what is out of date needs no verb

    model = config.stores[store].model
    batch = batch or newest_batch(warehouse, config.models[model].dataset)
    version = version or versions.active(warehouse, model)
    records = _against(warehouse, config, store, version, against)
    if not only_this:
        for planned in of(warehouse, config, version, batch, records):
            if planned.verb == "ingest":
                ingest.ingest(warehouse, config, planned.target, [planned.batch])
            if planned.verb == "score":
                with during(f"score {planned.target} {planned.batch}"):
                    score.score(warehouse, config, version, planned.batch)
    with during(f"evaluate {store} {batch}"):
        request = Request.of(
            warehouse,
            config,
            store,
            batch,
            version,
            records,
            is_aside=against is not None,
            name=name,
            labels=labels,
        )
        if only_this and not request.existing:
            _require_predictions(warehouse, request, records)
        return evaluate.evaluate(warehouse, config, request)


def _require_predictions(warehouse: Warehouse, request: Request, against: Against | None) -> None:
    """Raise NotScored when a record of the batch or of the reference has no prediction."""
    version = request.version
    names = [*([against.batch] if against else []), request.batch.name]
    for batch, count in _unscored(warehouse, version, against, names).items():
        todo = command("score", version.model, batch=batch)
        raise NotScored(
            f"{count} records of batch {batch} are not scored by version "
            f"{version.model_version} of {version.model}; run `{todo}`"
        )
