"""A comparison: two sides become a reference sample and an evaluation, in memory.

There is no model: what a version would have frozen (kinds, bins, classes) is taken from the
reference, and everything after that is what an evaluation of a project does.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from mlmon.compare.columns import Outcome, Roles
from mlmon.compare.sides import CURRENT, REFERENCE, Side, put
from mlmon.config.models import LIFT_AT, CostMatrix
from mlmon.evaluations.stored import Evaluation
from mlmon.measure import snapshot
from mlmon.measure.bench import Rows
from mlmon.models import features, versions
from mlmon.models.records import CATEGORICAL, NUMERIC, cutoff
from mlmon.system import fingerprints
from mlmon.views import files
from mlmon.warehouse import categories, category_columns
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse, now

NAME = "comparison"
CELLS = 10_000_000  # up to so many are copied: a wide view is planned anew for every statement
IDENTITY = {"model": NAME, "model_version": 1}


def measured(
    warehouse: Warehouse,
    sides: tuple[Side, Side],
    roles: Roles,
    outcome: Outcome,
    kinds: Mapping[str, str],
    left_out: Mapping[str, str],
    settings: Mapping[str, Any],
) -> str:
    """The warehouse has an evaluation of the current side; return its id.

    Columns that were left out are findings of it.
    """
    files.create(warehouse, [view for view in files.file_views() if _is_stored(view)])
    rows = [_rows(warehouse, side, roles, outcome, kinds) for side in sides]
    warehouse.append("model_versions", [_version(outcome, kinds)])
    version = versions.number(warehouse, NAME, 1)
    has_performance = _is_measurable(warehouse, rows[1], outcome)
    samples = [_sample(warehouse, side, has_performance) for side in sides]
    warehouse.append("samples", samples)
    evaluation = _evaluation(warehouse, sides, has_performance, settings, kinds)
    warehouse.append("evaluations", [evaluation.row])

    def fill(bench: Warehouse) -> None:
        for side in sides:
            put(bench, side)
        cells = len(kinds) * sum(sample["rows"] for sample in samples)
        kind = "table" if cells <= CELLS else "view"
        bench.create(kind, "sample_rows", sql_of(rows[0].union(rows[1])))
        bench.create("view", "class_scores", sql_of(_class_scores(rows, roles)))

    given = Rows(fill, _kinds(outcome, kinds))
    snapshot.measure_evaluation(warehouse, version, evaluation, given, settings["classifier_rows"])
    found = [("column_left_out", f"{name}: {why}.") for name, why in left_out.items()]
    measurable = [_is_measurable(warehouse, rows[0], outcome), has_performance]
    found += _unmeasured(sides, roles, measurable)
    names = ("evaluation_id", "code", "message")
    findings = [dict(zip(names, (evaluation.evaluation_id, *each), strict=True)) for each in found]
    warehouse.append("diagnostics", findings)
    return evaluation.evaluation_id


def _unmeasured(
    sides: tuple[Side, Side], roles: Roles, measurable: Sequence[bool]
) -> list[tuple[str, str]]:
    """Return the findings of what a target was given for and cannot be known, and why."""
    if roles.target is None or all(measurable):
        return []
    if not (roles.prediction or roles.score or roles.scores):
        why = "there is neither a prediction nor a score beside the truth; name one"
        return [("no_performance", f"No performance: {why}.")]
    found = []
    for side, is_known in zip(sides, measurable, strict=True):
        missing = f"no row of {side.name} has both {roles.target} and a prediction or score"
        if roles.target not in side.types:
            missing = f"{side.name} has no column {roles.target}"
        advice = "bring the truths with `--key` and `--labels` (`labels=`)"
        if not is_known and side.role == CURRENT:
            found.append(("no_performance", f"No performance: {missing}; {advice}."))
        elif not is_known and measurable[1]:
            message = f"No performance drift: {missing}, so there is nothing to compare with"
            found.append(("no_performance_drift", f"{message}; {advice}."))
    return found


def _is_stored(view: files.View) -> bool:
    """Return whether a view reads what is stored, rather than rows."""
    return view.floor == "marts" or view.name == "metric_catalogue"


def _rows(
    warehouse: Warehouse, side: Side, roles: Roles, outcome: Outcome, kinds: Mapping[str, str]
) -> ir.Table:
    """Return the wide rows of a side, as mlmon/models/features.py describes them."""
    table = warehouse.ibis.table(side.role)
    columns: dict[str, ir.Value] = {
        name: features.number_of(table[name])
        if kind == NUMERIC
        else category_columns.spelled(table[name])
        for name, kind in kinds.items()
    }
    number = features.text_of(ibis.row_number())
    return table.select(
        **columns,
        **roles.outputs(table, outcome),
        _sample_id=ibis.literal(side.role),
        _record_id=features.text_of(table[roles.key]) if roles.key else number,
        _actual=roles.actual(table, outcome),
        **roles.probabilities(table),
    )


def _class_scores(rows: Sequence[ir.Table], roles: Roles) -> ir.Table:
    """Return the probabilities of the classes, a row per record and class."""
    schema = {"sample_id": "string", "record_id": "string", "class": "string"}
    tables = [
        each.select(
            sample_id=each["_sample_id"],
            record_id=each["_record_id"],
            **{"class": ibis.literal(name)},
            probability=each[column],
        )
        for each in rows
        for name, column in roles.probability_columns().items()
    ]
    return features.union_or_empty(tables, {**schema, "probability": "float64"})


def _kinds(outcome: Outcome, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the kind of every feature, and of the outputs that there are."""
    outputs = {"score": NUMERIC} if outcome.has_score else {}
    if outcome.has_prediction:
        outputs["prediction"] = CATEGORICAL
    return {**kinds, **outputs}


def _version(outcome: Outcome, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {
        **IDENTITY,
        "task": outcome.task,
        "classes": list(outcome.classes),
        "positive_class": outcome.positive_class,
        "threshold": outcome.threshold,
        "features": json.dumps(dict(kinds)),
        "train_batches": [],
        "train_fingerprints": [],
        "category_format": categories.FORMAT,
        "is_active": True,
    }


def _is_measurable(warehouse: Warehouse, current: ir.Table, outcome: Outcome) -> bool:
    """Return whether the current side has a truth beside what the model said."""
    if not (outcome.has_target and (outcome.has_score or outcome.has_prediction)):
        return False
    known = current.filter(current["_actual"].notnull()).limit(1)
    return bool(warehouse.read(sql_of(known.select("_sample_id"))))


def _sample(warehouse: Warehouse, side: Side, has_performance: bool) -> dict[str, Any]:
    rows = warehouse.value(f"select count(*) from {quoted(side.role)}")
    return {
        **IDENTITY,
        "sample_id": side.role,
        "role": "reference" if side.role == REFERENCE else "evaluation",
        "dataset": side.name,
        "batch": side.name,
        "batches": [side.name],
        "rows": rows,
        "total_rows": rows,
        "method": "all",
        "fraction": 1.0,
        "cutoff": cutoff(1.0),
        "has_performance": has_performance,
        "lift_at": LIFT_AT,
        **{f"gain_{name}": gain for name, gain in CostMatrix()},
        "created_at": now(),
    }


def _evaluation(
    warehouse: Warehouse,
    sides: tuple[Side, Side],
    has_performance: bool,
    settings: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> Evaluation:
    names = [side.name for side in sides]
    identity = json.dumps([names, settings, dict(kinds)], default=str)
    return Evaluation(
        evaluation_id=fingerprints.of(identity),
        store=NAME,
        name=" against ".join(reversed(names)),
        model=NAME,
        model_version=1,
        dataset=names[1],
        batch=names[1],
        sample_id=CURRENT,
        reference_sample_id=REFERENCE,
        rows=warehouse.value(f"select count(*) from {quoted(CURRENT)}"),
        labelled_rows=None,
        has_performance=has_performance,
        confidence=settings["confidence"],
        drift_limit=settings["drift_limit"],
        is_aside=False,
        labels={},
        evaluated_at=now(),
    )
