"""Checks of every kind on the figures of an evaluation: the newest, a batch's or a named one."""

import pytest
from measured import measured
from shop import edit

import mlmon
from mlmon.errors import ConfigError, EvaluationNotFound, UnknownName

CALM = "{name: calm, metric: data_drift, max: 0.99}"
PSI = "population_stability_index"


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
        ("delete from evaluations", "Expected a single SELECT statement"),
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
    with mlmon.open(evaluated) as project:  # those of one second have one name
        project.evaluate("blind", batch="2024_01", name="January")
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


def test_a_query_that_fails_in_a_step_of_a_scenario(evaluated):
    edit(evaluated, CALM, f"{CALM}\n      - {{name: odd, sql: \"select error('boom')\"}}")
    steps = "[{name: judge, check: blind}, {name: go on, sql: select 1, run_if: always}]"
    with (evaluated / "mlmon.yml").open("a") as file:
        file.write(f"scenarios:\n  again: {{steps: {steps}}}\n")
    with mlmon.open(evaluated) as project:
        run = project.run("again")
        assert [step.outcome for step in run.steps] == ["FAILED", "SUCCESS"]
        assert "odd: ERROR, the query failed: " in run.steps[0].message
        assert project.warehouse.value("select count(*) from check_results") == 2
        assert [row["check_name"] for row in project.alerts()] == ["odd"]
