"""Inference: what the views cannot say. P-values and intervals, by scipy, from counts.

Pure functions over the rows of the metric views of one evaluation or one sample.
"""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

Row = Mapping[str, Any]

PREDICTION_FEATURES = ("score", "prediction")
EXACT_ROWS = 10_000  # a side; as ks_2samp(method="auto")


@dataclass(frozen=True)
class Figure:
    """One value of a metric, as in table `evaluation_metrics`; an undefined one has a note."""

    metric: str
    feature: str | None
    value: float | None
    lower: float | None = None
    upper: float | None = None
    note: str | None = None


def figure(metric: str, row: Row, confidence: float) -> Figure:
    """Return a metric view's row, with an interval where the row has what it takes.

    Wilson's where it counts `successes` and `trials`, DeLong's where it has a `variance`.
    """
    lower, upper = _interval(row, confidence)
    return Figure(metric, row["feature"], row["value"], lower, upper, row["note"])


def drift_tests(
    views: Mapping[str, Sequence[Row]], confidence: float, drift_limit: float
) -> list[Figure]:
    """Return what follows from `ks_statistic`, `chi2_statistic`, `population_stability_index`.

    That is `ks_pvalue`, `chi2_pvalue` and `pvalue` of every feature, the score and prediction
    too; `pvalue_adjusted` and `drifted` of the input features; `drifted_feature_share`.
    """
    ks = [ks_pvalue(row) for row in views["ks_statistic"]]
    chi2 = [chi2_pvalue(row) for row in views["chi2_statistic"]]
    both = list(pvalues(ks, chi2))
    inputs = [test for test in both if test.feature not in PREDICTION_FEATURES]
    adjusted = list(adjust(inputs))
    drifted = list(_drifted(adjusted, views["population_stability_index"], confidence, drift_limit))
    return [*ks, *chi2, *both, *adjusted, *drifted, _share(drifted)]


def ks_pvalue(row: Row) -> Figure:
    """Return the two-sided p-value of a `ks_statistic` row, as `scipy.stats.ks_2samp` has it.

    Exact up to 10,000 rows a side, asymptotic above. It depends on nothing but the gap and the
    rows of both sides, so scipy is given two samples of zeros and ones with that gap.
    """
    if row["value"] is None:
        return Figure("ks_pvalue", row["feature"], None, note=row["note"])
    reference, current = row["reference_rows"], row["current_rows"]
    if max(reference, current) > EXACT_ROWS:
        effective = round(reference * current / (reference + current))
        return Figure("ks_pvalue", row["feature"], float(stats.kstwo.sf(row["value"], effective)))
    sides = (
        _zeros_and_ones(row["reference_below"], reference),
        _zeros_and_ones(row["current_below"], current),
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ks_2samp: Exact calculation unsuccessful")
        pvalue = float(stats.ks_2samp(*sides, method="exact").pvalue)
    return Figure("ks_pvalue", row["feature"], pvalue)


def _zeros_and_ones(zeros: int, rows: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.repeat(np.array([0, 1], dtype=np.int8), [zeros, rows - zeros])


def chi2_pvalue(row: Row) -> Figure:
    """Return the p-value of a `chi2_statistic` row; 1 when it has no degrees of freedom.

    Where two categories are left and one expects under five rows, it is Fisher's exact one.
    """
    if row["value"] is None:
        return Figure("chi2_pvalue", row["feature"], None, note=row["note"])
    if row["reference_rare"] is not None:
        return Figure("chi2_pvalue", row["feature"], _exact(row), note="Fisher's exact test")
    freedom = row["degrees_of_freedom"]
    pvalue = float(stats.chi2.sf(row["value"], freedom)) if freedom else 1.0
    return Figure("chi2_pvalue", row["feature"], pvalue, note=row["note"])


def _exact(row: Row) -> float:
    rare = [row["reference_rare"], row["current_rare"]]
    rest = [row["reference_rows"] - rare[0], row["current_rows"] - rare[1]]
    return float(stats.fisher_exact(np.array([rare, rest])).pvalue)


def pvalues(ks: Sequence[Figure], chi2: Sequence[Figure]) -> Iterator[Figure]:
    """Yield a feature's `pvalue`: of chi-square, or for numeric ones of the better of two tests.

    Twice the smaller one (Bonferroni). Where only one side has values, KS is undefined and
    chi-square, to which missing is a bin like any other, decides.
    """
    numeric = {test.feature: test for test in ks}
    for test in chi2:
        value = test.value
        if value is not None and test.feature in numeric:
            other = numeric[test.feature].value
            value = min(1.0, 2 * min(value, 1.0 if other is None else other))
        yield Figure("pvalue", test.feature, value, note=test.note if value is None else None)


def adjust(tests: Sequence[Figure]) -> Iterator[Figure]:
    """Yield `pvalue_adjusted` by Benjamini-Hochberg over the tests that have a p-value."""
    known = [test.value for test in tests if test.value is not None]
    values = iter(stats.false_discovery_control(known).tolist() if known else ())
    for test in tests:
        value = None if test.value is None else next(values)
        yield Figure("pvalue_adjusted", test.feature, value, note=test.note)


def _drifted(
    adjusted: Sequence[Figure], indexes: Sequence[Row], confidence: float, drift_limit: float
) -> Iterator[Figure]:
    """Yield `drifted`: 1 where the change is significant and large enough to matter, else 0."""
    index = {row["feature"]: row["value"] for row in indexes}
    for test in adjusted:
        size = index.get(test.feature)
        if test.value is None or size is None:
            yield Figure("drifted", test.feature, None, note=test.note)
            continue
        drifted = test.value <= 1 - confidence and size >= drift_limit
        yield Figure("drifted", test.feature, float(drifted))


def _share(drifted: Sequence[Figure]) -> Figure:
    """Return the mean of `drifted` over the features that have one."""
    known = [test.value for test in drifted if test.value is not None]
    if known:
        return Figure("drifted_feature_share", None, sum(known) / len(known))
    note = next((test.note for test in drifted), "no input features")
    return Figure("drifted_feature_share", None, None, note=note)


def _interval(row: Row, confidence: float) -> tuple[float | None, float | None]:
    if row["value"] is not None and row.get("trials"):
        return wilson(row["successes"], row["trials"], confidence)
    if row["value"] is not None and row.get("variance"):
        return delong(row["value"], row["variance"], confidence)
    return None, None


def wilson(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """Return Wilson's interval of a proportion."""
    test = stats.binomtest(successes, trials)
    interval = test.proportion_ci(confidence_level=confidence, method="wilson")
    return float(interval.low), float(interval.high)


def delong(area: float, variance: float, confidence: float) -> tuple[float, float]:
    """Return the normal interval of a ROC AUC with DeLong's variance, cut to 0 and 1."""
    lower, upper = stats.norm.interval(confidence, loc=area, scale=math.sqrt(variance))
    return max(0.0, float(lower)), min(1.0, float(upper))
