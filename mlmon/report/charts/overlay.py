"""One curve of several items in one picture, each with a colour and a dash of its own."""

from functools import cache
from typing import Any

import altair as alt

from mlmon.report import words
from mlmon.report.charts.curves import DIAGONAL, METRIC_COLOURS, METRIC_DASHES, TITLES
from mlmon.report.charts.theme import Datasets, Spec, colour, layers, named, sized


@cache
def overlay(kind: str, axis: str) -> Spec:
    """A line per item; a calibration has its points marked, a density has no unit square."""
    unit = alt.Scale(domain=[0, 1])
    if kind == "score_density":
        x = alt.X(
            "x:Q",
            title=axis,
            axis=alt.Axis(tickCount=6),
            scale=alt.Scale(nice=False, zero=False),
        )
        y = alt.Y("y:Q", title=None, axis=alt.Axis(labels=False, grid=False))
    else:
        x = alt.X("x:Q", title=TITLES[kind][0], scale=unit, axis=alt.Axis(tickCount=5))
        y = alt.Y("y:Q", title=TITLES[kind][1], scale=unit, axis=alt.Axis(tickCount=5))
    order = list(range(len(METRIC_COLOURS)))
    tint = alt.Color("series:O", legend=None, scale=alt.Scale(domain=order, range=METRIC_COLOURS))
    dash = alt.StrokeDash(
        "series:O", legend=None, scale=alt.Scale(domain=order, range=METRIC_DASHES)
    )
    drawn = [
        named("diagonal").mark_line(strokeWidth=1, color=colour("line")).encode(x=x, y=y),
        named("curves")
        .mark_line()
        .encode(x=x, y=y, order=alt.Order("position:Q"), color=tint, strokeDash=dash),
    ]
    if kind == "calibration_curve":
        drawn.append(
            named("curves")
            .mark_point(filled=True, size=46, opacity=1, stroke=colour("card"), strokeWidth=1)
            .encode(x=x, y=y, color=tint, description=alt.Description("description:N"))
        )
    return layers(*drawn)


def draw(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are rows of the query `side_by_side_curves`."""
    kind = facts["curve"]
    datasets: Datasets = {
        "diagonal": [{"x": 0, "y": 0}, {"x": 1, "y": 1}] if kind in DIAGONAL else [],
        "curves": [
            {
                "x": row["x"],
                "y": row["y"],
                "position": row["position"],
                "series": row["series"],
                "description": f"{row['sample']}: {words.figure(row['x'])}, "
                f"{words.figure(row['y'])}",
            }
            for row in facts["rows"]
        ],
    }
    return sized(overlay(kind, facts["axis"]), width, height), datasets
