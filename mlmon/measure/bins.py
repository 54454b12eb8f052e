"""Bins, frozen at training on the reference sample: fine ones nested in coarse ones.

An outlier, an unseen category or a missing value lands in a bin of its own, always.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mlmon.warehouse import categories

COARSE = 10
FINE = 240  # with the coarse edges at most 251: one byte a bin
CATEGORIES = 254

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]


def freeze(kind: str, values: Any, learned: Any = None) -> list[Row]:
    """Return the bins of a feature, given its reference values (a pandas Series).

    Rows have bin, kind, lower, upper, category, categories, coarse_bin and trained, as in table
    `bins`. The last lists values that were `learned` from (a Series too) and are in `other`.
    """
    if kind == "numeric":
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return of_numbers(np.sort(numbers[np.isfinite(numbers)]))
    counts: Counter[str] = Counter()
    for value, n in values.dropna().value_counts().items():
        counts[categories.text(value)] += int(n)
    rows = of_categories(counts)
    if learned is not None:
        beyond = {*map(categories.text, learned.dropna().unique())} - {*counts}
        (other,) = [row for row in rows if row["kind"] == "other"]
        other["trained"] = sorted(beyond)
    return rows


def of_numbers(values: Floats) -> list[Row]:
    """Return the bins of a numeric feature, given its finite values in order."""
    first = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    counts = np.diff(np.append(first, len(values)))
    rows = _numeric(values[first], counts)
    return [{"bin": position, **row} for position, row in enumerate(rows)]


def of_categories(counts: Mapping[str, int]) -> list[Row]:
    """Return the bins of a categorical feature, given how often each value occurs."""
    return [{"bin": position, **row} for position, row in enumerate(_categorical(counts))]


def lower_edges(values: Floats, counts: npt.NDArray[np.int64], bins: int) -> Floats:
    """Return the lower edges of about equally full bins over sorted distinct values.

    A value that alone fills a bin gets one, and the rest is shared out anew, so no atom hides
    its neighbours. Up to `bins` distinct values get a bin each.
    """
    if len(values) <= bins:
        return values
    total = np.concatenate([[0.0], np.cumsum(counts)])  # as exact as integers up to 2 ** 53
    starts, start = [], 0
    while start < len(values):
        starts.append(start)
        left = bins - len(starts) + 1
        target = total[start] + (total[-1] - total[start]) / left
        end = int(np.searchsorted(total, target))  # first bin end at or above the target
        before = end - 1
        if before > start and total[end] - target > target - total[before]:
            end = before
        start = len(values) if left == 1 else max(end, start + 1)
    return values[starts]


def _numeric(values: Floats, counts: npt.NDArray[np.int64]) -> Iterator[Row]:
    """Yield below, the ranges, above, missing. Without reference values all is above."""
    if not len(values):
        yield _bin("above", 0, lower=-np.inf, upper=np.inf)
        yield _bin("missing", 1)
        return
    coarse = lower_edges(values, counts, COARSE)
    fine = np.union1d(lower_edges(values, counts, FINE), coarse)
    edges = [*fine, values[-1]]
    yield _bin("below", 0, lower=-np.inf, upper=values[0])
    for lower, upper in pairwise(edges):
        part = int(np.searchsorted(coarse, lower, side="right"))
        yield _bin("range", part, lower=float(lower), upper=float(upper))
    beyond = float(np.nextafter(values[-1], np.inf))
    yield _bin("above", len(coarse) + 1, lower=beyond, upper=np.inf)
    yield _bin("missing", len(coarse) + 2)


def _categorical(counts: Mapping[str, int]) -> Iterator[Row]:
    """Yield a bin per frequent value, one for the rest if any, other, missing."""
    names = sorted(counts, key=lambda name: (-counts[name], name))
    frequent, rest = names[:CATEGORIES], names[CATEGORIES:]
    if len(rest) == 1:
        frequent, rest = names, []
    for position, name in enumerate(frequent):
        yield _bin("category", position, category=name)
    if rest:
        yield _bin("category", len(frequent), categories=sorted(rest))
    last = len(frequent) + bool(rest)
    yield _bin("other", last)
    yield _bin("missing", last + 1)


def _bin(kind: str, coarse: int, **where: Any) -> Row:
    empty = dict.fromkeys(("lower", "upper", "category", "categories", "trained"))
    return {**empty, **where, "kind": kind, "coarse_bin": coarse}
