"""The tiles that mlmon.yml may list for a dashboard: each name with what makes the tile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mlmon.config.dashboards import OF_A_STORE
from mlmon.report.facts.ask import Read, Row, Subject
from mlmon.report.facts.sentence import Sentence, joined, name
from mlmon.report.facts.tile import Tile, absent, resized
from mlmon.report.tiles import drift, metric, own, prediction
from mlmon.report.tiles.listing import listing
from mlmon.report.tiles.performance import SHOWN, why_absent
from mlmon.report.tiles.versions import linked_versions
from mlmon.system.commands import command

SIDE_BY_SIDE = 8  # twelfths that two confusion matrices need
# Parts of an evaluation that need no truth; the others are those of its performance.
PARTS: dict[str, Callable[[Subject], Tile]] = {
    "features": lambda of: next(iter(drift.input_drift(of))),
    "importance": lambda of: list(drift.input_drift(of))[-1],
    "density": prediction.density,
    "fugacity": prediction.fugacity,
}


def of_latest(of: Subject, show: str, store: str, width: int | None) -> Tile:
    """A part of the latest evaluation of a store, or why there is none."""
    latest = of("latest_evaluation", store=store).first
    if not latest:
        how = f"No batch has been evaluated yet: {command('evaluate', store)}"
        return absent(show, show.replace("_", " ").capitalize(), how, span=width or 6)
    whole = of.evaluation(latest["evaluation_id"])
    if show in PARTS:
        part = PARTS[show](whole)
    elif whole.about["has_performance"]:
        both = show == "confusion_matrix" and (width or 0) >= SIDE_BY_SIDE
        part = SHOWN["confusion_matrices" if both else show](whole, 0)
    else:
        title = "Performance is not available"
        part = absent("performance", title, why_absent(whole.about), span=6)
    further = part["subtitle"] or []
    subtitle: list[Sentence] = [
        [name(store)],
        [name(whole.about["batch"])],
        [further] if isinstance(further, str) else further,
    ]
    return {**part, "subtitle": joined([each for each in subtitle if each])}


# ---- The tiles of a dashboard in their order; without any, what matters


Entry = Mapping[str, Any]
NUMBERS = 4  # in the row that a dashboard of the usual tiles begins with
USUAL = ("value", "history", "last_runs")


def configured(of: Subject, tried: Read, board: Entry, models: Sequence[Row]) -> list[Tile]:
    """The tiles of a dashboard; `board` is its entry in mlmon.yml or empty.

    A dashboard that has the usual tiles alone, in their usual width, begins with a full row of
    numbers; any other has exactly its tiles.
    """
    titles = {row["metric"]: row["title"] for row in of("metric_titles").rows}
    listed = list(board.get("tiles") or [])
    entries = list(enumerate(listed, 1))
    if all(showing(entry) in USUAL and not entry.get("width") for entry in listed):
        names = [model["model"] for model in models]
        usual = [row for name in names for row in of("number_tiles", model=name).rows]
        entries = list(enumerate(listed or default_tiles(of, usual), 1))
        entries = filled_up(entries, usual)
    numbers = iter(range(1, len(entries) + 1))
    tiles = [(entry, tile_of(of, tried, entry, titles, place, numbers)) for place, entry in entries]
    return [
        resized({**tile, "title": entry.get("title") or tile["title"]}, entry.get("width"))
        for entry, tile in tiles
    ]


def default_tiles(of: Subject, usual: Sequence[Row]) -> list[Entry]:
    """What a dashboard shows that nobody configured: the data drift and every scenario."""
    histories = [
        {**row, "title": None, "show": "history"} for row in usual if row["metric"] == "data_drift"
    ]
    return [*histories, *({**row, "show": "last_runs"} for row in of("scenarios").rows)]


def showing(entry: Entry) -> str:
    """What the tile shows; a number and last runs need not be asked for."""
    if entry.get("show"):
        return str(entry["show"])
    by_default = {"text": "text", "query": "query", "scenario": "last_runs", "metric": "value"}
    return next(show for key, show in by_default.items() if entry.get(key) is not None)


def filled_up(entries: list[tuple[int, Entry]], usual: Sequence[Row]) -> list[tuple[int, Entry]]:
    """The entries, those numbers that come first followed by others until there are four."""
    shows = [showing(entry) == "value" for _, entry in entries]
    listed = {
        (entry["metric"], entry.get("feature"))
        for is_number, (_, entry) in zip(shows, entries, strict=True)
        if is_number
    }
    more = [row for row in usual if (row["metric"], row["feature"]) not in listed]
    first = [*shows, False].index(False)
    fill = [(0, row) for row in more[: max(NUMBERS - sum(shows), 0)]]
    return [*entries[:first], *fill, *entries[first:]]


def tile_of(
    of: Subject,
    tried: Read,
    entry: Entry,
    titles: Mapping[str, str],
    place: int,
    numbers: Iterator[int],
) -> Tile:
    """The tile as it is by itself, under an identity of its own."""
    match showing(entry):
        case "text":
            return own.text_tile(entry, place)
        case "query":
            return own.query_tile(tried, entry, place)
        case "last_runs":
            return metric.last_runs(of, entry["scenario"], place)
        case "history":
            return metric.history(of, entry, titles, place)
        case "value":
            return metric.number(of, entry, titles, next(numbers))
        case show if show in OF_A_STORE:
            tile = of_latest(of, show, entry["store"], entry.get("width"))
        case show:
            maker = linked_versions if show == "versions" else listing(show)
            (tile,) = maker(of.of(model=entry.get("model")))
    return {**tile, "id": f"{tile['id']}-{place}"}
