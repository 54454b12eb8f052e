"""Kinds of checks: what each looks at, and how it judges that; an entry of JUDGES each.

What the keys of mlmon.yml make a check of a kind stands in mlmon/config/checks.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from mlmon.config import Check, Config
from mlmon.config.checks import KINDS
from mlmon.errors import LONGEST, QueryFailed, kind_and_reason, printable
from mlmon.evaluations import own_metrics
from mlmon.evaluations.stored import Evaluation
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
class Look:
    """A check and the evaluation that it looks at."""

    warehouse: Warehouse
    config: Config
    evaluation: Evaluation
    check: Check


@dataclass(frozen=True)
class Limits:
    """The bounds that hold: past a soft one is WARNING, past another ERROR."""

    minimum: float | None = None
    soft_minimum: float | None = None
    soft_maximum: float | None = None
    maximum: float | None = None


def limits_of(check: Check, limits: Limits | None = None) -> Limits:
    """Return the bounds of a range, its own unless given; hard ones are soft for a WARNING."""
    limits = limits or Limits(check.min, check.soft_min, check.soft_max, check.max)
    if check.severity == "error":
        return limits
    low = limits.minimum if limits.soft_minimum is None else limits.soft_minimum
    high = limits.maximum if limits.soft_maximum is None else limits.soft_maximum
    return Limits(soft_minimum=low, soft_maximum=high)


def within(_: Check, limits: Limits, value: float) -> Judgement:
    """Return what a value means under bounds."""
    if past := _past(limits, value):
        outcome, side, bound, words = past
        return outcome, f"is {side} the {words} {bound:g}"
    return "OK", "is within its limits"


def typical(_: Check, limits: Limits, value: float) -> Judgement:
    """Return what a value means under the ends of what is typical."""
    if past := _past(limits, value):
        outcome, side, bound, _words = past
        end = "from" if side == "below" else "up to"
        return outcome, f"is {side} what is typical, {end} {bound:.4g}"
    return "OK", "is typical"


def _past(limits: Limits, value: float) -> tuple[str, str, float, str] | None:
    """Return the worst bound that a value is past: outcome, side, bound and its name."""
    bounds = (
        ("ERROR", "below", limits.minimum, "minimum"),
        ("ERROR", "above", limits.maximum, "maximum"),
        ("WARNING", "below", limits.soft_minimum, "soft minimum"),
        ("WARNING", "above", limits.soft_maximum, "soft maximum"),
    )
    for outcome, side, bound, words in bounds:
        if bound is not None and (value < bound if side == "below" else value > bound):
            return outcome, side, bound, words
    return None


def among(check: Check, _: Limits, value: float) -> Judgement:
    """Return what a value means where only some are OK."""
    listed = ", ".join(f"{one:g}" for one in check.values or ())
    if value in (check.values or ()):
        return "OK", f"is one of {listed}"
    return failure(check), f"is none of {listed}"


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
        answers = "OK, WARNING, ERROR or EMPTY, or a pair of that and a message"
        return failure(check), f"{check.python} returned {str(answer)[:40]!r}; return {answers}"
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


# ---- Figures: those that a check looks at, and what is typical of each by its history


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
select count(*) as n, quantile_cont(value, 0.25) as low, quantile_cont(value, 0.75) as high
from history
"""


@dataclass(frozen=True)
class OfFigures:
    """Judging figure by figure: the bounds of one and why there are none, and what it means."""

    limits: Callable[[Look, Row], tuple[Limits, str | None]]
    meaning: Callable[[Check, Limits, float], Judgement]

    def __call__(self, look: Look) -> Iterator[tuple[Row, Judgement, Limits]]:
        """Yield every figure that the check looks at, its judgement and its bounds."""
        for figure in _figures(look):
            limits, unknown = self.limits(look, figure)
            yield figure, self.judgement(look.check, limits, figure, unknown), limits

    def judgement(
        self, check: Check, limits: Limits, figure: Row, unknown: str | None = None
    ) -> Judgement:
        """Return outcome and message of a figure; no value is EMPTY, for the reason `note`."""
        feature = f" of {figure['feature']}" if figure["feature"] else ""
        segment = f" in {figure['segment']}" if figure["segment"] else ""
        what, value = f"{check.metric}{feature}{segment}", figure["value"]
        if value is None:
            return "EMPTY", f"{what} has no value: {figure['note']}"
        if unknown:
            return "EMPTY", f"{what} {value:.4g} has {unknown}"
        outcome, words = self.meaning(check, limits, value)
        return outcome, f"{what} {value:.4g} {words}"


def _figures(look: Look) -> list[Row]:
    """Return feature, segment, value and note of every figure that the check looks at.

    Never none: what is not there is one row without a value. Of `*` those that have a figure.
    An input of the evaluated version that is not among the model's features any more is looked
    at no longer.
    """
    warehouse, evaluation, check = look.warehouse, look.evaluation, look.check
    features = look.config.models[look.config.stores[evaluation.store].model].features
    version = versions.number(warehouse, evaluation.model, evaluation.model_version)
    inputs = list(version.features)
    if check.feature in inputs and check.feature not in features:
        note = f"{evaluation.model} has no feature {check.feature} any more"
        return [{"feature": check.feature, "segment": None, "value": None, "note": note}]
    rows = warehouse.read(
        FIGURES,
        id=evaluation.evaluation_id,
        metric=check.metric,
        feature=check.feature,
        segment=check.segment,
        features=[name for name in inputs if name in features] or [""],
    )
    one = {"feature": _one(check.feature), "segment": _one(check.segment), "value": None}
    missing = f"the evaluation of {evaluation.batch} has no such figure"
    why = own_metrics.why_missing(warehouse, evaluation.evaluation_id, str(check.metric))
    return [{**row, "note": row.get("note") or why or missing} for row in rows or [one]]


def _one(name: str | None) -> str | None:
    return None if name == ALL else name


def _own_limits(look: Look, _: Row) -> tuple[Limits, None]:
    return limits_of(look.check), None


def _typical_limits(look: Look, figure: Row) -> tuple[Limits, str | None]:
    """Return the typical range before this evaluation, and why there is none."""
    check, settings = look.check, look.check.typical
    assert settings is not None
    names = ("store", "batch", "evaluated_at", "evaluation_id")
    history = look.warehouse.read(
        QUARTILES,
        **{name: getattr(look.evaluation, name) for name in names},
        metric=check.metric,
        feature=figure["feature"],
        segment=figure["segment"],
        last=settings.last,
    )[0]
    n, low, high = history.values()
    if n < settings.at_least:
        needed = f"and {settings.at_least} are needed"
        return Limits(), f"too little history: {n} earlier values, {needed}"
    wider = settings.factor * (high - low)
    return limits_of(check, Limits(minimum=low - wider, maximum=high + wider)), None


# ---- Checks of the project's own: a query that returns rows of trouble, a Python function


def by_query(look: Look) -> Iterator[tuple[Row, Judgement, Limits]]:
    """Yield how many rows of trouble the query has, and what that means; its failure is too.

    It can only read. May raise TransactionLost: see `attempt`.
    """
    check, tried = look.check, look.warehouse.tried
    values = {name: getattr(look.evaluation, name) for name in ("evaluation_id", "batch", "store")}
    count: int | None = None
    try:
        rows = queries.relation(tried, spelled(check.sql or "", values))
        count = tried(f"select count(*) as n from {rows}")[0]["n"]
        first = tried(f"from {rows} limit 1")[0] if count else None
        judgement = of_trouble(check, count or 0, first)
    except QueryFailed as error:
        count, judgement = None, (failure(check), f"the query failed: {error}")
    yield {"value": count}, judgement, Limits()


def by_function(look: Look) -> Iterator[tuple[Row, Judgement, Limits]]:
    """Yield what the function says of the whole model's figures; an exception is ERROR."""
    check, evaluation = look.check, look.evaluation
    rows = look.warehouse.read(
        "select metric, value from evaluation_metrics"
        " where evaluation_id = $id and feature is null and segment is null",
        id=evaluation.evaluation_id,
    )
    figures = {row["metric"]: row["value"] for row in rows}
    try:
        with log_warnings(f"check {check.name}: {check.python}"):
            function = functions.find(look.config.folder, str(check.python))
            judgement = of_answer(check, function(figures, evaluation.row))
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        judgement = failure(check), f"{check.python} failed: {kind_and_reason(error)}"
    yield {"value": None}, judgement, Limits()


# What a check of each kind yields: what it looks at, the judgement of it, and under which limits.
JUDGES: Mapping[str, Callable[[Look], Iterator[tuple[Row, Judgement, Limits]]]] = {
    "range": OfFigures(_own_limits, within),
    "values": OfFigures(_own_limits, among),
    "typical": OfFigures(_typical_limits, typical),
    "sql": by_query,
    "python": by_function,
}
assert JUDGES.keys() == {kind.name for kind in KINDS.values()}
