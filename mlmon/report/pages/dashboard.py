"""The warehouse -> the dashboard's facts: is it OK, what changed, what to do, and the evidence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from mlmon.config.dashboards import SECTIONS
from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, ask, shown
from mlmon.report.facts.links import model_page
from mlmon.report.facts.sentence import Said, told
from mlmon.report.facts.sentence import name as named
from mlmon.report.facts.tile import Section, Tile, absent, page, section, way
from mlmon.report.tiles import drift, metric, performance
from mlmon.report.tiles.alerts import alert_section
from mlmon.report.tiles.catalogue import configured
from mlmon.report.tiles.lists import check_tile, evaluation_tile
from mlmon.report.tiles.prediction import prediction_summary
from mlmon.report.tiles.verdict import verdict
from mlmon.report.tiles.versions import version_tile

CURVES = ("roc_curve", "calibration_curve", "lift_curve")


def dashboard(
    read: Read,
    wanted: Mapping[str, Any],
    project: str,
    tried: Read | None = None,
    flow: Section | None = None,
) -> dict[str, Any]:
    """Everything the dashboard shows; `wanted` is its entry in mlmon.yml or empty.

    `tried` reads what may fail, the user's own queries; `flow` is the section that shows what
    feeds what, where that is known.
    """
    standing = ask(read, "models")
    models = standing.rows
    checks = ask(read, "checks")
    worst = checks.rows[0]["model"] if checks.rows else None
    order = sorted(models, key=lambda model: model["model"] != worst)
    focuses = {model["model"]: focus_of(read, "focus", model) for model in order}
    first = next((focus for focus in focuses.values() if focus), None)
    labelled = focus_of(read, "labelled_focus", order[0]) if order else None
    answer = verdict(read, standing, checks, first, labelled)
    chosen = configured(read, tried or read, wanted, models)
    listed = wanted.get("sections")
    names = SECTIONS if listed is None else listed
    return page(
        "dashboard",
        wanted.get("title") or "Model monitoring",
        [
            section("status", "Status", [answer, *chosen], hidden=True),
            *following(read, names, order, focuses, flow),
        ],
        project=project,
        status=answer["badge"],
        updated=ask(read, "updated_at").first.get("updated_at"),
        root="",
    )


def following(
    read: Read,
    names: Sequence[str],
    order: Sequence[Row],
    focuses: Mapping[str, Row | None],
    flow: Section | None,
) -> Iterator[Section]:
    """The sections after the tiles; those that every model has stand together, model by model."""
    for of_models, run in groupby(names, lambda name: name in OF_A_MODEL):
        group = list(run)
        if not of_models:
            made = (flow if name == "flow" else OF_ALL[name](read) for name in group)
            yield from (section for section in made if section)
            continue
        for place, model in enumerate(order, 1):
            suffix = f" of {words.short(model['model'])}" if len(order) > 1 else ""
            for name in group:
                focus = focuses[model["model"]]
                if focus is not None or name == "model":
                    yield OF_A_MODEL[name](read, model, focus or {}, place, suffix)


def focus_of(read: Read, query: str, model: Row) -> Row | None:
    """The evaluation that a query picks for a model, with all that is known about it."""
    picked = ask(read, query, model=model["model"]).first
    if not picked:
        return None
    return ask(read, "evaluation", evaluation_id=picked["evaluation_id"]).first


def drift_section(read: Read, _model: Row, focus: Row, place: int, suffix: str) -> Section:
    """How the newest batch's inputs and predictions differ from the reference's."""
    key = focus["evaluation_id"]
    counts = ask(read, "drift_counts", evaluation_id=key).first
    made = [*drift.input_drift(read, key, counts), prediction_summary(read, focus)]
    title, lead = f"Input and prediction drift{suffix}", drift.lead(focus, counts)
    return section(f"drift-{place}", title, made, short="Drift", lead=lead)


def performance_section(read: Read, model: Row, _focus: Row, place: int, suffix: str) -> Section:
    """How good the latest labelled batch's predictions were, or why nobody knows."""
    identity, title = f"performance-{place}", f"Performance{suffix}"
    focus = focus_of(read, "labelled_focus", model)
    if focus is None:
        said = performance.why_absent(None)
        made = [absent("performance", "Performance drift is not available", said)]
        return section(identity, title, made, short="Performance")
    key = focus["evaluation_id"]
    lead: Said = [
        named(focus["batch"]),
        " in ",
        named(focus["store"]),
        ": ",
        told(focus["labelled_rows"]),
        " records with a label, predicted by version ",
        told(focus["model_version"]),
        ".",
    ]
    made = performance_tiles(read, focus, key)
    return section(identity, title, made, short="Performance", lead=lead)


def model_section(read: Read, model: Row, _focus: Row, place: int, suffix: str) -> Section:
    """The versions of the model."""
    name = model["model"]
    made = version_tile(read, name, [way(f"All about {words.short(name)}", model_page(name))])
    return section(f"model-{place}", f"Model versions{suffix}", [made], short="Model")


def check_section(read: Read) -> Section:
    """The latest result of every check."""
    answer = ask(read, "checks")
    return section("checks", "Checks", [check_tile(answer.rows, answer.sql)])


def evaluation_section(read: Read) -> Section:
    """Every evaluation."""
    answer = ask(read, "evaluations")
    return section("evaluations", "Evaluations", [evaluation_tile(answer.rows, answer.sql)])


def performance_tiles(read: Read, focus: Row, key: str) -> list[Tile]:
    """The main metric's history and, by the task, what shows where the errors are."""
    table = performance.drift_table(read, key)
    table = {**table, "sql": [*(table["sql"] or []), shown("evaluation", evaluation_id=key)]}
    if focus["task"] == "regression":
        return [
            *main_history(read, focus),
            performance.error_distribution(read, key, span=4),
            {**table, "span": 8},
            performance.predicted_vs_actual(read, key, span=4),
        ]
    matrix = performance.confusion_matrix(read, focus, both=False)
    history = main_history(read, focus, 12 - matrix["span"])
    if focus["task"] == "multiclass":
        report = performance.classification_report(read, key)
        return [*history, matrix, table, report, performance.curve(read, key, "roc_curve")]
    curves = [performance.curve(read, key, name) for name in CURVES]
    return [*history, matrix, table, *curves]


def main_history(read: Read, focus: Row, span: int = 8) -> list[Tile]:
    """The task's main metric over the batches, with its value in the reference."""
    for row in ask(read, "performance_drift", evaluation_id=focus["evaluation_id"]).rows:
        if row["metric"] in performance.MAIN_PERFORMANCE:
            wanted = {"store": focus["store"], "metric": row["metric"]}
            titles = {row["metric"]: row["title"]}
            beside = shown("performance_drift", evaluation_id=focus["evaluation_id"])
            made = metric.history(read, wanted, titles, 0, row["reference"], span)
            return [{**made, "sql": [*(made["sql"] or []), beside]}]
    return []


# What the sections are called in mlmon.yml.
OF_A_MODEL: dict[str, Callable[[Read, Row, Row, int, str], Section]] = {
    "drift": drift_section,
    "performance": performance_section,
    "model": model_section,
}
OF_ALL: dict[str, Callable[[Read], Section | None]] = {
    "alerts": alert_section,
    "checks": check_section,
    "evaluations": evaluation_section,
}
