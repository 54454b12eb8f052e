"""What mlmon.yml no longer has decides nothing, whoever asks; its history stays (A10)."""

import json

import duckdb
import pytest
from measured import measured
from shop import edit
from typer.testing import CliRunner

import mlmon
from mlmon.check import alerts
from mlmon.cli import app

CHECK = "{name: calm, metric: data_drift, max: 0.99}"
TWO = (
    "{name: calm, metric: data_drift, max: 0.4}\n      - {name: wide, metric: data_drift, max: 0.9}"
)
EACH = '{name: each, metric: data_drift, feature: "*", max: 0.4}'
KIND = "[amount, kind]"


def broken(folder, check="{name: calm, metric: data_drift, max: 0.4}", figures=None):
    """The shop's store `blind` has this check, and it is an ERROR with an open alert."""
    edit(folder, CHECK, check)
    with mlmon.open(folder) as project:
        measured(project, "b1", 0.5, figures)
        project.check("blind")
        assert project.alerts()
        assert project.warehouse.value("select status from model_status") == "ERROR"
    return folder


def standing(project):
    """Return what anybody is told that decides: check and outcome, by where it is said."""
    read = project.warehouse.read
    latest = {row["check_name"]: row["outcome"] for row in read("from latest_checks")}
    alerting = {row["check_name"] for row in project.alerts()}
    listed = {row["name"]: row["status"] for row in project.status() if row["kind"] == "check"}
    assert {name.split(", ")[0].removeprefix("blind: ") for name in listed} == set(latest)
    (model,) = read("select check_name, status from model_status")
    worst = (project.summary().title, model["check_name"], model["status"])
    return latest, alerting, worst


def nothing(project):
    """Assert that no check decides."""
    latest, alerting, (title, check, status) = standing(project)
    assert (latest, alerting, check, status) == ({}, set(), None, "EMPTY")
    assert "Error" not in title
    assert project.warehouse.value("select count(*) from check_results") > 0


RENAMED = {
    "renamed": ("name: calm", "name: quiet"),
    "removed": (f"    checks:\n      - {CHECK.replace('0.99', '0.4')}\n", ""),
    "of another metric": ("metric: data_drift", "metric: data_drift_auc"),
    "of a feature": ("metric: data_drift", "metric: data_drift, feature: amount"),
    "in another store": ("  blind:", "  dark:"),
}


@pytest.mark.parametrize("change", RENAMED)
def test_a_check_that_is_no_more_decides_nothing(trained, change):
    edit(broken(trained), *RENAMED[change])
    with mlmon.open(trained, read_only=True) as project:  # before anything was written
        nothing(project)
    with mlmon.open(trained) as project:
        nothing(project)
        (alert,) = project.alerts(everything=True)
        assert alert["state"] == "resolved"
        assert "no longer" in alert["message"]
        if change != "in another store":  # which has no evaluation
            project.check()
    with mlmon.open(trained) as project:
        events = "select count(*) from alert_events where event = 'resolved'"
        assert project.warehouse.value(events) == 1  # once
        latest, alerting, _ = standing(project)
        assert "calm" not in set(latest) & alerting
        pages = project.report().parent
        assert "Error: " not in (pages / "index.html").read_text()[:2000] or latest
    with duckdb.connect(str(trained / "warehouse" / "mlmon.duckdb"), read_only=True) as bare:
        names = bare.execute("select distinct store || check_name from latest_checks").fetchall()
    assert ("blindcalm",) not in names or change.startswith("of ")


def test_a_renamed_check_that_ran_stands_under_its_new_name_alone(trained):
    edit(broken(trained), "name: calm", "name: quiet")
    runner = CliRunner()
    typed = ["check", "blind", "-C", str(trained), "--format", "json"]
    assert runner.invoke(app, typed).exit_code == 1
    with mlmon.open(trained) as project:
        assert standing(project)[:2] == ({"quiet": "ERROR"}, {"quiet"})
        shown = project.report().parent
    assert "calm" not in (shown / "index.html").read_text().split("Resolved lately")[0]
    edit(
        trained, "name: quiet, metric: data_drift, max: 0.4", "name: x, metric: data_drift, max: 1"
    )
    assert runner.invoke(app, typed).exit_code == 0
    with mlmon.open(trained) as project:
        assert standing(project)[:2] == ({"x": "OK"}, set())


def test_two_checks_renamed_crosswise(trained):
    broken(trained, TWO)
    edit(trained, TWO, TWO.replace("calm", "x").replace("wide", "calm").replace("x,", "wide,", 1))
    assert "{name: wide, metric: data_drift, max: 0.4}" in (trained / "mlmon.yml").read_text()
    with mlmon.open(trained) as project:
        assert standing(project)[0] == {}  # each result is to the letter the other check's
        project.check("blind")
        assert standing(project)[:2] == ({"calm": "OK", "wide": "ERROR"}, {"wide"})


def test_a_moved_limit_keeps_its_result_until_it_ran_again(trained):
    edit(broken(trained), "max: 0.4}", "max: 0.45}")
    with mlmon.open(trained) as project:
        assert standing(project)[:2] == ({"calm": "ERROR"}, {"calm"})


@pytest.mark.parametrize("check", [EACH, EACH.replace("*", "kind")])
def test_a_feature_that_left_the_model(trained, check):
    figures = {("amount", None): 0.1, ("kind", None): 0.5}
    edit(broken(trained, check, figures), KIND, "[amount]")
    with mlmon.open(trained, read_only=True) as project:
        assert "ERROR" not in standing(project)[0].values()
        assert project.alerts() == []
    with mlmon.open(trained) as project:
        results = project.check("blind")  # no version without it is there yet
        assert "ERROR" not in {result.outcome for result in results}
        assert project.alerts() == []


def test_scenarios_and_models_that_are_no_more(trained):
    scenario = "scenarios: {Old: {steps: [{name: a, sql: select 1}]}}\nstores:"
    edit(trained, "stores:", scenario)
    with mlmon.open(trained) as project:
        project.run("Old")
        assert project.warehouse.value("select scenario from scenario_last_runs") == "Old"
    edit(trained, "{Old:", "{New:")
    edit(trained, "  returns:\n", "  renamed:\n")
    text = (trained / "mlmon.yml").read_text().replace("model: returns", "model: renamed")
    (trained / "mlmon.yml").write_text(text)
    for read_only in (True, False):
        with mlmon.open(trained, read_only=read_only) as project:
            assert project.warehouse.read("from scenario_last_runs") == []
            assert project.warehouse.read("from model_status") == []
            assert {row["kind"] for row in project.status()} == {"dataset"}
            assert len(project.models()) == 1  # history


def test_a_later_run_tells_once_that_it_is_resolved(trained):
    edit(
        broken(trained, f"{EACH}\n      - {CHECK}", {("kind", None): 0.5}), f"{EACH}\n      - ", ""
    )
    with mlmon.open(trained) as project:
        told = []
        for _ in range(2):
            results = [vars(result) for result in project.check("blind")]
            told.append([row["event"] for row in alerts.transitions(project.warehouse, results)])
    assert told == [["resolved"], []]


def test_the_command_line_and_prometheus_go_by_it_too(trained, tmp_path):
    edit(broken(trained), "name: calm", "name: quiet")
    runner = CliRunner()

    def typed(*words):
        return runner.invoke(app, [*words, "-C", str(trained)]).stdout

    assert "calm" not in typed("status")
    assert json.loads(typed("alerts", "--format", "json")) == []
    assert json.loads(typed("sql", "from latest_checks", "--format", "json")) == []
    with mlmon.open(trained, read_only=True) as project:
        (path,) = project.export("prometheus", tmp_path)
    assert "calm" not in path.read_text()
