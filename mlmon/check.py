"""Check: the limits of a store against the figures of an evaluation."""

from difflib import get_close_matches

from mlmon import own_metrics
from mlmon.config import Check, Config
from mlmon.errors import ConfigError, EvaluationNotFound
from mlmon.evaluations import find
from mlmon.warehouse import Row, Warehouse, now

SEVERITY = ("OK", "EMPTY", "WARNING", "ERROR")


def check(
    warehouse: Warehouse, config: Config, store: str | None = None, batch: str | None = None
) -> list[Row]:
    """Every check of the store (of all stores) has a new result; return the results.

    Measured on the store's latest evaluation, or on the latest of the batch. Writes
    `check_results`. Raises EvaluationNotFound, once every other store was checked, and ConfigError
    for a metric that nobody computes.
    """
    stores = [store] if store else [name for name, s in config.stores.items() if s.checks]
    for name in stores:
        _require_metrics(warehouse, config, name)
    results: list[Row] = []
    missing: EvaluationNotFound | None = None
    with warehouse.transaction():
        for name in stores:
            try:
                evaluation = find(warehouse, name, batch)
            except EvaluationNotFound as error:
                missing = error
                continue
            checks = config.stores[name].checks
            results += [result(warehouse, name, evaluation, entry) for entry in checks]
        warehouse.append("check_results", results)
    if missing:
        raise missing
    return results


def result(warehouse: Warehouse, store: str, evaluation: Row, entry: Check) -> Row:
    """Return the result of a check on an evaluation."""
    figure = warehouse.one(
        "select value, note from evaluation_metrics where evaluation_id = $id and metric = $metric"
        " and feature is not distinct from $feature and segment is null",
        id=evaluation["evaluation_id"],
        metric=entry.metric,
        feature=entry.feature,
    )
    value = figure["value"] if figure else None
    note = (figure or {}).get("note") or own_metrics.why_missing(
        warehouse, evaluation, entry.metric
    )
    note = note or f"the evaluation of {evaluation['batch']} has no such figure"
    outcome, message = judge(entry, value, note)
    return {
        "store": store,
        "check_name": entry.name,
        "metric": entry.metric,
        "feature": entry.feature,
        "evaluation_id": evaluation["evaluation_id"],
        "value": value,
        "outcome": outcome,
        "message": message,
        "minimum": entry.min,
        "soft_minimum": entry.soft_min,
        "soft_maximum": entry.soft_max,
        "maximum": entry.max,
        "checked_at": now(),
    }


def judge(entry: Check, value: float | None, note: str = "") -> tuple[str, str]:
    """Return outcome and message of a value: hard bounds win, a bound itself is OK."""
    name = entry.metric + (f" of {entry.feature}" if entry.feature else "")
    if value is None:
        return "EMPTY", f"{name} has no value: {note}"
    bounds = (
        ("ERROR", "below the minimum", entry.min, -1),
        ("ERROR", "above the maximum", entry.max, 1),
        ("WARNING", "below the soft minimum", entry.soft_min, -1),
        ("WARNING", "above the soft maximum", entry.soft_max, 1),
    )
    for outcome, words, bound, side in bounds:
        if bound is not None and (value - bound) * side > 0:
            return outcome, f"{name} {value:.4g} is {words} {bound:g}"
    return "OK", f"{name} {value:.4g} is within its limits"


def worst(results: list[Row]) -> str:
    """Return the worst outcome, OK when there is none."""
    return max((row["outcome"] for row in results), key=SEVERITY.index, default="OK")


def _require_metrics(warehouse: Warehouse, config: Config, store: str) -> None:
    known = own_metrics.known_metrics(warehouse, config)
    for entry in config.stores[store].checks:
        if entry.metric not in known:
            close = get_close_matches(entry.metric, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ConfigError(
                f"stores.{store}.checks.{entry.name}: no metric is called {entry.metric!r}{hint}"
            )
