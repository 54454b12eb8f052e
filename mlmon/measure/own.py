"""Metrics of the project's own: SQL views of the row type of `metrics`, and Python functions.

Their figures stand in `evaluation_metrics` beside mlmon's. One that fails is a diagnostic,
`custom_metric_failed`; it undoes nothing.
"""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from mlmon.config import Config
from mlmon.errors import QueryFailed, kind_and_reason
from mlmon.evaluations import own_metrics
from mlmon.evaluations.stored import Evaluation
from mlmon.models.versions import Version
from mlmon.system import functions
from mlmon.system.quiet import log_warnings
from mlmon.views import freshness, of_models
from mlmon.warehouse import metrics
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Row, Warehouse

TEXTS = ("feature", "segment", "note")
NUMBERS = ("value", "lower", "upper")


class Failure(Exception):
    """A metric has no usable figure, and why."""


def measure_evaluation(
    warehouse: Warehouse, config: Config, version: Version, evaluation: Evaluation
) -> None:
    """The evaluation has the figures of the project's metrics, and why one has none.

    Writes `evaluation_metrics`, `diagnostics`. May raise TransactionLost: see `attempt`.
    """
    own = config.models[evaluation.model].metrics
    state = freshness.state(warehouse)
    failures = [
        f"view {name}: {entry['failed']}" for name, entry in state.items() if "failed" in entry
    ]
    taken = {*own, *metrics.names()}
    seen: dict[tuple[Any, ...], Row] = {}
    for view in own_metrics.views(warehouse, state):
        try:
            rows = _rows(warehouse, view, evaluation.evaluation_id)
        except QueryFailed as error:
            failures.append(f"view {view}: {error}")
            continue
        wrong = [reason for row in rows if (reason := _take(row, taken, seen))]
        more = f" (and {len(wrong) - 1} more rows)" if wrong[1:] else ""
        failures += [f"view {view}: {reason}{more}" for reason in wrong[:1]]
    figures = [*seen.values()]
    for figure, reason in _function_figures(warehouse, config, own, version, evaluation):
        figures.append(figure)
        failures += [reason] if reason else []
    key = {"evaluation_id": evaluation.evaluation_id, "sample_id": evaluation.sample_id}
    warehouse.append("evaluation_metrics", [key | row for row in figures])
    found = {"evaluation_id": evaluation.evaluation_id, "code": own_metrics.FAILED}
    warehouse.append("diagnostics", [found | {"message": one} for one in dict.fromkeys(failures)])


# Views ------------------------------------------------------------------------


def _rows(warehouse: Warehouse, view: str, evaluation: str) -> list[Row]:
    """Return a view's rows of an evaluation, NULL for columns that it lacks; raises QueryFailed."""
    given = {*map(str.lower, warehouse.columns(view))}
    texts = [f"{name}::varchar as {name}" for name in TEXTS if name in given]
    numbers = [f"{name} as {name}" for name in NUMBERS if name in given]
    columns = ", ".join(["metric::varchar as metric", *texts, *numbers])
    return warehouse.tried(
        f"select {columns} from {quoted(view)} where evaluation_id::varchar = $id order by all",
        id=evaluation,
    )


def _take(row: Row, taken: set[str], seen: dict[tuple[Any, ...], Row]) -> str | None:
    """A view's row is among the figures, undefined when it is wrong; return what is wrong."""
    name = row["metric"]
    if not name:
        return "a row has no metric"
    if name in taken:
        return f"{name} is a metric that there is already; give it another name"
    key = (name, row.get("feature"), row.get("segment"))
    words = " of ".join(str(part) for part in key if part)
    try:
        if key in seen:
            raise Failure(f"{words} stands there twice")
        numbers = {end: _number(row.get(end), f"the {end} of {words}") for end in NUMBERS}
    except Failure as failure:
        seen[key] = {**row, **dict.fromkeys(NUMBERS), "note": str(failure)}
        return str(failure)
    note = row.get("note") or ("the view gives no value" if numbers["value"] is None else None)
    seen[key] = {**row, **numbers, "note": note}
    return None


def _number(value: Any, what: str) -> float | None:
    """Return a number as DOUBLE, None as it is; raises Failure for anything else."""
    if value is None:
        return None
    if not isinstance(value, Real | Decimal | np.bool_):
        raise Failure(f"{what} is {str(value)[:40]!r}, no number")
    number = float(value)
    if not math.isfinite(number):
        raise Failure(f"{what} is {number}, no number")
    return number


# Functions --------------------------------------------------------------------


def _function_figures(
    warehouse: Warehouse,
    config: Config,
    own: Mapping[str, str],
    version: Version,
    evaluation: Evaluation,
) -> Iterator[tuple[Row, str | None]]:
    """Yield per function its figure, and what went wrong; then the value is NULL."""
    if not own:
        return
    evaluated = _frame(warehouse, version, evaluation.sample_id)
    reference = _frame(warehouse, version, evaluation.reference_sample_id)
    for name, function in own.items():
        try:
            value, note = _call(config, function, evaluated, reference)
            yield {"metric": name, "value": value, "note": note}, None
        except Failure as failure:
            reason = f"{function}: {failure}"
            yield {"metric": name, "value": None, "note": reason}, f"{name}: {reason}"


def _call(config: Config, function: str, evaluated: Any, reference: Any) -> tuple[Any, str | None]:
    """Return a function's value and note; raises Failure. It cannot change what others get."""
    try:
        with log_warnings(function):
            found = functions.find(config.folder, function)
            given = evaluated.copy()
            result = found(given["truth"], given["prediction"], given, reference.copy())
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        raise Failure(kind_and_reason(error)) from error
    note = None
    if isinstance(result, tuple) and len(result) == 2:
        result, note = result[0], None if result[1] is None else str(result[1])
    value = _number(result, "the result")
    return value, note or ("the function gives no value" if value is None else None)


def _frame(warehouse: Warehouse, version: Version, sample: str) -> Any:
    """Return a sample's records in the order of their ids, `truth` and `prediction` as stored.

    Both have the type of the target in the dataset; for regression they are numbers.
    """
    source = version.source
    rows = of_models.sample_rows(warehouse, source)
    rows = rows.filter(rows["_sample_id"] == sample)
    regression = version.task == "regression"
    stored = warehouse.ibis.table(source.dataset).schema()[source.target]
    kind = "float64" if regression else stored
    said = rows["_score"] if regression else rows["_prediction"]
    frame = rows.order_by("_record_id").select(
        *source.kinds,
        score=rows["_score"],
        prediction=said.try_cast(kind),
        truth=rows["_actual"].try_cast(kind),
        record_id=rows["_record_id"],
    )
    return warehouse.frame(sql_of(frame))
