"""Vega-Lite specifications, each a file, and the little that a picture adds to one.

In `specifications/` a layer names its data; it is drawn on the file's own pair of axes but for
the channels it has itself, of which one that is null is none. "@name" is a channel of
channels.json, "$name" what is handed over when the picture is drawn. A test holds every
specification against Altair's schema: Altair itself, half a second to load, is loaded only for
those of the user's own.
"""

import json
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

Spec = dict[str, Any]
Datasets = dict[str, list[dict[str, Any]]]
FOLDER = Path(__file__).with_name("specifications")
LETTER = 6.6  # pixels of a letter in the size of labels: that of a wide font, bold
GAP = 10  # pixels between two names
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"


@cache
def document(name: str) -> Spec:
    """`specifications/<name>.json` as it stands."""
    content: Spec = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


@cache
def specification(name: str, width: int, height: int, **values: str) -> Spec:
    """The specification of that name at a size, in pixels, and with those values."""
    size = {"width": width, "height": height}
    whole = resolved(document(name), {**values, **size})
    return {
        "$schema": SCHEMA,
        "layer": [
            {
                "data": {"name": layer["data"]},
                "mark": layer["mark"],
                "encoding": {
                    channel: how
                    for channel, how in {**whole["encoding"], **layer.get("encoding", {})}.items()
                    if how is not None
                },
            }
            for layer in whole["layer"]
        ],
        **size,
    }


def resolved(part: Any, values: Spec) -> Any:
    """The part of a specification with what its names stand for."""
    if isinstance(part, dict):
        return {key: resolved(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [resolved(inner, values) for inner in part]
    if isinstance(part, str) and part[:1] in ("@", "$"):
        return (document("channels") if part[0] == "@" else values)[part[1:]]
    return part


def reached(start: float, texts: Iterable[str], direction: int = 1) -> list[dict[str, Any]]:
    """How far from a pixel the longest of the texts reaches in a usual font.

    It is the data of a layer `room`, in which there is nothing to see: the picture reaches so far,
    whatever fonts there are.
    """
    longest = max(map(len, texts), default=0)
    return [{"pixel": start + direction * longest * LETTER}] if longest else []


def apart(names: Iterable[str], pixels: float) -> int:
    """How many places apart names stand that do not run into each other, so many pixels a place."""
    longest = max(map(len, names), default=0)
    return max(1, math.ceil((longest * LETTER + GAP) / pixels))
