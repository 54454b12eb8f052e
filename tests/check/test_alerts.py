"""The life of an alert: opened, escalated, acknowledged, reopened, resolved; each event once."""

import json
from datetime import datetime, timedelta

import pytest
from measured import measured
from shop import edit
from typer.testing import CliRunner

import mlmon
from mlmon.check import alerts
from mlmon.cli import app
from mlmon.errors import ConfigError, UnknownName

CALM = "{name: calm, metric: data_drift, max: 0.99}"
RANGE = "{name: calm, metric: data_drift, soft_max: 0.3, max: 0.4"


def checked(project, batch, drift, figures=None):
    """The batch is evaluated and checked; return the transitions, as `event outcome feature`."""
    measured(project, batch, drift, figures)
    return transitions(project, batch)


def transitions(project, batch=None):
    results = [vars(row) for row in project.check("blind", batch=batch)]
    rows = alerts.transitions(project.warehouse, results)
    parts = ("event", "outcome", "feature")
    return [" ".join(row[part] for part in parts if row[part]) for row in rows]


def events(project):
    rows = project.warehouse.read("from alert_events order by happened_at, event")
    return [row["event"] for row in rows]


def limit(folder, options):
    edit(folder, CALM, f"{RANGE}{options}}}")


def test_it_opens_escalates_and_is_resolved(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        assert checked(project, "b1", 0.3) == []
        assert checked(project, "b2", 0.35) == ["opened WARNING"]
        assert checked(project, "b3", 0.36) == []
        assert checked(project, "b4", 0.41) == ["escalated ERROR"]
        (alert,) = project.alerts()
        assert (alert["state"], alert["outcome"], alert["repeated"]) == ("open", "ERROR", 3)
        assert (alert["evaluation_id"], alert["last_evaluation_id"]) == ("b2", "b4")
        assert alert["message"] == "data_drift 0.41 is above the maximum 0.4"
        assert checked(project, "b5", 0.35) == []
        assert checked(project, "b6", 0.5) == []  # escalated once
        assert checked(project, "b7", 0.2) == ["resolved ERROR"]
        assert project.alerts() == []
        (alert,) = project.alerts(everything=True)
        assert alert["state"] == "resolved"
        assert alert["resolved_at"] > alert["last_seen_at"] > alert["opened_at"]
        assert events(project) == ["opened", "escalated", "resolved"]


def test_it_opens_again_as_another_alert(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        for batch, drift in (("b1", 0.5), ("b2", 0.1), ("b3", 0.5)):
            checked(project, batch, drift)
        assert [row["state"] for row in project.alerts(everything=True)] == ["open", "resolved"]
        assert len({row["alert_id"] for row in project.alerts(everything=True)}) == 2


def test_checking_the_same_evaluation_again_changes_nothing(trained):
    limit(trained, ", open_after: 2, resolve_after: 2")
    with mlmon.open(trained) as project:
        checked(project, "b1", 0.5)
        assert transitions(project) == []
        assert transitions(project) == []
        assert project.alerts(everything=True) == []
        assert checked(project, "b2", 0.5) == ["opened ERROR"]
        assert transitions(project) == []
        (alert,) = project.alerts()
        assert alert["repeated"] == 2
        assert checked(project, "b3", 0.1) == []
        assert transitions(project) == []
        assert checked(project, "b4", 0.1) == ["resolved ERROR"]
        assert transitions(project) == []
        assert events(project) == ["opened", "resolved"]


def test_only_what_is_in_a_row_counts(trained):
    limit(trained, ", open_after: 2, resolve_after: 2")
    with mlmon.open(trained) as project:
        drifts = (0.5, 0.1, 0.35, 0.5, 0.1, 0.5, 0.1, 0.1)
        found = [checked(project, f"b{place}", drift) for place, drift in enumerate(drifts)]
    assert found == [[], [], [], ["opened ERROR"], [], [], [], ["resolved ERROR"]]


def test_empty_says_nothing_neither_way(trained):
    limit(trained, ", open_after: 2, resolve_after: 2")
    with mlmon.open(trained) as project:
        drifts = (0.5, None, 0.5, None, 0.1, None, 0.1)
        found = [checked(project, f"b{place}", drift) for place, drift in enumerate(drifts)]
    assert found == [[], [], ["opened ERROR"], [], [], [], ["resolved ERROR"]]


def test_an_older_evaluation_only_counts(trained):
    limit(trained, ", open_after: 2")
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.5)
        measured(project, "b2", 0.5)
        assert checked(project, "b3", 0.5) == []
        assert transitions(project, "b2") == ["opened ERROR"]
        assert checked(project, "b4", 0.1) == ["resolved ERROR"]
        assert transitions(project, "b1") == []
        assert project.alerts() == []


@pytest.mark.parametrize(
    ("inside", "state"),
    [(0.29, "open"), (0.26, "open"), (0.25, "resolved"), (0.1, "resolved"), (0.3, "open")],
)
def test_hysteresis(trained, inside, state):
    """soft_max .3 and a margin of .05: calm is .25 and less, though .3 is OK; a limit opens it."""
    limit(trained, ", hysteresis: 0.05")
    with mlmon.open(trained) as project:
        assert checked(project, "b0", inside) == []  # OK does not open it
        checked(project, "b1", 0.5)
        checked(project, "b2", inside)
        assert project.check("blind")[0].outcome == "OK"
        (alert,) = project.alerts(everything=True)
        assert alert["state"] == state


def test_hysteresis_at_a_lower_limit_and_in_a_row(trained):
    """Min 2, soft_max 8, margin 1: calm from 3 to 7. What is between breaks a row of calm."""
    options = "min: 2, soft_max: 8, hysteresis: 1, resolve_after: 2"
    edit(trained, CALM, f"{{name: calm, metric: data_drift, {options}}}")
    with mlmon.open(trained) as project:
        drifts = (1, 3, 2.5, 7, 7.5, 3, 7)
        found = [checked(project, f"b{place}", drift) for place, drift in enumerate(drifts)]
    assert found == [["opened ERROR"], [], [], [], [], [], ["resolved ERROR"]]


def test_one_alert_a_figure(trained):
    edit(trained, CALM, '{name: calm, metric: data_drift, feature: "*", soft_max: 1, max: 2}')
    both = {("amount", None): 3, ("kind", None): 1.5}
    with mlmon.open(trained) as project:
        assert checked(project, "b1", 0, both) == ["opened ERROR amount", "opened WARNING kind"]
        assert checked(project, "b2", 0, both) == []
        assert len(project.alerts()) == 2
        one = {("amount", None): 0, ("kind", None): 3}
        assert checked(project, "b3", 0, one) == ["resolved ERROR amount", "escalated ERROR kind"]
        assert checked(project, "b4", 0) == []  # no figure at all says nothing
        assert [row["feature"] for row in project.alerts()] == ["kind"]
        assert checked(project, "b5", 0, {("amount", None): 0}) == ["resolved ERROR kind"]
        gone = project.alerts(everything=True)
        messages = {row["feature"]: row["message"] for row in gone}
        assert messages["kind"] == "the newest evaluation has no such figure any more"


def test_a_check_that_is_no_more(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        checked(project, "b1", 0.5)
    edit(trained, "name: calm", "name: quiet")
    with mlmon.open(trained) as project:
        project.check("blind")
        states = {row["check_name"]: row["state"] for row in project.alerts(everything=True)}
        assert states == {"calm": "resolved", "quiet": "open"}
        said = "select message from alerts where check_name = 'calm'"
        assert project.warehouse.value(said) == "check calm is no longer in mlmon.yml"


def test_a_limit_that_was_moved_resolves_it(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        assert checked(project, "b1", 0.5) == ["opened ERROR"]
    edit(trained, "soft_max: 0.3, max: 0.4", "soft_max: 0.6, max: 0.7")
    with mlmon.open(trained) as project:
        assert transitions(project) == ["resolved ERROR"]


def test_an_acknowledgement_stays_until_it_is_resolved(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        checked(project, "b1", 0.35)
        (alert,) = project.alerts()
        (made,) = project.acknowledge(alert["alert_id"][:8], by="Ada", note="new shop")
        assert (made["state"], made["acknowledged_by"]) == ("acknowledged", "Ada")
        assert checked(project, "b2", 0.36) == []
        (alert,) = project.alerts()
        assert (alert["state"], alert["note"]) == ("acknowledged", "new shop")
        assert checked(project, "b3", 0.5) == ["escalated ERROR"]
        assert checked(project, "b4", 0.1) == ["resolved ERROR"]
        assert events(project) == ["opened", "acknowledged", "escalated", "resolved"]
        said = "select message from alert_events where event = 'acknowledged'"
        assert project.warehouse.value(said) == "acknowledged by Ada: new shop"
        with pytest.raises(ConfigError, match="is resolved"):
            project.acknowledge(alert["alert_id"], by="Ada")


def test_an_acknowledgement_that_has_passed_reopens_it(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        checked(project, "b1", 0.5)
        later = datetime.now() + timedelta(days=2)
        project.acknowledge(store="blind", check="calm", by="Ada", until=later, note="wait")
        assert transitions(project) == []
        passed = "update alerts set acknowledged_until = $moment"
        project.warehouse.write(passed, moment=datetime(2020, 1, 1))
        assert transitions(project) == ["reopened ERROR"]
        (alert,) = project.alerts()
        assert (alert["state"], alert["acknowledged_by"], alert["note"]) == ("open", None, None)
        assert transitions(project) == []


def test_what_cannot_be_acknowledged(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        checked(project, "b1", 0.5)
        key = project.alerts()[0]["alert_id"]
        for wrong in ({}, {"store": "blind"}, {"check": "calm"}, {"alert": key, "store": "blind"}):
            with pytest.raises(ConfigError, match="--store and --check"):
                project.acknowledge(**wrong, by="Ada")
        with pytest.raises(UnknownName, match=f"there is {key[:8]}"):
            project.acknowledge("nothing", by="Ada")
        with pytest.raises(UnknownName, match="'other'; there is calm"):
            project.acknowledge(store="blind", check="other", by="Ada")
        for until, reason in (("2020-01-01", "has passed"), ("soon", "give it as 2025-12-31")):
            with pytest.raises(ConfigError, match=reason):
                project.acknowledge(key, by="Ada", until=until)
        assert project.alerts()[0]["state"] == "open"


def test_a_day_counts_to_its_end(trained):
    limit(trained, "")
    with mlmon.open(trained) as project:
        checked(project, "b1", 0.5)
        key = project.alerts()[0]["alert_id"]
        (alert,) = project.acknowledge(key, by="Ada", until="2999-12-31")
        assert alert["acknowledged_until"] == datetime(2999, 12, 31, 23, 59, 59)
        (alert,) = project.acknowledge(key, by="Bob", until="2999-12-31T06:30")
        assert alert["acknowledged_until"] == datetime(2999, 12, 31, 6, 30)


def test_a_query_and_a_function_open_alerts_too(trained):
    (trained / "own.py").write_text("def judge(metrics, evaluation):\n    return 'WARNING'\n")
    query = "select 1 as x where $batch = 'b1'"
    own = f'{{name: query, sql: "{query}"}}\n      - {{name: own, python: "own:judge"}}'
    edit(trained, CALM, own)
    with mlmon.open(trained) as project:
        assert checked(project, "b1", 0) == ["opened WARNING", "opened ERROR"]
        assert checked(project, "b2", 0) == ["resolved ERROR"]


def test_a_check_that_is_interrupted_leaves_nothing(trained, monkeypatch):
    limit(trained, "")
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.5)

        def interrupted(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(alerts, "keep", interrupted)
            with pytest.raises(KeyboardInterrupt):
                project.check("blind")
        assert project.warehouse.value("select count(*) from check_results") == 0
        assert transitions(project) == ["opened ERROR"]


def test_on_the_command_line(trained):
    limit(trained, "")
    runner = CliRunner()

    def typed(*words):
        return runner.invoke(app, [*words, "-C", str(trained)])

    with mlmon.open(trained) as project:
        measured(project, "b1", 0.1)
        measured(project, "b2", 0.5)
    assert "no alert is open" in typed("alerts").output
    assert typed("check", "blind", "--evaluation", "b1").exit_code == 0
    assert typed("check", "blind").exit_code == 1
    listed = typed("alerts").stdout
    assert "calm" in listed
    assert "open" in listed
    (row,) = json.loads(typed("alerts", "--format", "json").stdout)
    made = typed("ack", row["alert_id"][:6], "--by", "Ada", "--until", "2999-01-01", "--note", "x")
    assert made.exit_code == 0
    assert "1 alert acknowledged" in made.output
    assert typed("ack", "--store", "blind", "--check", "calm").exit_code == 0
    (row,) = json.loads(typed("alerts", "--all", "--format", "json").stdout)
    assert row["state"] == "acknowledged"
    assert row["acknowledged_by"] not in ("Ada", "", None)  # the OS user
