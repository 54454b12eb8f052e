"""The verdict in words: is it OK, what changed, what to do."""

from collections.abc import Iterable, Sequence
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Row, Subject
from mlmon.report.facts.sentence import Sentence, figure, limits, strong, tally
from mlmon.report.facts.tile import Tile, badge, tile
from mlmon.report.tiles import alerts
from mlmon.report.tiles.performance import MAIN_PERFORMANCE
from mlmon.system.commands import command

LONGEST = 240  # characters of a message

HEADLINES = {
    "OK": "Everything is within its limits",
    "WARNING": "Something is past its soft limit",
    "EMPTY": "A check has no value to look at",
    "NONE": "Nothing is being checked yet",
}
OUTCOMES = {
    "errors": "failed",
    "warnings": "warned",
    "empties": "had no value",
    "passes": "passed",
}
BROKEN = {  # kind of a check -> what its subject does when it does not hold; others have a limit
    "values": "is none of the values it may have",
    "typical": "is not what is typical of it",
    "sql": "finds rows of trouble",
    "python": "does not hold",
}


def verdict(of: Subject, focus: Row | None, labelled: Row | None) -> Tile:
    """The tile at the top of the dashboard.

    `focus` is the evaluation that explains it, `labelled` the latest one with performance.
    """
    models, checks = of("models"), of("checks")
    if focus is None:
        return nothing_yet(models.rows)
    look = Subject(of.read, evaluation_id=focus["evaluation_id"])
    counts = look("check_counts").first
    worst = checks.first or None
    status = worst["outcome"] if worst else "NONE"
    sentences = [
        *is_it_ok(status, worst, counts),
        *alerts.in_words(look("alert_counts").first),
        quality(look, labelled),
    ]
    before = focus["previous_batch"]
    since = f"What changed since {words.short(before)}?" if before else "What changed?"
    answers = [
        answer("Is it OK?", sentences),
        answer(since, items=what_changed(look, focus)),
        what_to_do(look, status, worst, focus, models.rows),
    ]
    keys = [each["evaluation_id"] for each in (focus, labelled) if each is not None]
    whole = [of.of(evaluation_id=key).shown("evaluation") for key in dict.fromkeys(keys)]
    return tile(
        "verdict",
        headline(status, worst),
        "verdict",
        status=status,
        badge=badge(status) or {"status": "EMPTY", "text": "No checks"},
        answers=answers,
        sql=[each.sql for each in (checks, models, *look.answers.values())] + whole,
    )


def nothing_yet(models: list[Row]) -> Tile:
    """The verdict of a project in which nothing was evaluated."""
    trained = any(model["active_version"] is not None for model in models)
    why = (
        "A model is trained, and no batch has been evaluated with it."
        if trained
        else "There is no model version and no evaluation in the warehouse yet."
    )
    command = "mlmon evaluate STORE" if trained else "mlmon status"
    return tile(
        "verdict",
        "Nothing has been evaluated yet",
        "verdict",
        status="NONE",
        badge={"status": "EMPTY", "text": "Empty"},
        answers=[
            answer("Is it OK?", [[why]]),
            answer("What changed?", [["Nothing can be compared yet."]]),
            step(
                "Bring in data, train, evaluate. Where the project stands and what is next:",
                command,
            ),
        ],
    )


def headline(status: str, worst: Row | None) -> str:
    """The one sentence that somebody reads who reads one."""
    if worst is None or status in ("OK", "NONE"):
        return HEADLINES[status]
    title = of_feature(worst)
    if status == "EMPTY":
        missing = "no value to check" if worst["value"] is None else "too little history to judge"
        return f"{title} has {missing}"
    limit = "limit" if status == "ERROR" else "soft limit"
    return f"{title} {BROKEN.get(worst['kind'], f'is past its {limit}')}"


def of_feature(check: Row) -> str:
    """What a check looks at."""
    feature = check["feature"]
    return f"{check['title']} of {words.short(feature)}" if feature else str(check["title"])


def is_it_ok(status: str, worst: Row | None, counts: Row) -> list[Sentence]:
    """The answer, its reason, and how the other checks stand."""
    if worst is None:
        return [["Unknown: no check has run. Limits are set under checks: in mlmon.yml."]]
    if status == "OK":
        count = counts["checks"]
        passed = f"{'check' if count == 1 else 'checks'} passed"
        every = [strong("All of "), strong(words.figure(count), count), strong(f" {passed}")]
        return [["Yes. ", *every, " on the newest evaluations."]]
    start = {"ERROR": "No. ", "WARNING": "Not quite. ", "EMPTY": "Unknown. "}[status]
    batch = words.short(worst["batch"] or "an evaluation that is gone")
    text: Sentence = [start, *result(worst), f" on {batch}"]
    bounds = limits(worst)
    text += ["; the limits are ", *bounds, "."] if bounds else ["."]
    if (worst["repeated"] or 0) > 1:
        times = figure(worst["repeated"])
        text += [" So it was on the last ", times, " evaluations that were checked."]
    return [text, tally(counts, "checks", OUTCOMES)] if counts["checks"] > 1 else [text]


def result(check: Row) -> Sentence:
    """What a check found: the value of a metric, or what a query or a function says."""
    title = of_feature(check)
    if check["kind"] in ("sql", "python"):
        return [strong(f"{title}: "), words.short(check["message"], LONGEST)]
    return [strong(f"{title} is "), strong(words.figure(check["value"]), check["value"])]


def quality(look: Subject, labelled: Row | None) -> Sentence:
    """How good the predictions still are, where anybody can know."""
    if labelled is None:
        return ["How good the predictions are is unknown: no store computes performance."]
    key = labelled["evaluation_id"]
    rows = look("performance_drift", evaluation_id=key).rows
    figures = {row["metric"]: row for row in rows if row["current"] is not None}
    for metric in (*MAIN_PERFORMANCE, "accuracy_score"):
        if row := figures.get(metric):
            return [
                strong(f"{row['title']} is "),
                strong(words.figure(row["current"]), row["current"]),
                f" on {words.short(labelled['batch'])}, against ",
                figure(row["reference"]),
                f" in the reference: {words.STATUS[row['reading']].lower()}.",
            ]
    return []


def what_changed(look: Subject, focus: Row) -> list[Sentence]:
    """The figures that moved since the evaluation before, and what stands out now."""
    items: list[Sentence] = [
        [
            f"{row['title']} ",
            figure(row["previous"]),
            " to ",
            strong(words.figure(row["value"]), row["value"]),
            " (",
            figure(row["change"], words.signed),
            ")",
        ]
        for row in look("changes").rows
    ]
    drift = look("drift_counts").first
    if drift.get("drifted"):
        verb = "has" if drift["drifted"] == 1 else "have"
        items.append(
            [
                strong(words.listing(drift["drifted_features"])),
                f" {verb} drifted from the reference",
            ]
        )
    elif drift.get("features"):
        items.append(["No input feature has drifted from the reference"])
    moved = look("prediction_moved").first
    if moved:
        items.append(
            [
                f"Predicted {words.short(moved['class'])}: ",
                figure(moved["reference_share"], words.share),
                " in the reference, ",
                strong(words.share(moved["current_share"]), moved["current_share"]),
                " now",
            ]
        )
    if not focus["previous_batch"]:
        items.append(["It is the first evaluation of this store"])
    return items


def what_to_do(
    look: Subject, status: str, worst: Row | None, focus: Row, models: list[Row]
) -> dict[str, Any]:
    """The next step and the command to type."""
    store = (worst or focus)["store"]
    evaluate = command("evaluate", store)
    if worst is None:
        return step(
            "Set limits under checks: in mlmon.yml, then run them:", command("check", store)
        )
    if status == "OK":
        return step("Nothing. When the next batch is there:", evaluate)
    if status == "EMPTY":
        return step("See why the figure is undefined, then evaluate again:", evaluate)
    active = {model["model"]: model["active_version"] for model in models}.get(worst["model"])
    if active and worst["model_version"] and active > worst["model_version"]:
        return step(
            [
                "Version ",
                figure(active),
                " is active, and the check still speaks of version ",
                figure(worst["model_version"]),
                ". Evaluate the new one before you trust it:",
            ],
            command("evaluate", store, batch=worst["batch"]),
            command("check", store, batch=worst["batch"]),
        )
    if status == "WARNING":
        return step("Look at the features below. When the next batch is there:", evaluate)
    model = worst["model"] or focus["model"]
    scenario = look("retraining", model=model).first.get("scenario")
    retrain = command("run", scenario) if scenario else command("train", model)
    return step("Look at the features below. If the change is here to stay, retrain:", retrain)


def step(sentence: str | Sentence, *commands: str) -> dict[str, Any]:
    """What to do next and the commands to type for it."""
    text: Sentence = [sentence] if isinstance(sentence, str) else sentence
    return answer("What to do", [text], commands=commands)


def answer(
    title: str,
    sentences: Iterable[Sentence] = (),
    items: Iterable[Sentence] = (),
    commands: Sequence[str] = (),
) -> dict[str, Any]:
    """One of the three answers of a verdict."""
    return {
        "title": title,
        "sentences": [each for each in sentences if each],
        "points": list(items),
        "commands": list(commands),
    }
