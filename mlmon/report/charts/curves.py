"""Curves of a sample against its reference or of several items; densities, metrics by threshold."""

from typing import Any

from mlmon.report.charts.grammar import Datasets, Spec, specification
from mlmon.report.facts import words
from mlmon.report.facts.tile import few_records

# Curve -> the columns of its query's rows, and what its axes are called.
AXES = {
    "roc_curve": {
        "false_positive_rate": "False positive rate",
        "true_positive_rate": "True positive rate",
    },
    "precision_recall_curve": {"recall": "Recall", "precision": "Precision"},
    "calibration_curve": {"mean_score": "Mean score", "positive_share": "Share of positives"},
    "lift_curve": {"share": "Share of records, by score", "recall": "Share of positives found"},
}
DIAGONAL = ("roc_curve", "calibration_curve", "lift_curve")


def unit_square(name: str, kind: str, width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification of a curve's picture, and the diagonal of what has one."""
    x_title, y_title = AXES[kind].values()
    diagonal = [{"x": 0, "y": 0}, {"x": 1, "y": 1}] if kind in DIAGONAL else []
    return specification(name, width, height, x=x_title, y=y_title), {"diagonal": diagonal}


def draw_comparison(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The reference dashed, the current sample solid: the rows of the query named by `curve`."""
    kind, rows = facts["curve"], facts["rows"]
    x, y = AXES[kind]
    curves = [
        {
            "x": row[x],
            "y": row[y],
            "position": position,
            "sample": row["sample"],
            "series": f"{row['sample']} {row.get('class')}",
        }
        for position, row in enumerate(rows)
    ]
    spec, datasets = unit_square("comparison", kind, width, height)
    if kind == "calibration_curve":
        for point, row in zip(curves, rows, strict=True):
            point["description"] = described(row, kind)
        datasets["points"] = curves
        datasets["few"] = [{"x": row[x], "y": row[y]} for row in few_records(rows)]
    return spec, {**datasets, "curves": curves}


def described(row: dict[str, Any], kind: str) -> str:
    """A point of a curve in words."""
    parts = [f"{title.lower()} {words.figure(row[key])}" for key, title in AXES[kind].items()]
    if row.get("rows") is not None:
        parts.append(words.plural(row["rows"], "record"))
    return f"{row['sample']}: {', '.join(parts)}"


def draw_overlay(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """A line per item, each with a colour and a dash: rows of `side_by_side_curves`."""
    kind = facts["curve"]
    curves = [
        {
            **{key: row[key] for key in ("x", "y", "position", "series")},
            "description": f"{row['sample']}: {words.figure(row['x'])}, {words.figure(row['y'])}",
        }
        for row in facts["rows"]
    ]
    if kind == "score_density":
        spec = specification("overlay_density", width, height, axis=facts["axis"])
        return spec, {"curves": curves}
    spec, datasets = unit_square("overlay", kind, width, height)
    points = curves if kind == "calibration_curve" else []
    return spec, {**datasets, "curves": curves, "points": points}


def draw_density(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """Two areas over the score, and the threshold: the rows of `score_density` of one class."""
    keys = ("score", "density", "sample")
    return specification("density", width, height, axis=facts["axis"]), {
        "curves": [{key: row[key] for key in keys} for row in facts["rows"]],
        "threshold": threshold(facts, "score"),
    }


def draw_decision(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """A line per metric against the threshold: the rows of the query `decision_chart`."""
    metrics = facts["metrics"]
    curves = [
        {
            "threshold": row["threshold"],
            "value": row["value"],
            "series": metrics.index(row["metric"]),
        }
        for row in facts["rows"]
        if row["metric"] in metrics
    ]
    return specification("decision", width, height), {
        "curves": curves,
        "threshold": threshold(facts, "threshold"),
    }


def threshold(facts: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Above which score a record counts as positive, if there is such a one, and its name."""
    value = facts["threshold"]
    return [] if value is None else [{key: value, "text": f"threshold {words.figure(value)}"}]
