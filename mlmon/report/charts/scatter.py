"""Which features moved, and which of those the model leans on."""

from typing import Any

from mlmon.report.charts.grammar import LETTER, Datasets, Spec, specification
from mlmon.report.facts import words


def draw(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """A mark per feature, shaded above both averages: the rows of the query `feature_drift`."""
    rows = facts["rows"]
    dots = sorted((dot(row) for row in rows), key=lambda entry: -entry["drift"])
    low_x, high_x = reach([entry["model"] for entry in dots])
    low_y, high_y = reach([entry["drift"] for entry in dots])
    pixel = ((high_x - low_x) / width, (high_y - low_y) / height)
    named_dots = labels(dots, pixel, (low_x, high_x))
    datasets: Datasets = {
        "corner": [
            {
                "model": rows[0]["average_model_importance"],
                "model_end": high_x,
                "drift": rows[0]["average_drift_importance"],
                "drift_end": high_y,
                "text": "matters to the model and moved",
            }
        ],
        "frame": [{"model": low_x, "drift": low_y}, {"model": high_x, "drift": high_y}],
        "features": dots,
        "labels_left": [entry for entry in named_dots if entry["side"] == "left"],
        "labels_right": [entry for entry in named_dots if entry["side"] == "right"],
    }
    return specification("importance", width, height), datasets


def dot(row: dict[str, Any]) -> dict[str, Any]:
    """One feature: where it stands, how it looks, what it says."""
    status = words.STATUS[row["status"]].lower()
    return {
        "model": row["model_importance"],
        "drift": row["drift_importance"],
        "tone": words.tone(row["status"]),
        "text": words.short(row["feature"], 32),
        "description": f"{words.short(row['feature'])}: "
        f"{words.share(row['model_importance'])} in the model, "
        f"{words.share(row['drift_importance'])} in the drift classifier, {status}",
    }


def reach(values: list[float]) -> tuple[float, float]:
    """From where to where an axis goes: zero and all values, with room around them."""
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low or 1.0) * 0.08
    return low - room / 2, high + room * 1.5


def labels(
    dots: list[dict[str, Any]], pixel: tuple[float, float], frame: tuple[float, float]
) -> list[dict[str, Any]]:
    """The dots whose names fit beside them without running into another name or dot."""
    taken = [box(dot, -7 * pixel[0], 7 * pixel[0], pixel[1]) for dot in dots]
    named = []
    for place, dot in enumerate(dots):
        wide = (LETTER * len(dot["text"]) + 12) * pixel[0]
        others = [other for index, other in enumerate(taken) if index != place]
        for side, mine in (
            ("left", box(dot, 0, wide, pixel[1])),
            ("right", box(dot, -wide, 0, pixel[1])),
        ):
            inside = frame[0] <= mine[0] and mine[1] <= frame[1]
            if inside and not any(overlap(mine, other) for other in others):
                named.append({**dot, "side": side})
                taken.append(mine)
                break
    return named


def box(dot: dict[str, Any], start: float, end: float, y_pixel: float) -> tuple[float, ...]:
    """Left, right, bottom and top of what is drawn for a dot."""
    x, y = dot["model"], dot["drift"]
    return (x + start, x + end, y - 7 * y_pixel, y + 7 * y_pixel)


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes cover each other anywhere."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
