"""An evaluation: a sample by a rule, a snapshot of its figures, the same when nothing changed."""

import hashlib
import json
import shutil

import pytest
from same import assert_same
from shop import edit, orders, write

import mlmon
from mlmon.errors import BatchInUse, BatchNotFound, EvaluationNotFound, NoTarget, NotScored
from mlmon.project import Project

KEYS = [line.split(",")[0] for line in orders("2024_02")]
SNAPSHOT = (
    "evaluations",
    "evaluation_metrics",
    "evaluation_curves",
    "diagnostics",
    "samples",
    "histograms",
    "score_histograms",
    "label_histograms",
)


def contents(project: Project) -> dict[str, list[dict]]:
    return {table: project.warehouse.read(f"from {table} order by all") for table in SNAPSHOT}


def sampled(project: Project, evaluation: mlmon.Evaluation) -> set[str]:
    rows = project.warehouse.read(
        "select record_id from sample_records join evaluations using (sample_id)"
        " where evaluation_id = $id",
        id=evaluation.id,
    )
    assert len(rows) == evaluation.rows
    return {row["record_id"] for row in rows}


def by_hash(keys: list[str], seed: int) -> list[str]:
    """Return the keys as the rule sorts them."""
    return sorted(keys, key=lambda key: hashlib.md5(f"{seed}:{key}".encode()).hexdigest()[:8])


def below(keys: list[str], seed: int, fraction: float) -> set[str]:
    """Return the keys whose hash, as a fraction, is below one."""
    first = {key: hashlib.md5(f"{seed}:{key}".encode()).hexdigest()[:8] for key in keys}
    return {key for key, digits in first.items() if int(digits, 16) / 16**8 < fraction}


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        ("method: random, rows: 50", below(KEYS, 1337, 50 / 200)),
        ("method: random, rows: 50, seed: 7", below(KEYS, 7, 50 / 200)),
        ("method: random, rows: 5000", set(KEYS)),
        ("method: ratio, ratio: 0.3", below(KEYS, 1337, 0.3)),
        ("method: fixed, rows: 50", set(by_hash(KEYS, 1337)[:50])),
        ("method: fixed, rows: 500", set(KEYS)),
        ("method: all", set(KEYS)),
    ],
)
def test_the_sample_is_a_rule(trained, sampling, expected):
    edit(
        trained,
        "blind:\n    model: returns",
        f"blind:\n    model: returns\n    sampling: {{{sampling}}}",
    )
    with mlmon.open(trained) as project:
        assert sampled(project, project.evaluate("blind")) == expected


def test_the_samples_of_a_rule_are_no_two_alike():
    assert below(KEYS, 1337, 0.25) != below(KEYS, 7, 0.25)
    assert 25 < len(below(KEYS, 1337, 0.25)) < 80


def test_the_same_again_is_the_same_evaluation(trained):
    with mlmon.open(trained) as project:
        first = project.evaluate("truth", name="first", labels={"who": "me"})
        before = contents(project)
        assert project.evaluate("truth") == first
        assert contents(project) == before
        assert (first.name, first.labels["who"]) == ("first", "me")
        second = project.evaluate("truth", name="second", labels={"where": "here"})
        assert (second.id, second.evaluated_at) == (first.id, first.evaluated_at)
        assert (second.name, second.labels) == ("second", {**first.labels, "where": "here"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "truth: {model: returns}",
            "truth: {model: returns, sampling: {method: ratio, ratio: 0.5}}",
        ),
        ("truth: {model: returns}", "truth: {model: returns, performance: false}"),
        ("positive_class: back", "positive_class: back\n    confidence: 0.9"),
        ("positive_class: back", "positive_class: back\n    drift_limit: 0.2"),
        ("positive_class: back", "positive_class: back\n    lift_at: 0.1"),
        ("positive_class: back", "positive_class: back\n    cost_matrix: {tp: 2}"),
    ],
)
def test_another_setting_is_another_evaluation(evaluated, old, new):
    query = (
        "select list(evaluation_id) from evaluations where store = 'truth' and batch = '2024_02'"
    )
    with mlmon.open(evaluated) as project:
        (before,) = project.warehouse.value(query)
    edit(evaluated, old, new)
    with mlmon.open(evaluated) as project:
        assert project.evaluate("truth").id != before
        assert len(project.warehouse.value(query)) == 2


def test_changed_records_are_another_evaluation(evaluated):
    with mlmon.open(evaluated) as project:
        write(evaluated, "2024_02", orders("2024_02", 150))
        assert [step["verb"] for step in project.plan("truth")] == ["ingest", "score", "evaluate"]
        made = project.evaluate("truth")
        assert made.rows == 150
        rows = project.warehouse.value(
            "select list(rows order by evaluated_at) from evaluations"
            " where store = 'truth' and batch = '2024_02'"
        )
        assert rows == [200, 150]


def test_a_new_version_leaves_older_evaluations(evaluated):
    with mlmon.open(evaluated) as project:
        before = contents(project)["evaluations"]
        project.train("returns", batches=["2024_02"])
        made = project.evaluate("truth")
        assert made.model_version == 2
        after = contents(project)["evaluations"]
        assert [row for row in after if row["model_version"] == 1] == before


# Performance or not ----------------------------------------------------------


def without_targets(folder, month, lines, count):
    """The first `count` orders of the month are not known to be kept or sent back."""
    blank = [line.rsplit(",", 1)[0] + "," for line in lines[:count]]
    write(folder, month, [*blank, *lines[count:]])


def test_a_batch_without_any_target(trained):
    without_targets(trained, "2024_03", orders("2024_03"), 200)
    with mlmon.open(trained) as project:
        with pytest.raises(NoTarget) as caught:
            project.evaluate("truth", batch="2024_03")
        assert "no record of batch 2024_03 has a value in returned" in str(caught.value)
        assert "`performance: false` in stores.truth of mlmon.yml" in str(caught.value)
        assert contents(project)["evaluations"] == []
        evaluation = project.evaluate("blind", batch="2024_03")
        assert (evaluation.labelled_rows, evaluation.has_performance) == (0, False)
        assert 0 <= evaluation.value("data_drift") <= 1


def test_a_batch_that_is_partly_labelled(trained):
    lines = orders("2024_03")
    without_targets(trained, "2024_03", lines, 80)
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth", batch="2024_03")
        said = project.warehouse.read("select id::varchar as id, prediction from scored_orders")
        predicted = {row["id"]: row["prediction"] for row in said}
        known = {line.split(",")[0]: line.rsplit(",", 1)[1] for line in lines[80:]}
        right = sum(predicted[key] == actual for key, actual in known.items())
        assert (evaluation.rows, evaluation.labelled_rows) == (200, 120)
        assert evaluation.value("accuracy_score") == pytest.approx(right / 120)
        drift = "select sum(n) from histograms join evaluations using (sample_id)"
        drift += " where feature = 'amount'"
        assert project.warehouse.value(drift) == 200


def test_a_store_without_performance_has_drift_only(evaluated):
    with mlmon.open(evaluated, read_only=True) as project:
        rows = project.warehouse.read("from evaluation_history where store = 'blind'")
        assert len(rows) == 2
        for row in rows:
            assert row["data_drift"] is not None
            assert row["accuracy_score"] is None
            assert row["log_loss"] is None
        blind = "select evaluation_id from evaluations where store = 'blind'"
        for view in ("confusion_matrix", "roc_curve", "performance_drift", "calibration_curve"):
            assert project.warehouse.value(f"select count(*) from {view}") > 0
            query = f"select count(*) from {view} where evaluation_id in ({blind})"
            assert project.warehouse.value(query) == 0, view


def test_stores_do_not_disturb_each_other(trained, tmp_path):
    """Whichever store is evaluated first, the figures and curves of both are the same."""
    found = []
    for number, stores in enumerate((["truth", "blind"], ["blind", "truth"])):
        folder = shutil.copytree(trained, tmp_path / str(number))
        with mlmon.open(folder) as project:
            for store in stores:
                project.evaluate(store)
            found.append(
                [
                    project.warehouse.read(
                        f"select * exclude ({left_out}) from {view} order by all"
                    )
                    for view, left_out in (
                        ("metrics", "evaluated_at"),
                        ("confusion_matrix", "sample_id"),
                        ("score_density", "sample_id"),
                        ("roc_curve", "sample_id"),
                        ("feature_distribution", "store"),
                        ("diagnostics", "message"),
                    )
                ]
            )
    for one, other in zip(*found, strict=True):
        assert one
        assert_same(one, other)


# What is out of date upstream ------------------------------------------------


def test_only_this_needs_predictions(trained):
    with mlmon.open(trained) as project:
        with pytest.raises(
            NotScored, match=r"200 records .* run `mlmon score returns --batch 2024_02`"
        ):
            project.evaluate("truth", only_this=True)
        assert contents(project)["evaluations"] == []
        project.score("returns")
        assert project.evaluate("truth", only_this=True).rows == 200


def test_a_plan_does_nothing(trained):
    write(trained, "2024_03", orders("2024_03"))
    with mlmon.open(trained) as project:
        before = contents(project)
        steps = project.plan("truth", batch="2024_03")
        assert [(step["verb"], step["target"]) for step in steps] == [
            ("ingest", "orders"),
            ("score", "returns"),
            ("evaluate", "truth"),
        ]
        assert steps[0]["reason"] == "orders_2024_03.csv was never read"
        assert steps[1]["command"] == "mlmon score returns --batch 2024_03"
        assert contents(project) == before
        assert project.warehouse.value("select max(batch) from batches") == "2024_02"
        project.evaluate("truth", batch="2024_03")
        assert [step["verb"] for step in project.plan("truth", batch="2024_03")] == ["evaluate"]


def test_a_batch_that_is_nowhere(trained):
    with mlmon.open(trained) as project:
        with pytest.raises(BatchNotFound, match="no batch 2031_01"):
            project.evaluate("truth", batch="2031_01")
        assert contents(project)["evaluations"] == []


# What an evaluation says -----------------------------------------------------


def test_labels_and_names(trained):
    edit(
        trained,
        "truth: {model: returns}",
        "truth: {model: returns, labels: {team: shop, who: store}}",
    )
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth", name="February", labels={"who": "caller"})
        stored = project.warehouse.value("select labels from evaluations")
        assert json.loads(stored) == evaluation.labels
        assert evaluation.name == "February"
        assert {"evaluation:date", "model:date"} <= set(evaluation.labels)
        assert {k: v for k, v in evaluation.labels.items() if not k.endswith("date")} == {
            "evaluation:model-name": "returns v1",
            "evaluationDataset:dataset-name": "orders 2024_02",
            "model:name": "returns",
            "model:algorithm": "HistGradientBoostingClassifier",
            "trainDataset:dataset-name": "orders 2024_01",
            "testDataset:dataset-name": "orders 2024_01",
            "team": "shop",
            "who": "caller",
        }


def test_values_and_metrics(evaluated):
    with mlmon.open(evaluated) as project:
        evaluation = project.evaluate("truth")
        table = evaluation.metrics.to_pandas()
        assert set(table["evaluation_id"]) == {evaluation.id}
        (row,) = table[table.metric == "accuracy_score"].to_dict("records")
        assert evaluation.value("accuracy_score") == row["value"]
        assert evaluation.value("missing_rate", "kind") == 0
        with pytest.raises(KeyError, match="missing_rate of colour"):
            evaluation.value("missing_rate", "colour")


def test_an_undefined_figure_says_why(evaluated):
    with mlmon.open(evaluated, read_only=True) as project:
        rows = project.warehouse.read(
            "select metric, feature from metrics where value is null and note is null"
        )
    assert rows == []


def test_small_samples_are_found_out(evaluated):
    with mlmon.open(evaluated, read_only=True) as project:
        codes = project.warehouse.value("select list(distinct code) from diagnostics")
    assert any("small" in code for code in codes)


# Deleting --------------------------------------------------------------------


def test_deleting_an_evaluation_leaves_the_others(evaluated):
    with mlmon.open(evaluated) as project:
        project.check("blind")
        gone = project.evaluate("blind")
        before = contents(project)
        project.delete_evaluation(gone.id[:12])
        for table, rows in contents(project).items():
            if "evaluation_id" in rows[0]:
                assert rows == [row for row in before[table] if row["evaluation_id"] != gone.id]
        assert project.warehouse.value("select count(*) from check_results") == 0
        assert project.evaluate("blind").id == gone.id
        after = contents(project)
        assert len(after["evaluation_metrics"]) == len(before["evaluation_metrics"])
        assert after["histograms"] == before["histograms"]


def test_deleting_what_is_not_there(evaluated):
    with mlmon.open(evaluated) as project:
        before = contents(project)
        with pytest.raises(
            EvaluationNotFound, match="no evaluation has an id that starts with 'zz'"
        ):
            project.delete_evaluation("zz")
        with pytest.raises(EvaluationNotFound, match="4 evaluations have"):
            project.delete_evaluation("")
        assert contents(project) == before


def test_deleting_a_batch_keeps_its_evaluations(evaluated):
    with mlmon.open(evaluated) as project:
        before = contents(project)
        project.delete_batch("orders", "2024_02")
        assert contents(project) == before
        assert (
            project.warehouse.value("select count(*) from predictions where batch = '2024_02'") == 0
        )


def test_a_training_batch_that_changed_is_a_finding(trained):
    with mlmon.open(trained) as project:
        lines = orders("2024_01")[:-1]
        write(trained, "2024_01", lines)
        project.ingest("orders")
        with pytest.raises(NotScored):
            project.evaluate("truth", batch="2024_02", only_this=True)
        evaluation = project.evaluate("truth", batch="2024_02")
        findings = project.warehouse.read(
            "from diagnostics where evaluation_id = $id", id=evaluation.id
        )
        assert "reference_changed" in {row["code"] for row in findings}


def test_a_batch_that_the_active_version_learned_from_stays(trained):
    with mlmon.open(trained) as project:
        with pytest.raises(BatchInUse, match="reference of returns version 1"):
            project.delete_batch("orders", "2024_01")
        assert project.warehouse.value("select count(*) from batches") == 2
