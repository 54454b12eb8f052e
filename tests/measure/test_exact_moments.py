"""Figures made of squares are exact far from 0, near it, and where squares fit no double (A6).

The oracle is decimal arithmetic of 700 digits on the same doubles, so that it rounds nothing.
"""

import math
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import mlmon

Floats = npt.NDArray[np.float64]
STEPS = np.arange(300)
COLUMNS: dict[str, Floats] = {
    "far": 1e15 + STEPS % 50,
    "decimals": 1e9 + STEPS / 1000,
    "below": -1e15 - STEPS % 7,
    "two sides": np.where(STEPS % 2, 1e15, -1e15) + STEPS % 50,
    "large": 1e308 - STEPS * 1e305,
    "both ends": np.where(STEPS % 2, 1e308, -1e308),
    "small": 1e-200 * (1 + STEPS % 9),
    "one far away": np.where(STEPS == 7, 1e12, STEPS / 7),
}
SUBNORMAL = STEPS * 1e-310
CONSTANTS = {"tenth": 0.1, "large": 1.7e308, "far": 1e15 + 0.125, "zero": 0.0, "tiny": 5e-324}
SIGNS = np.where(STEPS % 2, 1.0, -1.0) * (1 + STEPS % 11)
ESTIMATES: dict[str, tuple[Floats, Floats]] = {
    "far": (1e9 + SIGNS * 1e-6, 1e9 + SIGNS * 1e-6 + (STEPS % 3) * 4e-7),
    "a large error": (1e15 + STEPS % 50, 1e15 + 1e9 + STEPS % 50 + STEPS % 3),
    "large": (SIGNS * 1e200, SIGNS * 1.25e200),
    "small": (SIGNS * 1e-200, SIGNS * 1.25e-200 + 1e-201),
    "both signs": (SIGNS * 1e306, -SIGNS * 1e306),
}


def decimals(values: Sequence[float]) -> list[Decimal]:
    return [Decimal(float(value)) for value in values]


def mean(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal()) / len(values)


def squares(values: list[Decimal]) -> Decimal:
    centre = mean(values)
    return sum(((value - centre) ** 2 for value in values), Decimal())


def same(found: float | None, expected: Decimal) -> bool:
    return found is not None and math.isclose(found, float(expected), rel_tol=1e-12)


@pytest.fixture(scope="module")
def made() -> mlmon.Comparison:
    columns = COLUMNS | {"subnormal": SUBNORMAL}
    frame = pd.DataFrame(columns | {f"all {name}": [x] * 300 for name, x in CONSTANTS.items()})
    return mlmon.compare(frame, frame.iloc[::-3], classifier_rows=0)


@pytest.mark.parametrize("name", COLUMNS)
def test_a6_of_a_column(made, name):
    reference, current = decimals(COLUMNS[name]), decimals(COLUMNS[name][::-3])
    with localcontext(Context(prec=700)):
        deviation = (squares(current) / (len(current) - 1)).sqrt()
        before = (squares(reference) / (len(reference) - 1)).sqrt()
        ends = zip(sorted(reference), sorted([*current] * 3), strict=True)
        distance = mean([abs(one - other) for one, other in ends])
        assert same(made.value("mean", name), mean(current))
        assert same(made.value("standard_deviation", name), deviation)
        assert same(made.value("wasserstein_distance", name), distance)
        assert same(made.value("normalized_wasserstein_distance", name), distance / before)


def test_a6_of_numbers_below_all_normal_ones(made):
    """A subnormal has fewer digits than a double: the figures are right to the last of them."""
    current = STEPS[::-3]
    expected = {"mean": current.mean(), "standard_deviation": current.std(ddof=1)}
    for metric, value in expected.items():
        found = made.value(metric, "subnormal")
        assert found == pytest.approx(value * 1e-310, rel=1e-10, abs=0), metric


@pytest.mark.parametrize("name", CONSTANTS)
def test_a6_a_constant_has_no_spread_at_all(made, name):
    feature = f"all {name}"
    assert made.value("standard_deviation", feature) == 0
    assert made.value("mean", feature) == CONSTANTS[name]
    assert made.value("normalized_wasserstein_distance", feature) is None


@pytest.mark.parametrize("name", ESTIMATES)
def test_a6_of_estimates(name):
    truth, estimate = ESTIMATES[name]
    frame = pd.DataFrame({"x": STEPS, "y": truth, "prediction": estimate})
    made = mlmon.compare(frame, frame, target="y", task="regression", classifier_rows=0)
    with localcontext(Context(prec=700)):
        y, e = decimals(truth), decimals(estimate)
        errors = [one - other for one, other in zip(e, y, strict=True)]
        squared = sum((error**2 for error in errors), Decimal())
        together = sum(
            ((a - mean(y)) * (b - mean(e)) for a, b in zip(y, e, strict=True)), Decimal()
        )
        expected = {
            "r2_score": 1 - squared / squares(y),
            "explained_variance_score": 1 - squares(errors) / squares(y),
            "root_mean_squared_error": (squared / 300).sqrt(),
            "mean_absolute_error": mean([abs(error) for error in errors]),
            "pearson_correlation": together / (squares(y) * squares(e)).sqrt(),
        }
    for metric, value in expected.items():
        assert same(made.value(metric), value), (metric, made.value(metric), value)


def test_a6_a_square_that_fits_no_double_is_undefined_and_says_so():
    frame = pd.DataFrame({"x": STEPS, "y": SIGNS * 1e200, "prediction": SIGNS * 1.5e200})
    made = mlmon.compare(frame, frame, target="y", task="regression", classifier_rows=0)
    query = "select any_value(note) as note from metrics where metric = 'mean_squared_error'"
    assert made.value("mean_squared_error") is None
    assert made.sql(query).to_pandas()["note"].item() == "too large for a double"
