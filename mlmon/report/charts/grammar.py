"""Vega-Lite's own words, short: what a layer draws of which data.

A test holds every specification against Altair's schema. Altair itself, half a second to load, is
loaded only for those of the user's own.
"""

import math
from collections.abc import Iterable
from typing import Any

Spec = dict[str, Any]
LETTER = 6.6  # pixels of a letter in the size of labels: that of a wide font, bold
GAP = 10  # pixels between two names
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"


def layers(*drawn: Spec) -> Spec:
    """The layers on one pair of axes, as a specification that waits for its size and datasets."""
    return {"$schema": SCHEMA, "layer": list(drawn)}


def layer(data: str, drawn: Spec, **encoding: Spec) -> Spec:
    """Marks of a dataset that is handed over when the picture is drawn; a channel each."""
    return {"data": {"name": data}, "mark": drawn, "encoding": encoding}


def room() -> Spec:
    """Nothing to see: the picture reaches to each pixel of `reached`, whatever fonts there are."""
    return layer("room", mark("rule", opacity=0), x=number("pixel", scale=None, axis=None))


def reached(start: float, texts: Iterable[str], direction: int = 1) -> list[dict[str, Any]]:
    """How far from a pixel the longest of the texts reaches in a usual font: data of `room`."""
    longest = max(map(len, texts), default=0)
    return [{"pixel": start + direction * longest * LETTER}] if longest else []


def apart(names: Iterable[str], pixels: float) -> int:
    """How many places apart names stand that do not run into each other, so many pixels a place."""
    longest = max(map(len, names), default=0)
    return max(1, math.ceil((longest * LETTER + GAP) / pixels))


def mark(kind: str, **look: Any) -> Spec:
    """A kind of mark, and how it looks."""
    return {"type": kind, **look}


def number(name: str, **how: Any) -> Spec:
    """A field of numbers on a channel."""
    return field(name, type="quantitative", **how)


def category(name: str, **how: Any) -> Spec:
    """A field of names on a channel."""
    return field(name, type="nominal", **how)


def ordinal(name: str, **how: Any) -> Spec:
    """A field of places in an order on a channel."""
    return field(name, type="ordinal", **how)


def field(name: str, **how: Any) -> Spec:
    """A field on a channel: the second end of what another begins, or one with its type."""
    return {"field": name, **how}


def sized(specification: Spec, width: int, height: int) -> Spec:
    """The specification at a size, in pixels."""
    return {**specification, "width": width, "height": height}
