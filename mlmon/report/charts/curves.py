"""Curves of a sample against its reference: ROC, precision-recall, calibration, lift, density."""

from functools import cache
from typing import Any

import altair as alt

from mlmon.report import words
from mlmon.report.charts.theme import (
    SAMPLE_COLOUR,
    SAMPLE_DASH,
    Datasets,
    Spec,
    colour,
    layers,
    named,
    sized,
)

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
def comparison(
    kind: str,
) -> Spec:
    """Two lines in the unit square: the reference dashed, the current sample solid."""
    x_title, y_title = TITLES[kind]
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("x:Q", title=x_title, scale=unit, axis=alt.Axis(tickCount=5))
    y = alt.Y("y:Q", title=y_title, scale=unit, axis=alt.Axis(tickCount=5))
    drawn = [
        named("diagonal").mark_line(strokeWidth=1, color=colour("line")).encode(x=x, y=y),
        named("curves")
        .mark_line()
        .encode(
            x=x,
            y=y,
            order=alt.Order("position:Q"),
            detail=alt.Detail("series:N"),
            color=alt.Color("sample:N", scale=SAMPLE_COLOUR, legend=None),
            strokeDash=alt.StrokeDash("sample:N", scale=SAMPLE_DASH, legend=None),
        ),
    ]
    if kind == "calibration_curve":
        drawn.append(
            named("curves")
            .mark_point(filled=True, size=46, opacity=1, stroke=colour("card"), strokeWidth=1)
            .encode(
                x=x,
                y=y,
                description=alt.Description("description:N"),
                color=alt.Color("sample:N", scale=SAMPLE_COLOUR, legend=None),
            )
        )
    return layers(*drawn)


def draw_comparison(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query named by `curve`."""
    kind = facts["curve"]
    x, y = COLUMNS[kind]
    datasets: Datasets = {
        "diagonal": [{"x": 0, "y": 0}, {"x": 1, "y": 1}] if kind in DIAGONAL else [],
        "curves": [
            {
                "x": row[x],
                "y": row[y],
                "position": position,
                "sample": row["sample"],
                "series": f"{row['sample']} {row.get('class')}",
                "description": f"{row['sample']}: {TITLES[kind][0].lower()} "
                f"{words.figure(row[x])}, {TITLES[kind][1].lower()} {words.figure(row[y])}",
            }
            for position, row in enumerate(facts["rows"])
        ],
    }
    return sized(comparison(kind), width, height), datasets


@cache
def density(title: str) -> Spec:
    """Two areas over the score, and the threshold above which a record counts as positive."""
    x = alt.X(
        "score:Q",
        title=title,
        axis=alt.Axis(tickCount=6),
        scale=alt.Scale(nice=False, zero=False),
    )
    y = alt.Y("density:Q", title=None, stack=None, axis=alt.Axis(labels=False, grid=False))
    area = (
        named("curves")
        .mark_area(fillOpacity=0.14, line=False)
        .encode(
            x=x,
            y=y,
            fill=alt.Fill("sample:N", scale=SAMPLE_COLOUR, legend=None),
            detail=alt.Detail("sample:N"),
        )
    )
    line = (
        named("curves")
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=alt.Color("sample:N", scale=SAMPLE_COLOUR, legend=None),
            strokeDash=alt.StrokeDash("sample:N", scale=SAMPLE_DASH, legend=None),
        )
    )
    cut = named("threshold")
    return layers(
        area,
        line,
        cut.mark_rule(strokeDash=[3, 3], color=colour("muted")).encode(x=alt.X("score:Q")),
        cut.mark_text(align="center", baseline="bottom").encode(
            x=alt.X("score:Q"), y=alt.YValue(-3), text=alt.Text("text:N")
        ),
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


@cache
def decision(metrics: int) -> Spec:
    """A line per metric against the threshold, the active threshold marked."""
    order = list(range(metrics))
    x = alt.X("threshold:Q", title="Threshold", axis=alt.Axis(tickCount=6))
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5))
    cut = named("threshold").encode(x=x)
    return layers(
        named("curves")
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "series:O",
                legend=None,
                scale=alt.Scale(domain=order, range=METRIC_COLOURS[:metrics]),
            ),
            strokeDash=alt.StrokeDash(
                "series:O",
                legend=None,
                scale=alt.Scale(domain=order, range=METRIC_DASHES[:metrics]),
            ),
        ),
        cut.mark_rule(strokeDash=[3, 3], color=colour("muted")),
        cut.mark_text(align="center", baseline="bottom").encode(
            y=alt.YValue(-3), text=alt.Text("text:N")
        ),
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
