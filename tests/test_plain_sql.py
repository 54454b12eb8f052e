"""An analyst without Python: any DuckDB client answers the contract from the file alone."""

import csv
import io
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mlmon.warehouse import metrics

# DESIGN, section 5: columns (at least) of tables and views. The types follow from the rules
# there: KINDS by the column's name, DOUBLE for whatever else a view has.
TABLES = {
    "transactions": "batch transaction_id",
    "batches": "dataset batch source fingerprint rows starts_at ends_at ingested_at",
    "model_versions": "model model_version algorithm task threshold train_batches train_rows"
    " created_at created_by is_active activated_at artifact sha256",
    "feature_importances": "model model_version feature importance",
    "predictions": "model model_version dataset batch record_id prediction score scored_at",
    "class_probabilities": "model model_version dataset batch record_id class probability",
    "samples": "sample_id model model_version role dataset batch segment rows method seed"
    " created_at",
    "sample_records": "sample_id record_id",
    "bins": "model model_version feature bin kind lower upper category coarse_bin",
    "histograms": "sample_id feature bin n sum minimum maximum",
    "score_histograms": "sample_id bin label n sum sum_of_squares sum_log_loss",
    "evaluations": "evaluation_id store name model model_version dataset batch sample_id"
    " reference_sample_id rows labelled_rows has_performance labels evaluated_at",
    "evaluation_metrics": "evaluation_id sample_id metric feature segment value lower upper note",
    "evaluation_curves": "sample_id evaluation_id curve class position x y threshold",
    "diagnostics": "evaluation_id code message",
    "check_results": "store check_name metric evaluation_id value outcome message checked_at",
    "scenario_runs": "run_id scenario trigger started_at ended_at outcome",
    "step_runs": "run_id position step action started_at ended_at outcome message",
    "trigger_state": "scenario trigger definition seen_at known due_at fired_at run_id",
    "feature_values": "sample_id record_id feature number category",
}
POINT = "sample_id evaluation_id"
VIEWS = {
    "metrics": "store model model_version batch evaluated_at evaluation_id metric feature segment"
    " value lower upper note",
    "evaluation_history": "store batch evaluation_id model_version evaluated_at rows"
    " data_drift data_drift_pvalue data_drift_auc drifted_feature_share"
    " max_population_stability_index duplicate_rate accuracy_score balanced_accuracy_score"
    " precision_score recall_score f1_score matthews_corrcoef hamming_loss log_loss"
    " brier_score_loss roc_auc_score average_precision_score calibration_loss lift"
    " cost_matrix_gain r2_score explained_variance_score mean_absolute_error mean_squared_error"
    " root_mean_squared_error root_mean_squared_log_error mean_absolute_percentage_error"
    " pearson_correlation",
    "feature_drift": "store batch evaluation_id feature kind population_stability_index"
    " ks_statistic ks_pvalue chi2_statistic chi2_pvalue jensen_shannon_distance"
    " hellinger_distance l_infinity wasserstein_distance normalized_wasserstein_distance"
    " missing_rate reference_missing_rate unseen_rate out_of_range_rate pvalue pvalue_adjusted"
    " drifted drift_importance model_importance",
    "feature_distribution": "store batch evaluation_id feature bin label reference_share"
    " current_share",
    "prediction_drift": "store batch evaluation_id bin class reference_share current_share change",
    "performance_drift": "store batch evaluation_id metric reference current change",
    "roc_curve": f"{POINT} false_positive_rate true_positive_rate threshold",
    "precision_recall_curve": f"{POINT} recall precision threshold",
    "calibration_curve": f"{POINT} bin mean_score positive_share rows",
    "lift_curve": f"{POINT} share recall lift",
    "score_density": f"{POINT} class score density",
    "decision_chart": f"{POINT} threshold metric value",
    "confusion_matrix": f"{POINT} actual predicted rows",
    "classification_report": "store batch evaluation_id class precision_score"
    " reference_precision_score recall_score reference_recall_score f1_score reference_f1_score"
    " roc_auc_score reference_roc_auc_score average_precision_score"
    " reference_average_precision_score support reference_support",
    "error_distribution": f"{POINT} bin lower upper share rows",
    "predicted_vs_actual": f"{POINT} bin mean_estimate mean_actual lower_quartile median"
    " upper_quartile rows",
    "latest_checks": "store check_name metric evaluation_id value outcome message checked_at",
    "scenario_last_runs": "run_id scenario trigger started_at ended_at outcome",
    "model_status": "model status",
    "scored_transactions": "batch transaction_id proba_0 proba_1 prediction",
}
KINDS = {
    "VARCHAR": "batch model store metric feature segment class evaluation_id sample_id kind label"
    " reference_sample_id note check_name outcome message run_id scenario trigger actual"
    " predicted prediction status record_id name role dataset method source fingerprint algorithm"
    " task created_by artifact sha256 category curve code step action"
    " definition",
    "INTEGER": "model_version",
    "BIGINT": "rows train_rows labelled_rows n seed support reference_support",
    "TIMESTAMP": "evaluated_at checked_at started_at ended_at created_at activated_at"
    " ingested_at starts_at ends_at scored_at seen_at due_at fired_at",
    "BOOLEAN": "is_active has_performance drifted",
    "JSON": "labels known",
    "VARCHAR[]": "train_batches",
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}
COUNTS = ("bin", "coarse_bin", "position", "transaction_id")  # whole numbers, of whatever size

ASK = """
import json, sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
answers = {}
for name in sys.argv[2:]:
    comment = connection.execute(
        "select comment from duckdb_views() where view_name = $n union all"
        " select comment from duckdb_tables() where table_name = $n", {"n": name}
    ).fetchone()[0]
    described = connection.execute(f"describe {name}").fetchall()
    rows = connection.execute(f"from {name}").fetchall()
    answers[name] = [comment, {row[0]: row[1] for row in described}, len(rows)]
assert not [module for module in sys.modules if module.split(".")[0] in ("mlmon", "ibis")]
print(json.dumps(answers))
"""
# The tutorial's model is binary: of other tasks there is nothing. Nobody has asked what is due.
EMPTY = (
    "class_probabilities",
    "classification_report",
    "error_distribution",
    "predicted_vs_actual",
    "trigger_state",
)


@cache
def asked(folder: Path) -> dict[str, tuple[str, dict[str, str], int]]:
    """Return comment, columns and rows of every relation, as a bare DuckDB tells them."""
    command = [sys.executable, "-I", "-c", ASK, str(folder / "warehouse/mlmon.duckdb")]
    done = subprocess.run([*command, *TABLES, *VIEWS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: dict[str, tuple[str, dict[str, str], int]] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("name", [*TABLES, *VIEWS])
def test_a_bare_connection_answers(name, finished_folder):
    comment, columns, rows = asked(finished_folder)[name]
    assert comment
    assert (rows == 0) == (name in EMPTY)
    for column in (TABLES | VIEWS)[name].split():
        assert column in columns, f"{name} lacks {column}"
        if column in COUNTS:
            assert columns[column] in ("INTEGER", "BIGINT"), (name, column, columns[column])
        else:
            assert columns[column] == KIND_OF.get(column, "DOUBLE"), (name, column)


def test_columns_stand_in_the_order_of_the_contract(finished_folder):
    for name in ("metrics", "evaluation_history"):
        listed = VIEWS[name].split()
        columns = list(asked(finished_folder)[name][1])
        assert [column for column in columns if column in listed] == listed
        newer = set(columns) - set(listed)  # a metric more is a column more of the history
        assert newer <= (metrics.names() if name == "evaluation_history" else set())


def test_score_adds_exactly_three_columns(finished_folder):
    answers = asked(finished_folder)
    given = list(answers["transactions"][1])
    assert list(answers["scored_transactions"][1]) == [*given, "proba_0", "proba_1", "prediction"]


def client(folder: Path, *options: str, query: str) -> str:
    """Return what the `duckdb` command prints."""
    binary = Path(sys.executable).with_name("duckdb")
    command = [str(binary), "-readonly", *options, str(folder / "warehouse/mlmon.duckdb"), query]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_line_client_answers_every_view(finished_folder):
    counts = " union all ".join(
        f"select '{name}' as name, count(*) as n from {name}" for name in VIEWS
    )
    rows = csv.DictReader(io.StringIO(client(finished_folder, "-csv", query=counts)))
    found = {row["name"]: int(row["n"]) for row in rows}
    assert found == {name: asked(finished_folder)[name][2] for name in VIEWS}


def test_the_command_line_client_shows_the_comments(finished_folder):
    query = "select view_name, comment from duckdb_views() where not internal"
    rows = json.loads(client(finished_folder, "-json", query=query))
    comments = {row["view_name"]: row["comment"] for row in rows}
    for name in VIEWS:
        assert comments[name] == asked(finished_folder)[name][0]


def test_the_question_of_the_readme(finished_folder):
    query = "from feature_drift where batch = '2017_12'"
    rows = json.loads(client(finished_folder, "-json", query=query))
    assert {row["feature"] for row in rows} >= {"purchase_amount", "card_fico_score"}


def test_the_contract_of_the_tutorial(finished_folder):
    query = (
        "select (select list((store, n) order by store) from (select store, count(*) as n from"
        " evaluations group by store)) as evaluations,"
        " (select list(is_active order by model_version) from model_versions) as active,"
        " (select outcome from latest_checks where check_name = 'Data Drift < 0.4') as outcome,"
        " (select outcome from scenario_last_runs) as run"
    )
    (row,) = json.loads(client(finished_folder, "-json", query=query))
    assert json.dumps(row["evaluations"]).count("9") == 2
    assert row["active"] in ([False, True], "[false, true]")
    assert (row["outcome"], row["run"]) == ("ERROR", "WARNING")
