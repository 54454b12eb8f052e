"""Bootstrapped intervals: those of scikit-learn's metrics on the same draws, where asked."""

import shutil

import numpy as np
import pytest
from shop import edit
from sklearn import metrics

import mlmon
from mlmon.measure import bootstrap

RESAMPLES = 200
BY_SCORE = ("log_loss", "brier_score_loss", "average_precision_score")
BY_CLASS = ("balanced_accuracy_score", "f1_score", "matthews_corrcoef")


@pytest.fixture(scope="module")
def asked(_trained_shop, tmp_path_factory):
    folder = shutil.copytree(_trained_shop, tmp_path_factory.mktemp("asked") / "shop")
    edit(folder, "truth: {model: returns}", f"truth: {{model: returns, bootstrap: {RESAMPLES}}}")
    with mlmon.open(folder) as project:
        evaluation = project.evaluate("truth", batch="2024_02")
        yield project, evaluation


def rows_of(project, evaluation):
    return project.warehouse.read(
        "select score, prediction = 'back' as predicted, actual = 'back' as actual"
        " from scored_records join evaluations using (sample_id)"
        " where evaluation_id = $id order by record_id",
        id=evaluation.id,
    )


def interval(project, evaluation, metric):
    query = "from metrics where evaluation_id = $id and metric = $metric and feature is null"
    row = project.warehouse.one(query, id=evaluation.id, metric=metric)
    return row["lower"], row["upper"]


@pytest.mark.parametrize("metric", [*BY_SCORE, *BY_CLASS])
def test_an_interval_is_that_of_the_same_draws(asked, metric):
    project, evaluation = asked
    rows = rows_of(project, evaluation)
    y, score, predicted = (
        np.array([row[name] for row in rows]) for name in ("actual", "score", "predicted")
    )
    draws = np.random.default_rng(bootstrap.SEED).integers(0, len(y), (RESAMPLES, len(y)))
    given = score if metric in BY_SCORE else predicted
    values = [getattr(metrics, metric)(y[draw], given[draw]) for draw in draws]
    expected = np.quantile(values, [0.025, 0.975])
    assert interval(project, evaluation, metric) == pytest.approx(tuple(expected), rel=1e-9)


def test_what_has_an_interval_of_its_own_keeps_it(asked, evaluated):
    project, evaluation = asked
    with mlmon.open(evaluated, read_only=True) as plain:
        (row,) = plain.warehouse.read(
            "select evaluation_id from evaluations where store = 'truth' and batch = '2024_02'"
        )
        for metric in ("accuracy_score", "roc_auc_score"):
            query = "select lower, upper from evaluation_metrics where evaluation_id = $id"
            query += " and metric = $metric and feature is null"
            own = plain.warehouse.one(query, id=row["evaluation_id"], metric=metric)
            assert interval(project, evaluation, metric) == tuple(own.values())
        query = "select lower from evaluation_metrics where metric = 'f1_score'"
        assert plain.warehouse.read(query) == [{"lower": None}] * 3
    assert evaluation.id != row["evaluation_id"]


def test_the_value_lies_between_and_twice_is_the_same(asked):
    project, evaluation = asked
    rows = project.warehouse.read(
        "select metric, value, lower, upper from metrics join metric_catalogue using (metric)"
        " where evaluation_id = $id and family = 'performance' and lower is not null",
        id=evaluation.id,
    )
    assert {row["metric"] for row in rows} >= {"lift", "calibration_loss", "cost_matrix_gain"}
    for row in rows:
        if row["metric"] != "calibration_loss":  # a draw adds noise, so it is biased upwards
            assert row["lower"] <= row["value"] <= row["upper"], row
    project.delete_evaluation(evaluation.id)
    again = project.evaluate("truth", batch="2024_02")
    assert again.id == evaluation.id
    for row in rows:
        assert interval(project, again, row["metric"]) == (row["lower"], row["upper"])


def test_in_parts_is_the_same(asked, monkeypatch):
    project, evaluation = asked
    whole = interval(project, evaluation, "f1_score")
    monkeypatch.setattr(bootstrap, "ROWS", 30 * evaluation.rows)
    project.delete_evaluation(evaluation.id)
    again = project.evaluate("truth", batch="2024_02")
    assert interval(project, again, "f1_score") == pytest.approx(whole, rel=1e-12)
