"""Profiles add up, and figures depend on the records alone, not on their order or their unit.

merge(profile(a), profile(b)) = profile(a and b), for each of the three stored histograms.
"""

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from view_bench import Bench, Row, examples, metric_views

from mlmon.measure import bins
from mlmon.views import files

HISTOGRAMS = {
    "bin_counts": ("feature", "bin"),
    "score_bin_counts": ("bin", "label"),
    "label_counts": ("actual", "predicted"),
}
UNSCALED = ("wasserstein_distance", "mean", "standard_deviation", "minimum", "maximum")
GRAINS = {view.name: view.grain for view in files.file_views()}
DIRT = [None, math.nan, math.inf, -math.inf, 0.0, -0.0]
CLASSES = ["no", "yes"]
MODEL = {"model": "m", "model_version": 1}
VERSION = {"task": "binary", "positive_class": "yes", "classes": CLASSES, "threshold": 0.5}
SETTINGS = {"gain_tp": 1.0, "gain_fp": -0.3, "gain_fn": 0.0, "gain_tn": 0.0, "lift_at": 0.4}

Record = dict[str, Any]

some = settings(examples, max_examples=examples.max_examples // 2)


def records(least: int = 0) -> st.SearchStrategy[list[Record]]:
    """Return records: a number, a category, a score, a prediction, an actual value; all dirty."""
    numbers = st.one_of(st.floats(-1e6, 1e6), st.integers(-3, 3).map(float), st.sampled_from(DIRT))
    record = st.fixed_dictionaries(
        {
            "x": numbers,
            "c": st.sampled_from(["a", "b", "c", "new", "", None]),
            "score": st.one_of(st.none(), st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])),
            "prediction": st.sampled_from([*CLASSES, None]),
            "actual": st.sampled_from([*CLASSES, None]),
        }
    )
    return st.lists(record, min_size=least, max_size=25)


def put(bench: Bench, samples: Mapping[str, Sequence[Record]], scale: float = 1.0) -> None:
    """The bench holds these samples, with bins cut on `reference`, and an evaluation of them.

    `scale` is that of the number.
    """
    first, *_, last = samples
    evaluation = {"evaluation_id": "e", "reference_sample_id": first, "sample_id": last}
    bench.fill(
        {
            "samples": [{**MODEL, **SETTINGS, "sample_id": sample} for sample in samples],
            "model_versions": [{**MODEL, **VERSION}],
            "evaluations": [{**MODEL, **evaluation, "has_performance": True}],
            "bins": frozen(samples["reference"], scale),
            "feature_values": [
                row for sample, rows in samples.items() for row in tall(sample, rows, scale)
            ],
            "scored_records": [
                {
                    "sample_id": sample,
                    "record_id": row["id"],
                    **{name: row[name] for name in ("score", "prediction", "actual")},
                }
                for sample, rows in samples.items()
                for row in rows
            ],
        }
    )


def frozen(reference: Sequence[Record], scale: float) -> list[Row]:
    numbers = pd.Series([row["x"] for row in reference], dtype="float64") * scale
    columns = {"x": ("numeric", numbers), "c": ("categorical", pd.Series(texts(reference)))}
    return [
        {**MODEL, "feature": feature, **row}
        for feature, (kind, column) in columns.items()
        for row in bins.freeze(kind, column)
    ]


def texts(rows: Sequence[Record]) -> Any:
    return np.array([row["c"] for row in rows], dtype=object)


def tall(sample: str, rows: Sequence[Record], scale: float) -> list[Row]:
    """Return the rows of `feature_values`, as the generated expression gives them."""
    found: list[Row] = []
    for row in rows:
        key = {"sample_id": sample, "record_id": row["id"]}
        number = row["x"]
        strange = number is not None and not math.isfinite(number)
        number = None if strange or number is None else number * scale
        found.append({**key, "feature": "x", "number": number, "not_finite": strange})
        found.append({**key, "feature": "c", "category": row["c"], "not_finite": False})
    return found


def numbered(rows: Sequence[Record], first: int) -> list[Record]:
    return [{**row, "id": str(first + place)} for place, row in enumerate(rows)]


def close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-7)
    return bool(one == other)


# ---- profiles add up


@pytest.fixture(scope="module")
def profiles() -> Bench:
    return Bench(HISTOGRAMS)


@some
@given(reference=records(), a=records(), b=records())
def test_histograms_of_two_samples_add_up_to_those_of_the_union(
    profiles: Bench, reference: list[Record], a: list[Record], b: list[Record]
) -> None:
    a, b = numbered(a, 0), numbered(b, 100)
    put(profiles, {"reference": numbered(reference, 200), "a": a, "b": b, "union": [*a, *b]})
    for view, keys in HISTOGRAMS.items():
        parts = profiles.rows(view, "sample_id in ('a', 'b')")
        union = by_key(profiles.rows(view, "sample_id = 'union'"), keys)
        merged = by_key(parts, keys)
        assert merged.keys() == union.keys(), view
        for key, row in union.items():
            for name, value in row.items():
                assert close(merged[key][name], value), (view, key, name, merged[key], row)
    rows = profiles.rows("bin_counts", "sample_id = 'union' and feature = 'x'")
    assert sum(row["n"] for row in rows) == len(a) + len(b)


def by_key(rows: Sequence[Row], keys: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    """Return the figures by key, those of several rows with the same key merged."""
    found = defaultdict[tuple[Any, ...], list[Row]](list)
    for row in rows:
        found[tuple(row[key] for key in keys)].append(row)
    return {
        key: {
            name: merge(name, [row[name] for row in group])
            for name in group[0]
            if name not in ("sample_id", *keys)
        }
        for key, group in found.items()
    }


def merge(name: str, values: Sequence[Any]) -> Any:
    """Return what a figure of several histograms is in their union: that is what it is for."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"minimum": min, "maximum": max}.get(name, sum)(known)


# ---- order and unit


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(metric_views())


def figures(bench: Bench) -> dict[tuple[Any, ...], Row]:
    """Return every row of every view of drift, quality and performance, by view and grain."""
    return {
        (view, *(row[name] for name in GRAINS[view])): row
        for view in metric_views()
        for row in bench.rows(view)
    }


@some
@given(reference=records(1), current=records(), seed=st.integers(0, 99))
def test_the_order_of_rows_is_nothing(
    bench: Bench, reference: list[Record], current: list[Record], seed: int
) -> None:
    samples = {"reference": numbered(reference, 0), "current": numbered(current, 100)}
    put(bench, samples)
    before = figures(bench)
    shuffled = {
        sample: random.Random(seed).sample(rows, len(rows))
        for sample, rows in reversed(samples.items())
    }
    put(bench, {"reference": shuffled["reference"], "current": shuffled["current"]})
    after = figures(bench)
    assert before.keys() == after.keys()
    assert len({view for view, *_ in before}) > 30
    for key, row in before.items():
        for name, value in row.items():
            if not name.endswith("_below"):  # of one of several numbers with the largest gap
                assert close(after[key][name], value), (key, name, value, after[key])


@some
@given(
    reference=records(1), current=records(), scale=st.sampled_from([2.0**-17, 2.0**-30, 2.0**17])
)
def test_the_unit_is_nothing_where_it_should_not_be(
    bench: Bench, reference: list[Record], current: list[Record], scale: float
) -> None:
    """To the bit: a power of two rounds nothing. 1e-5 and 1e5 are in tests/test_faults.py."""
    samples = {"reference": numbered(reference, 0), "current": numbered(current, 100)}
    put(bench, samples)
    before = figures(bench)
    put(bench, samples, scale)
    after = figures(bench)
    assert before.keys() == after.keys()
    for key, row in before.items():
        for name, value in row.items():
            expected = value
            if name == "value" and key[0] in UNSCALED and value is not None:
                expected = value * scale
            found = after[key][name]
            assert found == expected or math.isclose(found, expected, rel_tol=1e-9), (key, name)
