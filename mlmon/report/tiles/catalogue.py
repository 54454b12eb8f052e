"""Tiles that mlmon knows: a part of a store's latest evaluation, or one of the lists."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, ask
from mlmon.report.facts.links import model_page
from mlmon.report.facts.sentence import Said, joined, name
from mlmon.report.facts.tile import HALF, Tile, absent, resized, way
from mlmon.report.tiles import drift, metric, own, performance, prediction
from mlmon.report.tiles.lists import check_tile, evaluation_tile
from mlmon.report.tiles.versions import version_tile
from mlmon.system.commands import command

SIDE_BY_SIDE = 8  # twelfths that two confusion matrices need


def ready(read: Read, show: str, wanted: Mapping[str, Any], place: int) -> Tile:
    """The tile that `show:` names, under an identity of its own; `wanted` is its entry."""
    if wanted.get("store") is not None:
        made = of_latest(read, show, wanted["store"], wanted.get("width"))
    else:
        made = LISTS[show](read, wanted)
    return {**made, "id": f"{made['id']}-{place}"}


def of_latest(read: Read, show: str, store: str, width: int | None) -> Tile:
    """A part of the latest evaluation of a store, or why there is none."""
    latest = ask(read, "latest_evaluation", store=store).first
    if not latest:
        said = f"No batch has been evaluated yet: {command('evaluate', store)}"
        return absent(show, show.replace("_", " ").capitalize(), said, span=width or 6)
    about = ask(read, "evaluation", evaluation_id=latest["evaluation_id"]).first
    made = PARTS[show](read, about, width)
    further = [made["subtitle"]] if isinstance(made["subtitle"], str) else made["subtitle"]
    told: list[Said] = [[name(store)], [name(about["batch"])], further or []]
    return {**made, "subtitle": joined([part for part in told if part])}


def of_drift(place: int) -> Callable[[Read, Row, int | None], Tile]:
    """The first or the last tile of the input drift."""

    def part(read: Read, about: Row, _width: int | None) -> Tile:
        key = about["evaluation_id"]
        counts = ask(read, "drift_counts", evaluation_id=key).first
        return drift.input_drift(read, key, counts)[place]

    return part


def density(read: Read, about: Row, _width: int | None) -> Tile:
    """The density of the score."""
    scores = ask(read, "score_density", evaluation_id=about["evaluation_id"])
    return prediction.density(scores, about, HALF)


def fugacity(read: Read, about: Row, _width: int | None) -> Tile:
    """The share of records predicted in each class."""
    shares = ask(read, "prediction_drift", evaluation_id=about["evaluation_id"])
    return prediction.fugacity(read, shares, about)


def measured(make: Callable[[Read, Row, int | None], Tile]) -> Callable[..., Tile]:
    """The tile, or why nobody knows how good the predictions were."""

    def part(read: Read, about: Row, width: int | None) -> Tile:
        if about["has_performance"]:
            return make(read, about, width)
        said = performance.why_absent(about)
        return absent("performance", "Performance is not available", said, span=6)

    return part


def by_key(make: Callable[[Read, str], Tile]) -> Callable[..., Tile]:
    """A tile of performance that asks for the evaluation's id alone."""
    return measured(lambda read, about, _width: make(read, about["evaluation_id"]))


def curve(name: str) -> Callable[..., Tile]:
    """One of the curves."""
    return by_key(lambda read, key: performance.curve(read, key, name))


def matrix(read: Read, about: Row, width: int | None) -> Tile:
    """The confusion matrix; beside it the reference's, where there is room."""
    return performance.confusion_matrix(read, about, both=(width or 0) >= SIDE_BY_SIDE)


PARTS: dict[str, Callable[[Read, Row, int | None], Tile]] = {
    "features": of_drift(0),
    "importance": of_drift(-1),
    "density": density,
    "fugacity": fugacity,
    "performance": by_key(performance.drift_table),
    "confusion_matrix": measured(matrix),
    **{name: curve(name) for name in performance.CURVES},
    "decision_chart": measured(lambda read, about, _: performance.decision_chart(read, about)),
    "error_distribution": by_key(performance.error_distribution),
    "predicted_vs_actual": by_key(performance.predicted_vs_actual),
    "classification_report": by_key(performance.classification_report),
}


def checks(read: Read, _wanted: Mapping[str, Any]) -> Tile:
    """The latest result of every check."""
    answer = ask(read, "checks")
    return check_tile(answer.rows, answer.sql)


def evaluations(read: Read, _wanted: Mapping[str, Any]) -> Tile:
    """Every evaluation."""
    answer = ask(read, "evaluations")
    return evaluation_tile(answer.rows, answer.sql)


def versions(read: Read, wanted: Mapping[str, Any]) -> Tile:
    """The versions of a model."""
    model = wanted["model"]
    return version_tile(read, model, [way(f"All about {words.short(model)}", model_page(model))])


LISTS: dict[str, Callable[[Read, Mapping[str, Any]], Tile]] = {
    "checks": checks,
    "evaluations": evaluations,
    "versions": versions,
}


# ---- The tiles that mlmon.yml lists for a dashboard, in its order; without any, what matters


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
            return metric.last_runs(read, entry["scenario"], place)
        case "history":
            return metric.history(read, entry, titles, place)
        case "value":
            return metric.number(read, entry, titles, next(numbers))
        case show:
            return ready(read, show, entry, place)


def finished(entry: Entry, made: Tile) -> Tile:
    """The tile with the title and the width that mlmon.yml gives it."""
    return resized({**made, "title": entry.get("title") or made["title"]}, entry.get("width"))
