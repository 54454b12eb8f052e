"""The warehouse -> the facts of the page of one run of a scenario."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from mlmon.check import kinds
from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask
from mlmon.report.facts.links import DASHBOARD, model_page, page_of, run_page, store_page
from mlmon.report.facts.sentence import (
    Said,
    counted,
    definitions,
    joined,
    limits,
    name,
    strong,
    told,
)
from mlmon.report.facts.table import Column, filled, table
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
from mlmon.report.tiles.metric import runs_table, strip
from mlmon.report.tiles.verdict import answer, step
from mlmon.system.commands import command

# ---- How a run of a scenario ended, and why, in words; and what to type next


LONGEST = 240
TRAINED = {"ACTIVATED": "", "KEPT": ", kept inactive"}  # decision -> what is said of it


def outcome_tile(
    run: Answer, steps: Answer, evaluations: Answer, checks: Answer, versions: Answer
) -> Tile:
    """The tile at the top of a run's page."""
    about = run.first
    outcome = about["outcome"] or "RUNNING"
    return tile(
        "verdict",
        headline(outcome, about),
        "verdict",
        status=outcome,
        badge=badge(outcome),
        answers=[
            answer("How did it end?", how_it_ended(outcome, about, steps.rows)),
            answer(
                "What did it make?",
                items=what_it_made(evaluations.rows, checks.rows, versions.rows),
            ),
            what_to_do(outcome, about),
        ],
        sql=queries(run, steps, evaluations, checks, versions),
    )


def headline(outcome: str, about: Row) -> str:
    """The one sentence that somebody reads who reads one."""
    failed = words.listing(about["failed_steps"] or ["a step"], 2)
    warned = words.listing(about["warned_steps"] or ["a step"], 2)
    if outcome == "WARNING" and about["failed"]:
        return f"{failed} failed, and the failure was reset"
    return {
        "SUCCESS": "It did what it was to do",
        "WARNING": f"{warned} ended with a warning",
        "FAILED": f"{failed} failed",
        "ABORTED": "It was aborted",
    }.get(outcome, "It has not ended")


def how_it_ended(outcome: str, about: Row, steps: Sequence[Row]) -> list[Said]:
    """How many steps did what; which failed or warned and why; what became of the failure."""
    found: list[Said] = [steps_of(about)]
    for row in steps:
        if row["outcome"] in ("FAILED", "WARNING"):
            verb = "failed" if row["outcome"] == "FAILED" else "ended with a warning"
            said = words.short(row["message"] or "", LONGEST)
            found.append(
                [strong(f"{words.short(row['step'])} {verb}"), f": {said}" if said else "."]
            )
    if outcome == "WARNING" and about["failed"]:
        found.append([f"{who_reset(about)}, so the run counts as a warning and not as failed."])
    if outcome == "RUNNING":
        found.append(["It was interrupted, or it is still running."])
    return found


def steps_of(about: Row) -> Said:
    """How many steps had which outcome."""
    if not about["steps"]:
        return ["No step has an outcome yet."]
    named = (
        ("succeeded", "succeeded"),
        ("warned", "ended with a warning"),
        ("failed", "failed"),
        ("skipped", "did not run"),
    )
    parts: list[Said] = [[told(about[key]), f" {word}"] for key, word in named if about[key]]
    return ["Of ", *counted(about["steps"], "step"), ", ", *joined(parts), "."]


def who_reset(about: Row) -> str:
    """Which step cleared the failure; of several that ran after it the warehouse knows none."""
    after = about["ran_after"] or []
    if len(after) == 1:
        return f"{words.short(after[0])} ran after that and reset the failure"
    return "A later step reset the failure"


def what_it_made(
    evaluations: Sequence[Row], checks: Sequence[Row], versions: Sequence[Row]
) -> list[Said]:
    """The evaluations, check results and model versions, in short."""
    found: list[Said] = [
        [
            "Evaluation of ",
            strong(words.short(row["batch"])),
            " in ",
            name(words.short(row["store"])),
            f", {row['made']}",
        ]
        for row in evaluations
    ]
    worth_telling, others = kinds.shortlist(checks)
    for row in worth_telling:
        word = words.STATUS.get(row["outcome"], str(row["outcome"])).lower()
        found.append([name(words.short(row["check_name"])), ": ", strong(word)])
    for outcome, count in others.items():
        word = words.STATUS[outcome].lower()
        found.append(["and ", told(count, kinds.others_of), f": {word}"])
    for row in versions:
        number = strong(words.figure(row["model_version"]), row["model_version"])
        of_model = strong(f" of {words.short(row['model'])}")
        state = " and active" if row["is_active"] else TRAINED[row["decision"]]
        found.append([strong("Version "), number, of_model, f", trained{state}"])
    return found or [["No evaluation, no check result, no model version"]]


def what_to_do(outcome: str, about: Row) -> dict[str, object]:
    """How to run it again, or to the end."""
    todo = command("run", about["scenario"])
    if outcome == "RUNNING":
        batch = f" and batch {words.short(about['batch'])}" if about["batch"] else ""
        return step(
            "If nothing runs it any more, this finishes it: it is taken up at its first step "
            f"without an outcome, with the model versions{batch} that it works with.",
            todo,
        )
    if outcome in ("FAILED", "ABORTED"):
        return step("Mend what failed, then run it again:", todo)
    return step("To run it again:", todo)


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
