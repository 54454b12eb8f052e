"""The tiles that mlmon.yml lists for a dashboard, in its order; without any, what matters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlmon.report import own, ready, tiles
from mlmon.report.ask import Read, Row, ask
from mlmon.report.tile import Tile, resized

Entry = Mapping[str, Any]
NUMBERS = 4  # in the row that a dashboard of the usual tiles begins with
USUAL = ("value", "history", "last_runs")


def configured(
    read: Read, tried: Read, wanted: Mapping[str, Any], models: Sequence[Row]
) -> list[Tile]:
    """The tiles of a dashboard; `wanted` is its entry in mlmon.yml or empty.

    A dashboard that has the usual tiles alone, in their usual width, begins with a full row of
    numbers; any other has exactly its tiles.
    """
    titles = {row["metric"]: row["title"] for row in ask(read, "metric_titles").rows}
    asked = list(wanted.get("tiles") or [])
    entries = list(enumerate(asked, 1))
    if all(is_usual(entry) for entry in asked):
        names = [model["model"] for model in models]
        usual = [row for name in names for row in ask(read, "number_tiles", model=name).rows]
        entries = list(enumerate(asked or default_tiles(read, usual), 1))
        entries = filled_up(entries, usual)
    numbers = iter(range(1, len(entries) + 1))
    return [
        finished(entry, made(read, tried, entry, titles, place, numbers))
        for place, entry in entries
    ]


def default_tiles(read: Read, usual: Sequence[Row]) -> list[Entry]:
    """What a dashboard shows that nobody configured: the data drift and every scenario."""
    histories = [
        {**row, "title": None, "show": "history"} for row in usual if row["metric"] == "data_drift"
    ]
    runs = [{**row, "show": "last_runs"} for row in ask(read, "scenarios").rows]
    return [*histories, *runs]


def is_usual(entry: Entry) -> bool:
    """Whether it is a number, a history or last runs, as wide as they are by default."""
    return showing(entry) in USUAL and not entry.get("width")


def showing(entry: Entry) -> str:
    """What the tile shows; a number and last runs need not be asked for."""
    if entry.get("show"):
        return str(entry["show"])
    by_default = {"text": "text", "query": "query", "scenario": "last_runs", "metric": "value"}
    return next(show for key, show in by_default.items() if entry.get(key) is not None)


def filled_up(entries: list[tuple[int, Entry]], usual: Sequence[Row]) -> list[tuple[int, Entry]]:
    """The entries, those numbers that come first followed by others until there are four."""
    values = [entry for _, entry in entries if showing(entry) == "value"]
    known = {(entry["metric"], entry.get("feature")) for entry in values}
    more = [row for row in usual if (row["metric"], row["feature"]) not in known]
    first = next(
        (at for at, (_, entry) in enumerate(entries) if showing(entry) != "value"), len(entries)
    )
    fill = [(0, row) for row in more[: max(NUMBERS - len(values), 0)]]
    return [*entries[:first], *fill, *entries[first:]]


def made(
    read: Read,
    tried: Read,
    entry: Entry,
    titles: Mapping[str, str],
    place: int,
    numbers: Iterator[int],
) -> Tile:
    """The tile as it is by itself."""
    match showing(entry):
        case "text":
            return own.text_tile(entry, place)
        case "query":
            return own.query_tile(tried, entry, place)
        case "last_runs":
            return tiles.last_runs(read, entry["scenario"], place)
        case "history":
            return tiles.history(read, entry, titles, place)
        case "value":
            return tiles.number(read, entry, titles, next(numbers))
        case show:
            return ready.ready(read, show, entry, place)


def finished(entry: Entry, made: Tile) -> Tile:
    """The tile with the title and the width that mlmon.yml gives it."""
    return resized({**made, "title": entry.get("title") or made["title"]}, entry.get("width"))
