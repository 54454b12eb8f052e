"""The plan: which verbs are out of date for a goal, in order, and doing them.

The only caller of verbs besides `scenario`.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from mlmon import ingest, predictions, references, score, sources, versions
from mlmon.config import Config, Reference
from mlmon.errors import BatchNotFound, SourceError, UnknownName
from mlmon.evaluate import evaluate as evaluate_verb
from mlmon.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Planned:
    """A verb to run: on what, on which batch, and why."""

    verb: str
    target: str
    batch: str
    reason: str
    option: str = ""

    @property
    def command(self) -> str:
        """The command that would do just this."""
        return f"mlmon {self.verb} {self.target} --batch {self.batch}{self.option}"


def newest_batch(warehouse: Warehouse, dataset: str) -> str:
    """Return the batch with the greatest name; raises BatchNotFound."""
    query = "select max(batch) from batches where dataset = $dataset"
    batch = warehouse.value(query, dataset=dataset)
    if batch is None:
        raise BatchNotFound(f"dataset {dataset} has no batch; run `mlmon ingest {dataset}`")
    return str(batch)


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
    model = config.stores[store].model
    dataset = config.models[model].dataset
    version = version or versions.active(warehouse, model)
    number = version["model_version"]
    reference = _named(warehouse, config, version, against) or config.stores[store].reference
    planned, names, to_score = [], [batch], dict[str, str]()
    if reference is None:
        for name, missing in predictions.unscored_reference(warehouse, version).items():
            to_score[name] = f"{missing} records are not scored by version {number}"
    else:
        names = sorted({batch, references.batch_of(warehouse, version, reference)})
    for name in names:
        if reading := _ingest_reason(warehouse, config, dataset, name):
            planned.append(Planned("ingest", dataset, name, reading))
            to_score[name] = f"its records will be new to version {number}"
        elif missing := _unscored(warehouse, version, name):
            to_score[name] = f"{missing} records are not scored by version {number}"
    planned += [Planned("score", model, name, why) for name, why in sorted(to_score.items())]
    option = "" if against is None else f" --against {shlex.quote(against)}"
    return [*planned, Planned("evaluate", store, batch, "asked for", option)]


def _named(
    warehouse: Warehouse, config: Config, version: Row, against: str | None
) -> Reference | None:
    """Return what is named to be measured against: also a batch whose file was never read."""
    if against is None:
        return None
    try:
        return references.meant(warehouse, version, against)
    except UnknownName:
        if _ingest_reason(warehouse, config, version["dataset"], against):
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
                score.score(warehouse, config, planned.target, planned.batch, version)
    reference = _named(warehouse, config, version, against)
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


def _ingest_reason(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> str | None:
    """Return why the batch's file must be read, or None; without a file what is there stays."""
    section = config.datasets[dataset]
    query = "select source, fingerprint from batches where dataset = $dataset and batch = $batch"
    row = warehouse.one(query, dataset=dataset, batch=batch)
    known = row["fingerprint"] if row else None
    from_frame = row is not None and row["source"].startswith(sources.FRAME)
    if section.path is None or section.batching.by != "file" or from_frame:
        return None
    try:
        source = sources.one(config.folder, section, dataset, batch)
    except (BatchNotFound, SourceError):
        return None
    if known is None:
        return f"{source.name} was never read"
    return None if known == source.fingerprint() else f"{source.name} has changed"


def _unscored(warehouse: Warehouse, version: Row, batch: str) -> int:
    """Return how many records of a batch are not scored; none when the batch is not there."""
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    if not warehouse.one(known, dataset=version["dataset"], batch=batch):
        return 0
    return predictions.unscored(warehouse, version, batch)
