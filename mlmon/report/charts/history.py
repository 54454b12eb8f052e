"""A metric over the batches: its limits drawn and labelled, new model versions marked."""

import math
from collections.abc import Mapping
from typing import Any

from mlmon.report.charts.grammar import Datasets, Spec, apart, reached, specification
from mlmon.report.facts import geometry, words

LIMIT_TONES = {"minimum": "bad", "soft_minimum": "warn", "soft_maximum": "warn", "maximum": "bad"}
BARS_UP_TO = 2
ENDS = ("value", "lower", "upper")
BESIDE = 6  # pixels between the plot and these names
LARGE_LETTER = 8.2  # pixels of a letter of the last value, bold
MARGIN = 104  # room beside the plot for the names of the limits


def draw(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """Bars for one or two evaluations, a line from three on: rows of `history` and a reference.

    `limits` in the facts names a limit otherwise than words.LIMITS does.
    """
    rows = facts["rows"]
    bars = len(rows) <= BARS_UP_TO
    defined = [row for row in rows if row["value"] is not None]
    limits = limit_lines(rows[-1], facts["reference"], {**words.LIMITS, **facts.get("limits", {})})
    width -= MARGIN if limits else 0
    ends = [row[key] for row in defined for key in ENDS if row[key] is not None]
    low, high = extent(ends + [line["value"] for line in limits], bars)
    end = len(rows) + (0.5 if bars else beyond(defined, facts["metric"], len(rows), width))
    points = [point(row, facts["metric"]) for row in rows]
    newest = [point(row, facts["metric"]) for row in defined[-1:]]
    datasets: Datasets = {
        **({"bars": points} if bars else {"points": points, "last": newest}),
        "zones": [
            {"tone": tone, "low": start, "high": end}
            for tone, start, end in geometry.zones(rows[-1], low, high)
        ],
        "frame": [{"position": 0.5, "value": low}, {"position": end, "value": high}],
        "limits": spread(limits, 14 * (high - low) / height),
        "versions": versions(rows, width / (end - 0.5)),
        "ticks": ticks(rows, width / (end - 0.5)),
        "room": reached(width + BESIDE, [line["text"] for line in limits]),
    }
    return specification("history", width, height), datasets


def beyond(defined: list[dict[str, Any]], metric: str, places: int, width: int) -> float:
    """How many places the plot goes on after the last point, whose figure stands there."""
    letters = max((len(words.figure_of(metric, row["value"])) for row in defined[-1:]), default=0)
    pixels = 10 + letters * LARGE_LETTER + BESIDE
    return pixels * (places - 0.5) / (width - pixels)


def point(row: dict[str, Any], metric: str) -> dict[str, Any]:
    """One evaluation: where it stands, how it looks, what it says."""
    text = words.figure_of(metric, row["value"])
    judged = row["outcome"] != "NONE"
    outcome = f" ({words.STATUS[row['outcome']]})" if judged else ""
    about = f"{row['batch']}: {metric} {text}{outcome}, version {row['model_version']}"
    return {
        **{key: row[key] for key in ("position", *ENDS)},
        "tone": words.tone(row["outcome"]) if judged else "none",
        "text": text,
        "description": about,
    }


def limit_lines(
    row: dict[str, Any], reference: float | None, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A line per limit under its name, and one for the reference's value where there is one."""
    lines = [
        {"value": row[key], "tone": tone, "text": f"{names[key]} {words.plain(row[key])}"}
        for key, tone in LIMIT_TONES.items()
        if row[key] is not None
    ]
    if reference is not None:
        text = f"reference {words.figure(reference)}"
        lines.append({"value": reference, "tone": "idle", "text": text})
    return lines


def spread(lines: list[dict[str, Any]], gap: float) -> list[dict[str, Any]]:
    """The lines from below, each with a place for its label that no other label has."""
    placed: list[dict[str, Any]] = []
    for line in sorted(lines, key=lambda each: each["value"]):
        lowest = placed[-1]["place"] + gap if placed else line["value"]
        placed.append({**line, "place": max(line["value"], lowest)})
    return placed


def extent(values: list[float], bars: bool) -> tuple[float, float]:
    """From where to where the axis goes: all values, intervals and limits, bars from zero."""
    if bars or not values:
        values = [*values, 0.0]
    low, high = min(values), max(values)
    room = (high - low) * 0.14 or abs(high) * 0.1 or 1.0
    return (low if bars and low == 0 else low - room), high + room


def versions(rows: list[dict[str, Any]], pixels: float) -> list[dict[str, Any]]:
    """Where a version took over, so many pixels a place; the newest names that fit stand there."""
    places: list[dict[str, Any]] = []
    named = math.inf
    for row in (row for row in reversed(rows) if row["new_version"]):
        name, place = f"version {row['model_version']}", row["position"] - 0.5
        fits = named - place >= apart([name], pixels)
        places.append({"position": place, "text": name if fits else ""})
        named = place if fits else named
    return places[::-1]


def ticks(rows: list[dict[str, Any]], pixels: float) -> list[dict[str, Any]]:
    """As many batch names below the axis as fit, so many pixels a place; the last one always."""
    names = [words.short(row["batch"], 11) for row in rows]
    step = apart(names, pixels)
    return [
        {"position": row["position"], "text": name}
        for row, name in zip(rows, names, strict=True)
        if (len(rows) - row["position"]) % step == 0
    ]
