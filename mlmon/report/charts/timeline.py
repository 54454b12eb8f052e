"""The versions of a model: when each was made and active, and which batches it was evaluated on."""

from collections.abc import Sequence
from typing import Any

from mlmon.report.charts.grammar import Datasets, Spec, apart, reached, specification
from mlmon.report.facts import words

BESIDE = 12  # pixels between the plot and these names
MARGIN = 112  # room beside the plot for the names of the versions
TICK = 120  # pixels that a time needs


def draw_lifetimes(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """From when to when each was active, and when it was made: the rows of `model_versions`."""
    rows = facts["rows"]
    times = [
        row[key].timestamp() for row in rows for key in ("created_at", "activated_at") if row[key]
    ]
    first, last = min(times), max(times)
    end = last + ((last - first) or 1) * 0.15  # what is active goes on
    low = first - (end - first) * 0.03
    bars, marks = [], []
    for place, row in enumerate(rows):
        at = {"row": place, "state": state(row)}
        if row["activated_at"]:
            goes_on = row["is_active"] or not row["replaced_at"]
            until = end if goes_on else row["replaced_at"].timestamp()
            bars.append({**at, "x": row["activated_at"].timestamp(), "end": until})
        marks.append({**at, "x": row["created_at"].timestamp(), "description": life(row)})
    ticks = times_below(rows, low, end, width - MARGIN)
    return timeline(rows, (low, end), bars, marks, ticks, width, height)


def draw_coverage(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """From which batch to which, and a mark on each: the rows of `version_batches`, too."""
    rows, batches = facts["rows"], facts["batches"]
    bars, marks = [], []
    for place, version in enumerate(rows):
        at = {"row": place, "state": state(version)}
        own = [row for row in batches if row["model_version"] == version["model_version"]]
        if own:
            ends = [row["position"] for row in own]
            bars.append({**at, "x": min(ends), "end": max(ends)})
        for row in own:
            batch = f"Version {version['model_version']}: {words.short(row['batch'])}, "
            count = words.plural(row["evaluations"], "evaluation")
            marks.append({**at, "x": row["position"], "description": f"{batch}{count}"})
    last = max(row["position"] for row in batches)
    ticks = batches_below(batches, last, width - MARGIN)
    return timeline(rows, (0.5, last + 0.5), bars, marks, ticks, width, height)


def timeline(
    rows: Sequence[dict[str, Any]],
    reach: tuple[float, float],
    bars: list[dict[str, Any]],
    marks: list[dict[str, Any]],
    ticks: list[dict[str, Any]],
    width: int,
    height: int,
) -> tuple[Spec, Datasets]:
    """A row per version: a bar from start to end, marks on it, the times or batches below."""
    names = [
        f"version {row['model_version']}{', active' if row['is_active'] else ''}" for row in rows
    ]
    return specification("timeline", width - MARGIN, height), {
        "frame": [{"x": reach[0], "row": -0.5}, {"x": reach[1], "row": len(rows) - 0.5}],
        "rows": [{"row": place, "text": name} for place, name in enumerate(names)],
        "bars": bars,
        "marks": marks,
        "ticks": ticks,
        "room": reached(-BESIDE, names, -1),
    }


def state(version: dict[str, Any]) -> str:
    """How a version's row looks."""
    return "active" if version["is_active"] else "before"


def life(row: dict[str, Any]) -> str:
    """A version's life in words."""
    text = f"Version {row['model_version']}: made {words.moment(row['created_at'])}"
    if row["activated_at"]:
        text += f", activated {words.moment(row['activated_at'])}"
    if row["is_active"]:
        return f"{text}, active"
    return f"{text}, replaced {words.moment(row['replaced_at'])}" if row["replaced_at"] else text


def times_below(
    rows: Sequence[dict[str, Any]], low: float, high: float, width: int
) -> list[dict[str, Any]]:
    """When versions were made, as far as there is room to say so, the newest first."""
    placed: list[dict[str, Any]] = []
    for row in rows:
        x = row["created_at"].timestamp()
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
