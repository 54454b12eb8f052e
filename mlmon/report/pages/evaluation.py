"""The warehouse -> the facts of one evaluation's page."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask, printable
from mlmon.report.facts.links import DASHBOARD, model_page, page_of, store_page
from mlmon.report.facts.sentence import Said, definitions, name, told
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import (
    Page,
    Tile,
    Way,
    absent,
    badge,
    page,
    queries,
    section,
    tile,
    way,
)
from mlmon.report.tiles import drift, performance
from mlmon.report.tiles.prediction import prediction_drift

# ---- What an evaluation is, what was odd about it, what the checks said: the top of its page


CHECK_COLUMNS = (
    Column("check_name", "Check"),
    Column("outcome", "Outcome", "status"),
    Column("message", "Message", "sentence"),
)


def summary(read: Read, about: Row, sql: str) -> list[Tile]:
    """What was evaluated with what, and what was odd about it."""
    facts = [
        *(() if about["trained_at"] is None else of_a_project(about)),
        ("Compared", about["batch"] if about["trained_at"] is None else None),
        ("Rows", about["rows"]),
        ("Rows with a label", about["labelled_rows"]),
        ("Sampling", about["method"]),
        ("Algorithm", about["algorithm"]),
        ("Task", about["task"]),
        ("Threshold", about["threshold"]),
        ("Trained on", words.span(about["train_batches"])),
        ("Measured against", against(about)),
        ("Reference rows", about["reference_rows"]),
        ("Evaluated", words.moment(about["evaluated_at"])),
    ]
    return [
        tile(
            "facts",
            "What was evaluated",
            "facts",
            span=8,
            facts=definitions(facts),
            sql=[sql],
            numbers=labels(about["labels"]),
        ),
        diagnostics(read, about["evaluation_id"]),
    ]


def of_a_project(about: Row) -> list[tuple[str, Any]]:
    """What an evaluation is called; a comparison of two frames has nothing of it."""
    return [
        ("Evaluation", about["evaluation_id"]),
        ("Name", about["name"]),
        ("Store", about["store"]),
        ("Dataset, batch", f"{about['dataset']}, {about['batch']}"),
        ("Model", [name(about["model"]), ", version ", told(about["model_version"])]),
    ]


def against(about: Row) -> str:
    """The reference, and that the evaluation stands aside where it does."""
    if about["against_training"] and about["trained_at"] is not None:
        name = f"the test part of {words.span(about['train_batches'])}"
    else:
        name = words.span(about["reference_batches"])
    return f"{name}, once: in no history and no check" if about["is_aside"] else name


def labels(document: Any) -> list[Table]:
    """The labels of an evaluation, stored as JSON, as a table."""
    known = json.loads(document) if isinstance(document, str) else document or {}
    rows = [{"name": printable(name), "value": printable(str(known[name]))} for name in known]
    columns = [Column("name", "Label"), Column("value", "Value")]
    return [table("Labels", columns, rows)] if rows else []


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
    columns = [Column("code", "Finding"), Column("message", "Message", "sentence")]
    return tile(
        "diagnostics",
        "Diagnostics",
        span=4,
        badge=badge("WARNING", count),
        tables=[table("Sanity findings", columns, answer.rows)],
        sql=queries(answer),
    )


def check_tile(answer: Answer) -> Tile:
    """The checks that ran on this evaluation."""
    if not answer.rows:
        return absent("checks", "Checks", "No check has run on this evaluation.", span=4)
    numbers = table("Checks of this evaluation, worst first", CHECK_COLUMNS, answer.rows)
    return tile("checks", "Checks", span=4, tables=[numbers], sql=queries(answer))


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
            performance.error_distribution(read, key),
            performance.predicted_vs_actual(read, key),
        ]
    if about["task"] == "multiclass":
        return [
            *made,
            performance.classification_report(read, key),
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
