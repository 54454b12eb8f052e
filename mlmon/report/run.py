"""The warehouse -> the facts of the page of one run of a scenario."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask
from mlmon.report.grid import Column, filled, table
from mlmon.report.links import DASHBOARD, model_page, page_of, run_page, store_page
from mlmon.report.outcome import outcome_tile
from mlmon.report.page import Page, Way, page, way
from mlmon.report.said import Said, definitions, joined, limits, name, told
from mlmon.report.tile import Tile, absent, badge, queries, section, tile
from mlmon.report.tiles import runs_table, strip

STEP_COLUMNS = (
    Column("position", "No.", "count"),
    Column("step", "Step"),
    Column("outcome", "Outcome", "status"),
    Column("verb", "Verb"),
    Column("object", "Object"),
    Column("started_at", "Started", "clock", ""),
    Column("duration_seconds", "Duration", "duration", ""),
    Column("duration_seconds", "Within the run", "course"),
    Column("message", "Message", "sentence"),
)
EVALUATION_COLUMNS = (
    Column("batch", "Batch", "link"),
    Column("store", "Store", "link", href="store_page"),
    Column("model_version", "Version", "count"),
    Column("rows", "Rows", "count"),
    Column("data_drift", "Data drift", "figure", words.NOTHING),
    Column("made", "Made"),
    Column("evaluated_at", "Evaluated", "moment"),
)
CHECK_COLUMNS = (
    Column("check_name", "Check"),
    Column("outcome", "Outcome", "status"),
    Column("value", "Value", "figure"),
    Column("value", "Against its limits", "meter"),
    Column("limits", "Limits", "said"),
    Column("store", "Store", "link", href="store_page"),
    Column("batch", "Batch", "link"),
    Column("checked_at", "Checked", "clock"),
)
VERSION_COLUMNS = (
    Column("model", "Model", "link"),
    Column("model_version", "Version", "count"),
    Column("status", "Now", "status"),
    Column("then", "Then"),
    Column("algorithm", "Algorithm"),
    Column("trained_on", "Trained on"),
    Column("train_rows", "Rows", "count"),
    Column("threshold", "Threshold", "figure"),
    Column("created_at", "Trained", "moment"),
)
UNDONE = (
    "No evaluation, check result or model version is left of this run: its steps made none, or "
    "they are deleted."
)


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of every scenario's newest runs."""
    for row in ask(read, "run_states").rows:
        path = run_page(row["scenario"], row["run_id"])
        yield Page(path, row["state"], partial(run_of_scenario, read, row, project))


def run_of_scenario(read: Read, listed: Row, project: str) -> dict[str, Any]:
    """Everything a run's page shows; `listed` is its row of the query `run_states`."""
    key = listed["run_id"]
    names = ("run", "run_steps", "run_evaluations", "run_checks", "run_versions")
    run, *parts = (ask(read, name, run_id=key) for name in names)
    steps, evaluations, checks, versions = parts
    about, outcome = run.first, run.first["outcome"] or "RUNNING"
    told = outcome_tile(run, *parts)
    made = [
        *evaluation_tile(evaluations),
        *check_tile(checks),
        *version_tile(versions),
    ]
    return page(
        "run",
        f"{about['scenario']}, run of {words.moment(about['started_at'])}",
        [
            section("outcome", "Outcome", [told, facts_tile(about, run.sql)], hidden=True),
            section("steps", "Steps", [step_tile(steps)]),
            section("made", "What it made", made or [absent("nothing", "Nothing", UNDONE)]),
            section("history", "History", [history_tile(read, key)]),
        ],
        project=project,
        status=badge(outcome),
        updated=about["ended_at"] or about["started_at"],
        ways=ways(listed),
    )


def ways(listed: Row) -> list[Way]:
    """Up to the dashboard, to the runs before and after, and to the scenario's newest run."""
    scenario = listed["scenario"]
    found = [way("Dashboard", DASHBOARD)]
    for side, word in (("previous", "Before"), ("next", "After")):
        if listed[f"{side}_id"] is not None:
            at = words.moment(listed[f"{side}_at"])
            found.append(way(f"{word}: {at}", run_page(scenario, listed[f"{side}_id"])))
    if listed["newest_id"] not in (listed["run_id"], listed["next_id"]):
        found.append(way("Newest run", run_page(scenario, listed["newest_id"])))
    return found


def facts_tile(about: Row, sql: str) -> Tile:
    """What started the run, when, and what it worked with."""
    known = json.loads(about["versions"] or "{}")
    used = joined(
        [
            [name(words.short(model)), ", version ", told(version)]
            for model, version in known.items()
        ],
        "; ",
    )
    facts = [
        ("Trigger", about["trigger"]),
        ("Batch", about["batch"]),
        ("Model versions", used),
        ("Started", words.moment(about["started_at"])),
        ("Ended", words.moment(about["ended_at"])),
        ("Duration", lasting(about["duration_seconds"])),
        ("Run", about["run_id"]),
    ]
    return tile("facts", "The run", "facts", facts=definitions(facts), sql=[sql])


def lasting(seconds: float | None) -> Said:
    """How long the run took, once it has ended."""
    return [] if seconds is None else [told(seconds, words.duration)]


def step_tile(steps: Answer) -> Tile:
    """What every step did, when, and what came of it."""
    if not steps.rows:
        return absent("step-table", "Steps", "No step of this run has an outcome yet.")
    columns = filled(STEP_COLUMNS, steps.rows)
    return tile(
        "step-table",
        "What each step did",
        tables=[table("Steps in their order", columns, steps.rows)],
        sql=queries(steps),
    )


def evaluation_tile(answer: Answer) -> Iterator[Tile]:
    """The evaluations that the run's steps name."""
    if answer.rows:
        told = [
            {**row, "href": page_of(row), "store_page": store_page(row["store"])}
            for row in answer.rows
        ]
        numbers = table("Evaluations of the run", filled(EVALUATION_COLUMNS, told), told)
        yield tile("evaluations", "Evaluations", tables=[numbers], sql=queries(answer))


def check_tile(answer: Answer) -> Iterator[Tile]:
    """The results of the run's check steps, against the limits of that time."""
    if answer.rows:
        told = [
            {
                **row,
                "limits": limits(row),
                "note": row["message"] if row["value"] is None else None,
                "href": None if row["batch"] is None else page_of(row),
                "store_page": store_page(row["store"]),
            }
            for row in answer.rows
        ]
        numbers = table("Check results of the run", filled(CHECK_COLUMNS, told), told)
        yield tile(
            "checks",
            "Check results",
            tables=[numbers],
            sql=queries(answer),
        )


def version_tile(answer: Answer) -> Iterator[Tile]:
    """The model versions that the run trained."""
    if answer.rows:
        told = [
            {
                **row,
                "href": model_page(row["model"]),
                "status": "ACTIVE" if row["is_active"] else None,
                "then": words.STATUS[row["decision"]].lower(),
                "trained_on": words.span(row["train_batches"]),
            }
            for row in answer.rows
        ]
        numbers = table("Model versions of the run", filled(VERSION_COLUMNS, told), told)
        yield tile("versions", "Model versions", tables=[numbers], sql=queries(answer))


def history_tile(read: Read, key: str) -> Tile:
    """The scenario's newest runs."""
    answer = ask(read, "scenario_history", run_id=key)
    return tile(
        "runs",
        "Newest runs of this scenario",
        "runs",
        runs=[],
        strip=[strip(row) for row in answer.rows[::-1]],
        tables=[runs_table("Runs, newest first", answer.rows)],
        sql=queries(answer),
    )
