"""One curve of several items in one picture, each with a colour and a dash of its own."""

from functools import cache
from typing import Any

from mlmon.report.charts.curves import DIAGONAL, METRIC_COLOURS, METRIC_DASHES, TITLES
from mlmon.report.charts.grammar import Spec, category, layer, layers, mark, number, ordinal, sized
from mlmon.report.charts.theme import Datasets, colour, spot
from mlmon.report.facts import words


@cache
def overlay(kind: str, axis: str) -> Spec:
    """A line per item; a calibration has its points marked, a density has no unit square."""
    unit = {"domain": [0, 1]}
    if kind == "score_density":
        x = number("x", title=axis, axis={"tickCount": 6}, scale={"nice": False, "zero": False})
        y = number("y", title=None, axis={"labels": False, "grid": False})
    else:
        x = number("x", title=TITLES[kind][0], scale=unit, axis={"tickCount": 5})
        y = number("y", title=TITLES[kind][1], scale=unit, axis={"tickCount": 5})
    order = list(range(len(METRIC_COLOURS)))
    tint = ordinal("series", legend=None, scale={"domain": order, "range": METRIC_COLOURS})
    dash = ordinal("series", legend=None, scale={"domain": order, "range": METRIC_DASHES})
    drawn = [
        layer("diagonal", mark("line", strokeWidth=1, color=colour("line")), x=x, y=y),
        layer(
            "curves", mark("line"), x=x, y=y, order=number("position"), color=tint, strokeDash=dash
        ),
    ]
    if kind == "calibration_curve":
        drawn.append(
            layer(
                "curves",
                spot(46),
                x=x,
                y=y,
                color=tint,
                description=category("description"),
            )
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
