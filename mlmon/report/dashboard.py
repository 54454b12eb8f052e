"""The warehouse -> the dashboard's facts: is it OK, what changed, what to do, and the evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlmon.report import classes, drift, estimates, performance, tiles, words
from mlmon.report.ask import Read, Row, ask
from mlmon.report.links import model_page
from mlmon.report.listings import check_tile, evaluation_tile
from mlmon.report.page import page, way
from mlmon.report.prediction import prediction_summary
from mlmon.report.tile import Section, Tile, absent, section
from mlmon.report.verdict import verdict
from mlmon.report.versions import version_tile

CURVES = ("roc_curve", "calibration_curve", "lift_curve")


def dashboard(read: Read, wanted: Mapping[str, Any], project: str) -> dict[str, Any]:
    """Everything the dashboard shows; `wanted` is its entry in mlmon.yml or empty."""
    models = ask(read, "models").rows
    checks = ask(read, "checks")
    evaluations = ask(read, "evaluations")
    worst = checks.rows[0]["model"] if checks.rows else None
    order = sorted(models, key=lambda model: model["model"] != worst)
    focuses = {model["model"]: focus_of(read, "focus", model) for model in order}
    first = next((focus for focus in focuses.values() if focus), None)
    labelled = focus_of(read, "labelled_focus", order[0]) if order else None
    told = verdict(read, models, checks.rows, first, labelled)
    sections = [
        section("status", "Status", [told, *status_tiles(read, wanted, models)], hidden=True),
        *(
            made
            for place, model in enumerate(order, 1)
            for made in model_sections(read, model, focuses[model["model"]], place, len(order))
        ),
        section("checks", "Checks", [check_tile(checks.rows, checks.sql)]),
        section("evaluations", "Evaluations", [evaluation_tile(evaluations.rows, evaluations.sql)]),
    ]
    return page(
        "dashboard",
        wanted.get("title") or "Model monitoring",
        sections,
        project=project,
        status=told["badge"],
        updated=ask(read, "updated_at").first.get("updated_at"),
        root="",
    )


def focus_of(read: Read, query: str, model: Row) -> Row | None:
    """The evaluation that a query picks for a model, with all that is known about it."""
    picked = ask(read, query, model=model["model"]).first
    if not picked:
        return None
    return ask(read, "evaluation", evaluation_id=picked["evaluation_id"]).first


def status_tiles(read: Read, wanted: Mapping[str, Any], models: Sequence[Row]) -> list[Tile]:
    """A row of numbers, then histories and last runs as mlmon.yml lists them."""
    titles = {row["metric"]: row["title"] for row in ask(read, "metric_titles").rows}
    names = [model["model"] for model in models]
    usual = [row for name in names for row in ask(read, "number_tiles", model=name).rows]
    asked = list(wanted.get("tiles") or default_tiles(read, usual))
    values = [each for each in asked if each.get("show", "value") == "value"]
    known = {(each["metric"], each.get("feature")) for each in values}
    values += [each for each in usual if (each["metric"], each["feature"]) not in known]
    most = max(4, sum(each.get("show", "value") == "value" for each in asked))
    made = [tiles.number(read, each, titles, place) for place, each in enumerate(values[:most], 1)]
    for place, each in enumerate(asked, 1):
        if each.get("scenario"):
            made.append(tiles.last_runs(read, each["scenario"], place))
        elif each.get("show") == "history":
            made.append(tiles.history(read, each, titles, place))
    return made


def default_tiles(read: Read, usual: Sequence[Row]) -> list[dict[str, Any]]:
    """What a dashboard shows that nobody configured: the data drift and every scenario."""
    histories = [{**row, "show": "history"} for row in usual if row["metric"] == "data_drift"]
    runs = [{**row, "show": "last_runs"} for row in ask(read, "scenarios").rows]
    return [*histories, *runs]


def model_sections(
    read: Read, model: Row, focus: Row | None, place: int, models: int
) -> list[Section]:
    """Input drift, prediction drift, performance and versions of one model."""
    suffix = f" of {words.short(model['model'])}" if models > 1 else ""
    sections = []
    if focus is not None:
        sections += [
            drift_section(read, focus, f"drift-{place}", f"Input and prediction drift{suffix}"),
            performance_section(read, model, f"performance-{place}", f"Performance{suffix}"),
        ]
    page_of_it = way(f"All about {words.short(model['model'])}", model_page(model["model"]))
    made = version_tile(read, model["model"], [page_of_it])
    return [*sections, section(f"model-{place}", f"Model versions{suffix}", [made], short="Model")]


def drift_section(read: Read, focus: Row, identity: str, title: str) -> Section:
    """How the newest batch's inputs and predictions differ from the reference's."""
    key = focus["evaluation_id"]
    counts = ask(read, "drift_counts", evaluation_id=key).first
    made = [*drift.input_drift(read, key, counts), prediction_summary(read, focus)]
    return section(identity, title, made, short="Drift", lead=drift.lead(focus, counts))


def performance_section(read: Read, model: Row, identity: str, title: str) -> Section:
    """How good the latest labelled batch's predictions were, or why nobody knows."""
    focus = focus_of(read, "labelled_focus", model)
    if focus is None:
        said = performance.why_absent(None)
        made = [absent("performance", "Performance drift is not available", said)]
        return section(identity, title, made, short="Performance")
    key = focus["evaluation_id"]
    lead = (
        f"{focus['batch']} in {focus['store']}: {words.figure(focus['labelled_rows'])} records "
        f"with a label, predicted by version {focus['model_version']}."
    )
    made = performance_tiles(read, focus, key)
    return section(identity, title, made, short="Performance", lead=lead)


def performance_tiles(read: Read, focus: Row, key: str) -> list[Tile]:
    """The main metric's history and, by the task, what shows where the errors are."""
    table = performance.drift_table(read, key)
    if focus["task"] == "regression":
        return [
            *main_history(read, focus),
            estimates.error_distribution(read, key, span=4),
            {**table, "span": 8},
            estimates.predicted_vs_actual(read, key, span=4),
        ]
    matrix = performance.confusion_matrix(read, focus, both=False)
    history = main_history(read, focus, 12 - matrix["span"])
    if focus["task"] == "multiclass":
        report = classes.classification_report(read, key)
        return [*history, matrix, table, report, performance.curve(read, key, "roc_curve")]
    curves = [performance.curve(read, key, name) for name in CURVES]
    return [*history, matrix, table, *curves]


def main_history(read: Read, focus: Row, span: int = 8) -> list[Tile]:
    """The task's main metric over the batches, with its value in the reference."""
    for row in ask(read, "performance_drift", evaluation_id=focus["evaluation_id"]).rows:
        if row["metric"] in performance.MAIN_PERFORMANCE:
            wanted = {"store": focus["store"], "metric": row["metric"]}
            titles = {row["metric"]: row["title"]}
            return [tiles.history(read, wanted, titles, 0, row["reference"], span)]
    return []
