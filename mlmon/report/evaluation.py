"""The warehouse -> the facts of one evaluation's page."""

import json
from typing import Any

from mlmon.report import drift, performance, words
from mlmon.report.ask import Answer, Read, Row, ask, printable
from mlmon.report.grid import Column, filled, table
from mlmon.report.links import slug
from mlmon.report.tile import Tile, absent, badge, queries, section, tile

METRIC_COLUMNS = (
    Column("title", "Metric", "named"),
    Column("segment", "Segment"),
    Column("value", "Value", "figure"),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
    Column("note", "Note"),
)
CHECK_COLUMNS = (
    Column("check_name", "Check"),
    Column("outcome", "Outcome", "status"),
    Column("value", "Value", "figure"),
    Column("message", "Message"),
    Column("checked_at", "Checked (UTC)", "moment"),
)
CURVES = ("roc_curve", "precision_recall_curve", "lift_curve", "calibration_curve")


def evaluation_page(read: Read, listed: Row, project: str) -> dict[str, Any]:
    """Everything an evaluation's page shows; `listed` is its row of the query `evaluations`."""
    key = listed["evaluation_id"]
    evaluation = ask(read, "evaluation", evaluation_id=key)
    about = evaluation.first
    counts = ask(read, "drift_counts", evaluation_id=key).first
    checks = ask(read, "evaluation_checks", evaluation_id=key)
    return {
        "kind": "evaluation",
        "project": project,
        "title": f"{about['batch']} in {about['store']}",
        "status": badge(checks.first["outcome"]) if checks.rows else None,
        "updated": words.moment(about["evaluated_at"]),
        "neighbours": neighbours(listed),
        "sections": [
            section(
                "summary", "Summary", [*summary(read, about, evaluation.sql), check_tile(checks)]
            ),
            section(
                "input-drift",
                "Input drift",
                [*drift.input_drift(read, key, counts), whole_drift(read, key)],
                lead=drift.lead(about, counts) + significance(about),
            ),
            section("prediction-drift", "Prediction drift", drift.prediction_drift(read, about)),
            section(
                "performance",
                "Performance drift",
                performance_tiles(read, about),
                short="Performance",
            ),
            section("metrics", "All metrics", metric_tiles(read, key), short="Metrics"),
        ],
    }


def neighbours(listed: Row) -> list[dict[str, str]]:
    """The evaluations before and after it in its store."""
    pages = []
    for side, word in (("previous", "Before"), ("next", "After")):
        if listed[f"{side}_id"] is not None:
            near = {
                "store": listed["store"],
                "batch": listed[f"{side}_batch"],
                "evaluation_id": listed[f"{side}_id"],
            }
            pages.append({"href": f"{slug(near)}.html", "text": f"{word}: {near['batch']}"})
    return pages


def significance(about: Row) -> str:
    """Whether chance alone could have made the data drift."""
    pvalue = about["data_drift_pvalue"]
    if pvalue is None:
        return f" {about['data_drift_note']}" if about["data_drift_note"] else ""
    text = f" (p {words.figure(pvalue)})"
    return f" Drift detected{text}." if pvalue <= 0.05 else f" Drift is inconclusive{text}."


def summary(read: Read, about: Row, sql: str) -> list[Tile]:
    """What was evaluated with what, and what was odd about it."""
    cut = about["threshold"]
    facts = [
        ("Evaluation", about["evaluation_id"]),
        ("Name", about["name"]),
        ("Store", about["store"]),
        ("Dataset, batch", f"{about['dataset']}, {about['batch']}"),
        ("Rows", words.figure(about["rows"])),
        (
            "Rows with a label",
            None if about["labelled_rows"] is None else words.figure(about["labelled_rows"]),
        ),
        ("Sampling", about["method"]),
        ("Model", f"{about['model']}, version {about['model_version']}"),
        ("Algorithm", about["algorithm"]),
        ("Task", about["task"]),
        ("Threshold", None if cut is None else words.figure(cut)),
        ("Trained on", words.span(about["train_batches"])),
        (
            "Reference rows",
            None if about["reference_rows"] is None else words.figure(about["reference_rows"]),
        ),
        ("Evaluated (UTC)", words.moment(about["evaluated_at"])),
        *labels(about["labels"]),
    ]
    shown = [{"title": title, "text": str(text)} for title, text in facts if text]
    return [
        tile("facts", "What was evaluated", "facts", span=8, facts=shown, sql=[sql]),
        diagnostics(read, about["evaluation_id"]),
    ]


def labels(document: Any) -> list[tuple[str, str]]:
    """The labels of an evaluation, stored as JSON."""
    known = json.loads(document) if isinstance(document, str) else document or {}
    return [(str(name), printable(str(value))) for name, value in known.items()]


def diagnostics(read: Read, key: str) -> Tile:
    """The sanity findings, as a badge and their messages."""
    answer = ask(read, "diagnostics", evaluation_id=key)
    if not answer.rows:
        said = "The sanity checks on the data found nothing odd."
        return tile(
            "diagnostics",
            "Diagnostics",
            "sentence",
            span=4,
            sentence=said,
            badge=badge("OK", "Nothing found"),
            sql=queries(answer),
        )
    count = words.plural(len(answer.rows), "finding")
    columns = [Column("code", "Finding"), Column("message", "Message")]
    return tile(
        "diagnostics",
        "Diagnostics",
        span=4,
        badge=badge("WARNING", count),
        table=table("Sanity findings", columns, answer.rows),
        sql=queries(answer),
    )


def check_tile(answer: Answer) -> Tile:
    """The checks that ran on this evaluation."""
    if not answer.rows:
        return absent("checks", "Checks", "No check has run on this evaluation.")
    return tile(
        "checks",
        "Checks",
        table=table(
            "Checks of this evaluation, worst first",
            filled(CHECK_COLUMNS, answer.rows),
            answer.rows,
        ),
        sql=queries(answer),
    )


def performance_tiles(read: Read, about: Row) -> list[Tile]:
    """Everything about performance, or one sentence that says why there is nothing."""
    if not about["has_performance"]:
        said = performance.why_absent(about)
        return [absent("performance-drift", "Performance drift is not available", said)]
    key = about["evaluation_id"]
    return [
        performance.drift_table(read, key),
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
            table=table("Metrics of the whole sample", filled(METRIC_COLUMNS, whole), whole),
            sql=queries(answer),
        )
    ]
    if len(whole) < len(answer.rows):
        made.append(
            tile(
                "feature-metrics",
                "Metrics by feature",
                folded=True,
                table=by_feature(answer.rows),
                sql=queries(answer),
            )
        )
    return made


def by_feature(rows: list[Row]) -> dict[str, Any]:
    """A row per feature and segment, a column per metric."""
    titles: dict[str, str] = {}
    features: dict[tuple[str, str | None], Row] = {}
    for row in rows:
        if row["feature"] is not None:
            titles[row["metric"]] = row["title"]
            key = (row["feature"], row["segment"])
            features.setdefault(key, {"feature": key[0], "segment": key[1]})
            features[key][f"metric {row['metric']}"] = row["value"]
    columns = [
        Column("feature", "Feature"),
        Column("segment", "Segment"),
        *(
            Column(f"metric {metric}", title, "figure", words.NOTHING)
            for metric, title in titles.items()
        ),
    ]
    listed = list(features.values())
    return table("Metrics by feature", filled(columns, listed), listed)


def whole_drift(read: Read, key: str) -> Tile:
    """The figures of input drift that speak of all features together."""
    answer = ask(read, "whole_drift", evaluation_id=key)
    title = "Drift of all features together"
    if not answer.rows:
        return absent("whole-drift", title, "Not computed for this evaluation.", span=6)
    numbers = table(title, filled(METRIC_COLUMNS, answer.rows), answer.rows)
    return tile("whole-drift", title, span=6, table=numbers, sql=queries(answer))
