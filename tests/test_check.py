"""Checks of every kind: what is OK and what is not, and on which figures of which evaluation."""

import pytest
from measured import measured
from shop import edit

import mlmon
from mlmon.check import worst
from mlmon.config import Check
from mlmon.errors import ConfigError, EvaluationNotFound, UnknownName
from mlmon.judgements import judge, limits_of, of_answer, of_trouble

ALL = {"min": 1, "soft_min": 2, "soft_max": 3, "max": 4}
CALM = "{name: calm, metric: data_drift, max: 0.99}"
PSI = "population_stability_index"


def judged(value, note="", looked_at="lift", **settings):
    """Return outcome and message of a value under a check of `lift` with these settings."""
    check = Check(name="c", metric="lift", **settings)
    return judge(check, limits_of(check), value, looked_at, note)


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
    assert judged(value, **ALL)[0] == outcome


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
    assert judged(value, **bounds)[0] == outcome


def test_the_message_says_which_bound():
    assert judged(0.5, **ALL)[1] == "lift 0.5 is below the minimum 1"
    assert judged(3.5, **ALL)[1] == "lift 3.5 is above the soft maximum 3"
    assert judged(None, "no rows", **ALL) == ("EMPTY", "lift has no value: no rows")


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(0.5, "WARNING"), (1.5, "WARNING"), (2, "OK"), (3, "OK"), (5, "WARNING"), (None, "EMPTY")],
)
def test_a_warning_at_most(value, outcome):
    assert judged(value, severity="warning", **ALL)[0] == outcome


def test_a_hard_bound_alone_is_soft_when_severity_is_warning():
    limits = limits_of(Check(name="c", metric="lift", severity="warning", min=1, max=4))
    assert vars(limits) == {
        "minimum": None,
        "soft_minimum": 1,
        "soft_maximum": 4,
        "maximum": None,
    }


@pytest.mark.parametrize(
    ("value", "outcome"), [(0, "OK"), (2, "OK"), (1, "ERROR"), (None, "EMPTY")]
)
def test_a_set_of_values(value, outcome):
    assert judged(value, values=[0, 2])[0] == outcome
    softer = {"ERROR": "WARNING"}.get(outcome, outcome)
    assert judged(value, values=[0, 2], severity="warning")[0] == softer


def test_a_value_out_of_the_set_is_named():
    assert judged(1, values=[0, 2])[1] == "lift 1 is none of 0, 2"


@pytest.mark.parametrize(
    ("answer", "judgement"),
    [
        ("OK", ("OK", "m:f says OK")),
        (("WARNING", "hot"), ("WARNING", "hot")),
        (("ERROR", None), ("ERROR", "m:f says ERROR")),
        ("EMPTY", ("EMPTY", "m:f says EMPTY")),
        (["OK"], ("ERROR", "m:f returned \"['OK']\"")),
        (None, ("ERROR", "m:f returned 'None'")),
        (("OK", "a", "b"), ("ERROR", "m:f returned")),
        (True, ("ERROR", "m:f returned 'True'")),
    ],
)
def test_what_a_function_answers(answer, judgement):
    outcome, message = of_answer(Check(name="c", python="m:f"), answer)
    assert outcome == judgement[0]
    assert message.startswith(judgement[1])


def test_a_function_whose_errors_are_warnings():
    check = Check(name="c", python="m:f", severity="warning")
    assert of_answer(check, ("ERROR", "hot")) == ("WARNING", "hot")
    assert of_answer(check, 3)[0] == "WARNING"


def test_rows_of_trouble():
    check = Check(name="c", sql="select 1")
    assert of_trouble(check, 0, None) == ("OK", "no row of trouble")
    assert of_trouble(check, 1, {"a": 1, "b": None}) == (
        "ERROR",
        "1 row of trouble; the first: a=1, b=None",
    )
    assert of_trouble(check, 3, {"a": "x"})[1] == "3 rows of trouble; the first: a=x"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "give a metric and its bounds"),
        ({"metric": "lift"}, "give at least one of min, soft_min, soft_max, max"),
        ({"max": 1}, "name the `metric:`"),
        ({"values": [1]}, "name the `metric:`"),
        ({"metric": "lift", "values": []}, "at least 1 item"),
        ({"metric": "lift", "max": 1, "values": [1]}, "max and values are two"),
        ({"metric": "lift", "values": [1], "typical": {}}, "values and typical are two"),
        ({"sql": "select 1", "python": "m:f"}, "sql and python are two"),
        ({"sql": "select 1", "metric": "lift"}, "`metric:` does not go with `sql:`"),
        ({"python": "m:f", "feature": "*"}, "`feature:` does not go with `python:`"),
        ({"sql": "select 1", "segment": "a"}, "`segment:` does not go with `sql:`"),
        ({"sql": "select $day"}, "nothing is called \\$day"),
        ({"python": "f"}, "module:function"),
        ({"metric": "lift", "values": [1], "hysteresis": 1}, "`hysteresis:` goes with min"),
        ({"metric": "lift", "max": 1, "hysteresis": -1}, "greater than or equal to 0"),
        ({"metric": "lift", "max": 1, "open_after": 0}, "greater than 0"),
        ({"metric": "lift", "max": 1, "severity": "mild"}, "'error' or 'warning'"),
        ({"metric": "lift", "typical": {"last": 3}}, "there would never be a range"),
    ],
)
def test_a_check_that_cannot_be(settings, reason):
    with pytest.raises(ValueError, match=reason):
        Check(name="c", **settings)


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
    assert result.message == "missing_rate of kind 0 is below the minimum 0.5"


def test_every_input_feature_has_a_result_of_its_own(evaluated):
    edit(evaluated, CALM, f'{{name: psi, metric: {PSI}, feature: "*", max: 0.0001}}')
    with mlmon.open(evaluated) as project:
        results = project.check("blind")
        assert [row.feature for row in results] == ["amount", "kind"]
        assert len({row.value for row in results}) == 2
        assert all(f"{PSI} of {row.feature} " in row.message for row in results)
        latest = project.sql("select feature from latest_checks").to_pandas()
        assert sorted(latest["feature"]) == ["amount", "kind"]
        names = {row["name"] for row in project.status() if row["kind"] == "check"}
        assert names == {"blind: psi, amount", "blind: psi, kind"}
        assert len(project.models()) == 1
        assert project.warehouse.value("select count(*) from model_status") == 1
    edit(evaluated, ', feature: "*"', ", feature: kind")
    with mlmon.open(evaluated) as project:
        project.check("blind")
        latest = project.sql("select feature from latest_checks").to_pandas()
        assert list(latest["feature"]) == ["kind"]


def test_of_features_without_a_figure_one_result_is_left(evaluated):
    edit(evaluated, CALM, '{name: psi, metric: data_drift, feature: "*", max: 1}')
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind")
    assert (result.outcome, result.feature) == ("EMPTY", None)


def test_segments(trained):
    edit(trained, CALM, '{name: parts, metric: data_drift, segment: "*", max: 0.5}')
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.9)
        measured(project, "b2", 0.9, {(None, "north"): 0.4, (None, "south"): 0.6})
        results = project.check("blind")
        assert [(row.segment, row.outcome) for row in results] == [
            ("north", "OK"),
            ("south", "ERROR"),
        ]
        assert results[1].message == "data_drift in south 0.6 is above the maximum 0.5"
    edit(trained, 'segment: "*"', "segment: north")
    with mlmon.open(trained) as project:
        (result,) = project.check("blind")
        (none,) = project.check("blind", batch="b1")
    assert (result.segment, result.value) == ("north", 0.4)
    assert (none.segment, none.outcome) == ("north", "EMPTY")


def test_what_is_typical(trained):
    """Of 1, 2, 3, 4, 5 the quartiles are 2 and 4: typical is 2 - 1.5 * 2 to 4 + 1.5 * 2."""
    edit(trained, CALM, "{name: calm, metric: data_drift, typical: {at_least: 5}}")
    with mlmon.open(trained) as project:
        for place, value in enumerate((3, 1, 5, 2, 4, 7.0, 7.01), start=1):
            measured(project, f"b{place}", value)
        (short,) = project.check("blind", batch="b5")
        assert (short.outcome, short.value) == ("EMPTY", 4)
        assert "too little history: 4 earlier values, and 5 are needed" in short.message
        (edge,) = project.check("blind", batch="b6")
        assert edge.outcome == "OK"
        row = project.warehouse.one("from check_results where evaluation_id = 'b6'")
        assert (row["minimum"], row["maximum"], row["soft_maximum"]) == (-1, 7, None)
        measured(project, "b6x", None)
        assert project.check("blind", batch="b6x")[0].outcome == "EMPTY"


def test_outside_of_what_is_typical(trained):
    """The last 4 before b6 are 1, 5, 2, 4: quartiles 1.75 and 4.25; factor 1 gives -.75 to 6.75."""
    typical = "typical: {last: 4, at_least: 2, factor: 1}"
    edit(trained, CALM, f"{{name: calm, metric: data_drift, {typical}}}")
    with mlmon.open(trained) as project:
        for place, value in enumerate((30, 1, 5, 2, 4, 6.76), start=1):
            measured(project, f"b{place}", value)
        measured(project, "b5a", 1000, is_aside=True)
        (result,) = project.check("blind")
        assert result.outcome == "ERROR"
        assert result.message == "data_drift 6.76 is above what is typical, up to 6.75"
    edit(trained, typical, f"{typical}, severity: warning")
    with mlmon.open(trained) as project:
        assert project.check("blind")[0].outcome == "WARNING"
        row = project.warehouse.one("from latest_checks")
        assert (row["soft_minimum"], row["soft_maximum"]) == (-0.75, 6.75)
        assert (row["minimum"], row["maximum"]) == (None, None)


def test_a_query_that_returns_rows_of_trouble(evaluated):
    query = (
        "select batch, rows from evaluations where evaluation_id = $evaluation_id"
        " and batch = $batch and store = $store and rows > 100 -- too many"
    )
    edit(evaluated, CALM, f'{{name: few, sql: "{query}"}}')
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind", batch="2024_01")
        assert (result.outcome, result.value, result.metric) == ("ERROR", 1, None)
        assert result.message == "1 row of trouble; the first: batch=2024_01, rows=200"
    edit(evaluated, "rows > 100", "rows > 1000")
    with mlmon.open(evaluated) as project:
        assert [(row.outcome, row.value) for row in project.check("blind")] == [("OK", 0)]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select missing from evaluations", 'Referenced column "missing" not found'),
        ("delete from evaluations", "syntax error"),
        ("select error('boom')", "boom"),
    ],
)
def test_a_query_that_fails_undoes_nothing(evaluated, query, reason):
    edit(evaluated, CALM, f'{CALM}\n      - {{name: odd, sql: "{query}"}}')
    with mlmon.open(evaluated) as project:
        calm, odd = project.check("blind")
        assert (calm.outcome, odd.outcome, odd.value) == ("OK", "ERROR", None)
        assert odd.message.startswith("the query failed: ")
        assert reason in odd.message
        assert project.warehouse.value("select count(*) from check_results") == 2
        assert project.warehouse.value("select count(*) from evaluations") == 4


FUNCTIONS = """
def judge(metrics, evaluation):
    metrics["data_drift"] > 0 or 1 / 0
    return "WARNING", f"{len(metrics) > 1} {evaluation['batch']} {evaluation['store']}"

def fail(metrics, evaluation):
    raise ValueError("no such thing\\nmore")

def leave(metrics, evaluation):
    raise SystemExit
"""


@pytest.mark.parametrize(
    ("function", "outcome", "message"),
    [
        ("own:judge", "WARNING", "True 2024_02 blind"),
        ("own:fail", "ERROR", "own:fail failed: ValueError: no such thing"),
        ("own:leave", "ERROR", "own:leave failed: SystemExit"),
        ("own:absent", "ERROR", "own:absent failed: AttributeError"),
        ("nobody:judge", "ERROR", "nobody:judge failed: ModuleNotFoundError"),
    ],
)
def test_a_function(evaluated, function, outcome, message):
    (evaluated / "own.py").write_text(FUNCTIONS)
    edit(evaluated, CALM, f"{{name: own, python: '{function}'}}")
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind")
        assert result.outcome == outcome
        assert result.message.startswith(message)
        assert (result.value, result.kind) == (None, "python")


def test_a_named_evaluation(evaluated):
    with mlmon.open(evaluated) as project:
        older = project.sql("from evaluations where store = 'blind' and batch = '2024_01'")
        (row,) = older.to_pandas().to_dict("records")
        for text in (row["evaluation_id"], row["evaluation_id"][:10], row["name"]):
            (result,) = project.check("blind", evaluation=text)
            assert result.evaluation_id == row["evaluation_id"]
        assert [one.store for one in project.check(evaluation=row["evaluation_id"])] == ["blind"]
        with pytest.raises(EvaluationNotFound, match="in store truth has the id"):
            project.check("truth", evaluation=row["evaluation_id"])
        with pytest.raises(ConfigError, match="give one of them"):
            project.check("blind", evaluation=row["name"], batch="2024_01")
        project.warehouse.write("update evaluations set name = 'twin' where store = 'blind'")
        with pytest.raises(ConfigError, match="give the id of one"):
            project.check("blind", evaluation="twin")
        with pytest.raises(UnknownName):
            project.check("nobody", evaluation="twin")


def test_an_evaluation_that_stands_aside_is_checked_and_is_not_the_latest(trained):
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.1)
        measured(project, "b2", 1.0, is_aside=True)
        project.check("blind")
        (result,) = project.check("blind", evaluation="b2")
        assert result.outcome == "ERROR"
        assert project.warehouse.one("from latest_checks")["evaluation_id"] == "b1"
        assert project.alerts() == []
