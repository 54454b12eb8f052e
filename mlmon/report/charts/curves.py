"""Curves of a sample against its reference: ROC, precision-recall, calibration, lift, density."""

from functools import cache
from typing import Any

from mlmon.report.charts.grammar import Spec, category, layer, layers, mark, number, ordinal, sized
from mlmon.report.charts.theme import SAMPLE, SAMPLE_DASHED, Datasets, colour, spot
from mlmon.report.facts import words
from mlmon.report.facts.tile import few_records

TITLES = {
    "roc_curve": ("False positive rate", "True positive rate"),
    "precision_recall_curve": ("Recall", "Precision"),
    "calibration_curve": ("Mean score", "Share of positives"),
    "lift_curve": ("Share of records, by score", "Share of positives found"),
}
COLUMNS = {
    "roc_curve": ("false_positive_rate", "true_positive_rate"),
    "precision_recall_curve": ("recall", "precision"),
    "calibration_curve": ("mean_score", "positive_share"),
    "lift_curve": ("share", "recall"),
}
DIAGONAL = ("roc_curve", "calibration_curve", "lift_curve")
METRIC_COLOURS = [colour(f"series-{number}") for number in range(1, 7)]
METRIC_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3]]


@cache
def comparison(kind: str) -> Spec:
    """Two lines in the unit square: the reference dashed, the current sample solid."""
    x_title, y_title = TITLES[kind]
    unit = {"domain": [0, 1]}
    x = number("x", title=x_title, scale=unit, axis={"tickCount": 5})
    y = number("y", title=y_title, scale=unit, axis={"tickCount": 5})
    drawn = [
        layer("diagonal", mark("line", strokeWidth=1, color=colour("line")), x=x, y=y),
        layer(
            "curves",
            mark("line"),
            x=x,
            y=y,
            order=number("position"),
            detail=category("series"),
            color=SAMPLE,
            strokeDash=SAMPLE_DASHED,
        ),
    ]
    if kind == "calibration_curve":
        drawn += (
            layer(
                "curves",
                spot(46),
                x=x,
                y=y,
                description=category("description"),
                color=SAMPLE,
            ),
            layer(
                "few",
                mark("point", filled=True, size=16, color=colour("card"), aria=False),
                x=x,
                y=y,
            ),
        )
    return layers(*drawn)


def draw_comparison(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query named by `curve`."""
    kind, rows = facts["curve"], facts["rows"]
    x, y = COLUMNS[kind]
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
    if kind == "calibration_curve":
        for point, row in zip(curves, rows, strict=True):
            point["description"] = described(row, kind)
    diagonal = [{"x": 0, "y": 0}, {"x": 1, "y": 1}] if kind in DIAGONAL else []
    few = [{"x": row[x], "y": row[y]} for row in few_records(rows)]
    datasets: Datasets = {"diagonal": diagonal, "curves": curves, "few": few}
    return sized(comparison(kind), width, height), datasets


def described(row: dict[str, Any], kind: str) -> str:
    """A point of a curve in words."""
    said = [
        f"{title.lower()} {words.figure(row[column])}"
        for title, column in zip(TITLES[kind], COLUMNS[kind], strict=True)
    ]
    if row.get("rows") is not None:
        said.append(words.plural(row["rows"], "record"))
    return f"{row['sample']}: {', '.join(said)}"


@cache
def density(title: str) -> Spec:
    """Two areas over the score, and the threshold above which a record counts as positive."""
    x = number("score", title=title, axis={"tickCount": 6}, scale={"nice": False, "zero": False})
    y = number("density", title=None, stack=None, axis={"labels": False, "grid": False})
    area = layer(
        "curves",
        mark("area", fillOpacity=0.14, line=False),
        x=x,
        y=y,
        fill=SAMPLE,
        detail=category("sample"),
    )
    line = layer(
        "curves",
        mark("line"),
        x=x,
        y=y,
        color=SAMPLE,
        strokeDash=SAMPLE_DASHED,
    )
    return layers(
        area,
        line,
        *cut(number("score")),
    )


def draw_density(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of `score_density` of one class."""
    threshold = facts["threshold"]
    datasets: Datasets = {
        "curves": [
            {"score": row["score"], "density": row["density"], "sample": row["sample"]}
            for row in facts["rows"]
        ],
        "threshold": []
        if threshold is None
        else [{"score": threshold, "text": f"threshold {words.figure(threshold)}"}],
    }
    return sized(density(facts["axis"]), width, height), datasets


def cut(x: Spec) -> tuple[Spec, Spec]:
    """The threshold: a line across the plot and its name above."""
    return (
        layer("threshold", mark("rule", strokeDash=[3, 3], color=colour("muted")), x=x),
        layer(
            "threshold",
            mark("text", align="center", baseline="bottom"),
            x=x,
            y={"value": -9},
            text=category("text"),
        ),
    )


@cache
def decision(metrics: int) -> Spec:
    """A line per metric against the threshold, the active threshold marked."""
    order = list(range(metrics))
    x = number("threshold", title="Threshold", axis={"tickCount": 6})
    y = number("value", title=None, axis={"tickCount": 5})
    return layers(
        layer(
            "curves",
            mark("line"),
            x=x,
            y=y,
            color=ordinal(
                "series", legend=None, scale={"domain": order, "range": METRIC_COLOURS[:metrics]}
            ),
            strokeDash=ordinal(
                "series", legend=None, scale={"domain": order, "range": METRIC_DASHES[:metrics]}
            ),
        ),
        *cut(x),
    )


def draw_decision(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query `decision_chart`."""
    metrics = facts["metrics"]
    threshold = facts["threshold"]
    datasets: Datasets = {
        "curves": [
            {
                "threshold": row["threshold"],
                "value": row["value"],
                "series": metrics.index(row["metric"]),
            }
            for row in facts["rows"]
            if row["metric"] in metrics
        ],
        "threshold": []
        if threshold is None
        else [{"threshold": threshold, "text": f"threshold {words.figure(threshold)}"}],
    }
    return sized(decision(len(metrics)), width, height), datasets
