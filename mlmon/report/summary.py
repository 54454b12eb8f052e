"""What an evaluation is, what was odd about it, what the checks said: the top of its page."""

import json
from typing import Any

from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask, printable
from mlmon.report.grid import Column, Table, table
from mlmon.report.said import definitions, name, told
from mlmon.report.tile import Tile, absent, badge, queries, tile

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
