"""The warehouse -> the facts of one evaluation's page."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from mlmon.report import classes, drift, estimates, performance, words
from mlmon.report.ask import Read, Row, ask
from mlmon.report.grid import Column, filled, table
from mlmon.report.links import DASHBOARD, model_page, page_of, store_page
from mlmon.report.page import Page, Way, page, way
from mlmon.report.prediction import prediction_drift
from mlmon.report.said import Said, told
from mlmon.report.summary import check_tile, summary
from mlmon.report.tile import Tile, absent, badge, queries, section, tile

METRIC_COLUMNS = (
    Column("title", "Metric", "named"),
    Column("segment", "Segment"),
    Column("value", "Value", "figure"),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
    Column("note", "Note"),
)
KINDS = {"numeric": ", numbers", "categorical": ", categories", None: ""}
CURVES = ("roc_curve", "precision_recall_curve", "lift_curve", "calibration_curve")
CURVES_BY_CLASS = ("roc_curve", "precision_recall_curve", "calibration_curve")


def pages(read: Read, project: str, beginning: str = "") -> Iterator[Page]:
    """The pages of the evaluations whose id begins so, by default of all."""
    states = {row["evaluation_id"]: row["state"] for row in ask(read, "evaluation_states").rows}
    for row in ask(read, "evaluations").rows:
        key = row["evaluation_id"]
        if key.startswith(beginning):
            yield Page(page_of(row), states[key], partial(evaluation_page, read, row, project))


def evaluation_page(read: Read, listed: Row, project: str) -> dict[str, Any]:
    """Everything an evaluation's page shows; `listed` is its row of the query `evaluations`."""
    key = listed["evaluation_id"]
    evaluation = ask(read, "evaluation", evaluation_id=key)
    about = evaluation.first
    counts = ask(read, "drift_counts", evaluation_id=key).first
    checks = ask(read, "evaluation_checks", evaluation_id=key)
    return page(
        "evaluation",
        f"{about['batch']} in {about['store']}",
        [
            section(
                "summary", "Summary", [*summary(read, about, evaluation.sql), check_tile(checks)]
            ),
            section(
                "input-drift",
                "Input drift",
                [*drift.input_drift(read, key, counts), whole_drift(read, key)],
                lead=drift.lead(about, counts) + significance(about),
            ),
            section("prediction-drift", "Prediction drift", prediction_drift(read, about)),
            section(
                "performance",
                "Performance drift",
                performance_tiles(read, about),
                short="Performance",
            ),
            section("metrics", "All metrics", metric_tiles(read, key), short="Metrics"),
        ],
        project=project,
        status=badge(checks.first["outcome"]) if checks.rows else None,
        updated=about["evaluated_at"],
        ways=ways(listed),
    )


def ways(listed: Row) -> list[Way]:
    """Up to its store and model, and to the evaluations before and after it."""
    found = [
        way("Dashboard", DASHBOARD),
        way(words.short(listed["store"]), store_page(listed["store"])),
        way(f"Model {words.short(listed['model'])}", model_page(listed["model"])),
    ]
    for side, word in (("previous", "Before"), ("next", "After")):
        if listed[f"{side}_id"] is not None:
            near = {
                "store": listed["store"],
                "batch": listed[f"{side}_batch"],
                "evaluation_id": listed[f"{side}_id"],
            }
            found.append(way(f"{word}: {near['batch']}", page_of(near)))
    return found


def significance(about: Row) -> Said:
    """Whether chance alone could have made the data drift."""
    pvalue = about["data_drift_pvalue"]
    if pvalue is None:
        note = about["data_drift_note"]
        return [f" Data drift is not known: {note}."] if note else []
    said = "Drift detected" if pvalue <= 0.05 else "Drift is inconclusive"
    return [f" {said} (p ", told(pvalue, words.chance), ")."]


def performance_tiles(read: Read, about: Row) -> list[Tile]:
    """Everything about performance, or one sentence that says why there is nothing."""
    if not about["has_performance"]:
        said = performance.why_absent(about)
        return [absent("performance-drift", "Performance drift is not available", said)]
    key = about["evaluation_id"]
    made = [performance.drift_table(read, key)]
    if about["task"] == "regression":
        return [
            *made,
            estimates.error_distribution(read, key),
            estimates.predicted_vs_actual(read, key),
        ]
    if about["task"] == "multiclass":
        return [
            *made,
            classes.classification_report(read, key),
            performance.confusion_matrix(read, about, both=True),
            *(performance.curve(read, key, name) for name in CURVES_BY_CLASS),
        ]
    return [
        *made,
        *(performance.curve(read, key, name) for name in CURVES),
        performance.decision_chart(read, about),
        performance.confusion_matrix(read, about, both=True),
    ]


def metric_tiles(read: Read, key: str) -> list[Tile]:
    """Every metric with its interval and, where it is undefined, why."""
    answer = ask(read, "evaluation_metrics", evaluation_id=key)
    whole = [row for row in answer.rows if row["feature"] is None]
    if not answer.rows:
        return [absent("metric-table", "Metrics", "No metric was computed.")]
    made = [
        tile(
            "metric-table",
            "Metrics of the whole sample",
            tables=[table("Metrics of the whole sample", filled(METRIC_COLUMNS, whole), whole)],
            sql=queries(answer),
        )
    ]
    parts = [row for row in answer.rows if row["feature"] is not None]
    for part in ("feature", "class"):
        of_class = part == "class"
        rows = [row for row in parts if (row["family"] == "performance") == of_class]
        if rows:
            title = f"Metrics by {part}"
            numbers = [
                by_part(rows_of_kind, part.capitalize(), f"{title}{KINDS[kind]}")
                for kind in KINDS
                if (rows_of_kind := [row for row in rows if row["kind"] == kind])
            ]
            made.append(tile(f"{part}-metrics", title, numbers=numbers, sql=queries(answer)))
    return made


def by_part(rows: list[Row], part: str, title: str) -> dict[str, Any]:
    """A row per feature (or class) and segment, a column per metric."""
    titles: dict[str, str] = {}
    features: dict[tuple[str, str | None], Row] = {}
    for row in rows:
        titles[row["metric"]] = row["title"]
        key = (row["feature"], row["segment"])
        features.setdefault(key, {"feature": key[0], "segment": key[1]})
        features[key][f"metric {row['metric']}"] = row["value"]
    columns = [
        Column("feature", part),
        Column("segment", "Segment"),
        *(
            Column(f"metric {metric}", name, "figure", words.NOTHING)
            for metric, name in titles.items()
        ),
    ]
    listed = list(features.values())
    return table(title, filled(columns, listed), listed)


def whole_drift(read: Read, key: str) -> Tile:
    """The figures of input drift that speak of all features together."""
    answer = ask(read, "whole_drift", evaluation_id=key)
    title = "Drift of all features together"
    if not answer.rows:
        return absent("whole-drift", title, "Not computed for this evaluation.", span=6)
    numbers = table(title, filled(METRIC_COLUMNS, answer.rows), answer.rows)
    return tile("whole-drift", title, span=6, tables=[numbers], sql=queries(answer))
