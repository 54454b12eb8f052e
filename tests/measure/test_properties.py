"""What must hold whatever the data: order is nothing, a snapshot is what the views say."""

import random
import shutil

import pytest
from same import assert_same
from shop import orders, write

import mlmon
from mlmon.views import files

STORE, BATCH = "mes_for_ground_truth", "2017_09"
CURVES = {
    "roc_curve",
    "precision_recall_curve",
    "calibration_curve",
    "lift_curve",
    "score_density",
    "decision_chart",
}
OF_REGRESSION = {"error_distribution", "predicted_vs_actual"}
CURVES |= OF_REGRESSION
NO_METRICS = {f"{curve}_points" for curve in CURVES} | {"diagnostic_findings"}
METRICS = {
    view.name: view.floor
    for view in files.file_views()
    if view.floor in ("drift", "quality", "performance") and view.name not in NO_METRICS
}
PROFILES = {
    "histograms": ("bin_counts", "feature, bin"),
    "score_histograms": ("score_bin_counts", "bin, label"),
    "label_histograms": ("label_counts", "actual, predicted"),
}


# Live views and snapshots ------------------------------------------------------


@pytest.fixture(scope="module")
def evaluation(finished):
    return finished.warehouse.one(
        "from evaluations where store = $store and batch = $batch", store=STORE, batch=BATCH
    )


@pytest.mark.parametrize("view", METRICS)
def test_a_live_view_says_what_the_snapshot_says(view, finished, evaluation):
    key = "evaluation_id" if METRICS[view] == "drift" else "sample_id"
    feature = "feature" if "feature" in finished.warehouse.columns(view) else "null"
    live = finished.warehouse.read(
        f"select {feature} as feature, value from {view} where {key} = $id order by all",
        id=evaluation[key],
    )
    stored = finished.warehouse.read(
        "select feature, value from evaluation_metrics"
        " where evaluation_id = $id and metric = $metric order by all",
        id=evaluation["evaluation_id"],
        metric=view,
    )
    assert_same(live, stored)
    regression = finished.warehouse.value(
        "select tasks = ['regression'] from metric_catalogue where metric = $metric", metric=view
    )
    assert bool(live) != regression


@pytest.mark.parametrize("view", [name for name, floor in METRICS.items() if floor != "drift"])
def test_the_reference_has_the_same_figures_of_its_own(view, finished, evaluation):
    sample = evaluation["reference_sample_id"]
    feature = "feature" if "feature" in finished.warehouse.columns(view) else "null"
    query = f"select {feature} as feature, value from {view} where sample_id = $id order by all"
    stored = finished.warehouse.read(
        "select feature, value from evaluation_metrics where sample_id = $id and metric = $metric"
        " and evaluation_id is null order by all",
        id=sample,
        metric=view,
    )
    assert_same(finished.warehouse.read(query, id=sample), stored)


@pytest.mark.parametrize("table", PROFILES)
def test_a_stored_profile_is_what_the_view_counts(table, finished, evaluation):
    view, keys = PROFILES[table]
    columns = ", ".join(finished.warehouse.columns(table))
    for sample in (evaluation["sample_id"], evaluation["reference_sample_id"]):
        query = f"select {columns} from {{}} where sample_id = $id order by {keys}"
        live = finished.warehouse.read(query.format(view), id=sample)
        assert live
        assert_same(live, finished.warehouse.read(query.format(table), id=sample))


@pytest.mark.parametrize("curve", sorted(CURVES))
def test_a_stored_curve_is_what_the_view_draws(curve, finished, evaluation):
    given = finished.warehouse.columns(f"{curve}_points")
    columns = ", ".join(
        name for name in ("class", "position", "x", "y", "threshold") if name in given
    )
    live = finished.warehouse.read(
        f"select {columns} from {curve}_points where sample_id = $id order by all",
        id=evaluation["sample_id"],
    )
    stored = finished.warehouse.read(
        f"select {columns} from evaluation_curves where evaluation_id = $id and curve = $curve"
        " order by all",
        id=evaluation["evaluation_id"],
        curve=curve,
    )
    assert bool(live) == (curve not in OF_REGRESSION)  # the tutorial's model is binary
    assert_same(live, stored)
    per_curve = {}
    for row in stored:
        per_curve.setdefault(row.get("class"), []).append(row)
    if curve != "decision_chart":  # a curve per metric there
        assert max(map(len, per_curve.values()), default=0) <= 400


def test_findings_are_what_the_view_finds(finished, evaluation):
    query = "select code, message from {} where evaluation_id = $id order by all"
    live, stored = (
        finished.warehouse.read(query.format(name), id=evaluation["evaluation_id"])
        for name in ("diagnostic_findings", "diagnostics")
    )
    assert stored == live != []


def test_marts_show_the_stored_figures(finished, evaluation):
    row = finished.warehouse.one(
        "from evaluation_history where evaluation_id = $id", id=evaluation["evaluation_id"]
    )
    stored = finished.warehouse.read(
        "select metric, value from evaluation_metrics where evaluation_id = $id"
        " and feature is null",
        id=evaluation["evaluation_id"],
    )
    assert len(stored) > 15
    for figure in stored:
        assert row[figure["metric"]] == figure["value"]


def test_shares_add_up(finished):
    sums = finished.warehouse.read(
        "select evaluation_id, feature, sum(reference_share) as reference, sum(current_share) as"
        " current from feature_distribution group by all"
    )
    assert len(sums) > 100
    for row in sums:
        assert (row["reference"], row["current"]) == (pytest.approx(1), pytest.approx(1))


def test_changes_are_current_less_reference(finished):
    rows = finished.warehouse.read("from performance_drift")
    assert len(rows) > 100
    for row in rows:
        if row["current"] is not None and row["reference"] is not None:
            assert row["change"] == row["current"] - row["reference"]


# The order of records ----------------------------------------------------------


def figures(folder, shuffle: int | None) -> dict[str, list[dict]]:
    """Return every figure of a shop whose files have their rows in some order."""
    for month in ("2024_01", "2024_02"):
        lines = orders(month)
        if shuffle is not None:
            random.Random(shuffle).shuffle(lines)
        write(folder, month, lines)
    with mlmon.open(folder) as project:
        project.ingest("orders")
        project.train("returns")
        project.evaluate("truth")
        project.evaluate("blind")
        return {
            "version": project.warehouse.read("select threshold, sha256 from model_versions"),
            "bins": project.warehouse.read("from bins order by all"),
            "importances": project.warehouse.read("from feature_importances order by all"),
            "metrics": project.warehouse.read(
                "select store, metric, feature, value, lower, upper, note from metrics order by all"
            ),
            "curves": project.warehouse.read(
                "select store, curve, class, position, x, y, threshold from evaluation_curves"
                " left join evaluations using (evaluation_id) order by all"
            ),
        }


def test_the_order_of_records_is_nothing(ingested, tmp_path):
    other = shutil.copytree(ingested, tmp_path / "other")
    as_given, shuffled = figures(ingested, None), figures(other, 7)
    assert as_given["version"] == shuffled["version"]
    for name, rows in as_given.items():
        assert rows
        assert_same(rows, shuffled[name])


def test_a_batch_against_itself_has_not_drifted(trained):
    """The test part of training as a batch of its own: every distance is 0, every share equal."""
    with mlmon.open(trained) as project:
        tested = project.warehouse.value(
            "select list(record_id) from sample_records join samples using (sample_id)"
            " where role = 'reference'"
        )
        lines = [line for line in orders("2024_01") if line.split(",")[0] in tested]
        write(trained, "2024_01", lines)
        project.ingest("orders")
        evaluation = project.evaluate("truth", batch="2024_01")
        assert evaluation.rows == len(tested)
        distances = project.warehouse.read(
            "select metric, feature, value from metrics where list_contains(["
            " 'population_stability_index', 'ks_statistic', 'jensen_shannon_distance',"
            " 'hellinger_distance', 'l_infinity', 'wasserstein_distance', 'chi2_statistic',"
            " 'drifted', 'drifted_feature_share', 'unseen_rate', 'out_of_range_rate'], metric)"
        )
        assert len({row["metric"] for row in distances}) == 11
        for row in distances:
            assert row["value"] == pytest.approx(0, abs=1e-9), row
        changes = project.warehouse.read("select metric, change from performance_drift")
        assert changes
        for row in changes:
            assert row["change"] is None or abs(row["change"]) < 1e-12, row
