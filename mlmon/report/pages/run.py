"""The warehouse -> the facts of the page of one run of a scenario."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from mlmon.check import kinds
from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, Subject, ask
from mlmon.report.facts.links import DASHBOARD, run_page
from mlmon.report.facts.sentence import (
    Sentence,
    definitions,
    figure,
    joined,
    name,
    strong,
    tally,
)
from mlmon.report.facts.tile import (
    Facts,
    Page,
    Tile,
    badge,
    laid_out,
    page,
    tile,
)
from mlmon.report.tiles.listing import listing, parts
from mlmon.report.tiles.metric import runs_table, strip
from mlmon.report.tiles.verdict import LONGEST, answer, step
from mlmon.system.commands import command

TRAINED = {"ACTIVATED": "", "KEPT": ", kept inactive"}  # decision -> what the run did with it
OUTCOMES = {
    "succeeded": "succeeded",
    "warned": "ended with a warning",
    "failed": "failed",
    "skipped": "did not run",
}
QUERIES = ("run", "run_steps", "run_evaluations", "run_checks", "run_versions")


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of every scenario's newest runs."""
    for row in ask(read, "run_states").rows:
        path = run_page(row["scenario"], row["run_id"])
        yield Page(path, row["state"], partial(run_of_scenario, read, row, project))


def run_of_scenario(read: Read, listed: Row, project: str) -> Facts:
    """Everything a run's page shows; `listed` is its row of the query `run_states`."""
    about = ask(read, "run", run_id=listed["run_id"]).first
    about = {**about, "outcome": about["outcome"] or "RUNNING"}
    return page(
        "run",
        f"{about['scenario']}, run of {words.moment(about['started_at'])}",
        laid_out(PARTS.values(), Subject(read, about, run_id=listed["run_id"])),
        project=project,
        status=badge(about["outcome"]),
        updated=about["ended_at"] or about["started_at"],
        ways=ways(listed),
    )


def ways(listed: Row) -> Iterator[tuple[str, str]]:
    """Up to the dashboard, to the runs before and after, and to the scenario's newest run."""
    scenario = listed["scenario"]
    yield "Dashboard", DASHBOARD
    for side, word in (("previous", "Before"), ("next", "After")):
        if listed[f"{side}_id"] is not None:
            at = words.moment(listed[f"{side}_at"])
            yield f"{word}: {at}", run_page(scenario, listed[f"{side}_id"])
    if listed["newest_id"] not in (listed["run_id"], listed["next_id"]):
        yield "Newest run", run_page(scenario, listed["newest_id"])


# ---- How a run of a scenario ended, and why, in words; and what to type next


def outcome(of: Subject) -> Iterator[Tile]:
    """The tile at the top of a run's page."""
    about = of.about
    yield tile(
        "verdict",
        headline(about),
        "verdict",
        status=about["outcome"],
        badge=badge(about["outcome"]),
        answers=[
            answer("How did it end?", how_it_ended(of)),
            answer("What did it make?", items=what_it_made(of)),
            what_to_do(about),
        ],
        sql=[of(query).sql for query in QUERIES],
    )


def headline(about: Row) -> str:
    """The one sentence that somebody reads who reads one."""
    failed = words.listing(about["failed_steps"] or ["a step"], 2)
    warned = words.listing(about["warned_steps"] or ["a step"], 2)
    if about["outcome"] == "WARNING" and about["failed"]:
        return f"{failed} failed, and the failure was reset"
    return {
        "SUCCESS": "It did what it was to do",
        "WARNING": f"{warned} ended with a warning",
        "FAILED": f"{failed} failed",
        "ABORTED": "It was aborted",
    }.get(about["outcome"], "It has not ended")


def how_it_ended(of: Subject) -> Iterator[Sentence]:
    """How many steps did what; which failed or warned and why; what became of the failure."""
    about = of.about
    yield tally(about, "steps", OUTCOMES) if about["steps"] else ["No step has an outcome yet."]
    for row in of("run_steps").rows:
        if row["outcome"] in ("FAILED", "WARNING"):
            verb = "failed" if row["outcome"] == "FAILED" else "ended with a warning"
            why = words.short(row["message"] or "", LONGEST)
            yield [strong(f"{words.short(row['step'])} {verb}"), f": {why}" if why else "."]
    if about["outcome"] == "WARNING" and about["failed"]:
        # Of several steps that ran after it the warehouse does not know which cleared the failure.
        after, who = about["ran_after"] or [], "A later step reset the failure"
        if len(after) == 1:
            who = f"{words.short(after[0])} ran after that and reset the failure"
        yield [f"{who}, so the run counts as a warning and not as failed."]
    if about["outcome"] == "RUNNING":
        yield ["It was interrupted, or it is still running."]


def what_it_made(of: Subject) -> list[Sentence]:
    """The evaluations, check results and model versions, in short."""
    items: list[Sentence] = []
    for row in of("run_evaluations").rows:
        batch, store = strong(words.short(row["batch"])), name(words.short(row["store"]))
        items.append(["Evaluation of ", batch, " in ", store, f", {row['made']}"])
    listed, others = kinds.shortlist(of("run_checks").rows)
    for row in listed:
        word = words.STATUS.get(row["outcome"], str(row["outcome"])).lower()
        items.append([name(words.short(row["check_name"])), ": ", strong(word)])
    for each, count in others.items():
        items.append(["and ", figure(count, kinds.others_of), f": {words.STATUS[each].lower()}"])
    for row in of("run_versions").rows:
        number = strong(words.figure(row["model_version"]), row["model_version"])
        of_model = strong(f" of {words.short(row['model'])}")
        state = " and active" if row["is_active"] else TRAINED[row["decision"]]
        items.append([strong("Version "), number, of_model, f", trained{state}"])
    return items or [["No evaluation, no check result, no model version"]]


def what_to_do(about: Row) -> dict[str, Any]:
    """How to run it again, or to the end."""
    again = command("run", about["scenario"])
    if about["outcome"] == "RUNNING":
        batch = f" and batch {words.short(about['batch'])}" if about["batch"] else ""
        return step(
            "If nothing runs it any more, this finishes it: it is taken up at its first step "
            f"without an outcome, with the model versions{batch} that it works with.",
            again,
        )
    if about["outcome"] in ("FAILED", "ABORTED"):
        return step("Mend what failed, then run it again:", again)
    return step("To run it again:", again)


# ---- What the run was and what it made


def facts(of: Subject) -> Iterator[Tile]:
    """What started the run, when, and what it worked with."""
    about, seconds = of.about, of.about["duration_seconds"]
    used: list[Sentence] = [
        [name(words.short(model)), ", version ", figure(version)]
        for model, version in json.loads(about["versions"] or "{}").items()
    ]
    listed = [
        ("Trigger", about["trigger"]),
        ("Batch", about["batch"]),
        ("Model versions", joined(used, "; ")),
        ("Started", words.moment(about["started_at"])),
        ("Ended", words.moment(about["ended_at"])),
        ("Duration", [] if seconds is None else [figure(seconds, words.duration)]),
        ("Run", about["run_id"]),
    ]
    yield tile("facts", "The run", "facts", facts=definitions(listed), sql=[of.shown("run")])


VERSIONS = listing(
    "run_versions",
    lines=lambda _, rows: [
        {
            **row,
            "status": "ACTIVE" if row["is_active"] else None,
            "then": words.STATUS[row["decision"]].lower(),
            "trained_on": words.span(row["train_batches"]),
        }
        for row in rows
    ],
)


def history(of: Subject) -> Iterator[Tile]:
    """The scenario's newest runs."""
    newest = of("scenario_history")
    yield tile(
        "runs",
        "Newest runs of this scenario",
        "runs",
        runs=[],
        strip=strip(newest.rows),
        tables=[runs_table("Runs, newest first", newest.rows)],
        sql=[newest.sql],
    )


PARTS = parts("run", outcome=outcome, facts=facts, versions=VERSIONS, history=history)
