"""A metric over the batches: its limits drawn and labelled, new model versions marked."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from mlmon.report.charts.grammar import (
    Spec,
    apart,
    category,
    field,
    layer,
    layers,
    mark,
    number,
    reached,
    room,
    sized,
)
from mlmon.report.charts.theme import TONE, TONE_SHAPED, Datasets, colour, spot
from mlmon.report.facts import geometry, words

LIMIT_TONES = {"minimum": "bad", "soft_minimum": "warn", "soft_maximum": "warn", "maximum": "bad"}
BARS_UP_TO = 2
ENDS = ("value", "lower", "upper")
BESIDE = 6  # pixels between the plot and these names
LARGE_LETTER = 8.2  # pixels of a letter of the last value, bold
MARGIN = 104  # room beside the plot for the names of the limits


@cache
def specification(bars: bool) -> Spec:
    """Bars for one or two evaluations, a line from three on."""
    x, y = position(), value()
    drawn = [
        layer(
            "zones",
            mark("rect", opacity=0.08),
            y=number("low", title=None),
            y2=field("high"),
            color=TONE,
        ),
        layer("frame", mark("rule", opacity=0), x=x, y=y),
        layer(
            "limits",
            mark("rule", strokeDash=[5, 4], strokeWidth=1.4),
            y=number("value"),
            color=TONE,
        ),
        layer("versions", mark("rule", strokeDash=[2, 3], color=colour("muted")), x=x),
        *(columns(x, y) if bars else line(x, y)),
        layer(
            "limits",
            mark("text", align="left", baseline="middle", fontWeight=600),
            x={"value": {"expr": f"width + {BESIDE}"}},
            y=number("place"),
            text=category("text"),
            color=TONE,
        ),
        layer(
            "versions",
            mark("text", baseline="bottom", fontWeight=600),
            x=x,
            y={"value": -4},
            text=category("text"),
        ),
        layer(
            "ticks",
            mark("text", baseline="top"),
            x=x,
            y={"value": {"expr": "height + 10"}},
            text=category("text"),
        ),
        room(),
    ]
    return layers(*drawn)


def position() -> Spec:
    """The order of the evaluations; their batches are written below as text."""
    return number("position", axis=None, scale={"nice": False, "zero": False})


def value() -> Spec:
    """The metric, as far as values and limits reach."""
    scale = {"nice": False, "zero": False}
    return number("value", title=None, stack=None, scale=scale, axis={"tickCount": 6})


def line(x: Spec, y: Spec) -> list[Spec]:
    """The interval as a band, the line, a mark per evaluation, the last value in figures."""
    return [
        layer(
            "points",
            mark("area", color=colour("accent"), opacity=0.12),
            x=x,
            y=number("lower", title=None),
            y2=field("upper"),
        ),
        layer("points", mark("line", color=colour("accent")), x=x, y=y),
        layer(
            "points",
            spot(90, 1.5),
            x=x,
            y=y,
            color=TONE,
            description=category("description"),
            shape=TONE_SHAPED,
        ),
        layer(
            "last",
            mark("text", align="left", dx=10, fontSize=13, fontWeight=700, color=colour("text")),
            x=x,
            y=y,
            text=category("text"),
        ),
    ]


def columns(x: Spec, y: Spec) -> list[Spec]:
    """A bar per evaluation with its value above it."""
    return [
        layer(
            "points",
            mark("bar", size=54, cornerRadiusEnd=5),
            x=x,
            y=y,
            color=TONE,
            description=category("description"),
        ),
        layer(
            "points",
            mark("text", dy=-10, fontSize=13, fontWeight=700, color=colour("text")),
            x=x,
            y=y,
            text=category("text"),
        ),
    ]


def draw(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query `history` and a reference.

    `limits` in them names a limit otherwise than words.LIMITS does.
    """
    rows = facts["rows"]
    bars = len(rows) <= BARS_UP_TO
    known = [row for row in rows if row["value"] is not None]
    limits = limit_lines(rows[-1], facts["reference"], {**words.LIMITS, **facts.get("limits", {})})
    width -= MARGIN if limits else 0
    ends = [row[key] for row in known for key in ENDS if row[key] is not None]
    low, high = extent(ends + [line["value"] for line in limits], bars)
    end = len(rows) + (0.5 if bars else beyond(known, facts["metric"], len(rows), width))
    datasets: Datasets = {
        "zones": [
            {"tone": tone, "low": start, "high": end}
            for tone, start, end in geometry.zones(rows[-1], low, high)
        ],
        "frame": [
            {"position": 0.5, "value": low},
            {"position": end, "value": high},
        ],
        "limits": spread(limits, 14 * (high - low) / height),
        "versions": versions(rows, width / (end - 0.5)),
        "points": [point(row, facts["metric"]) for row in rows],
        "last": [point(row, facts["metric"]) for row in known[-1:]],
        "ticks": ticks(rows, width / (end - 0.5)),
        "room": reached(width + BESIDE, [line["text"] for line in limits]),
    }
    return sized(specification(bars), width, height), datasets


def beyond(known: list[dict[str, Any]], metric: str, places: int, width: int) -> float:
    """How many places the plot goes on after the last point, whose figure stands there."""
    letters = max((len(words.figure_of(metric, row["value"])) for row in known[-1:]), default=0)
    pixels = 10 + letters * LARGE_LETTER + BESIDE
    return pixels * (places - 0.5) / (width - pixels)


def point(row: dict[str, Any], metric: str) -> dict[str, Any]:
    """One evaluation: where it stands, how it looks, what it says."""
    text = words.figure_of(metric, row["value"])
    said = f"{row['batch']}: {metric} {text}"
    if row["outcome"] != "NONE":
        said += f" ({words.STATUS[row['outcome']]})"
    tone = words.tone(row["outcome"]) if row["outcome"] != "NONE" else "none"
    return {
        "position": row["position"],
        "value": row["value"],
        "lower": row["lower"],
        "upper": row["upper"],
        "tone": tone,
        "text": text,
        "description": f"{said}, version {row['model_version']}",
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
    found: list[dict[str, Any]] = []
    named = math.inf
    for row in (row for row in reversed(rows) if row["new_version"]):
        name, place = f"version {row['model_version']}", row["position"] - 0.5
        fits = named - place >= apart([name], pixels)
        found.append({"position": place, "text": name if fits else ""})
        named = place if fits else named
    return found[::-1]


def ticks(rows: list[dict[str, Any]], pixels: float) -> list[dict[str, Any]]:
    """As many batch names below the axis as fit, so many pixels a place; the last one always."""
    names = [words.short(row["batch"], 11) for row in rows]
    step = apart(names, pixels)
    return [
        {"position": row["position"], "text": name}
        for row, name in zip(rows, names, strict=True)
        if (len(rows) - row["position"]) % step == 0
    ]
