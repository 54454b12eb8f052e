"""Every performance metric and curve against scikit-learn's or scipy's on the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import metrics_of, oracle
from scipy import stats
from sklearn import metrics as sk
from view_bench import Bench, Row, assert_close, examples, metric_views, the

from mlmon.measure import inference
from mlmon.views.files import file_views
from mlmon.warehouse.metrics import Metric, catalogue

Floats = npt.NDArray[np.float64]

MODEL = {"model": "m", "model_version": 1}
GAINS = {"gain_tp": 1.0, "gain_fp": -0.3, "gain_fn": -2.0, "gain_tn": 0.1}
LIFT_AT = 0.4
CLASSES = ["a", "b", "c", "d"]
UNKNOWN = "z"  # an actual class that the model has never seen
BY_CLASS = {view.name for view in file_views() if "feature" in view.grain}
# The mean of the classes is undefined where one of them is, not only where all are.
ALL_OR_NONE = {"roc_auc_score", "average_precision_score"}

# Oracles warn where a figure is undefined; the tests say what is expected there.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(metric_views())


def put(bench: Bench, version: Row, records: dict[str, Any], **more: pa.Table) -> None:
    """The bench holds one sample of a model of the given task."""
    rows = len(records["score"])
    ids = {"sample_id": ["s"] * rows, "record_id": [str(i) for i in range(rows)]}
    texts = {
        name: pa.array(records[name], pa.string())
        for name in ("prediction", "actual")
        if name in records
    }
    bench.fill(
        {
            "samples": [{**MODEL, **GAINS, "sample_id": "s", "lift_at": LIFT_AT}],
            "model_versions": [{**MODEL, **version}],
            "scored_records": pa.table({**ids, "score": pa.array(records["score"]), **texts}),
            **more,
        }
    )


def figure(bench: Bench, metric: str, of_class: str | None = None) -> Row:
    return the(bench.rows(metric), sample_id="s", feature=of_class)


def metrics_for(task: str, *given: str) -> list[Metric]:
    """Return the performance metrics of a task that have an oracle of the given values."""
    return [one for one in metrics_of(*given) if one.family == "performance" and task in one.tasks]


def assert_no_others(bench: Bench, task: str) -> None:
    """Assert that the metrics of other tasks only have no figures."""
    others = [one for one in catalogue() if one.family == "performance" and task not in one.tasks]
    assert not [one.name for one in others if bench.rows(one.name)]


def points(bench: Bench, curve: str, of_class: str | None) -> dict[str, Floats]:
    """Return the columns of a curve's points, in their order."""
    name = "null" if of_class is None else f"'{of_class}'"
    rows = bench.rows(f"{curve}_points", f"class is not distinct from {name} order by position")
    return {
        name: np.array([row[name] for row in rows], dtype=np.float64)
        for name in ("position", "x", "y", "threshold", "n")
        if rows and name in rows[0]
    }


# ---- binary


@dataclass(frozen=True)
class Scored:
    """Scores and whether a record is positive, of the records that are labelled."""

    score: Floats
    actual: npt.NDArray[np.bool_]
    threshold: float
    unlabelled: Floats

    @property
    def predicted(self) -> npt.NDArray[np.bool_]:
        return self.score > self.threshold


@st.composite
def scored(draw: st.DrawFn) -> Scored:
    """Return up to 5000 records: with ties, scores of 0 and 1, one class, nothing labelled."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.sampled_from([0, 1, 2, 3, 10, 150, 390, 410, 1000, 5000]))
    actual = rng.random(rows) < draw(st.sampled_from([0.0, 0.05, 0.5, 1.0]))
    shift = draw(st.sampled_from([-1.0, 0.0, 1.0, 4.0]))
    score = 1 / (1 + np.exp(-rng.normal(shift * actual, 1.5)))
    score = np.round(score, draw(st.sampled_from([1, 2, 3, 16])))
    edge = rng.random(rows) < draw(st.sampled_from([0.0, 0.1]))
    score = np.where(edge, rng.choice([0.0, 0.1, 0.3, 0.5, 0.7, 1.0], rows), score)
    return Scored(score, actual, draw(st.sampled_from([0.0, 0.3, 0.5, 0.9])), rng.random(3))


def put_scored(bench: Bench, given: Scored) -> None:
    score = np.r_[given.score, given.unlabelled]
    names = np.array(["no", "yes"])
    version = {"positive_class": "yes", "classes": ["no", "yes"], "threshold": given.threshold}
    records = {
        "score": score,
        "prediction": names[(score > given.threshold).astype(int)].tolist(),
        "actual": [*names[given.actual.astype(int)].tolist(), None, None, None],
    }
    put(bench, {"task": "binary", **version}, records)


@examples
@given(scored())
def test_binary(bench: Bench, given: Scored) -> None:
    put_scored(bench, given)
    y, p, s, rows = given.actual, given.predicted, given.score, len(given.actual)
    both = 0 < y.sum() < rows
    # Where an oracle has a number although nothing is defined.
    defined = {
        "balanced_accuracy_score": both,
        "matthews_corrcoef": both and 0 < p.sum() < rows,
        "roc_auc_score": both,
        "average_precision_score": y.any(),
    }
    values = {"actual": y, "predicted": p, "score": s, "classes": [False, True]}
    for metric in metrics_for("binary", *values):
        row = figure(bench, metric.name)
        expected = oracle(metric.name, **values) if defined.get(metric.name, True) else None
        assert_close(row["value"], expected, metric.name)
        if not rows:
            assert row["note"] == "no labelled rows"
        if row["value"] is not None and "trials" in row:
            assert_close(row["successes"] / row["trials"], row["value"], metric.name)
    assert_no_others(bench, "binary")


@examples
@given(scored())
def test_binary_by_hand(bench: Bench, given: Scored) -> None:
    put_scored(bench, given)
    y, p, s, rows = given.actual, given.predicted, given.score, len(given.actual)
    tp, fp, fn, tn = (y & p).sum(), (~y & p).sum(), (y & ~p).sum(), (~y & ~p).sum()
    bins = np.minimum(np.floor(s * 100), 99) // 10
    calibration = [abs(y[bins == b].sum() - s[bins == b].sum()) for b in range(10)]
    weights = [GAINS[f"gain_{name}"] for name in ("tp", "fp", "fn", "tn")]
    expected = {
        "calibration_loss": sum(calibration) / rows if rows else None,
        "lift": recall_in_top(y, s, LIFT_AT) / LIFT_AT if y.any() else None,
        "cost_matrix_gain": np.dot(weights, [tp, fp, fn, tn]) / rows if rows else None,
    }
    for metric, value in expected.items():
        assert_close(figure(bench, metric)["value"], value, metric)
    for metric, right, trials in (
        ("accuracy_score", tp + tn, rows),
        ("precision_score", tp, tp + fp),
        ("recall_score", tp, tp + fn),
    ):
        found = inference.figure(metric, figure(bench, metric), 0.9)
        if trials:
            interval = stats.binomtest(int(right), int(trials)).proportion_ci(0.9, method="wilson")
            assert_close(found.lower, interval.low, metric)
            assert_close(found.upper, interval.high, metric)
        else:
            assert found.lower is found.upper is None
    row = figure(bench, "roc_auc_score")
    if 1 < y.sum() < rows - 1:
        variance = delong_variance(s[y], s[~y])
        assert_close(row["variance"], variance, "variance")
        found = inference.figure("roc_auc_score", row, 0.9)
        if variance > 1e-12:
            interval = stats.norm.interval(0.9, row["value"], np.sqrt(variance))
            assert_close(found.lower, max(0, interval[0]), "lower")
            assert_close(found.upper, min(1, interval[1]), "upper")


def recall_in_top(y: npt.NDArray[np.bool_], s: Floats, share: float | Floats) -> Any:
    """Return recall in the top share by score; between tied rows it grows in proportion."""
    scores, index = np.unique(-s, return_inverse=True)
    rows = np.r_[0, np.cumsum(np.bincount(index, minlength=len(scores)))]
    hits = np.r_[0, np.cumsum(np.bincount(index, weights=y, minlength=len(scores)))]
    return np.interp(np.asarray(share) * len(y), rows, hits / y.sum())


def delong_variance(positives: Floats, negatives: Floats) -> float:
    """Return the variance of the ROC AUC by midranks (Sun and Xu, 2014)."""
    ranks = stats.rankdata(np.r_[positives, negatives])
    m, n = len(positives), len(negatives)
    of_positives = (ranks[:m] - stats.rankdata(positives)) / n
    of_negatives = 1 - (ranks[m:] - stats.rankdata(negatives)) / m
    return float(np.var(of_positives, ddof=1) / m + np.var(of_negatives, ddof=1) / n)


@examples
@given(scored())
def test_ranking_curves(bench: Bench, given: Scored) -> None:
    put_scored(bench, given)
    y, s, rows = given.actual, given.score, len(given.actual)
    roc, curve = points(bench, "roc_curve", "yes"), points(bench, "precision_recall_curve", "yes")
    if 0 < y.sum() < rows:
        fpr, tpr, thresholds = sk.roc_curve(y, s, drop_intermediate=False)
        if len(fpr) <= 400:
            assert_all_close(roc, x=fpr, y=tpr, threshold=np.r_[np.nan, thresholds[1:]])
        on_curve = np.searchsorted(-thresholds[1:], -roc["threshold"][1:]) + 1
        np.testing.assert_allclose(roc["x"][1:], fpr[on_curve], rtol=1e-12)
        np.testing.assert_allclose(roc["y"][1:], tpr[on_curve], rtol=1e-12)
        assert len(roc["x"]) <= 400
        assert abs(np.trapezoid(roc["y"], roc["x"]) - sk.roc_auc_score(y, s)) < 1e-3
    else:
        assert not roc
    if not y.any():
        assert not curve
        return
    precision, recall, thresholds = sk.precision_recall_curve(y, s)
    if len(precision) <= 400:
        expected = np.r_[thresholds, np.nan][::-1]
        assert_all_close(curve, x=recall[::-1], y=precision[::-1], threshold=expected)
    assert len(curve["x"]) <= 400
    assert (curve["x"][[0, -1]] == [0, 1]).all()
    place = np.searchsorted(thresholds, curve["threshold"][1:])
    np.testing.assert_array_equal(thresholds[place], curve["threshold"][1:])  # A7: each is a cut
    np.testing.assert_allclose(curve["x"][1:], recall[place], rtol=1e-12)
    np.testing.assert_allclose(curve["y"][1:], precision[place], rtol=1e-12)
    area = np.sum(np.diff(curve["x"]) * curve["y"][1:])
    assert abs(area - sk.average_precision_score(y, s)) < 1e-3


def assert_all_close(found: dict[str, Floats], **expected: Floats) -> None:
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-12, err_msg=name)


@examples
@given(scored())
def test_other_curves(bench: Bench, given: Scored) -> None:
    put_scored(bench, given)
    y, s, rows = given.actual, given.score, len(given.actual)
    percent = np.arange(1, 101) / 100
    if y.any():
        found = points(bench, "lift_curve", "yes")
        assert_all_close(found, position=percent * 100, x=percent, y=recall_in_top(y, s, percent))
    for name, scores in ((None, np.r_[s, given.unlabelled]), ("yes", s[y]), ("no", s[~y])):
        found = points(bench, "score_density", name)
        if len(scores):
            bins = np.minimum(np.floor(scores * 100), 99).astype(int)
            density = np.bincount(bins, minlength=100) * 100 / len(scores)
            assert_all_close(found, x=np.arange(100) / 100 + 0.005, y=density)
    bins = np.minimum(np.floor(s * 100), 99) // 10
    filled = np.unique(bins)
    found = points(bench, "calibration_curve", "yes")
    if rows:
        means = [(s[bins == b].mean(), y[bins == b].mean(), (bins == b).sum()) for b in filled]
        mean_score, positive_share, n = np.array(means).T
        assert_all_close(found, position=filled, x=mean_score, y=positive_share, n=n)
    for metric in (sk.precision_score, sk.recall_score, sk.f1_score, sk.accuracy_score):
        found = points(bench, "decision_chart", metric.__name__)
        for threshold in (0, 30, 100) if rows else ():
            expected = metric(y, s > threshold / 100, **nan_for(metric))
            np.testing.assert_allclose(found["y"][threshold], expected, rtol=1e-9)
    found = points(bench, "decision_chart", "cost_matrix_gain")
    gains = np.where(
        y[:, None], [GAINS["gain_fn"], GAINS["gain_tp"]], [GAINS["gain_tn"], GAINS["gain_fp"]]
    )
    for threshold in (0, 30, 100) if rows else ():
        chosen = gains[np.arange(rows), (s > threshold / 100).astype(int)]
        np.testing.assert_allclose(found["y"][threshold], chosen.mean(), rtol=1e-9, atol=1e-12)


def nan_for(metric: Callable[..., float]) -> dict[str, Any]:
    return {} if metric is sk.accuracy_score else {"zero_division": np.nan}


# ---- multiclass


@dataclass(frozen=True)
class Chosen:
    """Probabilities of the classes, and the actual class, of labelled records."""

    probabilities: Floats
    actual: npt.NDArray[np.str_]

    @property
    def predicted(self) -> npt.NDArray[np.str_]:
        return np.array(CLASSES)[self.probabilities.argmax(axis=1)]


@st.composite
def chosen(draw: st.DrawFn) -> Chosen:
    """Return up to 1000 records; a class may never be actual, never predicted, or be unknown."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.sampled_from([0, 1, 2, 5, 100, 1000]))
    weights = draw(st.sampled_from([[1, 1, 1, 1], [8, 1, 1, 0], [1, 0, 0, 0]]))
    actual = rng.choice(4, rows, p=np.array(weights) / sum(weights))
    logits = rng.normal(size=(rows, 4)) + 1.5 * np.eye(4)[actual]
    logits[:, 3] -= draw(st.sampled_from([0, 50]))
    parts = np.exp(logits)
    if draw(st.booleans()):
        parts = np.ceil(parts)
    names = np.array(CLASSES)[actual]
    names[rng.random(rows) < draw(st.sampled_from([0.0, 0.0, 0.3]))] = UNKNOWN
    return Chosen(parts / parts.sum(axis=1, keepdims=True), names)


def put_chosen(bench: Bench, given: Chosen) -> None:
    rows = len(given.actual)
    records = {
        "score": pa.nulls(rows + 1, pa.float64()),
        "prediction": [*given.predicted.tolist(), "a"],
        "actual": [*given.actual.tolist(), None],
    }
    scores = pa.table(
        {
            "sample_id": ["s"] * (rows * 4),
            "record_id": np.repeat(np.arange(rows), 4).astype(str).tolist(),
            "class": CLASSES * rows,
            "probability": given.probabilities.ravel(),
        }
    )
    put(bench, {"task": "multiclass", "classes": CLASSES}, records, class_scores=scores)


@examples
@given(chosen())
def test_multiclass(bench: Bench, given: Chosen) -> None:
    put_chosen(bench, given)
    known = given.actual != UNKNOWN  # other rows count nowhere
    y, p, scores = given.actual[known], given.predicted[known], given.probabilities[known]
    names, rows = {"labels": CLASSES}, len(y)
    varied = len({*y}) > 1
    defined = {
        "balanced_accuracy_score": varied,
        "matthews_corrcoef": varied and len({*p}) > 1,
    }
    values = {"actual": y, "predicted": p, "score": scores, "classes": CLASSES}
    for metric in metrics_for("multiclass", *values):
        if metric.name not in BY_CLASS:
            expected = oracle(metric.name, **values) if defined.get(metric.name, True) else None
            assert_close(figure(bench, metric.name)["value"], expected, metric.name)
            continue
        each = [
            one_against_the_rest(metric.name, y == name, p == name, scores[:, position])
            for position, name in enumerate(CLASSES)
        ]
        for name, value in zip(CLASSES, each, strict=True):
            assert_close(figure(bench, metric.name, name)["value"], value, f"{metric.name} {name}")
        average = (np.mean if metric.name in ALL_OR_NONE else np.nanmean)(each)
        assert_close(figure(bench, metric.name)["value"], average, metric.name)
        assert not bench.rows(metric.name, f"feature = '{UNKNOWN}'")
    for macro in (sk.precision_score, sk.recall_score, sk.f1_score) if rows else ():
        value = macro(y, p, average="macro", zero_division=np.nan, **names)
        assert_close(figure(bench, macro.__name__)["value"], value, "scikit-learn's macro")
    if len({*y}) == len(CLASSES):
        ovr = sk.roc_auc_score(y, scores, multi_class="ovr", average="macro", **names)
        assert_close(figure(bench, "roc_auc_score")["value"], ovr, "scikit-learn's ovr")
    assert_no_others(bench, "multiclass")


def one_against_the_rest(
    metric: str, y: npt.NDArray[np.bool_], p: npt.NDArray[np.bool_], score: Floats
) -> float:
    """Return the oracle's value for one class, NaN where it is not defined."""
    undefined = {"roc_auc_score": not 0 < y.sum() < len(y), "average_precision_score": not y.any()}
    if undefined.get(metric):
        return np.nan
    return oracle(metric, actual=y, predicted=p, score=score, classes=[False, True])


# ---- regression


@st.composite
def estimated(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Return actual values and estimates, up to 5000; constants, negatives and zeros too."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.sampled_from([0, 1, 2, 3, 50, 5000]))
    shapes: dict[str, Callable[[], Floats]] = {
        "normal": lambda: rng.normal(size=rows) * 100,
        "far": lambda: rng.normal(size=rows) + 1e6,
        "counts": lambda: rng.integers(0, 9, rows).astype(float),
        "constant": lambda: np.full(rows, 0.1),
    }
    actual = shapes[draw(st.sampled_from(sorted(shapes)))]()
    near = actual + rng.normal(size=rows) * draw(st.sampled_from([0.1, 10.0]))
    other = shapes[draw(st.sampled_from(sorted(shapes)))]()
    return actual, near if draw(st.booleans()) else other


@examples
@given(estimated())
def test_regression(bench: Bench, given: tuple[Floats, Floats]) -> None:
    actual, estimate = given
    records = {
        "score": np.r_[estimate, 7.0, 8.0],
        "actual": [*map(repr, actual.tolist()), None, "nan"],
    }
    put(bench, {"task": "regression"}, records)
    rows, varied = len(actual), len({*actual}) > 1
    logarithmic = rows > 0 and actual.min() > -1 and estimate.min() > -1
    # Where an oracle has a number although nothing is defined.
    defined = {
        "root_mean_squared_log_error": logarithmic,
        "r2_score": varied,
        "explained_variance_score": varied,
        "pearson_correlation": varied and len({*estimate}) > 1,
    }
    values = {"actual": actual, "estimate": estimate}
    for metric in metrics_for("regression", *values):
        expected = oracle(metric.name, **values) if defined.get(metric.name, True) else None
        assert_close(figure(bench, metric.name)["value"], expected, metric.name)
    assert_no_others(bench, "regression")
