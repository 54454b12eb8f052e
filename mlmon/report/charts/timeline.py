"""The versions of a model: when each was made and active, and which batches it was evaluated on."""

from collections.abc import Sequence
from datetime import datetime
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
from mlmon.report.charts.theme import Datasets, colour, spot
from mlmon.report.facts import words

BESIDE = 12  # pixels between the plot and these names
MARGIN = 112  # room beside the plot for the names of the versions
TICK = 120  # pixels that a time needs
STATES = {"domain": ["active", "before"], "range": [colour("accent"), colour("reference")]}


@cache
def specification() -> Spec:
    """A row per version: a bar from start to end, marks on it, the times or batches below."""
    x = number("x", axis=None, scale={"nice": False, "zero": False})
    y = number("row", axis=None, scale={"nice": False, "zero": False, "reverse": True})
    state = category("state", scale=STATES, legend=None)
    return layers(
        layer("frame", mark("rule", opacity=0), x=x, y=y),
        layer(
            "rows",
            mark("rule", color=colour("grid")),
            y=y,
            x={"value": 0},
            x2={"value": {"expr": "width"}},
        ),
        layer(
            "bars",
            mark("rule", strokeWidth=10, opacity=0.4, strokeCap="round"),
            x=x,
            x2=field("end"),
            y=y,
            color=state,
        ),
        layer(
            "marks",
            spot(70, 1.5),
            x=x,
            y=y,
            color=state,
            description=category("description"),
        ),
        layer(
            "rows",
            mark("text", align="right", baseline="middle", color=colour("text")),
            x={"value": -BESIDE},
            y=y,
            text=category("text"),
        ),
        layer(
            "ticks",
            mark("text", baseline="top"),
            x=x,
            y={"value": {"expr": "height + 4"}},
            text=category("text"),
        ),
        room(),
    )


def draw_lifetimes(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: facts are the rows of the query `model_versions`."""
    rows = facts["rows"]
    times = [
        row[key].timestamp() for row in rows for key in ("created_at", "activated_at") if row[key]
    ]
    first, last = min(times), max(times)
    end = last + ((last - first) or 1) * 0.15  # what is active goes on
    low = first - (end - first) * 0.03
    lines, marks = [], []
    for place, row in enumerate(rows):
        state = "active" if row["is_active"] else "before"
        if row["activated_at"]:
            until = end if row["is_active"] or not row["replaced_at"] else stamp(row["replaced_at"])
            lines.append(bar(place, stamp(row["activated_at"]), until, state))
        mark = {"x": stamp(row["created_at"]), "row": place, "state": state}
        marks.append({**mark, "description": life(row)})
    width -= MARGIN
    return sized(specification(), width, height), {
        "frame": frame(low, end, len(rows)),
        "rows": names(rows),
        "bars": lines,
        "marks": marks,
        "ticks": times_below(rows, low, end, width),
        "room": reached(-BESIDE, [row["text"] for row in names(rows)], -1),
    }


def draw_coverage(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """The specification and its data: the rows of `model_versions` and of `version_batches`."""
    rows, batches = facts["rows"], facts["batches"]
    place_of = {row["model_version"]: place for place, row in enumerate(rows)}
    shown = [row for row in batches if row["model_version"] in place_of]
    states = {row["model_version"]: "active" if row["is_active"] else "before" for row in rows}
    lines, marks = [], []
    for version, place in place_of.items():
        mine = [row for row in shown if row["model_version"] == version]
        if mine:
            ends = [row["position"] for row in mine]
            lines.append(bar(place, min(ends), max(ends), states[version]))
        marks += [
            {
                "x": row["position"],
                "row": place,
                "state": states[version],
                "description": f"Version {version}: {words.short(row['batch'])}, "
                + words.plural(row["evaluations"], "evaluation"),
            }
            for row in mine
        ]
    width -= MARGIN
    last = max(row["position"] for row in batches)
    return sized(specification(), width, height), {
        "frame": frame(0.5, last + 0.5, len(rows)),
        "rows": names(rows),
        "bars": lines,
        "marks": marks,
        "ticks": batches_below(batches, last, width),
        "room": reached(-BESIDE, [row["text"] for row in names(rows)], -1),
    }


def stamp(value: datetime) -> float:
    """A time as a place on the axis."""
    return value.timestamp()


def bar(place: int, start: float, end: float, state: str) -> dict[str, Any]:
    """A stretch of a version's row."""
    return {"x": start, "end": end, "row": place, "state": state}


def frame(low: float, high: float, rows: int) -> list[dict[str, float]]:
    """The corners of the plot."""
    return [{"x": low, "row": -0.5}, {"x": high, "row": rows - 0.5}]


def names(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What stands beside each row."""
    return [
        {
            "row": place,
            "text": f"version {row['model_version']}{', active' if row['is_active'] else ''}",
        }
        for place, row in enumerate(rows)
    ]


def life(row: dict[str, Any]) -> str:
    """A version's life in words."""
    said = f"Version {row['model_version']}: made {words.moment(row['created_at'])}"
    if row["activated_at"]:
        said += f", activated {words.moment(row['activated_at'])}"
    if row["is_active"]:
        return f"{said}, active"
    return f"{said}, replaced {words.moment(row['replaced_at'])}" if row["replaced_at"] else said


def times_below(
    rows: Sequence[dict[str, Any]], low: float, high: float, width: int
) -> list[dict[str, Any]]:
    """When versions were made, as far as there is room to say so, the newest first."""
    placed: list[dict[str, Any]] = []
    for row in rows:
        x = stamp(row["created_at"])
        pixel = (x - low) / ((high - low) or 1) * width
        if all(abs(pixel - other["pixel"]) >= TICK for other in placed):
            placed.append({"x": x, "pixel": pixel, "text": words.moment(row["created_at"])})
    return [{"x": each["x"], "text": each["text"]} for each in placed]


def batches_below(batches: Sequence[dict[str, Any]], last: int, width: int) -> list[dict[str, Any]]:
    """As many names of batches as fit; the last one always."""
    named_at = {row["position"]: words.short(row["batch"], 11) for row in batches}
    step = apart(named_at.values(), width / last)
    return [
        {"x": position, "text": text}
        for position, text in sorted(named_at.items())
        if (last - position) % step == 0
    ]
