"""Performance against the reference: the tiles that pages share, and which a task has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import TABLES, columns
from mlmon.report.facts.sentence import Sentence, figure, joined
from mlmon.report.facts.table import Column, table
from mlmon.report.facts.tile import (
    FEW,
    HALF,
    SAMPLES_KEY,
    THIRD,
    WIDE,
    Tile,
    absent,
    chart,
    few_records,
    points,
    tile,
)
from mlmon.report.tiles.listing import listing

MAIN_PERFORMANCE = ("roc_auc_score", "r2_score")
SERIES = 6
WORST_CLASSES = 6  # as many as the queries of the curves give of a multiclass model
WORST = "Each class against the rest; the six classes whose ROC AUC fell most."
LISTED = 5  # points of a sample with few records
COMPACT = 4  # a matrix of more classes has no room for words in its cells
UNDEFINED = "Not defined for this evaluation."


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


@dataclass(frozen=True)
class Picture:
    """A tile that draws the rows of a query, reference and current, one chart per class.

    Its points are below it under their `caption`; without one as many of them as a reader reads.
    """

    id: str
    title: str
    columns: Sequence[Column]
    kind: str = "comparison"
    none: str = UNDEFINED
    sentence: str = ""
    caption: str = ""
    span: int = 4

    def __call__(self, of: Subject, span: int = 0) -> Tile:
        """The tile about an evaluation, of that many twelfths."""
        name, span = self.id.replace("-", "_"), span or self.span
        answer = of(name)
        rows = answer.rows
        if not rows:
            return absent(self.id, self.title, self.none, span=span)
        classes = list(dict.fromkeys(row.get("class") for row in rows))
        charts = []
        for each in classes:
            caption = f"Class {words.short(str(each))}" if len(classes) > 1 else ""
            title = f"{self.title}{', ' if caption else ''}{caption}, reference and current"
            lines = [row for row in rows if row.get("class") == each]
            sizes = HALF if span > 4 else THIRD
            charts.append(chart(self.kind, title, sizes, caption, curve=name, rows=lines))
        many = len(classes) == WORST_CLASSES
        numbers = (
            table(self.caption, self.columns, rows)
            if self.caption
            else points(columns("sample class", *self.columns), rows)
        )
        return tile(
            self.id,
            f"{self.title} by class" if len(classes) > 1 else self.title,
            "row" if len(classes) > 1 else "table",
            span=12 if len(classes) > 1 else span,
            sentence=self.sentence or (WORST if many else few_in_words(name, rows) or None),
            charts=charts,
            key=SAMPLES_KEY,
            numbers=[numbers],
            sql=[answer.sql],
        )


PICTURES = {
    name: Picture(**{"id": name, **entry, "columns": columns(*entry["columns"])})
    for name, entry in TABLES["pictures"].items()
}
CURVES = {name: picture for name, picture in PICTURES.items() if name.endswith("_curve")}


def few_in_words(name: str, rows: list[Row]) -> Sentence:
    """Which points of a calibration stand for few records; nothing where none does."""
    few = few_records(rows) if name == "calibration_curve" else []
    text: Sentence = [f"Hollow: fewer than {FEW} records. "] if few else []
    for sample, group in groupby(few, key=lambda row: row["sample"]):
        places = [
            [figure(row["rows"]), " at ", figure(row["mean_score"])] for row in list(group)[:LISTED]
        ]
        text += [f"{sample}: ", *joined(places), ". "]
    return text


def decision_chart(of: Subject, _span: int = 0) -> Tile:
    """What the metrics would be at every threshold."""
    answer = of("decision_chart")
    if not answer.rows:
        return absent("decision-chart", "Decision chart", UNDEFINED, span=8)
    titles = {row["metric"]: row["title"] for row in answer.rows}
    metrics = list(titles)[:SERIES]
    shown = {"metrics": metrics, "threshold": of.about["threshold"]}
    rows = [{**row, "sample": row["metric"]} for row in answer.rows]
    heads = columns("title | Metric", "threshold value")
    return tile(
        "decision-chart",
        "Decision chart",
        span=8,
        charts=[
            chart("decision", "Metrics against the threshold", WIDE, rows=answer.rows, **shown)
        ],
        key=[(f"series-{place}", titles[name]) for place, name in enumerate(metrics, 1)],
        numbers=[points(heads, rows)],
        sql=[answer.sql],
    )


def confusion_matrix(of: Subject, _span: int = 0, *, both: bool = False) -> Tile:
    """Actual against predicted; beside it the reference's, on a page that has the room."""
    answer = of("confusion_matrix")
    matrices = [matrix(answer, sample) for sample in ("Current", "Reference")[: 1 + both]]
    span = 12 if both else 6 if matrices[0]["compact"] else 4
    if not matrices[0]["rows"]:
        return absent("confusion-matrix", "Confusion matrix", UNDEFINED, span=span)
    cut = of.about["threshold"]
    return tile(
        "confusion-matrix",
        "Confusion matrix",
        "matrices",
        span=span,
        subtitle=[] if cut is None else ["threshold ", figure(cut)],
        matrices=[one for one in matrices if one["rows"]],
        sql=[answer.sql, of.shown("evaluation")],
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
    count, share = (row["rows"], row["share"]) if row else (0, None)
    return {
        "value": count,
        "text": words.figure(count),
        "share": words.share(share) if row else "",
        "exact": share,
        "shade": round(10 * (share or 0)),
    }


# ---- What of it there is for each task


SHOWN: Mapping[str, Callable[[Subject, int], Tile]] = {
    "performance": listing("performance_drift").only,
    "confusion_matrix": confusion_matrix,
    "confusion_matrices": partial(confusion_matrix, both=True),
    **PICTURES,
    "decision_chart": decision_chart,
    "classification_report": listing("classification_report").only,
}


def performance(of: Subject) -> Iterator[Tile]:
    """Everything about performance, or one sentence that says why there is nothing."""
    if not of.about["has_performance"]:
        title = "Performance drift is not available"
        yield absent("performance-drift", title, why_absent(of.about))
        return
    for name in TABLES["tasks"][of.about["task"]]["page"]:
        yield SHOWN[name](of, 0)
