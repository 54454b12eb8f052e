"""A shortcut for many large pairs: numpy counts what the lower half of the profile floor counts.

Those counts are put straight into `feature_counts`, `category_counts`, `bin_counts` (on the coarse
bins) and `cumulative_gaps`; SQL makes of them `feature_pairs`, `bin_shares`, `contingency_counts`
and the metrics. tests/test_chance.py shows that both ways give the same figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pairs import NAMES, SIDES, Column, Pair, identities, is_numeric, series
from view_bench import Bench

from mlmon.measure import bins

Integers = npt.NDArray[np.int64]

FILLED = {
    "feature_counts": ("sample_id", "feature", "kind", "rows", "missing", "not_finite"),
    "bin_counts": ("sample_id", "feature", "bin", "n"),
    "cumulative_gaps": (
        "evaluation_id",
        "feature",
        "reference_values",
        "current_values",
        "reference_below",
        "current_below",
        "largest_gap",
        "note",
    ),
    "bins": ("model", "model_version", "feature", "bin", "coarse_bin", "kind"),
}
COMPUTED = ("feature_pairs", "bin_shares", "contingency_counts")


@dataclass(frozen=True)
class Counts:
    """What the profile floor counts in a pair; two columns: the reference's and the current one."""

    kind: str
    rows: tuple[int, int]
    missing: tuple[int, int]
    categories: Integers = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    bins: Mapping[int, tuple[str, int, int]] = field(default_factory=dict)  # by coarse bin
    gap: tuple[float | None, int | None, int | None] = (None, None, None)  # and rows up to there


def count(pair: Pair) -> Counts:
    """Return the counts of a pair, on bins that training would freeze on the reference."""
    return _numeric(pair) if is_numeric(pair.reference) else _categorical(pair)


def drawn(
    chance: np.random.Generator, shares: npt.NDArray[np.float64], rows: tuple[int, int]
) -> Counts:
    """Return the counts of a categorical pair with these shares, drawn as counts; without bins."""
    categories = np.stack([chance.multinomial(side, shares) for side in rows], axis=1)
    return Counts("categorical", rows, (0, 0), categories)


def put(bench: Bench, evaluations: Sequence[Mapping[str, Counts]]) -> None:
    """The bench holds these evaluations, numbered, counted."""
    for name in ("evaluations", "bins", *bench.profile):
        bench.con.execute(f"truncate {name}")
    bench.insert("evaluations", identities(len(evaluations)))
    bench.insert("category_counts", _category_counts(evaluations))
    for name, columns in FILLED.items():
        rows = list(zip(*ROWS[name](evaluations), strict=True))
        if rows:
            bench.insert(name, pa.table(dict(zip(columns, map(pa.array, rows), strict=True))))
    for name in COMPUTED:
        bench.con.execute(f"insert into {name} {bench.profile[name]}")


def _numeric(pair: Pair) -> Counts:
    columns = [np.sort(side[np.isfinite(side)]) for side in (pair.reference, pair.current)]
    lowest: dict[int, float] = {}
    kinds: dict[int, str] = {}
    for row in bins.freeze("numeric", series(pair.reference)):
        kinds[row["coarse_bin"]] = row["kind"]
        if row["lower"] is not None:
            lowest.setdefault(row["coarse_bin"], row["lower"])
    edges = np.array(list(lowest.values()))
    inside = [np.diff(np.searchsorted(side, edges), append=len(side)) for side in columns]
    missing = (len(pair.reference) - len(columns[0]), len(pair.current) - len(columns[1]))
    last = len(kinds) - 1
    placed = {
        part: (kinds[part], *map(int, rows))
        for part, rows in [*enumerate(zip(*inside, strict=True)), (last, missing)]
    }
    rows = (len(pair.reference), len(pair.current))
    return Counts("numeric", rows, missing, bins=placed, gap=_gap(columns))


def _gap(columns: Sequence[Column]) -> tuple[float | None, int | None, int | None]:
    if not all(map(len, columns)):
        return None, None, None
    numbers = np.concatenate(columns)
    numbers.sort(kind="stable")  # merges two sorted runs
    below = [np.searchsorted(side, numbers, side="right") for side in columns]
    gaps = np.abs(below[0] / len(columns[0]) - below[1] / len(columns[1]))
    at = int(gaps.argmax())
    return float(gaps[at]), int(below[0][at]), int(below[1][at])


def _categorical(pair: Pair) -> Counts:
    columns = (pair.reference, pair.current)
    size = int(max(side.max(initial=-1) for side in columns)) + 1
    categories = np.stack(
        [np.bincount(side[side >= 0], minlength=size) for side in columns], axis=1
    )
    missing = (int((pair.reference < 0).sum()), int((pair.current < 0).sum()))
    placed: dict[int, tuple[str, int, int]] = {}
    seen = np.zeros(size, dtype=bool)
    for row in bins.freeze("categorical", series(pair.reference)):
        named = [int(name[1:]) for name in row["categories"] or [row["category"] or "v0"]]
        rows = missing
        if row["kind"] == "category":
            seen[named] = True
            rows = tuple(categories[named[0]] if len(named) == 1 else categories[named].sum(axis=0))
        if row["kind"] == "other":
            rows = tuple(categories[~seen].sum(axis=0))
        placed[row["coarse_bin"]] = (row["kind"], int(rows[0]), int(rows[1]))
    rows = (len(pair.reference), len(pair.current))
    return Counts("categorical", rows, missing, categories, placed)


# ---- the rows of the relations

Evaluations = Sequence[Mapping[str, Counts]]
Rows = Iterator[tuple[Any, ...]]


def _each(evaluations: Evaluations) -> Iterator[tuple[int, str, Counts]]:
    for number, evaluation in enumerate(evaluations):
        for feature, counts in evaluation.items():
            yield number, feature, counts


def _feature_counts(evaluations: Evaluations) -> Rows:
    for number, feature, counts in _each(evaluations):
        for side, rows, missing in zip(SIDES, counts.rows, counts.missing, strict=True):
            yield f"{side} {number}", feature, counts.kind, rows, missing, 0


def _category_counts(evaluations: Evaluations) -> pa.Table:
    tables = []
    for number, feature, counts in _each(evaluations):
        for side, column in zip(SIDES, counts.categories.T, strict=True):
            found = np.flatnonzero(column)
            tables.append((f"{side} {number}", feature, found, column[found]))
    if not any(len(found) for _, _, found, _ in tables):
        return pa.table({"sample_id": pa.array([], pa.string())})
    samples, features, found, n = zip(*tables, strict=True)
    each = np.repeat(np.arange(len(tables)), list(map(len, found)))
    names = np.concatenate(found)
    return pa.table(
        {
            "sample_id": pa.array(samples).take(pa.array(each)),
            "feature": pa.array(features).take(pa.array(each)),
            "category": NAMES.take(pa.array(names)),
            "n": np.concatenate(n),
        }
    )


def _bin_counts(evaluations: Evaluations) -> Rows:
    for number, feature, counts in _each(evaluations):
        for part, (_, *rows) in counts.bins.items():
            for side, n in zip(SIDES, rows, strict=True):
                if n:
                    yield f"{side} {number}", feature, part, n


def _cumulative_gaps(evaluations: Evaluations) -> Rows:
    for number, feature, counts in _each(evaluations):
        if counts.kind == "numeric":
            values = (rows - gone for rows, gone in zip(counts.rows, counts.missing, strict=True))
            gap, *below = counts.gap
            note = "no values" if gap is None else None
            yield str(number), feature, *values, *below, gap, note


def _bins(evaluations: Evaluations) -> Rows:
    for number, feature, counts in _each(evaluations):
        for part, (kind, *_) in counts.bins.items():
            yield "m", number, feature, part, part, kind


ROWS = {
    "feature_counts": _feature_counts,
    "bin_counts": _bin_counts,
    "cumulative_gaps": _cumulative_gaps,
    "bins": _bins,
}
