"""Scenarios: conditions and outcomes of steps, a failure reset, an interrupted run finished."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from shop import edit, orders, write

import mlmon
from mlmon.errors import ConfigError

GOOD, BAD = "select 42", "select error('it broke')"
SEEN = "insert into warehouse_state values ('seen', '{}')"


def scenario(folder: Path, *steps: str, name: str = "Nightly") -> None:
    """The shop's mlmon.yml has a scenario with these steps, each without its name."""
    lines = [f"      - {{name: step {n}, {step}}}" for n, step in enumerate(steps, 1)]
    with (folder / "mlmon.yml").open("a") as file:
        file.write("\n".join(["scenarios:", f"  {name}:", "    steps:", *lines]) + "\n")


def sql(query: str, *more: str) -> str:
    return ", ".join([f'sql: "{query}"', *more])


IF_FAILED, RESET = "run_if: some_prior_step_failed", "reset_failure_state: true"


@pytest.mark.parametrize(
    ("steps", "outcomes", "outcome"),
    [
        ([sql(GOOD), sql(GOOD)], "SUCCESS SUCCESS", "SUCCESS"),
        ([sql(BAD), sql(GOOD)], "FAILED SKIPPED", "FAILED"),
        ([sql(BAD), sql(GOOD, "run_if: no_prior_step_failed")], "FAILED SKIPPED", "FAILED"),
        ([sql(BAD), sql(GOOD, IF_FAILED)], "FAILED SUCCESS", "FAILED"),
        ([sql(GOOD), sql(GOOD, IF_FAILED)], "SUCCESS SKIPPED", "SUCCESS"),
        ([sql(BAD), sql(GOOD, "run_if: always")], "FAILED SUCCESS", "FAILED"),
        ([sql(GOOD, "run_if: never")], "SKIPPED", "SUCCESS"),
        ([sql(BAD), sql(GOOD), sql(GOOD)], "FAILED SKIPPED SKIPPED", "FAILED"),
        # The failure is cleared as the step starts; what failed before counts as a warning.
        ([sql(BAD), sql(GOOD, IF_FAILED, RESET)], "FAILED SUCCESS", "WARNING"),
        ([sql(BAD), sql(GOOD, IF_FAILED, RESET), sql(GOOD)], "FAILED SUCCESS SUCCESS", "WARNING"),
        (
            [sql(BAD), sql(GOOD, IF_FAILED, RESET), sql(GOOD, IF_FAILED)],
            "FAILED SUCCESS SKIPPED",
            "WARNING",
        ),
        ([sql(GOOD), sql(GOOD, IF_FAILED, RESET)], "SUCCESS SKIPPED", "SUCCESS"),
        ([sql(GOOD), sql(GOOD, RESET)], "SUCCESS SUCCESS", "SUCCESS"),
        ([sql(BAD), sql(GOOD, "run_if: never", RESET)], "FAILED SKIPPED", "FAILED"),
        ([sql(BAD), sql(BAD, IF_FAILED, RESET)], "FAILED FAILED", "FAILED"),
        ([sql(BAD, RESET), sql(GOOD)], "FAILED SKIPPED", "FAILED"),
        (
            [sql(BAD), sql(GOOD, IF_FAILED, RESET), sql(BAD), sql(GOOD)],
            "FAILED SUCCESS FAILED SKIPPED",
            "FAILED",
        ),
        # If the outcome so far is one of some.
        ([sql(GOOD), sql(GOOD, "run_if: {outcome: [SUCCESS]}")], "SUCCESS SUCCESS", "SUCCESS"),
        (
            [sql(GOOD), sql(GOOD, "run_if: {outcome: [WARNING, FAILED]}")],
            "SUCCESS SKIPPED",
            "SUCCESS",
        ),
        ([sql(BAD), sql(GOOD, "run_if: {outcome: [WARNING, FAILED]}")], "FAILED SUCCESS", "FAILED"),
        (
            [
                sql(BAD),
                sql(GOOD, "run_if: always", RESET),
                sql(GOOD, "run_if: {outcome: [WARNING]}"),
            ],
            "FAILED SUCCESS SUCCESS",
            "WARNING",
        ),
        # If a query says so.
        ([sql(GOOD, "run_if: {sql: select count(*) = 2 from batches}")], "SUCCESS", "SUCCESS"),
        ([sql(GOOD, "run_if: {sql: select count(*) = 9 from batches}")], "SKIPPED", "SUCCESS"),
        ([sql(GOOD, "run_if: {sql: select 1 where false}")], "SKIPPED", "SUCCESS"),
        ([sql(GOOD, "run_if: {sql: select nothing}")], "FAILED", "FAILED"),
    ],
)
def test_conditions_and_outcomes(ingested, steps, outcomes, outcome):
    scenario(ingested, *steps)
    with mlmon.open(ingested) as project:
        run = project.run("Nightly")
        assert [step.outcome for step in run.steps] == outcomes.split()
        assert run.outcome == outcome
        (stored,) = project.warehouse.read("from scenario_last_runs")
        assert (stored["outcome"], stored["run_id"]) == (outcome, run.run_id)
        assert [step["outcome"] for step in stored["steps"]] == outcomes.split()
        assert stored["duration_seconds"] >= 0


def test_a_skipped_step_says_why(ingested):
    scenario(ingested, sql(BAD), sql(GOOD), sql(GOOD, "run_if: never"))
    with mlmon.open(ingested) as project:
        messages = [step.message for step in project.run("Nightly").steps]
    assert "it broke" in messages[0]
    assert messages[1:] == ["a prior step failed", "it is set never to run"]


def test_a_failing_step_leaves_nothing_half_written(ingested):
    scenario(ingested, sql(SEEN.format("once") + "; " + BAD), sql(SEEN.format("twice"), IF_FAILED))
    with mlmon.open(ingested) as project:
        run = project.run("Nightly")
        assert [step.outcome for step in run.steps] == ["FAILED", "SUCCESS"]
        seen = "select list(value) from warehouse_state where name = 'seen'"
        assert project.warehouse.value(seen) == ["twice"]


@pytest.mark.parametrize(
    ("limits", "outcome", "train"),
    [
        ("max: 0.99", "SUCCESS", "SKIPPED"),
        ("soft_max: 0.0, max: 0.99", "WARNING", "SKIPPED"),
        ("max: 0.0", "FAILED", "SUCCESS"),
        ("min: 0, feature: colour", "SUCCESS", "SKIPPED"),  # EMPTY
    ],
)
def test_a_check_decides_whether_to_train(evaluated, limits, outcome, train):
    edit(evaluated, "max: 0.99", limits)
    scenario(
        evaluated,
        "evaluate: blind",
        "check: blind",
        f"train: returns, {IF_FAILED}, {RESET}",
        "evaluate: truth",
    )
    with mlmon.open(evaluated) as project:
        run = project.run("Nightly")
        assert [step.outcome for step in run.steps] == ["SUCCESS", outcome, train, "SUCCESS"]
        assert run.outcome == ("WARNING" if outcome == "FAILED" else outcome)
        version = 2 if train == "SUCCESS" else 1
        assert project.warehouse.value(
            "select list(model_version) from model_versions where is_active"
        ) == [version]
        newest = "select max(model_version) from evaluations where store = 'truth'"
        assert project.warehouse.value(newest) == version
        made_by = project.models("returns")[0]["created_by"]
        assert made_by == ("scenario Nightly" if version == 2 else "Python API")


def test_what_arrives_is_what_the_run_works_with(trained):
    scenario(trained, "ingest: orders", "score: returns", "evaluate: truth")
    write(trained, "2024_03", orders("2024_03"))
    with mlmon.open(trained) as project:
        run = project.run("Nightly", trigger="new data")
        assert [step.outcome for step in run.steps] == ["SUCCESS"] * 3
        assert [step.message for step in run.steps][:2] == [
            "new or changed: 2024_03",
            "200 records of 2024_03 scored",
        ]
        assert (run.batch, run.trigger) == ("2024_03", "new data")
        assert project.warehouse.value("select list(batch) from evaluations") == ["2024_03"]


def test_a_verb_that_cannot_is_a_failed_step(ingested):
    scenario(
        ingested, "evaluate: blind", f"train: returns, {IF_FAILED}, {RESET}", "evaluate: blind"
    )
    with mlmon.open(ingested) as project:
        run = project.run("Nightly")
    assert [step.outcome for step in run.steps] == ["FAILED", "SUCCESS", "SUCCESS"]
    assert run.steps[0].message == "model returns has no version; run `mlmon train returns` first"


def test_no_such_scenario(ingested):
    scenario(ingested, sql(GOOD))
    with mlmon.open(ingested) as project, pytest.raises(ConfigError, match="there is Nightly"):
        project.run("Daily")


# Interrupted runs --------------------------------------------------------------


def interrupted(project: mlmon.Project, *outcomes: str, batch: str = "2024_02") -> str:
    """Leave a run behind whose process was killed after some steps; return its id."""
    run = {"run_id": "r1", "scenario": "Nightly", "trigger": "Weekly", "batch": batch}
    run |= {"versions": json.dumps({"returns": 1}), "started_at": datetime(2024, 3, 1, 6)}
    steps = [
        {"run_id": "r1", "position": n, "step": f"step {n}", "action": "sql", "outcome": outcome}
        for n, outcome in enumerate(outcomes, 1)
    ]
    project.warehouse.append("scenario_runs", [run])
    project.warehouse.append("step_runs", steps)
    return "r1"


def test_an_interrupted_run_is_finished_and_not_repeated(ingested):
    steps = [sql(SEEN.format(n)) for n in (1, 2, 3)]
    scenario(ingested, *steps)
    with mlmon.open(ingested) as project:
        interrupted(project, "SUCCESS")
        run = project.run("Nightly")
        assert (run.run_id, run.trigger, run.outcome) == ("r1", "Weekly", "SUCCESS")
        assert run.started_at == datetime(2024, 3, 1, 6)
        seen = "select list(value order by value) from warehouse_state where name = 'seen'"
        assert project.warehouse.value(seen) == ["2", "3"]
        assert project.run("Nightly").run_id != "r1"
        assert project.warehouse.value(seen) == ["1", "2", "2", "3", "3"]


def test_an_interrupted_run_remembers_its_failures(ingested):
    scenario(ingested, sql(GOOD), sql(GOOD), sql(GOOD, IF_FAILED))
    with mlmon.open(ingested) as project:
        interrupted(project, "FAILED")
        run = project.run("Nightly")
    assert [step.outcome for step in run.steps] == ["FAILED", "SKIPPED", "SUCCESS"]
    assert run.outcome == "FAILED"


def test_an_interrupted_run_remembers_that_the_failure_was_reset(ingested):
    scenario(ingested, sql(BAD), sql(GOOD, IF_FAILED, RESET), sql(GOOD))
    with mlmon.open(ingested) as project:
        interrupted(project, "FAILED", "SUCCESS")
        run = project.run("Nightly")
    assert [step.outcome for step in run.steps] == ["FAILED", "SUCCESS", "SUCCESS"]
    assert run.outcome == "WARNING"


def test_an_interrupted_run_keeps_its_batch_and_version(trained):
    scenario(trained, sql(GOOD), "evaluate: truth")
    with mlmon.open(trained) as project:
        interrupted(project, "SUCCESS", batch="2024_01")
        project.train("returns", batches=["2024_02"])
        project.run("Nightly")
        made = project.warehouse.one("select batch, model_version from evaluations")
    assert made == {"batch": "2024_01", "model_version": 1}


def test_a_run_of_another_scenario_is_left_alone(ingested):
    scenario(ingested, sql(GOOD))
    with mlmon.open(ingested) as project:
        interrupted(project)
        project.warehouse.write("update scenario_runs set scenario = 'Other'")
        assert project.run("Nightly").run_id != "r1"
        open_runs = "select list(run_id) from scenario_runs where ended_at is null"
        assert project.warehouse.value(open_runs) == ["r1"]
