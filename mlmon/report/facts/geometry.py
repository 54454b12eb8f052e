"""Where the smallest pictures have their points: coordinates in a box, never figures."""

from collections.abc import Mapping, Sequence
from typing import Any

PADDING = 4


def sparkline(values: Sequence[float | None], width: int, height: int) -> str:
    """The path of a line through the values; an undefined value leaves a gap."""
    defined = [value for value in values if value is not None]
    low, high = (min(defined), max(defined)) if defined else (0.0, 0.0)
    step = (width - 2 * PADDING) / max(len(values) - 1, 1)
    scale = (height - 2 * PADDING) / ((high - low) or 1)
    path, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        y = height / 2 if high == low else height - PADDING - (value - low) * scale
        path.append(f"{pen}{short(PADDING + index * step)},{short(y)}")
        pen = "L"
    return "".join(path)


def last_point(path: str) -> tuple[str, str]:
    """The end of a sparkline's path."""
    x, y = path.replace("M", "L").rsplit("L", 1)[1].split(",")
    return x, y


def steps(shares: Sequence[float | None], top: float) -> str:
    """The outline of a histogram in a box as wide as there are shares, 100 high for `top`."""
    path = [f"V{100 - (share or 0) / (top or 1) * 94:.0f}h1" for share in shares]
    return f"M0 100{''.join(path)}V100Z"


def place(value: float, low: float, high: float) -> str:
    """How far along a bar from low to high a value lies, in percent of its length."""
    return short(min(max((value - low) / ((high - low) or 1), 0), 1) * 100)


def short(coordinate: float) -> str:
    """A coordinate to a tenth: 12.5, 12."""
    return f"{coordinate:.1f}".removesuffix(".0")


def stretch(start: float, length: float, whole: float) -> dict[str, str]:
    """A part of a bar, in percent of the bar's length; wide enough to be seen."""
    wide = max(float(place(length, 0, whole)), 1.5)
    x = min(float(place(start, 0, whole)), 100 - wide)
    return {"x": f"{x:.1f}", "width": f"{wide:.1f}"}


def zones(limits: Mapping[str, Any], low: float, high: float) -> list[tuple[str, float, float]]:
    """The stretches beyond the limits, to the next limit or the end: tone, from, to."""
    edges = [
        ("bad", low, limits["minimum"]),
        ("warn", low if limits["minimum"] is None else limits["minimum"], limits["soft_minimum"]),
        ("warn", limits["soft_maximum"], high if limits["maximum"] is None else limits["maximum"]),
        ("bad", limits["maximum"], high),
    ]
    return [
        (tone, start, end) for tone, start, end in edges if start is not None and end is not None
    ]


def meter(limits: Mapping[str, Any], value: float | None) -> dict[str, Any]:
    """A bar with the stretches beyond the limits and a mark where the value lies."""
    keys = ("minimum", "soft_minimum", "soft_maximum", "maximum")
    defined = [limits[key] for key in keys if limits[key] is not None]
    ends = [*defined, *([] if value is None else [value])] or [0.0]
    room = (max(ends) - min(ends)) * 0.35 or abs(ends[0]) or 1.0
    low, high = min(ends) - room, max(ends) + room
    return {
        "zones": [
            {"tone": tone, "x": place(start, low, high), "width": place(end - start, 0, high - low)}
            for tone, start, end in zones(limits, low, high)
        ],
        "limits": [place(limit, low, high) for limit in defined],
        "value": None if value is None else place(value, low, high),
    }
