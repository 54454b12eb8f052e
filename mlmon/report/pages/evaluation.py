"""The warehouse -> the facts of one evaluation's page."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, Subject, ask, printable
from mlmon.report.facts.columns import columns
from mlmon.report.facts.links import DASHBOARD, model_page, page_of, store_page
from mlmon.report.facts.sentence import Sentence, definitions, figure, name
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import (
    Facts,
    Page,
    Tile,
    badge,
    laid_out,
    page,
    tile,
)
from mlmon.report.tiles import drift
from mlmon.report.tiles.listing import listing, parts
from mlmon.report.tiles.performance import performance
from mlmon.report.tiles.prediction import prediction_drift


def pages(read: Read, project: str, beginning: str = "") -> Iterator[Page]:
    """The pages of the evaluations whose id begins so, by default of all."""
    states = {row["evaluation_id"]: row["state"] for row in ask(read, "evaluation_states").rows}
    for row in ask(read, "evaluations").rows:
        key = row["evaluation_id"]
        if key.startswith(beginning):
            yield Page(page_of(row), states[key], partial(evaluation_page, read, row, project))


def evaluation_page(read: Read, listed: Row, project: str) -> Facts:
    """Everything an evaluation's page shows; `listed` is its row of the query `evaluations`."""
    of = Subject(read).evaluation(listed["evaluation_id"])
    return page(
        "evaluation",
        f"{of.about['batch']} in {of.about['store']}",
        laid_out(PARTS.values(), of),
        project=project,
        status=badge(of("evaluation_checks").first.get("outcome")),
        updated=of.about["evaluated_at"],
        ways=ways(listed),
    )


def ways(listed: Row) -> Iterator[tuple[str, str]]:
    """Up to its store and model, and to the evaluations before and after it."""
    yield "Dashboard", DASHBOARD
    yield words.short(listed["store"]), store_page(listed["store"])
    yield f"Model {words.short(listed['model'])}", model_page(listed["model"])
    for side, word in (("previous", "Before"), ("next", "After")):
        if listed[f"{side}_id"] is not None:
            near = {"batch": listed[f"{side}_batch"], "evaluation_id": listed[f"{side}_id"]}
            yield f"{word}: {near['batch']}", page_of({**listed, **near})


def summary(of: Subject) -> Iterator[Tile]:
    """What was evaluated with what."""
    about = of.about
    model: Sentence = [name(about["model"]), ", version ", figure(about["model_version"])]
    of_a_project = [
        ("Evaluation", about["evaluation_id"]),
        ("Name", about["name"]),
        ("Store", about["store"]),
        ("Dataset, batch", f"{about['dataset']}, {about['batch']}"),
        ("Model", model),
    ]
    is_comparison = about["trained_at"] is None
    facts = [
        *([("Compared", about["batch"])] if is_comparison else of_a_project),
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
    yield tile(
        "facts",
        "What was evaluated",
        "facts",
        span=8,
        facts=definitions(facts),
        sql=[of.shown("evaluation")],
        numbers=labels(about["labels"]),
    )


def against(about: Row) -> str:
    """The reference, and that the evaluation stands aside where it does."""
    reference = words.span(about["reference_batches"])
    if about["against_training"] and about["trained_at"] is not None:
        reference = f"the test part of {words.span(about['train_batches'])}"
    return f"{reference}, once: in no history and no check" if about["is_aside"] else reference


def labels(document: Any) -> list[Table]:
    """The labels of an evaluation, stored as JSON, as a table."""
    stored = json.loads(document) if isinstance(document, str) else document or {}
    rows = [{"name": printable(name), "value": printable(str(stored[name]))} for name in stored]
    return [table("Labels", columns("name | Label", "value | Value"), rows)] * bool(rows)


def diagnostics(of: Subject) -> Iterator[Tile]:
    """The sanity findings, as a badge and their messages."""
    answer = of("diagnostics")
    look: Tile = {
        "kind": "sentence",
        "sentence": "The sanity checks on the data found nothing odd.",
        "badge": badge("OK", "Nothing found"),
    }
    if answer.rows:
        heads = columns("code | Finding", "message")
        look = {
            "tables": [table("Sanity findings", heads, answer.rows)],
            "badge": badge("WARNING", words.plural(len(answer.rows), "finding")),
        }
    yield {**tile("diagnostics", "Diagnostics", span=4, sql=[answer.sql]), **look}


def significance(of: Subject) -> Sentence:
    """What was compared, and whether chance alone could have made the data drift."""
    pvalue, note = of.about["data_drift_pvalue"], of.about["data_drift_note"]
    lead = drift.lead(of)
    if pvalue is None:
        return [*lead, f" Data drift is not known: {note}."] if note else lead
    word = "Drift detected" if pvalue <= 0.05 else "Drift is inconclusive"
    return [*lead, f" {word} (p ", figure(pvalue, words.chance), ")."]


KINDS = {"numeric": ", numbers", "categorical": ", categories", None: ""}
METRICS = listing(
    "evaluation_metrics",
    lines=lambda _, rows: [row for row in rows if row["feature"] is None],
)


def metrics_by_part(of: Subject) -> Iterator[Tile]:
    """The metrics of every feature and of every class; where one is undefined, a dash."""
    answer = of("evaluation_metrics")
    for part in ("feature", "class"):
        rows = [
            row
            for row in answer.rows
            if row["feature"] is not None and (row["family"] == "performance") == (part == "class")
        ]
        numbers = [
            by_part(of_kind, part.capitalize(), f"Metrics by {part}{KINDS[kind]}")
            for kind in KINDS
            if (of_kind := [row for row in rows if row["kind"] == kind])
        ]
        if rows:
            yield tile(f"{part}-metrics", f"Metrics by {part}", numbers=numbers, sql=[answer.sql])


def by_part(rows: list[Row], part: str, title: str) -> Table:
    """A row per feature (or class) and segment, a column per metric."""
    titles = {f"metric {row['metric']}": row["title"] for row in rows}
    lines: dict[tuple[str, str | None], Row] = {}
    for row in rows:
        own = {"feature": row["feature"], "segment": row["segment"]}
        lines.setdefault(tuple(own.values()), own)[f"metric {row['metric']}"] = row["value"]
    figures = [Column(key, name, "figure", words.NOTHING) for key, name in titles.items()]
    heads = columns(Column("feature", part), "segment", *figures)
    return filled(title, heads, list(lines.values()))


PARTS = parts(
    "evaluation",
    summary=summary,
    diagnostics=diagnostics,
    significance=significance,
    inputs=drift.input_drift,
    predictions=prediction_drift,
    performance=performance,
    metrics=METRICS,
    metrics_by_part=metrics_by_part,
)
