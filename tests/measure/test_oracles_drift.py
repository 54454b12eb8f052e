"""Every drift and quality metric against scipy's or numpy's figure on the same rows."""

import math
from collections import Counter
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
from view_bench import Bench, Row, assert_close, examples, metric_views, the

from mlmon.measure import inference
from mlmon.warehouse import metrics as catalogue

Floats = npt.NDArray[np.float64]
Table = dict[str | None, tuple[int, int]]

MODEL = {"model": "m", "model_version": 1}
EVALUATION = {"evaluation_id": "e", "sample_id": "current", "reference_sample_id": "reference"}
CONFIDENCE = 0.95

# Oracles warn where a figure is undefined; the tests say what is expected there.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(metric_views())


# ---- what is generated


@st.composite
def numbers(draw: st.DrawFn) -> Floats:
    """Return a column: a few hand-picked values, or up to 5000 of a shape, dirt included."""
    dirt = [0.0, -0.0, 1.0, math.nan, math.inf, -math.inf]
    if draw(st.booleans()):
        few = st.one_of(st.floats(-1e6, 1e6).map(lambda x: round(x, 6)), st.sampled_from(dirt))
        return np.array(draw(st.lists(few, max_size=30)), dtype=np.float64)
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
    """The rows of one side of a comparison: a numeric and a categorical feature."""

    x: Floats
    c: list[str | None]

    @property
    def values(self) -> Floats:
        return self.x[np.isfinite(self.x)]


@st.composite
def a_side(draw: st.DrawFn) -> Side:
    x = draw(numbers())
    return Side(x, draw(categories(len(x))))


# ---- what is put on the bench


def edges_of(reference: Side) -> tuple[list[float], list[str], list[int]]:
    """Return lower edges, kinds and coarse bins of x: two of up to eight ranges in a coarse one."""
    values = reference.values
    if not len(values):
        return [-np.inf], ["above"], [50]
    inner = np.unique(np.quantile(values, np.linspace(0, 1, 9)[:-1], method="lower"))
    beyond = float(np.nextafter(values.max(), np.inf))
    kinds = ["below", *["range"] * len(inner), "above"]
    coarse = [0, *(1 + i // 2 for i in range(len(inner))), 50]
    return [-np.inf, *inner.tolist(), beyond], kinds, coarse


def names_of(reference: Side) -> tuple[list[str], list[str]]:
    """Return the reference's categories that have a bin of their own, and those that share one."""
    names = sorted({name for name in reference.c if name is not None})
    return names[:6], names[6:]


def bins_of(reference: Side) -> list[Row]:
    edges, kinds, coarse = edges_of(reference)
    named, shared = names_of(reference)
    x = [
        {"kind": kind, "lower": lower, "coarse_bin": part}
        for lower, kind, part in zip(edges, kinds, coarse, strict=True)
    ]
    x.append({"kind": "missing", "coarse_bin": 99})
    c: list[Row] = [{"kind": "category", "category": name} for name in named]
    c += [{"kind": "category", "categories": shared}] if shared else []
    c += [{"kind": "other"}, {"kind": "missing"}]
    return [
        {**MODEL, "feature": feature, "bin": i, "coarse_bin": i, **row}
        for feature, rows in (("x", x), ("c", c))
        for i, row in enumerate(rows)
    ]


def tall(sample: str, side: Side) -> pa.Table:
    """Return the rows of `feature_values` for features x and c."""
    rows = len(side.x)
    records = [str(i) for i in range(rows)]
    unknown = ~np.isfinite(side.x)
    numeric = {"number": pa.array(side.x, mask=unknown), "not_finite": unknown}
    textual = {"category": pa.array(side.c, pa.string()), "not_finite": np.zeros(rows, dtype=bool)}
    tables = [
        pa.table(
            {"sample_id": [sample] * rows, "record_id": records, "feature": [name] * rows, **values}
        )
        for name, values in (("x", numeric), ("c", textual))
    ]
    return pa.concat_tables(tables, promote_options="permissive")


def put(bench: Bench, reference: Side, current: Side) -> None:
    """The bench holds one evaluation of the two sides."""
    values = [tall("reference", reference), tall("current", current)]
    bench.fill(
        {
            "samples": [{**MODEL, "sample_id": side} for side in ("reference", "current")],
            "model_versions": [{**MODEL, "task": "regression"}],
            "evaluations": [{**MODEL, **EVALUATION, "has_performance": False}],
            "bins": bins_of(reference),
            "feature_values": pa.concat_tables(values, promote_options="permissive"),
        }
    )


# ---- the oracles


def binned(reference: Side, current: Side) -> dict[str, Table]:
    """Return rows by coarse bin, reference's and current, of x and c; every bin is there."""
    edges, _, coarse = edges_of(reference)
    named, shared = names_of(reference)
    place = {name: str(i) for i, name in enumerate(named)} | dict.fromkeys(shared, "shared")

    def by_range(side: Side) -> Counter[str | None]:
        bins = np.searchsorted(edges, side.values, side="right") - 1
        missing = {None: len(side.x) - len(bins)}
        return Counter(str(coarse[i]) for i in bins) + Counter(missing)

    def by_name(side: Side) -> Counter[str | None]:
        return Counter(None if v is None else place.get(v, "other") for v in side.c)

    return {
        "x": table(by_range(reference), by_range(current), map(str, coarse)),
        "c": table(by_name(reference), by_name(current), {*place.values(), "other"}),
    }


def table(reference: Counter[Any], current: Counter[Any], names: Any = ()) -> Table:
    return {name: (reference[name], current[name]) for name in {*names, *reference, *current, None}}


def as_shares(counts: Table) -> tuple[Floats, Floats]:
    q, p = np.array([*counts.values()], dtype=np.float64).T
    return q / q.sum(), p / p.sum()


def joined(counts: Table) -> Table:
    """Return the ranges of x with those that hold few rows joined, as contingency_counts says."""
    reference, current = map(sum, zip(*counts.values(), strict=True))
    scale = min(reference, current) / reference
    ranges = sorted(set(counts) - {"0", "50", None}, key=lambda name: int(name or 0))
    ends = np.cumsum([counts[name][0] for name in ranges])
    first: dict[float, str | None] = {}
    found = {name: counts[name] for name in counts if name not in ranges}
    for name, end in zip(ranges, ends.tolist(), strict=True):
        r, c = counts[name]
        one = first.setdefault((end - r / 2) * scale / 10 // 1, name)
        before = found.get(one, (0, 0))
        found[one] = (before[0] + r, before[1] + c)
    return found


def pooled(counts: Table) -> npt.NDArray[np.int64]:
    """Return the contingency table after pooling, as chi2_statistic describes it."""
    order = sorted(counts, key=lambda name: (sum(counts[name]), name is None, name))
    rows = np.array([counts[name] for name in order if sum(counts[name])])
    expected = stats.contingency.expected_freq(rows).min(axis=1)
    if (expected < 5 - 1e-9).all():
        middles = rows.sum(axis=1).cumsum() - rows.sum(axis=1) / 2
        groups = np.floor(middles / rows.sum() * (rows.sum(axis=0).min() // 10))
        return np.array([rows[groups == group].sum(axis=0) for group in np.unique(groups)])
    rare = int((expected < 5 - 1e-9).sum())
    rare += 0 < expected[:rare].sum() < 5 - 1e-9 and rare + 1 < len(rows)
    return np.vstack([rows[:rare].sum(axis=0)[None, :] if rare else rows[:0], rows[rare:]])


@examples
@given(reference=a_side(), current=a_side())
def test_binned_distances(bench: Bench, reference: Side, current: Side) -> None:
    put(bench, reference, current)
    for feature, counts in binned(reference, current).items():
        q, p = as_shares(counts)
        known = np.isfinite(q).all() and np.isfinite(p).all()
        for name in [metric.name for metric in metrics_of("q", "p")]:
            given = {"q": q, "p": p}
            if name == "population_stability_index":
                given = {"q": np.maximum(q, 0.0001), "p": np.maximum(p, 0.0001)}
            value = the(bench.rows(name), feature=feature)["value"]
            expected = oracle(name, **given) if known else None
            if name == "jensen_shannon_distance":  # the root of a rounding error is large
                value, expected = value and value**2, expected and np.nan_to_num(expected) ** 2
            assert_close(value, expected, name)
    indexes = [row["value"] for row in bench.rows("population_stability_index")]
    largest = the(bench.rows("max_population_stability_index"), evaluation_id="e")
    assert largest["value"] == max(filter(None, indexes), default=indexes[0])


@examples
@given(reference=a_side(), current=a_side())
def test_tests(bench: Bench, reference: Side, current: Side) -> None:
    put(bench, reference, current)
    views = ("ks_statistic", "chi2_statistic", "population_stability_index")
    rows = {view: bench.rows(view) for view in views}
    figures = inference.drift_tests(rows, CONFIDENCE, 0.1)
    found = {(figure.metric, figure.feature): figure for figure in figures}
    assert all(f.value is not None or f.note for f in figures)
    both = len(reference.x) and len(current.x)
    raw = table(Counter(reference.c), Counter(current.c))
    pvalues = []
    for feature, counts in (("x", binned(reference, current)["x"]), ("c", raw)):
        row = the(rows["chi2_statistic"], feature=feature)
        if not both:
            assert row["value"] is found["pvalue", feature].value is None
            continue
        tested = joined(counts) if feature == "x" else counts
        statistic = oracle("chi2_statistic", table=pooled(tested))
        assert_close(row["value"], statistic, f"chi2_statistic {feature}")
        expected = stats.contingency.expected_freq(pooled(tested))
        assert row["degrees_of_freedom"] == len(expected) - 1
        exact = len(expected) == 2 and expected.min() < 5 - 1e-9
        pvalue = oracle("chi2_pvalue", table=pooled(tested))
        pvalue = stats.fisher_exact(pooled(tested)).pvalue if exact else pvalue
        assert_close(found["chi2_pvalue", feature].value, pvalue, "chi2_pvalue")
        pvalues.append(pvalue)
    row = the(rows["ks_statistic"], feature="x")
    if not len(reference.values) or not len(current.values):
        assert row["value"] is found["ks_pvalue", "x"].value is None
    else:
        pvalue = oracle("ks_pvalue", reference=reference.values, current=current.values)
        assert_close(found["ks_pvalue", "x"].value, pvalue, "ks_pvalue")
        pvalues[0] = min(pvalues[0], pvalue)
    if both:
        pvalues[0] = min(1, 2 * pvalues[0])
        adjusted = oracle("pvalue_adjusted", pvalues=pvalues)
        for feature, pvalue, after in zip("xc", pvalues, adjusted, strict=True):
            assert_close(found["pvalue", feature].value, pvalue, "pvalue")
            assert_close(found["pvalue_adjusted", feature].value, after, "pvalue_adjusted")
            index = the(rows["population_stability_index"], feature=feature)["value"]
            assert found["drifted", feature].value == (after <= 1 - CONFIDENCE and index >= 0.1)


@examples
@given(reference=a_side(), current=a_side())
def test_distances_of_numbers(bench: Bench, reference: Side, current: Side) -> None:
    put(bench, reference, current)
    r, c = reference.values, current.values
    both = len(r) > 0 and len(c) > 0
    defined = {"normalized_wasserstein_distance": both and len({*r}) > 1}
    names = {metric.name for metric in metrics_of("reference", "current")} & catalogue.views()
    assert names > {"ks_statistic", *defined}
    for name in names:
        value = the(bench.rows(name), feature="x")["value"]
        expected = oracle(name, reference=r, current=c) if defined.get(name, both) else None
        assert_close(value, expected, name)


@examples
@given(reference=a_side(), current=a_side())
def test_quality(bench: Bench, reference: Side, current: Side) -> None:
    put(bench, reference, current)
    counts = binned(reference, current)
    outside = [i for i, kind in zip(*edges_of(reference)[:0:-1], strict=True) if kind != "range"]
    for position, (sample, side) in enumerate(
        zip(("reference", "current"), (reference, current), strict=True)
    ):
        rows, values = len(side.x), side.values
        expected: dict[tuple[str, str], float | None] = {
            ("missing_rate", "x"): (rows - len(values)) / rows if rows else None,
            ("missing_rate", "c"): side.c.count(None) / rows if rows else None,
            ("unseen_rate", "c"): counts["c"]["other"][position] / rows if rows else None,
            ("out_of_range_rate", "x"): sum(counts["x"][str(i)][position] for i in outside) / rows
            if rows
            else None,
            ("distinct_count", "c"): len({*side.c} - {None}),
        }
        for name in [metric.name for metric in metrics_of("values")]:
            is_defined = len(values) > (name == "standard_deviation") or name == "distinct_count"
            expected[name, "x"] = oracle(name, values=values) if is_defined else None
        for (metric, feature), value in expected.items():
            row = [
                r for r in bench.rows(metric) if (r["sample_id"], r["feature"]) == (sample, feature)
            ]
            assert len(row) == 1
            assert row[0]["value"] is not None or row[0]["note"]
            assert_close(row[0]["value"], value, f"{metric} {sample}")
        pairs = {
            (repr(x + 0.0) if np.isfinite(x) else None, c)
            for x, c in zip(side.x, side.c, strict=True)
        }
        row = the(bench.rows("duplicate_rate"), sample_id=sample)
        assert_close(row["value"], (rows - len(pairs)) / rows if rows else None, "duplicate_rate")
        if infinite := int((~np.isfinite(side.x)).sum()):
            notes = [
                r["note"]
                for r in bench.rows("missing_rate")
                if r["sample_id"] == sample and r["feature"] == "x"
            ]
            assert notes == [f"{infinite} not finite"]
