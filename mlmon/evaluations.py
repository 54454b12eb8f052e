"""The evaluations in the warehouse: find one, delete one."""

from mlmon.errors import EvaluationNotFound
from mlmon.warehouse import Row, Warehouse

SNAPSHOTS = (
    "evaluations",
    "evaluation_metrics",
    "evaluation_curves",
    "diagnostics",
    "check_results",
)
PROFILES = ("samples", "histograms", "score_histograms", "label_histograms")


def find(warehouse: Warehouse, store: str, batch: str | None = None) -> Row:
    """Return the store's latest evaluation, or the latest of a batch.

    Raises EvaluationNotFound.
    """
    row = warehouse.one(
        "from evaluations where store = $store and coalesce(batch = $batch, $batch is null)"
        " order by batch desc, evaluated_at desc",
        store=store,
        batch=batch,
    )
    if row is None:
        what = f"store {store} has no evaluation" + (f" of batch {batch}" if batch else "")
        option = f" --batch {batch}" if batch else ""
        raise EvaluationNotFound(f"{what}; run `mlmon evaluate {store}{option}`")
    return row


def delete(warehouse: Warehouse, evaluation_id: str) -> None:
    """The evaluation and its figures are gone; `evaluation_id` may be its first characters.

    Raises EvaluationNotFound.
    """
    rows = warehouse.read(
        "select evaluation_id, sample_id from evaluations where starts_with(evaluation_id, $id)",
        id=evaluation_id,
    )
    if len(rows) != 1:
        what = "no evaluation has" if not rows else f"{len(rows)} evaluations have"
        raise EvaluationNotFound(f"{what} an id that starts with {evaluation_id!r}; give another")
    found = rows[0]
    with warehouse.transaction():
        for table in SNAPSHOTS:
            warehouse.write(
                f"delete from {table} where evaluation_id = $id", id=found["evaluation_id"]
            )
        used = "select 1 from evaluations where $id in (sample_id, reference_sample_id)"
        if not warehouse.one(used, id=found["sample_id"]):
            for table in PROFILES:
                warehouse.write(f"delete from {table} where sample_id = $id", id=found["sample_id"])
