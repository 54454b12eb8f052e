"""The warehouse -> the dashboard's facts: is it OK, what changed, what to do, and the evidence."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from mlmon.config.dashboards import SECTIONS
from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Subject
from mlmon.report.facts.columns import TABLES
from mlmon.report.facts.sentence import Sentence, figure, name
from mlmon.report.facts.tile import Facts, Section, Tile, absent, page, section, with_sql
from mlmon.report.tiles import alerts, drift, metric
from mlmon.report.tiles.catalogue import configured
from mlmon.report.tiles.listing import parts
from mlmon.report.tiles.performance import MAIN_PERFORMANCE, SHOWN, why_absent
from mlmon.report.tiles.prediction import prediction_summary
from mlmon.report.tiles.verdict import verdict
from mlmon.report.tiles.versions import linked_versions


def dashboard(
    read: Read,
    board: Mapping[str, Any],
    project: str,
    tried: Read | None = None,
    flow: Section | None = None,
) -> Facts:
    """Everything the dashboard shows; `board` is its entry in mlmon.yml or empty.

    `tried` reads what may fail, the user's own queries; `flow` is the section that shows what
    feeds what, where that is known.
    """
    of = Subject(read)
    worst = of("checks").first.get("model")
    models = sorted(of("models").rows, key=lambda model: model["model"] != worst)
    subjects = [of.of(model, model=model["model"]) for model in models]
    newest = [focus(each, "focus") for each in subjects]
    first = next((each.about for each in newest if each), None)
    labelled = focus(subjects[0], "labelled_focus") if subjects else None
    answer = verdict(of, first, labelled.about if labelled else None)
    tiles = [answer, *configured(of, tried or read, board, of("models").rows)]
    names = board.get("sections")
    following = sections(of, SECTIONS if names is None else names, subjects, newest, flow)
    return page(
        "dashboard",
        board.get("title") or "Model monitoring",
        [section("status", "Status", tiles, hidden=True), *following],
        project=project,
        status=answer["badge"],
        updated=of("updated_at").first.get("updated_at"),
        root="",
    )


def focus(of: Subject, query: str) -> Subject | None:
    """The evaluation that a query picks for a model."""
    picked = of(query).first
    return of.evaluation(picked["evaluation_id"]) if picked else None


def sections(
    of: Subject,
    names: Sequence[str],
    models: Sequence[Subject],
    newest: Sequence[Subject | None],
    flow: Section | None,
) -> Iterator[Section]:
    """The sections after the tiles; those that every model has stand together, model by model."""
    for of_models, run in groupby(names, lambda name: name in OF_A_MODEL):
        group = list(run)
        if not of_models:
            for name in group:
                own = [flow] if flow else []
                yield from own if name == "flow" else PARTS[name].sections(of)
            continue
        for place, (model, evaluation) in enumerate(zip(models, newest, strict=True), 1):
            suffix = f" of {words.short(model.about['model'])}" if len(models) > 1 else ""
            for name in group:
                about = model if name == "model" else evaluation
                if about is not None:
                    yield from PARTS[name].sections(about, place, suffix)


def labelled_lead(of: Subject) -> Sentence | None:
    """The latest labelled batch, of which the tiles of performance are."""
    if not (labelled := focus(of, "labelled_focus")):
        return None
    about = labelled.about
    where: Sentence = [name(about["batch"]), " in ", name(about["store"]), ": "]
    of_rows = " records with a label, predicted by version "
    return [*where, figure(about["labelled_rows"]), of_rows, figure(about["model_version"]), "."]


def performance(of: Subject) -> Iterator[Tile]:
    """How good the latest labelled batch's predictions were, or why nobody knows.

    The main metric's history and, by the task, what shows where the errors are.
    """
    if not (labelled := focus(of, "labelled_focus")):
        title = "Performance drift is not available"
        yield absent("performance", title, why_absent(None))
        return
    tiles = [
        SHOWN[each](labelled, span)
        for each, span in TABLES["tasks"][labelled.about["task"]]["dashboard"].items()
    ]
    beside = tiles[0]["span"] if tiles[0]["id"] == "confusion-matrix" else 4
    yield from main_history(labelled, 12 - beside)
    for tile in tiles:
        is_drift = tile["id"] == "performance-drift"
        yield with_sql(tile, labelled.shown("evaluation")) if is_drift else tile


def main_history(of: Subject, span: int) -> Iterator[Tile]:
    """The task's main metric over the batches, with its value in the reference."""
    for row in of("performance_drift").rows:
        if row["metric"] in MAIN_PERFORMANCE:
            entry = {"store": of.about["store"], "metric": row["metric"]}
            titles, reference = {row["metric"]: row["title"]}, row["reference"]
            tile = metric.history(of, entry, titles, 0, span, reference=reference)
            yield with_sql(tile, of.shown("performance_drift"))
            return


PARTS = parts(
    "dashboard",
    alerts=alerts.of_project,
    lead=drift.lead,
    inputs=drift.input_drift,
    predictions=prediction_summary,
    labelled=labelled_lead,
    performance=performance,
    versions=linked_versions,
)
OF_A_MODEL = ("drift", "performance", "model")
