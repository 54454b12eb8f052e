"""A regression's errors over frozen bins, and the actual values of similar estimates."""

from functools import cache
from typing import Any

from mlmon.report.charts.grammar import Spec, category, field, layer, layers, mark, number, sized
from mlmon.report.charts.theme import SAMPLE, SAMPLE_DASHED, Datasets, colour, spot
from mlmon.report.facts import words


@cache
def errors() -> Spec:
    """Two outlines over the error, the reference filled, and where there is none."""
    x = number(
        "error",
        title="Estimate less actual value",
        axis={"tickCount": 6},
        scale={"nice": False, "zero": False},
    )
    y = number("share", title=None, stack=None, axis={"format": "%", "tickCount": 5})
    return layers(
        layer(
            "reference",
            mark("area", interpolate="step-after", fillOpacity=0.2, line=False),
            x=x,
            y=y,
            fill={"value": colour("reference")},
        ),
        layer(
            "errors",
            mark("line", interpolate="step-after"),
            x=x,
            y=y,
            order=number("position"),
            color=SAMPLE,
            strokeDash=SAMPLE_DASHED,
        ),
        layer("none", mark("rule", strokeDash=[3, 3], color=colour("muted")), x=number("error")),
    )


def draw_errors(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query `error_distribution`.

    A bin without an end is drawn as wide as the others.
    """
    rows = facts["rows"]
    wide = next(row["upper"] - row["lower"] for row in rows if finite(row))
    outline = []
    for sample in dict.fromkeys(row["sample"] for row in rows):
        mine = [row for row in rows if row["sample"] == sample]
        starts = [row["upper"] - wide if row["lower"] is None else row["lower"] for row in mine]
        ends = [*zip(starts, (row["share"] for row in mine), strict=True), (starts[-1] + wide, 0)]
        outline += [
            {"error": error, "share": share, "sample": sample, "position": position}
            for position, (error, share) in enumerate(ends)
        ]
    inside = min(point["error"] for point in outline) <= 0 <= max(p["error"] for p in outline)
    return sized(errors(), width, height), {
        "reference": [point for point in outline if point["sample"] == "Reference"],
        "errors": outline,
        "none": [{"error": 0}] if inside else [],
    }


def finite(row: dict[str, Any]) -> bool:
    """Whether a bin has two ends."""
    return row["lower"] is not None and row["upper"] is not None


@cache
def actuals() -> Spec:
    """A dot per tenth with a bar from quartile to quartile, and the line of right estimates."""
    axis = {"tickCount": 5}
    scale = {"zero": False}
    x = number("estimate", title="Mean estimate", axis=axis, scale=scale)
    y = number("actual", title="Actual value", axis=axis, scale=scale)
    return layers(
        layer("right", mark("line", strokeWidth=1, color=colour("line")), x=x, y=y),
        layer(
            "tenths",
            mark("rule", strokeWidth=5, opacity=0.3),
            x=x,
            y=number("low"),
            y2=field("high"),
            color=SAMPLE,
        ),
        layer(
            "tenths",
            mark("line"),
            x=x,
            y=y,
            color=SAMPLE,
            order=number("position"),
            strokeDash=SAMPLE_DASHED,
        ),
        layer(
            "tenths",
            spot(46),
            x=x,
            y=y,
            color=SAMPLE,
            description=category("description"),
        ),
    )


def draw_actuals(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query `predicted_vs_actual`."""
    tenths = [
        {
            "estimate": row["mean_estimate"],
            "actual": row["median"],
            "low": row["lower_quartile"],
            "high": row["upper_quartile"],
            "sample": row["sample"],
            "position": position,
            "description": f"{row['sample']}: estimate {words.figure(row['mean_estimate'])}, "
            f"actual median {words.figure(row['median'])}, quartiles "
            f"{words.figure(row['lower_quartile'])} to {words.figure(row['upper_quartile'])}",
        }
        for position, row in enumerate(facts["rows"])
    ]
    estimates = [row["mean_estimate"] for row in facts["rows"]]
    ends = [{"estimate": end, "actual": end} for end in (min(estimates), max(estimates))]
    return sized(actuals(), width, height), {"right": ends, "tenths": tenths}
