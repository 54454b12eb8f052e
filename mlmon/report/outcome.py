"""How a run of a scenario ended, and why, in words; and what to type next."""

from collections.abc import Sequence

from mlmon import judgements
from mlmon.commands import command
from mlmon.report import words
from mlmon.report.ask import Answer, Row
from mlmon.report.said import Said, counted, joined, name, strong, told
from mlmon.report.tile import Tile, badge, queries, tile
from mlmon.report.verdict import answer, step

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
    worth_telling, others = judgements.shortlist(checks)
    for row in worth_telling:
        word = words.STATUS.get(row["outcome"], str(row["outcome"])).lower()
        found.append([name(words.short(row["check_name"])), ": ", strong(word)])
    for outcome, count in others.items():
        word = words.STATUS[outcome].lower()
        found.append(["and ", told(count, judgements.others_of), f": {word}"])
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
