"""Subjects: the figures that a check looks at, and what is typical of each by its history."""

from collections.abc import Sequence

from mlmon import own_metrics, versions
from mlmon.config import Check
from mlmon.judgements import Limits, typical_limits
from mlmon.warehouse import Row, Warehouse

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
    return list(versions.kinds(version))


def _named(name: str | None) -> str | None:
    return None if name == ALL else name
