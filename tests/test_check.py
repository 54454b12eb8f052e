"""Limits: hard bounds win, a bound itself is OK, no value is EMPTY."""

import pytest
from shop import edit

import mlmon
from mlmon.check import judge, worst
from mlmon.config import Check
from mlmon.errors import ConfigError, EvaluationNotFound

ALL = {"min": 1, "soft_min": 2, "soft_max": 3, "max": 4}


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (0.999, "ERROR"),
        (1, "WARNING"),
        (1.5, "WARNING"),
        (2, "OK"),
        (2.5, "OK"),
        (3, "OK"),
        (3.001, "WARNING"),
        (4, "WARNING"),
        (4.001, "ERROR"),
        (-1e9, "ERROR"),
        (1e9, "ERROR"),
        (None, "EMPTY"),
    ],
)
def test_four_bounds(value, outcome):
    assert judge(Check(name="c", metric="lift", **ALL), value)[0] == outcome


@pytest.mark.parametrize(
    ("bounds", "value", "outcome"),
    [
        ({"max": 0.4}, 0.4, "OK"),
        ({"max": 0.4}, 0.41, "ERROR"),
        ({"max": 0.4}, -1, "OK"),
        ({"min": 0}, 0, "OK"),
        ({"min": 0}, -0.1, "ERROR"),
        ({"soft_max": 0}, 0.1, "WARNING"),
        ({"soft_min": 0}, -0.1, "WARNING"),
        ({"soft_max": 0.3, "max": 0.3}, 0.31, "ERROR"),
        ({"min": 0, "max": 0}, 0, "OK"),
    ],
)
def test_some_bounds(bounds, value, outcome):
    assert judge(Check(name="c", metric="lift", **bounds), value)[0] == outcome


def test_the_message_says_which_bound():
    check = Check(name="c", metric="missing_rate", feature="amount", **ALL)
    assert judge(check, 0.5)[1] == "missing_rate of amount 0.5 is below the minimum 1"
    assert judge(check, 3.5)[1] == "missing_rate of amount 3.5 is above the soft maximum 3"
    assert judge(check, None, "no rows")[1] == "missing_rate of amount has no value: no rows"


def test_the_worst_outcome():
    rows = [{"outcome": outcome} for outcome in ("OK", "EMPTY", "WARNING")]
    assert worst(rows) == "WARNING"
    assert worst([*rows, {"outcome": "ERROR"}]) == "ERROR"
    assert worst([]) == "OK"


def test_on_the_newest_evaluation_or_that_of_a_batch(evaluated):
    with mlmon.open(evaluated) as project:
        (newest,) = project.check("blind")
        (older,) = project.check("blind", batch="2024_01")
        known = project.sql("select evaluation_id, batch from evaluations where store = 'blind'")
        batches = dict(known.to_pandas().itertuples(index=False))
        assert batches[newest.evaluation_id] == "2024_02"
        assert batches[older.evaluation_id] == "2024_01"
        assert newest.outcome == "OK"
        assert [row.check_name for row in project.check()] == ["calm"]
        assert project.warehouse.value("select count(*) from check_results") == 3
        assert project.warehouse.value("select count(*) from latest_checks") == 1


def test_without_an_evaluation(trained):
    with mlmon.open(trained) as project:
        with pytest.raises(EvaluationNotFound, match="run `mlmon evaluate blind`"):
            project.check("blind")
        with pytest.raises(EvaluationNotFound, match="of batch 2024_07"):
            project.check("blind", batch="2024_07")
        assert project.warehouse.value("select count(*) from check_results") == 0


def test_a_metric_that_is_not_there_is_empty(evaluated):
    edit(evaluated, "metric: data_drift", "metric: roc_auc_score")
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind")
    assert (result.outcome, result.value) == ("EMPTY", None)
    assert "has no such figure" in result.message


def test_a_metric_that_nobody_knows(evaluated):
    edit(evaluated, "metric: data_drift", "metric: data_drfit")
    with (
        mlmon.open(evaluated) as project,
        pytest.raises(ConfigError, match="did you mean data_drift"),
    ):
        project.check("blind")


def test_a_limit_on_a_feature(evaluated):
    edit(
        evaluated, "metric: data_drift, max: 0.99", "metric: missing_rate, feature: kind, min: 0.5"
    )
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind")
    assert (result.outcome, result.value, result.feature) == ("ERROR", 0.0, "kind")
