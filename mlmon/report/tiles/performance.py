"""Performance against the reference: the tiles that both pages share."""

from itertools import groupby
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask, shown
from mlmon.report.facts.sentence import Said, joined, told
from mlmon.report.facts.table import Column, filled, table
from mlmon.report.facts.tile import (
    FEW,
    HALF,
    SAMPLES_KEY,
    THIRD,
    WIDE,
    Chart,
    Tile,
    absent,
    chart,
    few_records,
    points_caption,
    queries,
    thinned,
    tile,
)

DRIFT_COLUMNS = (
    Column("title", "Metric", "named"),
    Column("reference", "Reference", "figure"),
    Column("current", "Current", "figure"),
    Column("change", "Change", "signed", words.NOTHING),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
    Column("reading", "Reading", "status"),
    Column("note", "Note"),
)
CURVES = {
    "roc_curve": (
        "ROC",
        (
            Column("false_positive_rate", "False positive rate", "figure"),
            Column("true_positive_rate", "True positive rate", "figure"),
        ),
    ),
    "precision_recall_curve": (
        "Precision and recall",
        (Column("recall", "Recall", "figure"), Column("precision", "Precision", "figure")),
    ),
    "calibration_curve": (
        "Calibration",
        (
            Column("mean_score", "Mean score", "figure"),
            Column("positive_share", "Share of positives", "figure"),
            Column("rows", "Rows", "count"),
        ),
    ),
    "lift_curve": (
        "Cumulative gain and lift",
        (
            Column("share", "Share of records", "share"),
            Column("recall", "Positives found", "share"),
            Column("lift", "Lift", "figure"),
        ),
    ),
}
MAIN_PERFORMANCE = ("roc_auc_score", "r2_score")
READINGS = (
    "Worse or better: the reference lies outside the interval or, where there is none, "
    "more than a tenth away."
)
SERIES = 6
WORST_CLASSES = 6  # as many as the queries of the curves give of a multiclass model
WORST = "Each class against the rest; the six classes whose ROC AUC fell most."
LISTED = 5  # points of a sample with few records
COMPACT = 4  # a matrix of more classes has no room for words in its cells


def why_absent(evaluation: Row | None) -> str:
    """The sentence that stands where performance would."""
    if evaluation is None:
        return (
            "No store of this model computes performance: there is no ground truth to hold "
            "the predictions against, so only drift is known."
        )
    return (
        f"The store {words.short(evaluation['store'])} does not compute performance "
        "(performance: false in mlmon.yml, or no record of the batch has a label), so there "
        "is no ground truth to hold the predictions against and no performance drift."
    )


def drift_table(read: Read, evaluation_id: str) -> Tile:
    """Every performance metric, reference against current."""
    answer = ask(read, "performance_drift", evaluation_id=evaluation_id)
    title = "Performance drift"
    if not answer.rows:
        return absent("performance-drift", title, "No performance metric was computed.")
    numbers = table(
        "Performance of this evaluation and of its reference",
        filled(DRIFT_COLUMNS, answer.rows),
        answer.rows,
    )
    return tile(
        "performance-drift", title, tables=[numbers], sentence=READINGS, sql=queries(answer)
    )


def curve(read: Read, evaluation_id: str, name: str, span: int = 4) -> Tile:
    """One of the curves with its points."""
    title, columns = CURVES[name]
    answer = ask(read, name, evaluation_id=evaluation_id)
    if not answer.rows:
        return absent(name, title, "Not defined for this evaluation.", span=span)
    names = list(dict.fromkeys(row["class"] for row in answer.rows))
    shown = filled([Column("sample", "Sample"), Column("class", "Class"), *columns], answer.rows)
    by_class = len(names) > 1
    return tile(
        name,
        f"{title} by class" if by_class else title,
        "row" if by_class else "table",
        span=12 if by_class else span,
        sentence=WORST if len(names) == WORST_CLASSES else few_in_words(name, answer.rows) or None,
        charts=[class_curve(answer, name, each, by_class) for each in names],
        key=SAMPLES_KEY,
        numbers=[table(points_caption(answer.rows), shown, thinned(answer.rows))],
        sql=queries(answer),
    )


def few_in_words(name: str, rows: list[Row]) -> Said:
    """Which points of a calibration stand for few records; nothing where none does."""
    few = few_records(rows) if name == "calibration_curve" else []
    if not few:
        return []
    said: Said = [f"Hollow: fewer than {FEW} records. "]
    for sample, group in groupby(few, key=lambda row: row["sample"]):
        points = [
            [told(row["rows"]), " at ", told(row["mean_score"])] for row in list(group)[:LISTED]
        ]
        said += [f"{sample}: ", *joined(points), ". "]
    return said


def class_curve(answer: Answer, name: str, of_class: str | None, by_class: bool) -> Chart:
    """The curve of one class: of the positive one, or of each against the rest."""
    caption = f"Class {words.short(str(of_class))}" if by_class else ""
    title = f"{CURVES[name][0]}{', ' if caption else ''}{caption}, reference and current"
    rows = [row for row in answer.rows if row["class"] == of_class]
    return chart("comparison", title, THIRD, caption, curve=name, rows=rows)


def decision_chart(read: Read, evaluation: Row) -> Tile:
    """What the metrics would be at every threshold."""
    title = "Decision chart"
    answer = ask(read, "decision_chart", evaluation_id=evaluation["evaluation_id"])
    if not answer.rows:
        return absent("decision-chart", title, "Not defined for this evaluation.", span=8)
    titles = {row["metric"]: row["title"] for row in answer.rows}
    metrics = list(titles)[:SERIES]
    picture = chart(
        "decision",
        "Metrics against the threshold",
        WIDE,
        rows=answer.rows,
        metrics=metrics,
        threshold=evaluation["threshold"],
    )
    columns = [
        Column("title", "Metric"),
        Column("threshold", "Threshold", "figure"),
        Column("value", "Value", "figure"),
    ]
    rows = [{**row, "sample": row["metric"]} for row in answer.rows]
    return tile(
        "decision-chart",
        title,
        span=8,
        charts=[picture],
        key=[(f"series-{place}", titles[name]) for place, name in enumerate(metrics, 1)],
        numbers=[table(points_caption(rows), columns, thinned(rows))],
        sql=queries(answer),
    )


def confusion_matrix(read: Read, evaluation: Row, *, both: bool) -> Tile:
    """Actual against predicted; beside it the reference's, on a page that has the room."""
    title = "Confusion matrix"
    answer = ask(read, "confusion_matrix", evaluation_id=evaluation["evaluation_id"])
    samples = ("Current", "Reference") if both else ("Current",)
    matrices = [matrix(answer, sample) for sample in samples]
    span = 12 if both else 6 if matrices[0]["compact"] else 4
    if not matrices[0]["rows"]:
        return absent("confusion-matrix", title, "Not defined for this evaluation.", span=span)
    cut = evaluation["threshold"]
    subtitle: Said = [] if cut is None else ["threshold ", told(cut)]
    return tile(
        "confusion-matrix",
        title,
        "matrices",
        span=span,
        subtitle=subtitle,
        matrices=[one for one in matrices if one["rows"]],
        sql=[*queries(answer), shown("evaluation", evaluation_id=evaluation["evaluation_id"])],
    )


def matrix(answer: Answer, sample: str) -> dict[str, Any]:
    """One sample's matrix: a row per actual class, a cell per predicted one."""
    rows = [row for row in answer.rows if row["sample"] == sample]
    actual = list(dict.fromkeys(row["actual"] for row in rows))
    predicted = list(dict.fromkeys(row["predicted"] for row in rows))
    cells = {(row["actual"], row["predicted"]): row for row in rows}
    return {
        "sample": sample,
        "compact": len(predicted) > COMPACT,
        "predicted": predicted,
        "rows": [
            {"actual": name, "cells": [matrix_cell(cells.get((name, to))) for to in predicted]}
            for name in actual
        ],
    }


def matrix_cell(row: Row | None) -> dict[str, Any]:
    """How many records stand in a cell, and how dark it is."""
    if row is None:
        return {"value": 0, "text": "0", "share": "", "exact": None, "shade": 0}
    return {
        "value": row["rows"],
        "text": words.figure(row["rows"]),
        "share": words.share(row["share"]),
        "exact": row["share"],
        "shade": round(10 * (row["share"] or 0)),
    }


# ---- Performance of a multiclass model by class: the tile that both pages share


REPORT_COLUMNS = (
    Column("class", "Class"),
    Column("precision_score", "Precision", "against"),
    Column("recall_score", "Recall", "against"),
    Column("f1_score", "F1", "against"),
    Column("roc_auc_score", "ROC AUC", "against"),
    Column("support", "Support", "against"),
)
SAID = "Each class against the rest; first the class whose ROC AUC fell most."


def classification_report(read: Read, evaluation_id: str) -> Tile:
    """A row per class: how well it is found, and how many records are of it, then and now."""
    title = "Performance by class"
    answer = ask(read, "classification_report", evaluation_id=evaluation_id)
    if not answer.rows:
        return absent("classification-report", title, "No figure of a class was computed.")
    numbers = table("Performance of every class beside its reference", REPORT_COLUMNS, answer.rows)
    return tile(
        "classification-report", title, tables=[numbers], sentence=SAID, sql=queries(answer)
    )


# ---- How far a regression's estimates are off: the tiles that both pages share


ERROR_COLUMNS = (
    Column("sample", "Sample"),
    Column("label", "Error", "sentence"),
    Column("share", "Share of records", "share"),
    Column("rows", "Rows", "count"),
)
ACTUAL_COLUMNS = (
    Column("sample", "Sample"),
    Column("mean_estimate", "Mean estimate", "figure"),
    Column("mean_actual", "Mean actual value", "figure"),
    Column("lower_quartile", "Lower quartile", "figure"),
    Column("median", "Median", "figure"),
    Column("upper_quartile", "Upper quartile", "figure"),
    Column("rows", "Rows", "count"),
)
ERRORS = "Share of records by estimate less actual value; the outer bins hold all beyond."
ACTUALS = (
    "Median and quartiles of the actual values, by tenth of the reference's estimates; "
    "on the diagonal the estimates are right."
)


def error_distribution(read: Read, evaluation_id: str, span: int = 6) -> Tile:
    """The errors of the evaluation and of its reference, over the same bins."""
    title = "Error distribution"
    answer = ask(read, "error_distribution", evaluation_id=evaluation_id)
    if not answer.rows:
        return absent("error-distribution", title, "There are no errors to show.", span=span)
    picture = chart("errors", f"{title}, reference and current", sizes(span), rows=answer.rows)
    return tile(
        "error-distribution",
        title,
        span=span,
        sentence=ERRORS,
        charts=[picture],
        key=SAMPLES_KEY,
        numbers=[table("Errors by bin", ERROR_COLUMNS, answer.rows)],
        sql=queries(answer),
    )


def predicted_vs_actual(read: Read, evaluation_id: str, span: int = 6) -> Tile:
    """What the actual values of records with similar estimates were, then and now."""
    title = "Predicted against actual"
    answer = ask(read, "predicted_vs_actual", evaluation_id=evaluation_id)
    if not answer.rows:
        said = "There are no actual values to hold the estimates against."
        return absent("predicted-vs-actual", title, said, span=span)
    picture = chart("actuals", f"{title}, reference and current", sizes(span), rows=answer.rows)
    return tile(
        "predicted-vs-actual",
        title,
        span=span,
        sentence=ACTUALS,
        charts=[picture],
        key=SAMPLES_KEY,
        numbers=[table("Actual values by estimate", ACTUAL_COLUMNS, answer.rows)],
        sql=queries(answer),
    )


def sizes(span: int) -> tuple[tuple[int, int], ...]:
    """The sizes of a picture in a tile of that many twelfths."""
    return HALF if span > 4 else THIRD
