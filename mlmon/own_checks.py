"""Checks of the project's own: a query that returns rows of trouble, a Python function."""

from typing import Any

from mlmon import functions, judgements, queries
from mlmon.config import Check, Config
from mlmon.errors import QueryFailed, kind_and_reason
from mlmon.judgements import Judgement
from mlmon.literals import spelled
from mlmon.quiet import log_warnings
from mlmon.warehouse import Row, Warehouse


def by_query(warehouse: Warehouse, evaluation: Row, check: Check) -> tuple[int | None, Judgement]:
    """Return how many rows of trouble the query finds, and what that means; its failure is too.

    It can only read. May raise TransactionLost: see `attempt`.
    """
    values = {name: evaluation[name] for name in ("evaluation_id", "batch", "store")}
    tried = warehouse.tried
    try:
        found = queries.relation(tried, spelled(check.sql or "", values))
        count = tried(f"select count(*) as n from {found}")[0]["n"]
        rows = tried(f"from {found} limit 1") if count else []
    except QueryFailed as error:
        return None, (judgements.failure(check), f"the query failed: {error}")
    return count, judgements.of_trouble(check, count, rows[0] if rows else None)


def by_function(warehouse: Warehouse, config: Config, evaluation: Row, check: Check) -> Judgement:
    """Return what the function says of the whole model's figures; an exception is ERROR."""
    try:
        with log_warnings(f"check {check.name}: {check.python}"):
            function = functions.find(config.folder, str(check.python))
            answer: Any = function(_figures(warehouse, evaluation), dict(evaluation))
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        return judgements.failure(check), f"{check.python} failed: {kind_and_reason(error)}"
    return judgements.of_answer(check, answer)


def _figures(warehouse: Warehouse, evaluation: Row) -> dict[str, float | None]:
    """Return metric -> value of the whole model."""
    rows = warehouse.read(
        "select metric, value from evaluation_metrics"
        " where evaluation_id = $id and feature is null and segment is null",
        id=evaluation["evaluation_id"],
    )
    return {row["metric"]: row["value"] for row in rows}
