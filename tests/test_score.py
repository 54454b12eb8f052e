"""Scoring: every record once per version, and `scored_<dataset>` as the Score recipe has it."""

import pytest
from shop import edit, orders, write

import mlmon
from mlmon.errors import BatchNotFound, ModelNotTrained


def test_every_record_once(trained):
    with mlmon.open(trained) as project:
        assert project.score("returns") == 200  # the newest batch
        assert project.score("returns") == 0
        query = "select count(*) as n, count(distinct record_id) as records from predictions"
        assert project.warehouse.one(query + " where batch = '2024_02'") == {
            "n": 200,
            "records": 200,
        }
        tested = project.warehouse.value("select count(*) from predictions where batch = '2024_01'")
        assert project.score("returns", batches=["2024_01", "2024_02"]) == 200 - tested > 0


def test_scored_orders(trained):
    with mlmon.open(trained) as project:
        project.score("returns")
        threshold = project.warehouse.value("select threshold from model_versions")
        columns = project.warehouse.columns("scored_orders")
        rows = project.warehouse.read("from scored_orders where batch = '2024_02' order by id")
        given = project.warehouse.columns("orders")
    assert columns == {
        **given,
        "proba_back": "DOUBLE",
        "proba_kept": "DOUBLE",
        "prediction": "VARCHAR",
    }
    assert [str(row["id"]) for row in rows] == [line.split(",")[0] for line in orders("2024_02")]
    for row in rows:
        assert row["proba_back"] + row["proba_kept"] == pytest.approx(1)
        assert row["prediction"] == ("back" if row["proba_back"] > threshold else "kept")


def test_the_newest_version_that_scored_a_record_counts(trained):
    with mlmon.open(trained) as project:
        project.score("returns")
        before = project.warehouse.read("select id, proba_back from scored_orders order by id")
        project.train("returns", batches=["2024_02"])
        project.score("returns")
        after = project.warehouse.read("select id, proba_back from scored_orders order by id")
        assert {row["id"] for row in after} >= {row["id"] for row in before}
        assert after != before
        assert len({row["id"] for row in after}) == len(after)
        versions = "select list(distinct model_version order by 1) from predictions"
        assert project.warehouse.value(versions + " where batch = '2024_02'") == [1, 2]


def test_a_changed_batch_is_scored_again(trained):
    with mlmon.open(trained) as project:
        project.score("returns")
        write(trained, "2024_02", orders("2024_02", 150))
        project.ingest("orders")
        query = "select count(*) from predictions where batch = '2024_02'"
        assert project.warehouse.value(query) == 0
        assert project.score("returns") == 150


def test_missing_and_unseen_values_are_scored(trained):
    write(
        trained,
        "2024_03",
        ["9001,2024-03-01,,toy,", "9002,2024-03-02,5,boat,", "9003,2024-03-03,5,,"],
    )
    with mlmon.open(trained) as project:
        project.ingest("orders")
        assert project.score("returns") == 3
        scores = project.warehouse.read("select score from predictions where batch = '2024_03'")
    assert all(0 <= row["score"] <= 1 for row in scores)


def test_without_a_batch(trained):
    with mlmon.open(trained) as project, pytest.raises(BatchNotFound, match="no batch 2031_01"):
        project.score("returns", batches=["2031_01"])


def test_without_a_version(ingested):
    with mlmon.open(ingested) as project:
        with pytest.raises(ModelNotTrained, match="run `mlmon train returns` first"):
            project.score("returns")
        with pytest.raises(
            mlmon.MlmonError, match="no model is called 'refunds'; there is returns"
        ):
            project.score("refunds")


NUMBERS = "task: regression\n    target: amount\n    features: [kind]"


def test_regression_has_estimates_and_no_classes(ingested):
    edit(
        ingested,
        "target: returned\n    positive_class: back\n    features: [amount, kind]",
        NUMBERS,
    )
    with mlmon.open(ingested) as project:
        version = project.train("returns")
        assert (version.threshold, version.algorithm) == (None, "HistGradientBoostingRegressor")
        project.score("returns")
        assert project.warehouse.value("select count(prediction) from predictions") == 0
        assert 20 < project.warehouse.value("select avg(score) from predictions") < 80
        evaluation = project.evaluate("truth")
        assert evaluation.value("mean_absolute_error") > 0
        with pytest.raises(KeyError):
            evaluation.value("accuracy_score")


def test_three_classes_have_a_probability_each(ingested):
    edit(
        ingested,
        "target: returned\n    positive_class: back\n    features: [amount, kind]",
        "task: multiclass\n    target: kind\n    features: [amount]",
    )
    with mlmon.open(ingested) as project:
        project.train("returns")
        assert project.score("returns") == 200
        sums = project.warehouse.read(
            "select record_id, count(*) as n, sum(probability) as total, max(probability) as top"
            " from class_probabilities where batch = '2024_02' group by all"
        )
        assert len(sums) == 200
        for row in sums:
            assert (row["n"], row["total"]) == (3, pytest.approx(1))
        best = project.warehouse.value(
            "select count(*) from predictions as p join class_probabilities as c using (record_id)"
            " where p.prediction = c.class and p.score = c.probability and p.batch = '2024_02'"
        )
        assert best == 200
        assert 0 <= project.evaluate("truth").value("accuracy_score") <= 1
