"""Tiles that mlmon knows: a part of a store's latest evaluation, or one of the lists."""

from collections.abc import Callable, Mapping
from typing import Any

from mlmon.commands import command
from mlmon.report import classes, drift, estimates, performance, prediction, words
from mlmon.report.ask import Read, Row, ask
from mlmon.report.links import model_page
from mlmon.report.listings import check_tile, evaluation_tile
from mlmon.report.page import way
from mlmon.report.said import Said, joined, name
from mlmon.report.tile import HALF, Tile, absent
from mlmon.report.versions import version_tile

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
    "error_distribution": by_key(estimates.error_distribution),
    "predicted_vs_actual": by_key(estimates.predicted_vs_actual),
    "classification_report": by_key(classes.classification_report),
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
