"""Every metric against its oracle: scipy's, scikit-learn's or numpy's figure on the same rows."""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics as sk
from view_bench import Bench, Row, metric_views

from mlmon import inference

Floats = npt.NDArray[np.float64]

MODEL = {"model": "m", "model_version": 1}
EVALUATION = {"evaluation_id": "e", "sample_id": "current", "reference_sample_id": "reference"}
SETTINGS = {"lift_at": 0.4, "gain_tp": 1.0, "gain_fp": -0.3, "gain_fn": -2.0, "gain_tn": 0.1}
SIDES = ("reference", "current")

examples = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(metric_views())


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Oracles warn where a figure is undefined; the tests below say what is expected there."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


# ---- what is compared


def assert_close(found: float | None, expected: float | None, what: str = "") -> None:
    """Assert equality to 1e-9, relative, or that both are undefined."""
    if expected is None or not np.isfinite(expected):
        assert found is None, (what, found, expected)
    else:
        assert found is not None, (what, found, expected)
        assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12), (what, found, expected)


def the(rows: Sequence[Row], **where: Any) -> Row:
    """Return the one row that has the given values; an undefined one says why."""
    (row,) = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert row.get("value", 0) is not None or row["note"], row
    return row


# ---- what is generated


@st.composite
def numbers(draw: st.DrawFn) -> Floats:
    """Return a column: a few hand-picked values, or up to 5000 of a shape, dirt included."""
    dirt = [0.0, -0.0, 1.0, math.nan, math.inf, -math.inf]
    few = st.lists(st.one_of(st.floats(-1e6, 1e6), st.sampled_from(dirt)), max_size=30)
    if draw(st.booleans()):
        return np.array(draw(few), dtype=np.float64)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.sampled_from([1, 2, 7, 150, 1000, 5000]))
    shapes: dict[str, Callable[[], Floats]] = {
        "continuous": lambda: rng.normal(draw(st.sampled_from([0.0, 0.3, 50.0])), 1, rows),
        "ties": lambda: np.round(rng.normal(size=rows), 1),
        "integers": lambda: rng.integers(0, 5, rows).astype(np.float64),
        "heavy": lambda: np.round(rng.standard_cauchy(rows), 6),
        "tiny": lambda: rng.normal(size=rows) * 1e-5,
        "far": lambda: rng.normal(size=rows) + 1e6,
        "constant": lambda: np.full(rows, 0.1),
        "missing": lambda: np.full(rows, np.nan),
    }
    values = shapes[draw(st.sampled_from(sorted(shapes)))]()
    dirty = rng.random(rows) < draw(st.sampled_from([0.0, 0.0, 0.1]))
    return np.where(dirty, rng.choice(dirt, rows), values)


@st.composite
def categories(draw: st.DrawFn, rows: int) -> list[str | None]:
    """Return as many categories: of few or many values, some of them rare or missing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    names = [f"v{i}" for i in range(draw(st.sampled_from([1, 2, 5, 40, 400])))]
    weights = 1 / np.arange(1, len(names) + 1) ** draw(st.sampled_from([0, 1, 3]))
    chosen = rng.choice(names, rows, p=weights / weights.sum()).tolist()
    missing = rng.random(rows) < draw(st.sampled_from([0.0, 0.1, 1.0]))
    return [None if gone else name for name, gone in zip(chosen, missing, strict=True)]


@dataclass(frozen=True)
class Side:
    """The rows of one side of a comparison."""

    x: Floats
    c: list[str | None]


@st.composite
def sides(draw: st.DrawFn) -> Side:
    x = draw(numbers())
    return Side(x, draw(categories(len(x))))


# ---- what is put on the bench


def finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def edges_of(reference: Floats) -> Floats:
    """Return the lower edges of the bins below, of up to eight ranges, and above."""
    values = finite(reference)
    if not len(values):
        return np.array([-np.inf])
    inner = np.unique(np.quantile(values, np.linspace(0, 1, 9)[:-1], method="lower"))
    return np.r_[-np.inf, inner, np.nextafter(values.max(), np.inf)]


def bins_of(reference: Side) -> list[Row]:
    """Return bins of x, two fine ones in each coarse one, and of c, rare ones sharing one."""
    edges = edges_of(reference.x)
    kinds = ["below", *["range"] * (len(edges) - 2), "above"] if len(edges) > 1 else ["above"]
    rows: list[Row] = [
        {"feature": "x", "kind": kind, "lower": lower, "coarse_bin": (position + 1) // 2}
        for position, (kind, lower) in enumerate(zip(kinds, edges.tolist(), strict=True))
    ]
    rows.append({"feature": "x", "kind": "missing", "coarse_bin": 99})
    named, shared = names_of(reference)
    for name in named:
        rows.append({"feature": "c", "kind": "category", "category": name})
    if shared:
        rows.append({"feature": "c", "kind": "category", "categories": shared})
    rows += [{"feature": "c", "kind": kind} for kind in ("other", "missing")]
    return [{**MODEL, "bin": i, "coarse_bin": i, **row} for i, row in enumerate(rows)]


def names_of(reference: Side) -> tuple[list[str], list[str]]:
    """Return the reference's categories that have a bin of their own, and the rest."""
    names = sorted({name for name in reference.c if name is not None})
    return names[:6], names[6:]


def tall(sample: str, side: Side) -> pa.Table:
    """Return the rows of `feature_values` for features x and c."""
    records = [str(i) for i in range(len(side.x))]
    known = np.isfinite(side.x)
    return pa.concat_tables(
        [
            pa.table(
                {
                    "sample_id": pa.array([sample] * len(records), pa.string()),
                    "record_id": pa.array(records, pa.string()),
                    "feature": pa.array([feature] * len(records), pa.string()),
                    "number": pa.array(side.x, mask=~known if feature == "x" else known | True),
                    "category": pa.array(side.c, pa.string(), mask=None)
                    if feature == "c"
                    else pa.nulls(len(records), pa.string()),
                    "not_finite": np.isinf(side.x) | np.isnan(side.x)
                    if feature == "x"
                    else np.zeros(len(records), dtype=bool),
                }
            )
            for feature in ("x", "c")
        ]
    )


def compare(bench: Bench, reference: Side, current: Side) -> None:
    """The bench holds one evaluation of the two sides."""
    bench.fill(
        {
            "samples": [{**MODEL, "sample_id": side} for side in SIDES],
            "model_versions": [{**MODEL, "task": "regression"}],
            "evaluations": [{**MODEL, **EVALUATION, "has_performance": False}],
            "bins": bins_of(reference),
            "feature_values": pa.concat_tables(
                [tall("reference", reference), tall("current", current)]
            ),
        }
    )


# ---- drift


def shares(reference: Side, current: Side) -> dict[str, tuple[Floats, Floats]]:
    """Return the counts of both sides in the coarse bins of x and in the bins of c."""
    edges = edges_of(reference.x)
    named, shared = names_of(reference)
    places = {name: i for i, name in enumerate(named)} | {name: len(named) for name in shared}
    other = len(named) + 1

    def coarse(values: Floats) -> Floats:
        bins = np.searchsorted(edges, finite(values), side="right") - 1
        counted = np.bincount((bins + 1) // 2, minlength=len(edges) // 2 + 2)
        return np.r_[counted, len(values) - len(bins)].astype(float)

    def by_name(values: list[str | None]) -> Floats:
        bins = [other + 1 if v is None else places.get(v, other) for v in values]
        return np.bincount(np.array(bins, dtype=int), minlength=other + 2).astype(float)

    return {
        "x": (coarse(reference.x), coarse(current.x)),
        "c": (by_name(reference.c), by_name(current.c)),
    }


def pooled(reference: Floats, current: Floats) -> Floats:
    """Return the contingency table after pooling, as chi2_statistic describes it."""
    rows = np.stack([reference, current])[:, reference + current > 0]
    rows = rows[:, np.argsort(rows.sum(axis=0), kind="stable")]
    expected = rows.sum(axis=0) * rows.sum(axis=1).min() / rows.sum()
    rare = int((expected < 5 - 1e-9).sum())
    if rare and expected[:rare].sum() < 5 - 1e-9:
        rare += 1
    pool = rows[:, :rare].sum(axis=1, keepdims=True)
    return np.concatenate([pool, rows[:, rare:]], axis=1)[:, 0 if rare else 1 :]


def raw_counts(reference: Side, current: Side) -> tuple[Floats, Floats]:
    """Return how often each category, missing included, occurs on both sides."""
    names = sorted({*reference.c, *current.c}, key=lambda name: (name is None, name))
    counts = [pd.Series(side.c, dtype=object).value_counts(dropna=False) for side in (reference, current)]
    return tuple(  # type: ignore[return-value]
        np.array([float(count.get(name, 0)) if name is not None else float(pd.isna(np.array(list(side.c), dtype=object)).sum()) for name in names])
        for count, side in zip(counts, (reference, current), strict=True)
    )
