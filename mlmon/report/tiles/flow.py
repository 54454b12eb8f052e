"""What feeds what, drawn from the rows of the plan, and what to type for what is out of date."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, ask, printable
from mlmon.report.facts.columns import columns_of
from mlmon.report.facts.links import model_page, run_page, store_page
from mlmon.report.facts.table import filled, table
from mlmon.report.facts.tile import Section, badge, chart, section, tile

# ---- Where the boxes of the flow stand: in columns on a wide page, as a tree on a narrow one


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


LEAD = (
    "A thing is out of date when doing it again now would give something else. What must be read "
    "and scored first is what mlmon evaluate --dry-run lists."
)
ITEMS = {
    "dataset": "batches",
    "model": "versions",
    "store": "evaluations",
    "check": "results",
    "scenario": "runs",
}


def flow_section(read: Read, flow: Mapping[str, Any], paths: Collection[str]) -> Section:
    """The picture with its table; `paths` are the pages that there are, to be linked to.

    There is no picture of nothing, and none of more than anybody can follow.
    """
    answer = ask(read, "flow")
    stored = {(row["kind"], row["store"], row["name"]): row for row in answer.rows}
    edges = flow["edges"]
    nodes = [
        described(node, stored.get((node["kind"], node["store"], node["name"]), {}), paths)
        for node in printable(flow["nodes"])
    ]
    for node in nodes:
        feeding = [edge["source"] for edge in edges if edge["target"] == node["id"]]
        node["fed_by"] = ", ".join(nodes[other]["name"] for other in feeding) or None
    outdated = [node for node in nodes if node["state"] == "OUTDATED"]
    todo = [
        {**node, **each, "command": each["command"] or None}
        for node in outdated
        for each in node["reasons"]
    ]
    caption = "What to type for what is out of date, in this order"
    title = "What feeds what, with what each holds and whether it is up to date"
    pictures = [chart("flow", title, sizes(nodes, edges), nodes=nodes, edges=edges)]
    own = tile(
        "picture",
        "From the data to the decision",
        "flow",
        badge=badge("OUTDATED", f"{len(outdated)} out of date") if outdated else badge("CURRENT"),
        sentence=None if nodes else "mlmon.yml names no dataset.",
        charts=pictures if 0 < len(nodes) <= MOST else [],
        tables=[table(caption, columns_of("todo"), todo)] if outdated else None,
        numbers=[filled("What feeds what", columns_of("flow"), nodes)],
        sql=[answer.sql],
    )
    return section("flow", "What feeds what", [own], "Flow", LEAD)


def described(node: Row, stored: Row, paths: Collection[str]) -> Row:
    """A node with what it holds, why it is out of date, and where its page lies."""
    items, newest = stored.get("items"), stored.get("newest")
    kind, ran = node["kind"], stored.get("run_id")
    pages = {
        "model": model_page(node["name"]),
        "store": store_page(node["name"]),
        "scenario": run_page(node["name"], ran) if ran else None,
    }
    page = pages.get(kind)
    return {
        **node,
        "of": node["store"],
        "items": items,
        "newest": newest_in_words(kind, newest),
        "last": newest if kind == "scenario" else None,
        "holds": holds(kind, items, newest),
        "why": "; ".join(each["reason"] for each in node["reasons"]) or None,
        "href": page if page in paths else None,
    }


def holds(kind: str, items: int | None, newest: str | None) -> str:
    """What a node holds, in as few words as a box has room for."""
    if kind == "dashboard":
        return "a report"
    if not items:
        return "nothing yet"
    noun = ITEMS[kind].removesuffix("s").replace("batche", "batch") if items == 1 else ITEMS[kind]
    count = f"{items:,} {noun}"
    if newest is None or kind == "scenario":
        return count
    if kind == "check":
        return f"{count}, last {words.STATUS.get(newest, newest).lower()}"
    if kind == "model":
        return f"{count}, {newest} is active"
    return f"{count}, to {words.short(newest, 16)}"


def newest_in_words(kind: str, newest: str | None) -> str | None:
    """The newest of what a node holds, in words."""
    if newest is None:
        return None
    if kind in ("check", "scenario"):
        return f"{ITEMS[kind]}, the newest: {words.STATUS.get(newest, newest).lower()}"
    return f"{ITEMS[kind]}, {newest} is {'active' if kind == 'model' else 'the newest'}"
