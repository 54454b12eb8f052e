"""The dashboard's facts as sentences: what the summaries read of it, each in its own letters."""

import re
from collections.abc import Iterator
from typing import Any, cast

from mlmon.report.facts import words
from mlmon.report.facts.ask import printable
from mlmon.report.facts.sentence import spelled
from mlmon.report.facts.table import BLANK, Cell, Table
from mlmon.report.facts.tile import Badge, Facts, Tile

# Marks that turn the direction of what follows them, beyond the name that holds them.
DIRECTIONS = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
FIGURES = {
    "title": "Figure",
    "text": "Value",
    "change": "Change",
    "limits": "Limits",
    "badge": "Status",
    "batch": "Batch",
    "store": "Store",
}
GAP = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")


def line(text: Any) -> str:
    """The text on one line, with nothing in it that a terminal or a mail would obey."""
    return GAP.sub(" ", printable(str(text)).translate(DIRECTIONS)).strip()


def verdict_of(facts: Facts) -> Tile:
    """The dashboard's verdict."""
    return next(each for each in tiles_of(facts) if each["id"] == "verdict")


def badge_of(verdict: Tile) -> Badge:
    """The badge, which every verdict has."""
    return verdict["badge"] or {"status": "NONE", "text": ""}


def tiles_of(facts: Facts) -> Iterator[Tile]:
    """The dashboard's tiles, in the order of the page."""
    for section in facts["sections"]:
        yield from section["tiles"]


def headline(facts: Facts) -> str:
    """The verdict in a word and a sentence."""
    verdict = verdict_of(facts)
    return f"{badge_of(verdict)['text']}: {line(verdict['title'])}"


def heading(facts: Facts) -> str:
    """The project's name, where there is room for little else."""
    return words.short(line(facts["project"]))


def about(facts: Facts) -> list[str]:
    """Whose the dashboard is, its title, and up to which time it knows, where there is one."""
    title, at = words.short(line(facts["title"])), f"{facts['updated']} {facts['zone']}".strip()
    return [part for part in (heading(facts), title, at) if part]


def figures(facts: Facts) -> Table:
    """The number tiles as a table."""
    tiles = [tile for tile in tiles_of(facts) if tile["kind"] == "number"]
    return {
        "caption": "Figures",
        "columns": [
            {"title": title, "number": title == "Value", "status": title == "Status"}
            for title in FIGURES.values()
        ],
        "rows": [[figure(tile, name) for name in FIGURES] for tile in tiles],
    }


def figure(tile: Tile, name: str) -> Cell:
    """What stands in the table of a number tile."""
    parts: dict[str, Any] = {**tile}
    if name == "badge":
        return cast("Cell", {**BLANK, **(parts["badge"] or {})})
    value = parts["value"] if name == "text" else None
    return cast("Cell", {**BLANK, "text": spelled(parts[name]), "value": value})
