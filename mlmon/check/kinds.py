"""Judgements: the outcome of a value, and what is said of it. No warehouse is asked here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from mlmon.config import Check, Config
from mlmon.errors import LONGEST, QueryFailed, kind_and_reason, printable
from mlmon.evaluations import own_metrics
from mlmon.models import versions
from mlmon.system import functions
from mlmon.system.quiet import log_warnings
from mlmon.warehouse import queries
from mlmon.warehouse.sql import spelled
from mlmon.warehouse.warehouse import Row, Warehouse

R = TypeVar("R", bound=Mapping[str, Any])  # a row of check_results
OUTCOMES = ("OK", "EMPTY", "WARNING", "ERROR")  # the worst last
FEW = 5  # results that are all told
TOLD = {"ERROR": 5, "WARNING": 5, "EMPTY": 1, "OK": 1}  # of more, so many of each outcome
Judgement = tuple[str, str]  # outcome, message


@dataclass(frozen=True)
class Limits:
    """The bounds that hold: past a soft one is WARNING, past another ERROR."""

    minimum: float | None = None
    soft_minimum: float | None = None
    soft_maximum: float | None = None
    maximum: float | None = None


def limits_of(check: Check) -> Limits:
    """Return the bounds of a range; where ERROR is only a WARNING the hard ones are soft."""
    if check.severity == "error":
        return Limits(check.min, check.soft_min, check.soft_max, check.max)
    low = check.min if check.soft_min is None else check.soft_min
    high = check.max if check.soft_max is None else check.soft_max
    return Limits(soft_minimum=low, soft_maximum=high)


def typical_limits(check: Check, low: float, high: float) -> Limits:
    """Return the ends of a typical range as the bounds that the check's severity makes of them."""
    if check.severity == "error":
        return Limits(minimum=low, maximum=high)
    return Limits(soft_minimum=low, soft_maximum=high)


def judge(
    check: Check, limits: Limits, value: float | None, looked_at: str, note: str = ""
) -> Judgement:
    """Return outcome and message of a metric's value; no value is EMPTY, for the reason `note`."""
    if value is None:
        return "EMPTY", f"{looked_at} has no value: {note}"
    if check.kind == "values":
        return _among(check, value, looked_at)
    return _within(limits, value, looked_at, check.kind == "typical")


def _among(check: Check, value: float, looked_at: str) -> Judgement:
    listed = ", ".join(f"{one:g}" for one in check.values or ())
    if value in (check.values or ()):
        return "OK", f"{looked_at} {value:.4g} is one of {listed}"
    return failure(check), f"{looked_at} {value:.4g} is none of {listed}"


def _within(limits: Limits, value: float, looked_at: str, typical: bool) -> Judgement:
    bounds = (
        ("ERROR", "below the minimum", limits.minimum, -1),
        ("ERROR", "above the maximum", limits.maximum, 1),
        ("WARNING", "below the soft minimum", limits.soft_minimum, -1),
        ("WARNING", "above the soft maximum", limits.soft_maximum, 1),
    )
    for outcome, words, bound, side in bounds:
        if bound is not None and (value - bound) * side > 0:
            if typical:
                words = f"{words.split()[0]} what is typical, {'from' if side < 0 else 'up to'}"
            return (
                outcome,
                f"{looked_at} {value:.4g} is {words} {bound:{'.4g' if typical else 'g'}}",
            )
    return "OK", f"{looked_at} {value:.4g} is {'typical' if typical else 'within its limits'}"


def trouble_first(results: Iterable[R]) -> list[R]:
    """Return the results, the worst outcome first, else in their order."""
    return sorted(results, key=lambda row: -OUTCOMES.index(row["outcome"]))


def shortlist(results: Iterable[R]) -> tuple[list[R], dict[str, int]]:
    """Return the results that are worth telling, trouble first, and by outcome how many others.

    One line or one list holds them, however many figures a check looks at.
    """
    listed = trouble_first(results)
    if len(listed) <= FEW:
        return listed, {}
    told: list[R] = []
    others: Counter[str] = Counter()
    for outcome, group in groupby(listed, key=lambda row: str(row["outcome"])):
        rows = list(group)
        told += rows[: TOLD[outcome]]
        others[outcome] = len(rows) - TOLD[outcome]
    return told, dict(+others)


def in_line(results: Iterable[Mapping[str, Any]]) -> str:
    """Return check results as one line: what is wrong first, and what is left out counted."""
    told, others = shortlist(results)
    parts = [f"{row['check_name']}: {row['outcome']}, {row['message']}" for row in told]
    parts += [f"and {others_of(count)}: {outcome}" for outcome, count in others.items()]
    return "; ".join(parts)


def others_of(count: int) -> str:
    """Return how many are left out: 1 other, 14 others."""
    return f"{count:,} other{'s' * (count != 1)}"


def failure(check: Check) -> str:
    """Return the outcome of a check that does not hold: ERROR, or WARNING by its severity."""
    return "ERROR" if check.severity == "error" else "WARNING"


def softened(check: Check, outcome: str) -> str:
    """Return an outcome as the check's severity leaves it."""
    return failure(check) if outcome == "ERROR" else outcome


def of_answer(check: Check, answer: Any) -> Judgement:
    """Return what a function's answer means: an outcome, or an outcome and a message."""
    parts = answer if isinstance(answer, tuple) else (answer, None)
    if len(parts) != 2 or parts[0] not in OUTCOMES:
        wanted = "OK, WARNING, ERROR or EMPTY, or a pair of that and a message"
        return failure(check), f"{check.python} returned {str(answer)[:40]!r}; return {wanted}"
    message = (
        f"{check.python} says {parts[0]}" if parts[1] is None else printable(parts[1], LONGEST)
    )
    return softened(check, parts[0]), message


def of_trouble(check: Check, count: int, first: Mapping[str, Any] | None) -> Judgement:
    """Return what the rows of a query mean: none is OK."""
    if not count:
        return "OK", "no row of trouble"
    words = ", ".join(f"{name}={printable(value)}" for name, value in (first or {}).items())
    words = printable(words, LONGEST // 2)
    return failure(check), f"{count} row{'s' * (count != 1)} of trouble; the first: {words}"


# ---- Subjects: the figures that a check looks at, and what is typical of each by its history


ALL = "*"
FIGURES = """
select feature, segment, value, note
from evaluation_metrics
where evaluation_id = $id and metric = $metric
    and (feature is not distinct from $feature or $feature = '*' and feature in $features)
    and (segment is not distinct from $segment or $segment = '*' and segment is not null)
order by feature nulls first, segment nulls first
"""
QUARTILES = """
with history as (
    select m.value
    from evaluation_metrics as m
    join evaluations as e using (evaluation_id)
    where e.store = $store and e.is_aside is not true and m.value is not null
        and m.metric = $metric
        and m.feature is not distinct from $feature
        and m.segment is not distinct from $segment
        and (e.batch, e.evaluated_at, e.evaluation_id) < ($batch, $evaluated_at, $evaluation_id)
    order by e.batch desc, e.evaluated_at desc, e.evaluation_id desc
    limit $last
)
select count(*) as known, quantile_cont(value, 0.25) as low, quantile_cont(value, 0.75) as high
from history
"""


def of_check(
    warehouse: Warehouse, evaluation: Row, check: Check, features: Sequence[str]
) -> list[Row]:
    """Return feature, segment, value and note of every figure that the check looks at.

    Never none: what is not there is one row without a value. Of `*` those that have a figure.
    An input of the evaluated version that is not among the model's `features` any more is looked
    at no longer.
    """
    inputs = _inputs(warehouse, evaluation)
    if check.feature in inputs and check.feature not in features:
        note = f"{evaluation['model']} has no feature {check.feature} any more"
        return [{"feature": check.feature, "segment": None, "value": None, "note": note}]
    rows = warehouse.read(
        FIGURES,
        id=evaluation["evaluation_id"],
        metric=check.metric,
        feature=check.feature,
        segment=check.segment,
        features=[name for name in inputs if name in features] or [""],
    )
    one = {"feature": _named(check.feature), "segment": _named(check.segment), "value": None}
    unknown = f"the evaluation of {evaluation['batch']} has no such figure"
    why = own_metrics.why_missing(warehouse, evaluation, str(check.metric))
    return [{**row, "note": row.get("note") or why or unknown} for row in rows or [one]]


def typical(
    warehouse: Warehouse, evaluation: Row, check: Check, subject: Row
) -> tuple[Limits, str | None]:
    """Return the typical range before this evaluation, and why there is none."""
    settings = check.typical
    assert settings is not None
    found = warehouse.read(
        QUARTILES,
        **{name: evaluation[name] for name in ("store", "batch", "evaluated_at", "evaluation_id")},
        metric=check.metric,
        feature=subject["feature"],
        segment=subject["segment"],
        last=settings.last,
    )[0]
    if found["known"] < settings.at_least:
        known, wanted = found["known"], settings.at_least
        return Limits(), f"too little history: {known} earlier values, and {wanted} are needed"
    wider = settings.factor * (found["high"] - found["low"])
    return typical_limits(check, found["low"] - wider, found["high"] + wider), None


def words(check: Check, subject: Row) -> str:
    """Return what is looked at: missing_rate of amount in north."""
    feature = f" of {subject['feature']}" if subject["feature"] else ""
    segment = f" in {subject['segment']}" if subject["segment"] else ""
    return f"{check.metric}{feature}{segment}"


def _inputs(warehouse: Warehouse, evaluation: Row) -> list[str]:
    """Return the input features of the version that was evaluated."""
    version = versions.number(warehouse, evaluation["model"], evaluation["model_version"])
    return list(version.features)


def _named(name: str | None) -> str | None:
    return None if name == ALL else name


# ---- Checks of the project's own: a query that returns rows of trouble, a Python function


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
        return None, (failure(check), f"the query failed: {error}")
    return count, of_trouble(check, count, rows[0] if rows else None)


def by_function(warehouse: Warehouse, config: Config, evaluation: Row, check: Check) -> Judgement:
    """Return what the function says of the whole model's figures; an exception is ERROR."""
    try:
        with log_warnings(f"check {check.name}: {check.python}"):
            function = functions.find(config.folder, str(check.python))
            answer: Any = function(_figures(warehouse, evaluation), dict(evaluation))
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        return failure(check), f"{check.python} failed: {kind_and_reason(error)}"
    return of_answer(check, answer)


def _figures(warehouse: Warehouse, evaluation: Row) -> dict[str, float | None]:
    """Return metric -> value of the whole model."""
    rows = warehouse.read(
        "select metric, value from evaluation_metrics"
        " where evaluation_id = $id and feature is null and segment is null",
        id=evaluation["evaluation_id"],
    )
    return {row["metric"]: row["value"] for row in rows}
