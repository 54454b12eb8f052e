"""The tutorial through the Python API alone, chapter by chapter."""

import shutil
from pathlib import Path

import mlmon
from mlmon.demo.data import MONTHS, write_months

ROWS = 800


def test_the_tutorial(tmp_path):
    shutil.copy(Path(__file__).parent.parent / "mlmon.yml", tmp_path)
    landing = tmp_path / "warehouse/landing"

    # Create the project: three months of transactions, a model trained on them.
    write_months(landing, MONTHS[:3], rows_per_month=ROWS)
    project = mlmon.open(tmp_path)
    assert project.ingest("transactions") == ["2017_01", "2017_02", "2017_03"]
    version = project.train("fraud")
    assert (version.model_version, version.is_active) == (1, True)

    # Review the Score recipe: April, three new columns.
    write_months(landing, ["2017_04"], rows_per_month=ROWS)
    project.ingest("transactions", batches=["2017_04"])
    assert project.score("fraud", batches=["2017_04"]) == ROWS
    before = project.table("transactions").columns
    after = project.table("scored_transactions").columns
    assert list(after) == [*before, "proba_0", "proba_1", "prediction"]

    # Compare and contrast: with ground truth a full range of metrics, without it drift alone.
    truth = project.evaluate("mes_for_ground_truth", batch="2017_04")
    drift = project.evaluate("mes_for_input_drift", batch="2017_04")
    assert 0.5 < truth.value("roc_auc_score") < 1
    assert "roc_auc_score" not in set(drift.metrics.metric.to_pandas())
    assert drift.value("data_drift") == truth.value("data_drift")
    assert project.table("diagnostics").count().execute() > 0

    # Run more model evaluations: upstream first, after a preview.
    for month in MONTHS[4:11]:
        write_months(landing, [month], rows_per_month=ROWS)
        assert [step["verb"] for step in project.plan("mes_for_ground_truth", batch=month)] == [
            "ingest",
            "score",
            "evaluate",
        ]
        project.evaluate("mes_for_input_drift", batch=month)
        assert [step["verb"] for step in project.plan("mes_for_ground_truth", batch=month)] == [
            "evaluate"
        ]
        project.evaluate("mes_for_ground_truth", batch=month)

    # Conduct drift analysis: input, prediction and performance drift of the newest evaluation.
    newest = (
        project.sql(
            "from evaluations where store = 'mes_for_ground_truth' order by batch desc limit 1"
        )
        .to_pandas()
        .iloc[0]
    )
    mine = project.table("feature_drift")
    assert mine.filter(mine.evaluation_id == newest.evaluation_id).count().execute() == 6
    fugacity = project.table("prediction_drift")
    shares = fugacity.filter(fugacity.evaluation_id == newest.evaluation_id).to_pandas()
    assert set(shares["class"]) == {"0", "1"}
    assert abs(shares.current_share.sum() - 1) < 1e-12
    performance = project.table("performance_drift")
    stores = set(performance.store.to_pandas())
    assert stores == {"mes_for_ground_truth"}  # absent where it was not computed

    # Create a check on a MES metric: chosen to fail.
    (result,) = project.check("mes_for_input_drift")
    assert (result.check_name, result.outcome) == ("Data Drift < 0.4", "ERROR")

    # Automate: December arrives, the scenario retrains.
    write_months(landing, ["2017_12"], rows_per_month=ROWS)
    project.ingest("transactions")
    run = project.run("Retrain Model")
    assert run.outcome == "WARNING"
    assert [(step.step, step.outcome) for step in run.steps] == [
        ("Build MES", "SUCCESS"),
        ("Run MES checks", "FAILED"),
        ("Build model", "SUCCESS"),
    ]
    assert [(row["model_version"], row["is_active"]) for row in project.models("fraud")] == [
        (2, True),
        (1, False),
    ]
    assert project.evaluate("mes_for_ground_truth", batch="2017_12").model_version == 2

    # Create a dashboard, and the metrics datasets.
    page = project.report()
    assert page == tmp_path / "reports/index.html"
    assert len(list(page.parent.glob("evaluations/*.html"))) == 18
    files = project.export("csv", tmp_path / "exports")
    assert {file.name for file in files} >= {"metrics.csv", "evaluation_history.csv"}
    history = project.table("evaluation_history").to_pandas()
    assert dict(history.store.value_counts()) == {
        "mes_for_ground_truth": 9,
        "mes_for_input_drift": 9,
    }
    without = history[history.store == "mes_for_input_drift"]
    assert without.accuracy_score.isna().all()
    assert without.data_drift.notna().all()
    statuses = project.sql("from model_status").to_pandas()
    assert list(statuses.status) == ["ERROR"]

    # Everything again: nothing changes.
    again = project.evaluate("mes_for_ground_truth", batch="2017_12")
    assert again.evaluated_at == history.evaluated_at.max()
    project.close()
