"""A regression's errors over frozen bins, and the actual values of similar estimates."""

from typing import Any

from mlmon.report.charts.grammar import Datasets, Spec, specification
from mlmon.report.facts import words


def draw_errors(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """Two outlines over the error, the reference filled: the rows of `error_distribution`.

    A bin without an end is drawn as wide as the others.
    """
    rows = facts["rows"]
    wide = next(
        row["upper"] - row["lower"] for row in rows if None not in (row["lower"], row["upper"])
    )
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
    return specification("errors", width, height), {
        "reference": [point for point in outline if point["sample"] == "Reference"],
        "errors": outline,
        "none": [{"error": 0}] if inside else [],
    }


def draw_actuals(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """A dot per tenth with a bar from quartile to quartile: the rows of `predicted_vs_actual`."""
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
    return specification("actuals", width, height), {"right": ends, "tenths": tenths}
