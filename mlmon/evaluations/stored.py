"""The evaluations in the warehouse: find one, delete one."""

from collections.abc import Sequence

from mlmon.errors import ConfigError, EvaluationNotFound, others, printable
from mlmon.system.commands import command
from mlmon.warehouse.warehouse import Row, Warehouse

SNAPSHOTS = (
    "evaluations",
    "evaluation_metrics",
    "evaluation_curves",
    "diagnostics",
    "check_results",
)
FIGURES = ("evaluation_metrics", "evaluation_curves")
PROFILES = ("samples", "histograms", "score_histograms", "label_histograms")


def find(warehouse: Warehouse, store: str, batch: str | None = None) -> Row:
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
    return row


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


def called(warehouse: Warehouse, text: str) -> list[Row]:
    """Return the evaluations that have this id or this name."""
    query = "from evaluations where $text in (evaluation_id, name) order by batch, evaluated_at"
    return warehouse.read(query, text=text)


def matching(warehouse: Warehouse, text: str) -> list[Row]:
    """Return the evaluations that have this id or this name, else those whose id starts with it."""
    query = "from evaluations where $text <> '' and starts_with(evaluation_id, $text)"
    found = called(warehouse, text)
    return found or warehouse.read(f"{query} order by batch, evaluated_at", text=text)


def only(text: str, rows: Sequence[Row]) -> Row | None:
    """Return the one evaluation that a text names; raises ConfigError when it names several."""
    if rows[1:]:
        raise ConfigError(
            f"'{printable(text)}' may be evaluation {listed(rows)}; give the id of one, or more "
            "of it"
        )
    return rows[0] if rows else None


def listed(rows: Sequence[Row]) -> str:
    """Return evaluations in a sentence: the beginning of the id, store and batch of each."""
    return " or ".join(
        f"{row['evaluation_id'][:12]} ({row['store']}, {row['batch']})" for row in rows
    )


def no_such(text: str, where: str = "") -> EvaluationNotFound:
    """Return the error for a text that names no evaluation."""
    return EvaluationNotFound(
        f"no evaluation{where} has the id or the name '{printable(text)}'; "
        '`mlmon sql "select evaluation_id, name from evaluations"` lists them'
    )


def named(warehouse: Warehouse, text: str, store: str | None = None) -> Row:
    """Return the evaluation (of the store) with this id, this name or an id that starts with it.

    Raises EvaluationNotFound, and ConfigError when it names several.
    """
    rows = [row for row in matching(warehouse, text) if store in (None, row["store"])]
    if row := only(text, rows):
        return row
    raise no_such(text, f" in store {store}" if store else "")


def delete(warehouse: Warehouse, evaluation_id: str) -> None:
    """The evaluation and its figures are gone; `evaluation_id` may be its first characters.

    What is measured against its sample stays as it is. Raises EvaluationNotFound.
    """
    rows = warehouse.read(
        "select evaluation_id, sample_id, reference_sample_id from evaluations"
        " where starts_with(evaluation_id, $id)",
        id=evaluation_id,
    )
    if len(rows) != 1:
        what = "no evaluation has" if not rows else f"{len(rows)} evaluations have"
        raise EvaluationNotFound(
            f"{what} an id that starts with '{printable(evaluation_id)}'; give another"
        )
    with warehouse.transaction():
        remove(warehouse, rows[0])


def remove(warehouse: Warehouse, found: Row) -> None:
    """The evaluation of this row and its figures are gone, and samples that nobody else needs."""
    for table in SNAPSHOTS:
        warehouse.write(f"delete from {table} where evaluation_id = $id", id=found["evaluation_id"])
    for sample in {found["sample_id"], found["reference_sample_id"]}:
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
