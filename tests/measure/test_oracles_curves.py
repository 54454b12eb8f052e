"""The curves of multiclass and regression models against scikit-learn and numpy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk
from test_oracles_performance import CLASSES, UNKNOWN, Chosen, chosen, points, put_chosen
from view_bench import Bench, Row, examples

from mlmon.measure import bins

Floats = npt.NDArray[np.float64]
CURVES = (
    "roc_curve_points",
    "precision_recall_curve_points",
    "calibration_curve_points",
    "lift_curve_points",
    "decision_chart_points",
    "score_density_points",
    "error_distribution_points",
    "predicted_vs_actual_points",
)
MODEL = {"model": "m", "model_version": 1}
STATISTICS = {
    "mean": np.mean,
    "lower_quartile": lambda values: np.quantile(values, 0.25),
    "median": np.median,
    "upper_quartile": lambda values: np.quantile(values, 0.75),
}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(CURVES)


def same(found: Any, expected: Any, what: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=what)


# ---- multiclass


@examples
@given(chosen())
def test_each_class_against_the_rest(bench: Bench, given: Chosen) -> None:
    put_chosen(bench, given)
    known = given.actual != UNKNOWN  # other rows count nowhere
    actual, probabilities = given.actual[known], given.probabilities[known]
    rows = len(actual)
    for position, name in enumerate(CLASSES):
        one, score = actual == name, probabilities[:, position]
        roc = points(bench, "roc_curve", name)
        assert bool(roc) == (0 < one.sum() < rows)
        if roc:
            fpr, tpr, _ = sk.roc_curve(one, score, drop_intermediate=False)
            assert len(roc["x"]) <= 400
            assert abs(np.trapezoid(roc["y"], roc["x"]) - sk.roc_auc_score(one, score)) < 1e-3
            if len(fpr) <= 400:
                same(roc["x"], fpr, name)
                same(roc["y"], tpr, name)
        curve = points(bench, "precision_recall_curve", name)
        assert bool(curve) == one.any()
        if curve:
            area = np.sum(np.diff(curve["x"]) * curve["y"][1:])
            assert abs(area - sk.average_precision_score(one, score)) < 1e-3
        part = np.minimum(np.floor(score * 100), 99) // 10
        found = points(bench, "calibration_curve", name)
        assert bool(found) == (rows > 0)
        if found:
            filled = np.unique(part)
            same(found["position"], filled, name)
            same(found["x"], [score[part == b].mean() for b in filled], name)
            same(found["y"], [one[part == b].mean() for b in filled], name)
            same(found["n"], [(part == b).sum() for b in filled], name)


def test_a_classifier_has_no_curves_of_a_regression(bench: Bench) -> None:
    probabilities = np.full((2, 4), 0.25)
    put_chosen(bench, Chosen(probabilities, np.array(["a", "b"])))
    for curve in ("error_distribution", "predicted_vs_actual", "lift_curve", "decision_chart"):
        assert bench.rows(f"{curve}_points") == []


# ---- regression


@dataclass(frozen=True)
class Estimates:
    """Actual values and estimates of the reference and of another sample."""

    reference: tuple[Floats, Floats]
    current: tuple[Floats, Floats]


@st.composite
def estimates(draw: st.DrawFn) -> Estimates:
    """Return up to 3000 records a side: with ties, outliers, constants, one row, none labelled."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scale = draw(st.sampled_from([1e-5, 1.0, 1e6]))
    digits = draw(st.sampled_from([0, 1, 12]))
    sides = []
    for rows in (draw(st.sampled_from([1, 2, 200, 3000])), draw(st.sampled_from([0, 1, 50, 3000]))):
        actual = np.round(rng.normal(2, 3, rows), digits)
        estimate = np.round(actual + rng.normal(0.5, 1, rows) * draw(st.booleans()), digits)
        wild = rng.random(rows) < draw(st.sampled_from([0.0, 0.01]))
        sides.append((actual * scale, np.where(wild, 1e3, estimate) * scale))
    return Estimates(*sides)


def put_estimates(bench: Bench, given: Estimates) -> list[Row]:
    """The bench holds both samples and the bins that training would freeze; return those."""
    frozen = bins.freeze("numeric", pd.Series(given.reference[1]))
    tables = []
    for sample, (actual, estimate) in (("r", given.reference), ("s", given.current)):
        rows = len(actual) + 2  # one is not labelled yet, one has no estimate
        tables.append(
            pa.table(
                {
                    "sample_id": [sample] * rows,
                    "record_id": [str(number) for number in range(rows)],
                    "score": pa.array([*estimate.tolist(), 7.0, None], pa.float64()),
                    "prediction": pa.nulls(rows, pa.string()),
                    "actual": pa.array([*map(repr, actual.tolist()), None, "1.0"], pa.string()),
                }
            )
        )
    bench.fill(
        {
            "samples": [
                {**MODEL, "sample_id": "r", "role": "reference"},
                {**MODEL, "sample_id": "s", "role": "evaluation"},
            ],
            "model_versions": [{**MODEL, "task": "regression"}],
            "bins": [{**MODEL, "feature": "score", **row} for row in frozen],
            "scored_records": pa.concat_tables(tables),
        }
    )
    return frozen


@examples
@given(estimates())
def test_error_distribution(bench: Bench, given: Estimates) -> None:
    put_estimates(bench, given)
    actual, estimate = given.reference
    errors = np.sort(estimate - actual)
    low, high = np.quantile(errors, [0.01, 0.99], method="inverted_cdf")
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        span = abs(low) or 1.0
    for sample, (actual, estimate) in (("r", given.reference), ("s", given.current)):
        rows = bench.rows("error_distribution_points", f"sample_id = '{sample}' order by position")
        if not len(actual):
            assert rows == []
            continue
        assert [row["position"] for row in rows] == list(range(62))
        edges = [row["x"] for row in rows[1:]]
        ruler = low - span / 2 + np.arange(61) * span / 30
        np.testing.assert_allclose(edges, ruler, rtol=1e-9, atol=1e-12 * span, err_msg="edges")
        assert [row["threshold"] for row in rows[:-1]] == edges
        expected, _ = np.histogram(estimate - actual, [-np.inf, *edges, np.inf])
        assert [row["n"] for row in rows] == expected.tolist()
        same([row["y"] for row in rows], expected / len(actual), "shares")


@examples
@given(estimates())
def test_predicted_vs_actual(bench: Bench, given: Estimates) -> None:
    frozen = put_estimates(bench, given)
    lowest: dict[int, float] = {}
    for row in frozen:
        if row["lower"] is not None:
            lowest.setdefault(row["coarse_bin"], row["lower"])
    for sample, (actual, estimate) in (("r", given.reference), ("s", given.current)):
        place = np.searchsorted(list(lowest.values()), estimate, side="right") - 1
        for name, statistic in STATISTICS.items():
            rows = bench.rows(
                "predicted_vs_actual_points",
                f"sample_id = '{sample}' and class = '{name}' order by position",
            )
            filled = np.unique(place)
            assert [row["position"] for row in rows] == [list(lowest)[at] for at in filled]
            assert [row["n"] for row in rows] == [(place == at).sum() for at in filled]
            same([row["x"] for row in rows], [estimate[place == at].mean() for at in filled], "x")
            same(
                [row["y"] for row in rows], [statistic(actual[place == at]) for at in filled], name
            )
    assert len(bench.rows("predicted_vs_actual_points", "sample_id = 's'")) <= 48


@examples
@given(estimates())
def test_density_of_an_estimate(bench: Bench, given: Estimates) -> None:
    frozen = put_estimates(bench, given)
    lowest = [row["lower"] for row in frozen if row["kind"] == "range"]
    low, high = np.quantile(lowest, [0.01, 0.99], method="inverted_cdf")
    span = high - low if high - low > 1e-9 * max(abs(low), abs(high)) else abs(low) or 1.0
    start, width = low - span / 2, span / 50
    for sample, (_, estimate) in (("r", given.reference), ("s", given.current)):
        rows = bench.rows("score_density_points", f"sample_id = '{sample}' order by position")
        every = np.r_[estimate, 7.0]
        place = np.clip(np.floor((every - start) / width), 0, 99).astype(int)
        assert [row["position"] for row in rows] == list(range(100))
        same([row["x"] for row in rows], start + (np.arange(100) + 0.5) * width, "centres")
        expected = np.bincount(place, minlength=100) / len(every) / width
        same([row["y"] for row in rows], expected, "density")


def test_a_regression_has_no_curves_of_a_classifier(bench: Bench) -> None:
    side = (np.array([1.0, 2.0]), np.array([2.0, 2.5]))
    put_estimates(bench, Estimates(side, side))
    for curve in CURVES[:5]:
        assert bench.rows(curve) == []
