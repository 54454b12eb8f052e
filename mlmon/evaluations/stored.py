"""The evaluations in the warehouse: find one, delete one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from mlmon.errors import ConfigError, EvaluationNotFound, others, printable
from mlmon.system.commands import command
from mlmon.warehouse.rows import OfRow, Row
from mlmon.warehouse.warehouse import Warehouse

SNAPSHOTS = (
    "evaluations",
    "evaluation_metrics",
    "evaluation_curves",
    "diagnostics",
    "check_results",
)
FIGURES = ("evaluation_metrics", "evaluation_curves")
PROFILES = ("samples", "histograms", "score_histograms", "label_histograms")


@dataclass(frozen=True)
class Evaluation(OfRow):
    """A sample measured against a reference, as table `evaluations` has it."""

    evaluation_id: str
    store: str
    name: str
    model: str
    model_version: int
    dataset: str
    batch: str
    sample_id: str
    reference_sample_id: str
    rows: int
    labelled_rows: int | None  # None until it is measured
    has_performance: bool
    confidence: float
    drift_limit: float
    is_aside: bool | None  # it was measured once against something else than the store's reference
    labels: Mapping[str, str]
    evaluated_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any], **more: Any) -> Self:
        """Return a row of `evaluations` as an evaluation."""
        return super().of(row, labels=json.loads(row["labels"]), **more)

    @property
    def row(self) -> Row:
        """The columns again, as the table has them."""
        return {**super().row, "labels": json.dumps(self.labels)}


def by_id(warehouse: Warehouse, evaluation_id: str) -> Evaluation | None:
    """Return the evaluation with this id, None where there is none."""
    row = warehouse.one("from evaluations where evaluation_id = $id", id=evaluation_id)
    return Evaluation.of(row) if row else None


def find(warehouse: Warehouse, store: str, batch: str | None = None) -> Evaluation:
    """Return the store's latest evaluation, or the latest of a batch, against its own reference.

    One that was measured once against something else stands aside. Raises EvaluationNotFound.
    """
    row = warehouse.one(
        "select e.* from evaluations as e inner join dated_evaluations as d using (evaluation_id)"
        " where e.store = $store and coalesce(e.batch = $batch, $batch is null)"
        " and e.is_aside is not true order by d.is_upcoming, e.batch desc, e.evaluated_at desc",
        store=store,
        batch=batch,
    )
    if row is None:
        raise _none(warehouse, store, batch)
    return Evaluation.of(row)


def _none(warehouse: Warehouse, store: str, batch: str | None) -> EvaluationNotFound:
    """Return the error for a store without an evaluation (of the batch)."""
    if batch is None:
        todo = command("evaluate", store)
        return EvaluationNotFound(f"store {store} has no evaluation; run `{todo}`")
    what = f"store {store} has no evaluation of batch {printable(batch)}"
    query = "select distinct batch from evaluations where store = $store"
    evaluated = [row["batch"] for row in warehouse.read(query, store=store)]
    if evaluated and not warehouse.one("from batches where batch = $batch", batch=batch):
        return EvaluationNotFound(f"{what}{others(batch, evaluated)}")
    return EvaluationNotFound(f"{what}; run `{command('evaluate', store, batch=batch)}`")


def value(
    warehouse: Warehouse, evaluation_id: str, metric: str, feature: str | None = None
) -> float | None:
    """Return a figure; None when it is undefined. Raises KeyError when there is no such one."""
    row = warehouse.one(
        "select value from metrics where evaluation_id = $id and metric = $metric"
        " and feature is not distinct from $feature and segment is null",
        id=evaluation_id,
        metric=metric,
        feature=feature,
    )
    if row is None:
        raise KeyError(f"{metric}" + (f" of {feature}" if feature else ""))
    figure: float | None = row["value"]
    return figure


def called(warehouse: Warehouse, text: str) -> list[Evaluation]:
    """Return the evaluations that have this id or this name."""
    query = "from evaluations where $text in (evaluation_id, name) order by batch, evaluated_at"
    return [Evaluation.of(row) for row in warehouse.read(query, text=text)]


def matching(warehouse: Warehouse, text: str) -> list[Evaluation]:
    """Return the evaluations that have this id or this name, else those whose id starts with it."""
    if named := called(warehouse, text):
        return named
    query = "from evaluations where $text <> '' and starts_with(evaluation_id, $text)"
    rows = warehouse.read(f"{query} order by batch, evaluated_at", text=text)
    return [Evaluation.of(row) for row in rows]


def only(text: str, named: Sequence[Evaluation]) -> Evaluation | None:
    """Return the one evaluation that a text names; raises ConfigError when it names several."""
    if named[1:]:
        raise ConfigError(
            f"'{printable(text)}' may be evaluation {listed(named)}; give the id of one, or more "
            "of it"
        )
    return named[0] if named else None


def listed(named: Sequence[Evaluation]) -> str:
    """Return evaluations in a sentence: the beginning of the id, store and batch of each."""
    return " or ".join(f"{one.evaluation_id[:12]} ({one.store}, {one.batch})" for one in named)


def no_such(text: str, where: str = "") -> EvaluationNotFound:
    """Return the error for a text that names no evaluation."""
    return EvaluationNotFound(
        f"no evaluation{where} has the id or the name '{printable(text)}'; "
        '`mlmon sql "select evaluation_id, name from evaluations"` lists them'
    )


def named(warehouse: Warehouse, text: str, store: str | None = None) -> Evaluation:
    """Return the evaluation (of the store) with this id, this name or an id that starts with it.

    Raises EvaluationNotFound, and ConfigError when it names several.
    """
    named = [one for one in matching(warehouse, text) if store in (None, one.store)]
    if one := only(text, named):
        return one
    raise no_such(text, f" in store {store}" if store else "")


def delete(warehouse: Warehouse, evaluation_id: str) -> None:
    """The evaluation and its figures are gone; `evaluation_id` may be its first characters.

    What is measured against its sample stays as it is. Raises EvaluationNotFound.
    """
    query = "from evaluations where starts_with(evaluation_id, $id)"
    rows = warehouse.read(query, id=evaluation_id)
    if len(rows) != 1:
        what = "no evaluation has" if not rows else f"{len(rows)} evaluations have"
        raise EvaluationNotFound(
            f"{what} an id that starts with '{printable(evaluation_id)}'; give another"
        )
    with warehouse.transaction():
        remove(warehouse, Evaluation.of(rows[0]))


def remove(warehouse: Warehouse, evaluation: Evaluation) -> None:
    """The evaluation and its figures are gone, and samples that nobody else needs."""
    for table in SNAPSHOTS:
        warehouse.write(
            f"delete from {table} where evaluation_id = $id", id=evaluation.evaluation_id
        )
    for sample in {evaluation.sample_id, evaluation.reference_sample_id}:
        _forget_unused(warehouse, sample)


def _forget_unused(warehouse: Warehouse, sample: str) -> None:
    """A sample that is nobody's reference has no figures as one; one without any use is gone."""
    trained = "select 1 from samples where sample_id = $id and role = 'reference'"
    used = "select 1 from evaluations where reference_sample_id = $id"
    if warehouse.one(f"{trained} union all {used}", id=sample):
        return
    for table in FIGURES:
        warehouse.write(
            f"delete from {table} where sample_id = $id and evaluation_id is null", id=sample
        )
    if not warehouse.one("select 1 from evaluations where sample_id = $id", id=sample):
        for table in PROFILES:
            warehouse.write(f"delete from {table} where sample_id = $id", id=sample)
