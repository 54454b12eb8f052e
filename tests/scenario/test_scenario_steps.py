"""Steps: retries, time limits, parameters, what they make, other scenarios, functions, previews."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shop import edit
from test_scenario import BAD, GOOD, IF_FAILED, scenario, sql

import mlmon
from mlmon.errors import ConfigError

SLOW = "select count(*) from range(100000000) a, range(100000) b where a.range % 7 = b.range % 5"
SEEN = "insert into warehouse_state values ('{}', '{}')"


def ran(folder: Path, **options: object) -> mlmon.ScenarioRun:
    """Run the scenario of the folder."""
    with mlmon.open(folder) as project:
        return project.run("Nightly", **options)


def stored(folder: Path, query: str) -> object:
    with mlmon.open(folder, read_only=True) as project:
        return project.warehouse.value(query)


def module(folder: Path, text: str) -> None:
    (folder / "steps_of_mine.py").write_text(text)


COUNTING = """
calls = []
def flaky(project, run):
    calls.append(run["run_id"])
    project.warehouse.write("insert into warehouse_state values ('try', '1')")
    if len(calls) < 3:
        raise ValueError("not yet")
    return {"calls": len(calls)}
def judged(project, run):
    return "WARNING", f"{run['parameters']['limit']} is low"
def told(project, run):
    return {"seen": run["steps"]["step 1"]["outputs"]["value"]}
def wrong(project, run):
    return "GREAT", "no such outcome"
"""


# Failing -----------------------------------------------------------------------


def test_a_step_is_tried_again_and_only_the_last_try_leaves_something(ingested):
    module(ingested, COUNTING)
    scenario(ingested, "python: steps_of_mine:flaky, retries: 3, retry_delay: 0.01")
    run = ran(ingested)
    assert run.outcome == "SUCCESS"
    assert run.steps[0].message == "done (attempt 3 of 4)"
    assert stored(ingested, "select attempts from step_runs") == 3
    assert stored(ingested, "select outputs->>'$.calls' from step_runs") == "3"
    assert stored(ingested, "select count(*) from warehouse_state where name = 'try'") == 1


def test_retries_have_an_end_and_wait_between(ingested):
    scenario(ingested, sql(BAD, "retries: 2", "retry_delay: 0.2"))
    began = time.monotonic()
    run = ran(ingested)
    assert time.monotonic() - began > 0.4
    assert run.outcome == "FAILED"
    assert "it broke" in run.steps[0].message
    assert run.steps[0].message.endswith("(attempt 3 of 3)")


def test_an_ignored_failure_is_a_warning(ingested):
    scenario(ingested, sql(BAD, "ignore_failure: true"), sql(GOOD), sql(GOOD, IF_FAILED))
    run = ran(ingested)
    assert [step.outcome for step in run.steps] == ["WARNING", "SUCCESS", "SKIPPED"]
    assert run.outcome == "WARNING"


def test_a_step_that_takes_too_long_is_undone(ingested):
    scenario(
        ingested, sql(SEEN.format("slow", 1) + "; " + SLOW, "timeout: 0.5"), sql(GOOD, IF_FAILED)
    )
    began = time.monotonic()
    run = ran(ingested)
    assert time.monotonic() - began < 30
    assert [step.outcome for step in run.steps] == ["FAILED", "SUCCESS"]
    assert run.steps[0].message == "it took longer than its timeout"
    assert stored(ingested, "select count(*) from warehouse_state where name = 'slow'") == 0


def test_a_run_has_a_time_limit_too(ingested):
    scenario(ingested, sql(SLOW), sql(GOOD, "run_if: always"))
    config = ingested / "mlmon.yml"
    config.write_text(
        config.read_text().replace(
            "    steps:\n      - {name: step 1",
            "    timeout: 0.5\n    steps:\n      - {name: step 1",
        )
    )
    run = ran(ingested)
    assert [step.outcome for step in run.steps] == ["FAILED", "FAILED"]
    assert run.steps[1].message == "not begun: the time of the run is over"


# Parameters and outputs -----------------------------------------------------------


def declared(folder: Path, **parameters: object) -> None:
    lines = "".join(f"      {name}: {value}\n" for name, value in parameters.items())
    config = folder / "mlmon.yml"
    config.write_text(
        config.read_text().replace("  Nightly:\n", f"  Nightly:\n    parameters:\n{lines}")
    )


def test_parameters_are_values_in_queries_and_conditions(ingested):
    scenario(
        ingested,
        sql(SEEN.format("kept", 1).replace("'1'", "$word"), "run_if: {sql: select $limit > 2}"),
        sql("select $limit * 2"),
    )
    declared(ingested, limit=1, word="plain")
    assert [step.outcome for step in ran(ingested).steps] == ["SKIPPED", "SUCCESS"]
    assert stored(ingested, "select outputs->>'$.value' from step_runs where position = 2") == "2"
    hostile = "it's'); drop table batches; --"
    run = ran(ingested, parameters={"limit": 3, "word": hostile})
    assert run.steps[0].outcome == "SUCCESS"
    assert stored(ingested, "select value from warehouse_state where name = 'kept'") == hostile


def test_an_unknown_parameter_is_refused_before_anything_runs(ingested):
    scenario(ingested, sql(GOOD))
    declared(ingested, limit=1)
    with pytest.raises(
        ConfigError, match="scenario Nightly has no parameter limits; there is limit"
    ):
        ran(ingested, parameters={"limits": 3})
    assert stored(ingested, "select count(*) from scenario_runs") == 0


def test_a_name_that_stands_for_nothing_fails_the_step(ingested):
    scenario(ingested, sql("select $nothing"))
    (step,) = ran(ingested).steps
    assert step.outcome == "FAILED"
    assert step.message.startswith("$nothing stands for nothing here; there is $run_id")


def test_what_a_step_made_decides_later_ones(evaluated):
    drift = (
        "run_if: {sql: \"select outputs->>'$.metrics.data_drift' is not null from step_runs"
        ' where run_id = $run_id and position = 1"}'
    )
    scenario(evaluated, "evaluate: blind", sql("select $batch", drift), sql("select $outcome"))
    run = ran(evaluated)
    assert [step.outcome for step in run.steps] == ["SUCCESS"] * 3
    assert (
        stored(evaluated, "select outputs->>'$.value' from step_runs where position = 2")
        == "2024_02"
    )


def test_a_check_tells_later_steps_what_became_of_alerts(evaluated):
    edit(evaluated, "max: 0.99", "max: 0.0")
    opened = (
        "run_if: {sql: \"select outputs->>'$.transitions[0].event' = 'opened' from step_runs"
        ' where run_id = $run_id and position = 1"}'
    )
    scenario(evaluated, "check: blind", sql(GOOD, opened))
    first, again = ran(evaluated), ran(evaluated)
    assert [run.steps[1].outcome for run in (first, again)] == ["SUCCESS", "SKIPPED"]
    query = "select outputs->>'$.transitions' from step_runs where position = 1 and run_id = '{}'"
    ((told,), none) = (
        json.loads(stored(evaluated, query.format(run.run_id))) for run in (first, again)
    )
    assert (told["event"], told["store"], told["outcome"]) == ("opened", "blind", "ERROR")
    assert told["message"] == first.steps[0].message.split(", ", 1)[1]
    assert none == []


def test_a_step_has_a_batch_of_its_own(trained):
    scenario(trained, "evaluate: truth, batch: '{{ parameters.which }}'")
    declared(trained, which="'2024_01'")
    ran(trained)
    assert stored(trained, "select list(batch) from evaluations") == ["2024_01"]


# Functions and other scenarios ------------------------------------------------------


def test_a_function_judges_and_sees_what_was_made(ingested):
    module(ingested, COUNTING)
    scenario(
        ingested,
        sql("select 42"),
        "python: steps_of_mine:told",
        "python: steps_of_mine:judged",
        "python: steps_of_mine:wrong, ignore_failure: true",
        "python: steps_of_mine:nothing, run_if: always",
    )
    declared(ingested, limit=7)
    run = ran(ingested)
    assert [step.outcome for step in run.steps] == [
        "SUCCESS",
        "SUCCESS",
        "WARNING",
        "WARNING",
        "FAILED",
    ]
    assert run.steps[2].message == "7 is low"
    assert "GREAT" in run.steps[3].message
    assert stored(ingested, "select outputs->>'$.seen' from step_runs where position = 2") == "42"


INNER = """
  Inner:
    parameters: {word: none}
    steps:
      - {name: first, sql: "select $word"}
      - {name: second, sql: "select error('no') where $word = 'bad'"}
"""


@pytest.mark.parametrize(("word", "outcome"), [("good", "SUCCESS"), ("bad", "FAILED")])
def test_a_scenario_runs_another(ingested, word, outcome):
    scenario(ingested, f"run: Inner, parameters: {{word: {word}}}")
    with (ingested / "mlmon.yml").open("a") as file:
        file.write(INNER)
    run = ran(ingested)
    assert run.outcome == outcome
    assert stored(ingested, "select outcome from scenario_runs where scenario = 'Inner'") == outcome
    found = "select outputs->>'$.outcome' from step_runs where step = 'step 1'"
    assert stored(ingested, found) == outcome
    parent = "select parent_run_id from scenario_runs where scenario = 'Inner'"
    assert stored(ingested, parent) == f"{run.run_id} step 1"


def test_a_scenario_that_would_run_itself_is_refused(ingested):
    scenario(ingested, "run: Inner")
    with (ingested / "mlmon.yml").open("a") as file:
        file.write("  Inner:\n    steps:\n      - {name: back, run: Nightly}\n")
    with pytest.raises(ConfigError, match="it would run itself: "):
        mlmon.open(ingested)


def test_a_scenario_does_not_run_twice_at_once(ingested):
    module(
        ingested,
        "import mlmon\ndef again(project, run):\n"
        "    mlmon.open(project.config.folder).run('Nightly')\n",
    )
    scenario(ingested, "python: steps_of_mine:again")
    (step,) = ran(ingested).steps
    assert step.outcome == "FAILED"
    assert "is running already" in step.message


# Signals ----------------------------------------------------------------------------

UNDERWAY = """
def marked(project, run):
    (project.config.folder / "underway").touch()
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_aborts_the_run_cleanly(ingested, sent):
    module(ingested, UNDERWAY)
    slow = sql(SEEN.format("slow", 1) + "; " + SLOW)
    scenario(ingested, "python: steps_of_mine:marked", slow, sql(GOOD, "run_if: always"))
    process = subprocess.Popen(
        [sys.executable, "-m", "mlmon", "-C", str(ingested), "run", "Nightly"],
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while not (ingested / "underway").exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Nightly: ABORTED" in said
    assert stored(ingested, "select outcome from scenario_runs") == "ABORTED"
    outcomes = "select list(outcome order by position) from step_runs"
    assert stored(ingested, outcomes) == ["SUCCESS", "ABORTED"]
    assert stored(ingested, "select count(*) from warehouse_state where name = 'slow'") == 0


# Previews ---------------------------------------------------------------------------


def test_a_preview_says_what_each_step_would_do_and_does_nothing(trained):
    scenario(
        trained,
        "ingest: orders",
        "evaluate: truth",
        f"train: returns, {IF_FAILED}",
        sql("select 1", "run_if: {sql: select false}"),
        sql("select 1", "run_if: {sql: select nothing}"),
    )
    with mlmon.open(trained, read_only=True) as project:
        before = project.warehouse.value("select count(*) from evaluations")
        rows = project.preview("Nightly")
        assert project.warehouse.value("select count(*) from scenario_runs") == 0
        assert project.warehouse.value("select count(*) from evaluations") == before
    assert rows[0]["would"] == "find no new or changed file"
    assert rows[1]["would"].startswith("score 2024_02 (200 records are not scored by version 1), ")
    assert (rows[2]["runs"], rows[2]["now"]) == (
        "if some prior step failed",
        "no, no prior step failed",
    )
    assert rows[3]["now"] == "no, the condition does not hold"
    assert rows[4]["now"].startswith("cannot be said: ")
