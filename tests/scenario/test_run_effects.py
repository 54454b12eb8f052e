"""A run's page shows what its steps made, by the keys they kept (A11); advice names a command
that does it (A12); of many results trouble is told first (D7)."""

import pytest
from measured import measured
from shop import edit

import mlmon
from mlmon.check import kinds
from mlmon.report.facts.ask import Subject, ask
from mlmon.report.tiles import verdict
from mlmon.system.commands import command

STEPS = """\
scenarios:
  Inner:
    steps:
      - {name: look, evaluate: blind}
      - {name: judge, check: blind}
  Outer "a b":
    steps:
      - {name: all of it, run: Inner}
      - {name: again, evaluate: truth, retries: 1, retry_delay: 0}
      - {name: learn, train: returns, run_if: always}
stores:"""


def made(project, run):
    """Return what the page of a run shows: evaluations, check results, versions."""
    read = project.warehouse.read
    queries = ("run_evaluations", "run_checks", "run_versions")
    return [ask(read, query, run_id=run.run_id).rows for query in queries]


def test_keys_outlive_retries_nesting_and_a_version_that_was_kept(trained, monkeypatch):
    edit(trained, "stores:", STEPS)
    edit(trained, "    train:", "    activate: never\n    train:")
    from mlmon import plan

    evaluate, failures = plan.evaluate, []

    def once_broken(*arguments, **options):
        if arguments[2] == "truth" and not failures:
            failures.append("the first attempt")
            raise ValueError("the first attempt")
        return evaluate(*arguments, **options)

    monkeypatch.setattr(plan, "evaluate", once_broken)
    with mlmon.open(trained) as project:
        run = project.run('Outer "a b"')
        messages = {step.step: step.message for step in run.steps}
        assert "(attempt 2 of 2)" in messages["again"]
        evaluations, checks, versions = made(project, run)
        assert [(row["step"], row["store"]) for row in evaluations] == [
            ("all of it", "blind"),
            ("again", "truth"),
        ]
        assert [(row["step"], row["check_name"]) for row in checks] == [("all of it", "calm")]
        assert [(row["model_version"], row["decision"], row["is_active"]) for row in versions] == [
            (2, "KEPT", False)
        ]
        second = project.run('Outer "a b"')  # what is there already was made before
        assert [row["made"] for row in made(project, second)[0]] == ["made before"] * 2
        project.report()
        inner = project.warehouse.value(
            "select run_id from scenario_runs where scenario = 'Inner' order by started_at"
        )
        assert len(ask(project.warehouse.read, "run_checks", run_id=inner).rows) == 1


def test_a_step_of_an_older_mlmon_shows_what_was_made_in_its_time(trained):
    edit(trained, "stores:", STEPS)
    with mlmon.open(trained) as project:
        run = project.run("Inner")
        before = made(project, run)
        project.warehouse.write("update step_runs set outputs = '{}', message = 'in other words'")
        assert made(project, run) == before
        assert all(before[:2])


SCENARIOS = {
    "trains nothing": ("A: {steps: [{name: x, check: blind}]}", "mlmon train returns"),
    "trains it": ("A b: {steps: [{name: x, train: returns}]}", "mlmon run 'A b'"),
    "trains by another": (
        "'Q''s': {steps: [{name: x, run: Z}]}, Z: {steps: [{name: y, train: returns}]}",
        "mlmon run Z",
    ),
    "never trains": (
        "A: {steps: [{name: x, train: returns, run_if: never}]}",
        "mlmon train returns",
    ),
    "trains another": ("A: {steps: [{name: x, train: other}]}", "mlmon train returns"),
    "is an option": ("-n: {steps: [{name: x, train: returns}]}", "mlmon run -- -n"),
}


@pytest.mark.parametrize("case", SCENARIOS)
def test_advice_names_what_retrains_that_model(trained, case):
    scenarios, advice = SCENARIOS[case]
    other = """  other:
    {dataset: orders, target: returned, positive_class: back, features: [amount],
     train: {batches: ["2024_01"]}}
stores:"""
    edit(trained, "stores:", f"{other}")
    edit(trained, "stores:", f"scenarios: {{{scenarios}}}\nstores:")
    edit(trained, "max: 0.99", "max: 0.4")
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.5)
        project.check("blind")
        read = project.warehouse.read
        focus = ask(read, "focus", model="returns").first
        of = Subject(read).evaluation(focus["evaluation_id"])
        (todo,) = verdict.verdict(of, of.about, None)["answers"][2]["commands"]
    assert todo == advice


def test_a_command_is_one_that_a_shell_reads():
    assert command("ingest", "my data", batch="2017 '1") == (
        "mlmon ingest 'my data' --batch '2017 '\"'\"'1'"
    )
    assert command("evaluate", "s", batch=None) == "mlmon evaluate s"


def result(outcome, number=0):
    return {"check_name": f"c{number}", "outcome": outcome, "message": "m"}


def test_trouble_is_told_first_and_the_rest_counted():
    results = [*[result("EMPTY", number) for number in range(15)], result("ERROR", 15)]
    assert kinds.in_line(results) == ("c15: ERROR, m; c0: EMPTY, m; and 14 others: EMPTY")
    few = [result("OK"), result("WARNING", 1)]
    assert kinds.in_line(few) == "c1: WARNING, m; c0: OK, m"
    many = [result("ERROR", number) for number in range(1000)] + [result("OK", 1000)]
    line = kinds.in_line(many)
    assert line.endswith("; c1000: OK, m; and 995 others: ERROR")
    assert len(line) < 120


def test_a_step_a_page_and_a_summary_tell_trouble_first(trained):
    each = '{name: each, metric: data_drift, segment: "*", max: 0.4}'
    edit(trained, "{name: calm, metric: data_drift, max: 0.99}", each)
    edit(trained, "stores:", "scenarios: {J: {steps: [{name: judge, check: blind}]}}\nstores:")
    figures = {(None, f"s{number:02}"): None for number in range(15)} | {(None, "z"): 0.5}
    with mlmon.open(trained) as project:
        measured(project, "b9", 0.1, figures)
        (step,) = project.run("J").steps
        assert step.outcome == "FAILED"
        assert step.message.startswith("each: ERROR, data_drift in z 0.5 is above")
        assert step.message.endswith("; and 14 others: EMPTY")
        page = project.report().parent / "runs"
        shown = project.summary()
        outputs = project.warehouse.value("select outputs from step_runs where step = 'judge'")
    assert outputs.index('"ERROR"') < outputs.index('"EMPTY"')
    assert shown.markdown.count("No value") == 1
    assert "and 14 others: no value" in shown.markdown
    (path,) = page.glob("*.html")
    assert "14 others" in path.read_text()
