"""One evaluation, on exactly its sampled rows: every figure equals scikit-learn's and scipy's."""

import numpy as np
import pandas as pd
import pytest
from oracles import metrics_of, oracle
from scipy import stats
from scipy.spatial.distance import jensenshannon

STORE, BATCH = "mes_for_ground_truth", "2017_07"  # the month with a missing and an unseen value
INPUTS = (
    "signature_provided",
    "merchant_subsector_description",
    "purchase_amount",
    "merchant_state",
    "card_fico_score",
    "card_age",
)
CATEGORICAL = ("merchant_subsector_description", "merchant_state", "prediction")
NUMERIC = ("signature_provided", "purchase_amount", "card_fico_score", "card_age", "score")


@pytest.fixture(scope="module")
def evaluation(finished):
    return finished.warehouse.one(
        "from evaluations where store = $store and batch = $batch", store=STORE, batch=BATCH
    )


def rows_of(project, sample: str) -> pd.DataFrame:
    """Return the sampled rows as any SQL client would fetch them."""
    columns = ", ".join(f"t.{name}" for name in INPUTS)
    return project.warehouse.connection.execute(
        f"""
        select {columns}, p.score, p.prediction, t.authorized_flag as actual
        from sample_records as s
        inner join transactions as t
            on s.batch = t.batch and s.record_id = t.transaction_id::varchar
        inner join predictions as p
            on s.record_id = p.record_id and s.model_version = p.model_version
        where s.sample_id = $id
        """,
        {"id": sample},
    ).df()


@pytest.fixture(scope="module")
def sides(finished, evaluation):
    samples = (evaluation["reference_sample_id"], evaluation["sample_id"])
    return [rows_of(finished, sample) for sample in samples]


@pytest.fixture(scope="module")
def figures(finished, evaluation):
    rows = finished.warehouse.read(
        "select metric, feature, value from metrics where evaluation_id = $id",
        id=evaluation["evaluation_id"],
    )
    return {(row["metric"], row["feature"]): row["value"] for row in rows}


def test_the_samples_are_whole(sides, evaluation):
    reference, current = sides
    assert len(current) == evaluation["rows"]
    assert len(reference) > 0
    assert current["card_fico_score"].isna().any()


def expected(name: str, rows: pd.DataFrame) -> float:
    positive = (rows["actual"] == 0).to_numpy()
    predicted = (rows["prediction"] == "0").to_numpy()
    given = {"actual": positive, "predicted": predicted, "score": rows["score"].to_numpy()}
    return float(oracle(name, **given, classes=[False, True]))


PERFORMANCE = [metric.name for metric in metrics_of("actual", "predicted", "score", "classes")]


@pytest.mark.parametrize("name", PERFORMANCE)
def test_performance_equals_scikit_learn(name, sides, figures, finished, evaluation):
    reference, current = sides
    assert figures[name, None] == pytest.approx(expected(name, current), rel=1e-9)
    then = finished.warehouse.value(
        "select reference from performance_drift where evaluation_id = $id and metric = $name",
        id=evaluation["evaluation_id"],
        name=name,
    )
    assert then == pytest.approx(expected(name, reference), rel=1e-9)


def test_calibration_loss(sides, figures):
    current = sides[1]
    positive, score = (current["actual"] == 0).to_numpy(), current["score"].to_numpy()
    part = np.minimum(np.floor(score * 10), 9)
    loss = sum(
        (part == k).sum() * abs(positive[part == k].mean() - score[part == k].mean())
        for k in np.unique(part)
    )
    assert figures["calibration_loss", None] == pytest.approx(loss / len(current), rel=1e-9)


def test_lift(sides, figures):
    """Recall within the top 40 % by score; the records tied at the cut count in proportion."""
    current = sides[1].sort_values("score", ascending=False)
    positive = current["actual"].to_numpy() == 0
    score, cut = current["score"].to_numpy(), 0.4 * len(current)
    at_cut = score[int(np.ceil(cut)) - 1]
    above, tied = score > at_cut, score == at_cut
    inside = positive[above].sum() + positive[tied].sum() * (cut - above.sum()) / tied.sum()
    assert figures["lift", None] == pytest.approx(inside / positive.sum() / 0.4, rel=1e-9)


def test_cost_matrix_gain(sides, figures):
    current = sides[1]
    predicted, positive = current["prediction"] == "0", current["actual"] == 0
    gain = (predicted & positive).sum() - 0.3 * (predicted & ~positive).sum()
    assert figures["cost_matrix_gain", None] == pytest.approx(gain / len(current), rel=1e-9)


@pytest.mark.parametrize("feature", NUMERIC)
def test_drift_of_numbers_equals_scipy(feature, sides, figures):
    reference, current = (side[feature].dropna().to_numpy(dtype=float) for side in sides)
    ks = stats.ks_2samp(reference, current)
    distance = stats.wasserstein_distance(reference, current)
    assert figures["ks_statistic", feature] == pytest.approx(ks.statistic, rel=1e-9)
    assert figures["ks_pvalue", feature] == pytest.approx(ks.pvalue, rel=1e-9)
    assert figures["wasserstein_distance", feature] == pytest.approx(distance, rel=1e-9)
    spread = figures["normalized_wasserstein_distance", feature]
    assert distance / spread == pytest.approx(reference.std(ddof=1), rel=1e-3)


def pooled(table: np.ndarray) -> np.ndarray:
    """Return the table with the categories that expect under five rows on a side made one."""
    smaller = table.sum(axis=1).min() / table.sum()
    order = np.argsort(table.sum(axis=0), kind="stable")
    totals = table.sum(axis=0)[order]
    few = int((totals * smaller < 5).sum())
    assert few < len(order), "then they are grouped otherwise"
    while 0 < few < len(order) - 1 and totals[:few].sum() * smaller < 5:
        few += 1
    if few == 0:
        return table
    rest = table[:, order[few:]]
    return np.column_stack([table[:, order[:few]].sum(axis=1), rest])


@pytest.mark.parametrize("feature", CATEGORICAL)
def test_drift_of_categories_equals_scipy(feature, sides, figures):
    counts = [side[feature].fillna("(missing)").value_counts() for side in sides]
    table = pd.concat(counts, axis=1).fillna(0).to_numpy().T
    shares = table / table.sum(axis=1, keepdims=True)
    chi2 = stats.chi2_contingency(pooled(table), correction=False)
    assert figures["chi2_statistic", feature] == pytest.approx(chi2.statistic, rel=1e-9)
    assert figures["chi2_pvalue", feature] == pytest.approx(chi2.pvalue, rel=1e-9)
    if (table[0] == 0).sum() > 1:
        return  # several unseen values share a bin in what follows
    floored = np.maximum(shares, 1e-4)
    psi = np.sum((floored[1] - floored[0]) * np.log(floored[1] / floored[0]))
    assert figures["population_stability_index", feature] == pytest.approx(psi, rel=1e-9)
    distance = jensenshannon(*shares, base=2)
    assert figures["jensen_shannon_distance", feature] == pytest.approx(distance, rel=1e-9)
    hellinger = np.linalg.norm(np.sqrt(shares[1]) - np.sqrt(shares[0])) / np.sqrt(2)
    assert figures["hellinger_distance", feature] == pytest.approx(hellinger, rel=1e-9)
    assert figures["l_infinity", feature] == pytest.approx(
        np.abs(shares[1] - shares[0]).max(), rel=1e-9
    )


def test_missing_and_unseen(sides, figures):
    reference, current = sides
    for feature in INPUTS:
        missing = current[feature].isna().mean()
        assert figures["missing_rate", feature] == pytest.approx(missing, rel=1e-9)
    feature = "merchant_subsector_description"
    unseen = ~current[feature].isin(reference[feature]) & current[feature].notna()
    assert unseen.mean() > 0
    assert figures["unseen_rate", feature] == pytest.approx(unseen.mean(), rel=1e-9)


def test_adjusted_pvalues(figures):
    pvalues = [figures["pvalue", feature] for feature in INPUTS]
    adjusted = [figures["pvalue_adjusted", feature] for feature in INPUTS]
    assert adjusted == pytest.approx(list(stats.false_discovery_control(pvalues)), rel=1e-9)


def test_data_drift_is_an_accuracy(figures, finished, evaluation, sides):
    held_out = int(0.3 * 2 * min(len(side) for side in sides))
    row = finished.warehouse.one(
        "select value, lower, upper from metrics where evaluation_id = $id"
        " and metric = 'data_drift'",
        id=evaluation["evaluation_id"],
    )
    right = round(row["value"] * held_out)
    assert row["value"] == right / held_out
    interval = stats.binomtest(right, held_out).proportion_ci(0.95, method="wilson")
    assert (row["lower"], row["upper"]) == pytest.approx((interval.low, interval.high), rel=1e-9)
    expected = stats.binomtest(right, held_out, 0.5, alternative="greater").pvalue
    assert figures["data_drift_pvalue", None] == pytest.approx(expected, rel=1e-9)
