"""What chance alone gives: false alarms where nothing changed, and how surely a shift is found.

An alarm is p <= 0.05; it may be given by at most 6.5 % of 1000 simulated pairs, both sides of which
are drawn anew and the bins cut anew on the reference. (1000 pairs that alarm at 5 % have a standard
deviation of 0.7 %: a sound test passes 6.5 % by chance with one seed in seventy. Seeds are fixed.)

Two shortcuts, the same mathematics: numpy counts the pairs instead of SQL (tests/pair_counts.py),
and where no bins are needed the counts of categories are drawn instead of their rows; the first
test shows that SQL counts the same. Numeric chi-square has no limit of its own, being half of the
`pvalue`, but its rate is printed.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pair_counts
import pandas as pd
import pytest
from pair_counts import Counts
from pairs import ALPHA, TESTED, Pair, by_name, drift_tests, put
from scipy import stats
from shapes import CATEGORICAL, CONTINUOUS, NUMERIC, a_pair, mixture, normal
from view_bench import Bench, assert_close

from mlmon.measure.domain_classifier import data_drift

LIMIT = 0.065
PAIRS = 1000
PVALUES = ("ks_pvalue", "chi2_pvalue", "pvalue")

SIZES = [(a, b) for a in (200, 2_000, 20_000) for b in (200, 2_000, 20_000)]
SLOW = pytest.mark.slow


def sizes() -> list[object]:
    """Return the sizes of both sides as parameters, all but the smallest slow.

    The current side is never the larger: no test of categories asks which side is the reference.
    """
    return [
        pytest.param(size, id=f"{size[0]}-{size[1]}", marks=[] if max(size) == 200 else [SLOW])
        for size in SIZES
        if size[0] >= size[1]
    ]


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(TESTED)


def alarms(
    bench: Bench, evaluations: Sequence[Mapping[str, Counts]]
) -> dict[tuple[str, str | None], float]:
    """Return how often each p-value of each feature is at most 0.05, and what is drifted."""
    pair_counts.put(bench, evaluations)
    found = [by_name(figures) for figures in drift_tests(bench)]
    assert len(found) == len(evaluations)
    rates = {
        key: sum(values[key] <= ALPHA for values in found) / len(found)
        for key in found[0]
        if key[0] in PVALUES
    }
    drifted = [[v for key, v in values.items() if key[0] == "drifted"] for values in found]
    return rates | {("any drifted", None): sum(any(values) for values in drifted) / len(found)}


def judge(
    rates: Mapping[tuple[str, str | None], float], rows: tuple[int, int], at_least: float = 0.0
) -> None:
    """Print every rate; assert the limits."""
    lines = {
        feature: f"  {feature or 'whole':<18}"
        + " ".join(
            f"{metric} {rates[metric, feature]:.1%}" for metric, of in rates if of == feature
        )
        for _, feature in rates
    }
    table = "\n".join([f"\nalarms, {rows[0]} rows against {rows[1]}:", *lines.values()])
    print(table)
    for (metric, feature), rate in rates.items():
        if metric != "chi2_pvalue" or feature not in NUMERIC:
            assert rate <= LIMIT, (metric, feature, rate, table)
        if metric == "ks_pvalue" and feature in CONTINUOUS:
            assert rate >= at_least, (metric, feature, rate, table)


# ---- the shortcut


@pytest.mark.parametrize("rows", [(60, 60), (300, 40), (50, 900), (700, 700)])
def test_numpy_counts_what_sql_counts(bench: Bench, rows: tuple[int, int]) -> None:
    chance = np.random.default_rng(rows)
    evaluations = [
        {shape: a_pair(chance, shape, rows) for shape in (*NUMERIC, *CATEGORICAL)}
        | {
            "shifted": Pair(normal(chance, rows[0]), normal(chance, rows[1]) + 1),
            "all missing": Pair(normal(chance, rows[0]), np.full(rows[1], np.nan)),
            "some missing": Pair(*(chance.integers(-1, 9, side) for side in rows)),
            "new values": Pair(chance.integers(0, 400, rows[0]), chance.integers(0, 500, rows[1])),
        }
        for _ in range(3)
    ]
    counts = [{k: pair_counts.count(pair) for k, pair in one.items()} for one in evaluations]
    put(bench, evaluations)
    by_sql = drift_tests(bench)
    indexes = bench.rows("population_stability_index")
    pair_counts.put(bench, counts)
    order = ("evaluation_id", "feature")
    for one, other in zip(by_sql, drift_tests(bench), strict=True):
        left, right = by_name(one), by_name(other)
        assert left.keys() == right.keys()
        for key, value in left.items():
            assert_close(right[key], value, str(key))
    for one, other in zip(
        *(
            sorted(rows, key=lambda row: [row[name] for name in order])
            for rows in (indexes, bench.rows("population_stability_index"))
        ),
        strict=True,
    ):
        assert_close(one["value"], other["value"], str(one))


# ---- nothing changed


@pytest.mark.parametrize("rows", sizes())
def test_categories_that_did_not_change(bench: Bench, rows: tuple[int, int]) -> None:
    chance = np.random.default_rng([1, *rows])
    rates = {}
    for name, share in CATEGORICAL.items():
        pairs = [{name: pair_counts.drawn(chance, share, rows)} for _ in range(PAIRS)]
        rates |= {key: rate for key, rate in alarms(bench, pairs).items() if key[1]}
    judge(rates, rows)


def numbers() -> list[object]:
    """Return every numeric shape at every size, all but one slow.

    Every figure depends on ranks alone, so heavy tails, one more continuous shape, are left to the
    20 features below.
    """
    return [
        pytest.param(
            size,
            shape,
            id=f"{size[0]}-{size[1]}-{shape}",
            marks=[] if size == (2_000, 2_000) and shape == "continuous" else [SLOW],
        )
        for size in SIZES
        for shape in NUMERIC
        if shape != "heavy tails"
    ]


@pytest.mark.parametrize(("rows", "shape"), numbers())
def test_numbers_that_did_not_change(bench: Bench, rows: tuple[int, int], shape: str) -> None:
    chance = np.random.default_rng([2, *rows, list(NUMERIC).index(shape)])
    evaluations = [{shape: pair_counts.count(a_pair(chance, shape, rows))} for _ in range(PAIRS)]
    judge(alarms(bench, evaluations), rows, at_least=0.035 if min(rows) >= 2_000 else 0.0)


TWENTY = (*NUMERIC, *CATEGORICAL, "continuous", "33 equal")


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ((200, 200), 500),
        pytest.param((2_000, 200), PAIRS, marks=SLOW),
    ],
)
def test_an_evaluation_of_20_features(bench: Bench, rows: tuple[int, int], count: int) -> None:
    """A `drifted` one is in at most 6.5 % of the evaluations."""
    chance = np.random.default_rng([3, *rows])
    evaluations = [
        {
            shape if place < 18 else f"{shape} again": pair_counts.count(
                a_pair(chance, shape, rows)
            )
            for place, shape in enumerate(TWENTY)
        }
        for _ in range(count)
    ]
    assert len(evaluations[0]) == 20
    rates = alarms(bench, evaluations)
    if count < PAIRS:  # too few to judge every feature by itself
        rates = {key: rate for key, rate in rates.items() if key == ("any drifted", None)}
    judge(rates, rows)


# ---- something changed


def test_a_half_sigma_shift_in_500_rows_is_found(bench: Bench) -> None:
    """Alone, and as one of 20 features after the adjustment."""
    chance, rows = np.random.default_rng(4), (500, 500)
    shifted, rest = "continuous", [shape for shape in TWENTY[:18] if shape != "continuous"]
    evaluations = []
    for _ in range(100):
        pair = Pair(normal(chance, rows[0]), normal(chance, rows[1]) + 0.5)
        others = {shape: a_pair(chance, shape, rows) for shape in rest}
        more = {f"{shape} again": a_pair(chance, shape, rows) for shape in ("5 equal", "33 equal")}
        evaluations.append({shifted: pair, **others, **more})
    assert len(evaluations[0]) == 20
    counts = [{k: pair_counts.count(pair) for k, pair in one.items()} for one in evaluations]
    for what, given in (
        ("alone", [{shifted: one[shifted]} for one in counts]),
        ("one of 20", counts),
    ):
        pair_counts.put(bench, given)
        found = [by_name(figures)["drifted", shifted] for figures in drift_tests(bench)]
        power = sum(map(bool, found)) / len(found)
        print(f"\na half-sigma shift, {what}: drifted in {power:.1%} of {len(found)}")
        assert power > 0.95, (what, power)


# ---- the domain classifier


@pytest.mark.slow
def test_the_domain_classifier_where_nothing_changed() -> None:
    """Of 200 pairs at most 20 alarm.

    The test is exact and a little conservative, so 5 % alarm at most: more than 20 of 200 would
    come by chance once in 500 times. 6.5 % would give more than 20 once in 40.
    """
    pairs, limit = 200, 20
    assert stats.binom.sf(limit, pairs, ALPHA) < 1 / 500
    assert stats.binom.sf(limit, pairs, LIMIT) < 1 / 40
    chance = np.random.default_rng(5)
    kinds = {"x": "numeric", "y": "numeric", "c": "categorical"}

    def frame(side: str, number: int, rows: int = 2_000) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "_record_id": [f"{side} {number} {row}" for row in range(rows)],
                "x": normal(chance, rows),
                "y": mixture(chance, rows),
                "c": pd.Series(chance.choice(["gas", "food", "fun"], rows)),
            }
        )

    found = []
    for number in range(pairs):
        figures, _ = data_drift(frame("r", number), frame("c", number), kinds)
        found.append({figure.metric: figure.value for figure in figures})
    alarms = sum(values["data_drift_pvalue"] <= ALPHA for values in found)
    accuracy = float(np.mean([values["data_drift"] for values in found]))
    print(f"\ndata_drift_pvalue: {alarms} alarms of {pairs}, mean data_drift {accuracy:.4f}")
    assert alarms <= limit, alarms
    assert abs(accuracy - 0.5) < 0.01
