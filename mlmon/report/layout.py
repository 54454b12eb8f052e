"""Where the boxes of the flow stand: in columns on a wide page, as a tree on a narrow one."""

from collections.abc import Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
Edge = Mapping[str, int]
Box = dict[str, Any]  # a node's, with x, y, width, height

COLUMNS = {"dataset": 0, "model": 1, "store": 2, "check": 3, "scenario": 4, "dashboard": 4}
TITLES = ("Datasets", "Models", "Stores", "Checks", "Scenarios, dashboards")
WIDE, NARROW = 1000, 330
TOP, PITCH, HEIGHT, GAP = 30, 76, 62, 30
STEP, TALL, INDENT = 56, 48, 14
MOST = 60  # more boxes than this are a table only


def children(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[int, list[int]]:
    """What every node feeds, by its id."""
    fed: dict[int, list[int]] = {node["id"]: [] for node in nodes}
    for edge in edges:
        fed[edge["source"]].append(edge["target"])
    return fed


def rows(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[int, int]:
    """In which row every node stands: beside the first thing that it feeds.

    What stands last feeds nothing; it stands beside the first that feeds it, or below that.
    """
    kinds = {node["id"]: node["kind"] for node in nodes}
    fed, placed = children(nodes, edges), dict[int, int]()

    def settle(node: int, row: int) -> int:
        placed[node] = free = row
        for other in fed[node]:
            if COLUMNS[kinds[other]] < COLUMNS["scenario"] and other not in placed:
                free = settle(other, free)
        return max(free, row + 1)

    free = 0
    for node, kind in kinds.items():
        if COLUMNS[kind] < COLUMNS["scenario"] and node not in placed:
            free = settle(node, free)
    free = 0
    for node, kind in kinds.items():
        if COLUMNS[kind] == COLUMNS["scenario"]:
            beside = [placed[edge["source"]] for edge in edges if edge["target"] == node]
            placed[node] = max(free, min(beside, default=0))
            free = placed[node] + 1
    return placed


def columns(nodes: Sequence[Node]) -> dict[int, float]:
    """The columns in which something stands, each with its place from the left."""
    used = sorted({COLUMNS[node["kind"]] for node in nodes})
    return {column: place * (box_width(nodes) + GAP) for place, column in enumerate(used)}


def box_width(nodes: Sequence[Node]) -> float:
    """How wide every box of the wide picture is."""
    used = len({COLUMNS[node["kind"]] for node in nodes})
    return min(230.0, (WIDE - (used - 1) * GAP) / max(used, 1))


def wide(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Box]:
    """The boxes in columns, from data on the left to what is done with it on the right."""
    placed, lefts, width = rows(nodes, edges), columns(nodes), box_width(nodes)
    return [
        {
            **node,
            "x": lefts[COLUMNS[node["kind"]]],
            "y": TOP + placed[node["id"]] * PITCH,
            "width": width,
            "height": HEIGHT,
        }
        for node in nodes
    ]


def narrow(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Box]:
    """The boxes one below the other, each indented below the first that feeds it."""
    fed, by_id = children(nodes, edges), {node["id"]: node for node in nodes}
    order: list[tuple[int, int, int | None]] = []
    seen: set[int] = set()

    def walk(node: int, depth: int, parent: int | None) -> None:
        if node not in seen:
            seen.add(node)
            order.append((node, depth, parent))
            for other in fed[node]:
                walk(other, depth + 1, node)

    for node in by_id:
        if not any(edge["target"] == node for edge in edges):
            walk(node, 0, None)
    return [
        {
            **by_id[node],
            "parent": parent,
            "x": depth * INDENT,
            "y": place * STEP,
            "width": NARROW - depth * INDENT,
            "height": TALL,
        }
        for place, (node, depth, parent) in enumerate(order)
    ]


def sizes(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[tuple[int, int], ...]:
    """How large the wide picture and the narrow one are."""
    lowest = max(rows(nodes, edges).values(), default=0)
    return ((WIDE, TOP + lowest * PITCH + HEIGHT), (NARROW, len(nodes) * STEP))
