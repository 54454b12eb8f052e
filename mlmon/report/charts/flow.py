"""What feeds what: a box per dataset, model, store, check and scenario, and lines between them."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from mlmon.report.charts.grammar import Datasets, Spec, specification
from mlmon.report.facts import words
from mlmon.report.tiles import flow
from mlmon.report.tiles.flow import Box

PAD = 10
BESIDE = 98  # where the state stands beside the name, and not below it


def draw(facts: dict[str, Any], width: int, height: int) -> tuple[Spec, Datasets]:
    """Boxes in columns, or as a tree where the picture is narrow."""
    nodes, edges = facts["nodes"], facts["edges"]
    is_wide = width >= flow.WIDE
    boxes = flow.wide(nodes, edges) if is_wide else flow.narrow(nodes, edges)
    lines = list(curves(boxes, edges) if is_wide else elbows(boxes))
    room = 0 if is_wide else BESIDE
    datasets: Datasets = {
        "zones": list(zones(boxes)) if is_wide else [],
        "lines": lines if is_wide else [],
        "elbows": [] if is_wide else lines,
        "heads": list(heads(boxes, edges)) if is_wide else [],
        "boxes": [framed(box) for box in boxes],
        "titles": titles(nodes) if is_wide else [],
        "names": [written(box, 17 if is_wide else 16, box["name"], room, 7.4) for box in boxes],
        "holdings": [
            written(box, 34, box["holds"] if is_wide else f"{box['kind']}, {box['holds']}", 0, 6.1)
            for box in boxes
        ],
        "marks": [sign(box, 50 if is_wide else 16, is_wide) for box in boxes if state(box)],
        "states": [label(box, 50 if is_wide else 16, is_wide) for box in boxes if state(box)],
    }
    return specification("flow", width, height), datasets


def state(box: Box) -> str | None:
    """The state of a node; of a scenario, unless that is out of date, how its newest run ended."""
    own: str | None = box["state"] or box["last"]
    return own


def word(box: Box) -> str:
    """A node's state in a word or two."""
    text = words.STATUS.get(str(state(box)), str(state(box)))
    return text if box["state"] else f"Last run: {text.lower()}"


def framed(box: Box) -> dict[str, Any]:
    """A box with what it says to somebody who does not see it."""
    text = f"{box['kind'].capitalize()} {words.short(box['name'])}: {box['holds']}"
    if state(box):
        text += f". {word(box)}"
    if box["why"]:
        text += f": {words.short(box['why'], 200)}"
    return {
        "x": box["x"],
        "right": box["x"] + box["width"],
        "y": box["y"],
        "bottom": box["y"] + box["height"],
        "tone": words.tone(box["state"]) if box["state"] else "none",
        "description": text,
    }


def written(box: Box, down: int, text: str, taken: int, letter: float) -> dict[str, Any]:
    """A line of text in a box, cut off where the room that is not taken ends."""
    room = (box["width"] - 2 * PAD - taken) / letter
    return {"x": box["x"] + PAD, "y": box["y"] + down, "text": fitted(text, room)}


def fitted(text: str, room: float) -> str:
    """As much of a text as has room, in letters; those of some scripts are twice as wide."""
    line = words.short(text, 80)
    for length in range(len(line), 0, -1):
        wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in line[:length])
        if length + wide <= room:
            return words.short(line, length)
    return ""


def sign(box: Box, down: int, is_wide: bool) -> dict[str, Any]:
    """The shape of a node's state: below what it holds, or at the right of its name."""
    x = box["x"] + PAD + 4 if is_wide else box["x"] + box["width"] - BESIDE + 6
    return {"x": x, "y": box["y"] + down, "tone": words.tone(str(state(box)))}


def label(box: Box, down: int, is_wide: bool) -> dict[str, Any]:
    """The word beside the shape."""
    shape = sign(box, down, is_wide)
    text = word(box) if is_wide else word(box).removeprefix("Last run: ").capitalize()
    return {**shape, "x": shape["x"] + 10, "text": text}


def titles(nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The names of the columns."""
    places = flow.columns(nodes)
    return [{"x": x, "y": 10, "text": flow.TITLES[column]} for column, x in places.items()]


def zones(boxes: Sequence[Box]) -> Iterator[dict[str, Any]]:
    """Behind the models, stores and checks of each model; with one model there is no need."""
    models = [box["name"] for box in boxes if box["kind"] == "model"]
    for model in models if len(models) > 1 else ():
        inside = [
            box
            for box in boxes
            if box["zone"] == model and box["kind"] in ("model", "store", "check")
        ]
        yield {
            "x": min(box["x"] for box in inside) - 8,
            "right": max(box["x"] + box["width"] for box in inside) + 8,
            "y": min(box["y"] for box in inside) - 6,
            "bottom": max(box["y"] + box["height"] for box in inside) + 6,
        }


def curves(boxes: Sequence[Box], edges: Sequence[dict[str, int]]) -> Iterator[dict[str, Any]]:
    """From the right of what feeds to the left of what is fed; it turns just before that."""
    by_id = {box["id"]: box for box in boxes}
    for place, edge in enumerate(edges):
        source, target = by_id[edge["source"]], by_id[edge["target"]]
        start, end = source["x"] + source["width"], target["x"] - 5
        y, y2 = source["y"] + source["height"] / 2, target["y"] + target["height"] / 2
        turn, middle = target["x"] - flow.GAP, target["x"] - flow.GAP / 2
        points = [(start, y), (turn, y), (middle, y), (middle, y2), (end, y2)]
        for order, (x, down) in enumerate(points):
            yield {"edge": place, "order": order, "x": x, "y": down}


def heads(boxes: Sequence[Box], edges: Sequence[dict[str, int]]) -> Iterator[dict[str, Any]]:
    """The point of the arrow at everything that is fed."""
    fed = {edge["target"] for edge in edges}
    for box in boxes:
        if box["id"] in fed:
            yield {"x": box["x"] - 5, "y": box["y"] + box["height"] / 2}


def elbows(boxes: Sequence[Box]) -> Iterator[dict[str, Any]]:
    """From the lower left of what feeds, down and to the right."""
    by_id = {box["id"]: box for box in boxes}
    for box in boxes:
        if box["parent"] is not None:
            parent = by_id[box["parent"]]
            x, y = parent["x"] + flow.INDENT / 2, box["y"] + box["height"] / 2
            points = [(x, parent["y"] + parent["height"]), (x, y), (box["x"], y)]
            for order, (right, down) in enumerate(points):
                yield {"edge": box["id"], "order": order, "x": right, "y": down}
