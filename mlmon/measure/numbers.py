"""The profile pass: what the profile floor counts from rows, counted column by column.

The views of sql/profile are the definition and count from the tall `feature_values`. This counts
the same from wide rows, a column at a time: a numeric one is sorted once per sample, and its
moments, its bins and the gaps between two distribution functions are read off the sorted values.
Sorting in numpy costs a quarter of sorting in SQL, and sums do not depend on the order of rows.
A test holds every relation equal to the view of the same name.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlmon.measure import bins
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Row, Warehouse

# The views whose rows are counted here, with their columns; all others are made of them.
SCHEMAS = {
    "category_counts": "sample_id varchar, feature varchar, category varchar, n bigint",
    "cumulative_gaps": "evaluation_id varchar, feature varchar, reference_values bigint,"
    " current_values bigint, reference_below bigint, current_below bigint, largest_gap double,"
    " area double, note varchar",
    "duplicate_counts": "sample_id varchar, rows bigint, different_rows bigint",
    "feature_counts": "sample_id varchar, feature varchar, kind varchar, rows bigint,"
    " missing bigint, not_finite bigint",
    "feature_moments": "sample_id varchar, feature varchar, n bigint, distinct_values bigint,"
    " minimum double, maximum double, mean double, deviation double",
    "number_bin_counts": "sample_id varchar, feature varchar, bin integer, n bigint, sum double,"
    " minimum double, maximum double",
}
COUNTED = tuple(SCHEMAS)
# The views that only those read: the sorted values themselves, never stored.
PASSED_OVER = ("cumulative_shares", "value_counts")
COLUMNS = {"score": "_score", "prediction": "_prediction"}  # of the model's outputs

HUGE, TINY = 1e140, 1e-140  # the squares of a longer or a shorter range do not fit a double

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Numbers:
    """A numeric column of a sample: its finite values in order, and the rows it came from."""

    values: Floats
    rows: int
    not_finite: int


def create(bench: Warehouse) -> None:
    """The relations of COUNTED are empty tables of the bench, with the columns of their views."""
    for name, columns in SCHEMAS.items():
        bench.write(f"create table {name} ({columns})")


def count(bench: Warehouse, kinds: Mapping[str, str] | None = None) -> None:
    """The relations of COUNTED are filled, from the bench's `sample_rows`.

    The bench has `samples`, `evaluations` and `bins` of one model version; with `kinds` of the
    features it has no bins yet: they are frozen here, on the evaluation's reference.
    `sample_rows` is wide: input features under their own names as DOUBLE or VARCHAR, `_score`,
    `_prediction`, `_sample_id`.
    """
    samples = [row["sample_id"] for row in bench.read("select sample_id from samples")]
    pairs = bench.read("from evaluations")
    counted: dict[str, list[Row]] = defaultdict(list)
    histograms: list[pa.Table] = []
    for feature, kind in (kinds or _kinds(bench)).items():
        if kind != "numeric":
            counted["feature_counts"] += _categories(bench, samples, feature)
            if kinds:
                names = _names(bench, pairs[0], feature)
                _freeze(bench, pairs[0], feature, bins.of_categories(names))
            continue
        columns = {sample: _numbers(bench, sample, feature) for sample in samples}
        if kinds:
            reference = columns[pairs[0]["reference_sample_id"]]
            _freeze(bench, pairs[0], feature, bins.of_numbers(reference.values))
        edges = _edges(bench, feature)
        for sample, column in columns.items():
            key = {"sample_id": sample, "feature": feature}
            counted["feature_counts"].append(key | _counts(column))
            if len(column.values):
                counted["feature_moments"].append(key | _moments(column.values))
                histograms.append(_histogram(key, column.values, edges))
        for pair in pairs:
            sides = columns[pair["reference_sample_id"]], columns[pair["sample_id"]]
            key = {"evaluation_id": pair["evaluation_id"], "feature": feature}
            counted["cumulative_gaps"].append(key | _gaps(*sides))
    for table, rows in counted.items():
        bench.append(table, rows)
    if histograms:
        bench.insert("number_bin_counts", pa.concat_tables(histograms))
    _count_duplicates(bench)


def _kinds(bench: Warehouse) -> dict[str, str]:
    """Return the kind of every feature that has bins, the score and the prediction too."""
    rows = bench.read(
        "select feature, bool_or(lower is not null) as is_numeric"
        " from bins group by feature order by min(rowid)"
    )
    return {row["feature"]: "numeric" if row["is_numeric"] else "categorical" for row in rows}


def _edges(bench: Warehouse, feature: str) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the lower edges of a numeric feature's bins, and the bins' numbers."""
    rows = bench.read(
        "select bin, lower from bins where feature = $feature and lower is not null order by bin",
        feature=feature,
    )
    return np.array([row["lower"] for row in rows]), np.array([row["bin"] for row in rows])


def _freeze(bench: Warehouse, evaluation: Row, feature: str, rows: Sequence[Row]) -> None:
    key = {"feature": feature, **{name: evaluation[name] for name in ("model", "model_version")}}
    bench.append("bins", [{**key, **row} for row in rows])


def _names(bench: Warehouse, evaluation: Row, feature: str) -> dict[str, int]:
    """Return how often each value of a categorical feature occurs in the reference."""
    rows = bench.read(
        "select category, n from category_counts where sample_id = $id and feature = $feature",
        id=evaluation["reference_sample_id"],
        feature=feature,
    )
    return {row["category"]: row["n"] for row in rows}


def _column(feature: str) -> str:
    return quoted(COLUMNS.get(feature, feature))


def _numbers(bench: Warehouse, sample: str, feature: str) -> Numbers:
    query = f"select {_column(feature)} as number from sample_rows where _sample_id = $id"
    found = bench.arrays(query, id=sample)["number"]
    known = np.ma.compressed(found)
    values = known[np.isfinite(known)]
    values.sort()
    values += 0.0  # minus zero is zero
    return Numbers(values, len(found), len(known) - len(values))


def _counts(column: Numbers) -> Row:
    missing = column.rows - len(column.values)
    return {
        "kind": "numeric",
        "rows": column.rows,
        "missing": missing,
        "not_finite": column.not_finite,
    }


def _moments(values: Floats) -> Row:
    unit = _unit(values)
    places = values / unit if unit != 1.0 else values
    distances = places - places[0]
    squares = np.square(distances - distances.mean()).sum()
    n = len(values)
    mean = float(places.sum(dtype=np.longdouble) / n) * unit
    return {
        "n": n,
        "distinct_values": 1 + int(np.count_nonzero(values[1:] != values[:-1])),
        "minimum": float(values[0]),
        "maximum": float(values[-1]),
        "mean": mean if values[0] < values[-1] else float(values[0]),
        "deviation": math.sqrt(squares / (n - 1)) * unit if n > 1 else None,
    }


def _unit(values: Floats) -> float:
    """Return the power of two in which the squares of the values' distances fit a double."""
    with np.errstate(over="ignore"):
        span = values[-1] - values[0]
    if span > HUGE:
        return 2.0**600
    return 2.0**-600 if 0 < span < TINY else 1.0


def _histogram(key: Row, values: Floats, edges: tuple[Floats, npt.NDArray[np.int64]]) -> pa.Table:
    """Return a row for every bin that holds a value: the last one whose lower edge is not above."""
    lower, numbers = edges
    starts = np.searchsorted(values, lower, side="left")
    ends = np.append(starts[1:], len(values))
    filled = ends > starts
    first, last = starts[filled], ends[filled]
    with np.errstate(over="ignore"):
        sums = np.add.reduceat(values, first)
    return pa.table(
        {
            **{name: pa.array([value] * len(first), pa.string()) for name, value in key.items()},
            "bin": pa.array(numbers[filled], pa.int32()),
            "n": last - first,
            "sum": pa.array(sums, mask=~np.isfinite(sums)),
            "minimum": values[first],
            "maximum": values[last - 1],
        }
    )


def _gaps(reference: Numbers, current: Numbers) -> Row:
    """Return how far apart two distribution functions are, exact on the values."""
    n, m = len(reference.values), len(current.values)
    row: Row = {"reference_values": n, "current_values": m}
    if not n or not m:
        missing = "reference" if not n else "current sample"
        return row | {"note": f"no values in the {missing}"}
    merged = np.concatenate([reference.values, current.values])
    order = np.argsort(merged, kind="stable")  # merges the two runs
    merged = merged[order]
    last = np.flatnonzero(np.append(merged[1:] != merged[:-1], True))  # of its ties
    reference_below = np.cumsum(order < n)[last]
    current_below = last + 1 - reference_below
    gap = np.abs(reference_below / n - current_below / m)
    area = _area(gap[:-1], merged[last])
    place = int(gap.argmax())
    return row | {
        "reference_below": int(reference_below[place]),
        "current_below": int(current_below[place]),
        "largest_gap": float(gap[place]),
        "area": area,
    }


def _area(gap: Floats, numbers: Floats) -> float:
    """Return the sum of the gaps times the width of each, which may be too large for a double."""
    with np.errstate(over="ignore", invalid="ignore"):
        widths = np.diff(numbers)
        parts = gap * widths
        wide = np.isinf(widths)
        parts[wide] = gap[wide] * numbers[1:][wide] - gap[wide] * numbers[:-1][wide]
        return float(parts.sum())


def _categories(bench: Warehouse, samples: Sequence[str], feature: str) -> list[Row]:
    """Fill `category_counts` of a feature; return its rows of `feature_counts`."""
    column = _column(feature)
    found: Mapping[str, Row] = {
        row["sample_id"]: row
        for row in bench.read(
            f"select _sample_id as sample_id, count(*) as rows, count({column}) as filled"
            " from sample_rows group by all"
        )
    }
    bench.write(
        "insert into category_counts by name select _sample_id as sample_id,"
        f" $feature as feature, {column} as category, count(*) as n from sample_rows"
        f" where {column} is not null group by all",
        feature=feature,
    )
    empty: dict[str, Any] = {"rows": 0, "filled": 0}
    return [
        {
            "sample_id": sample,
            "feature": feature,
            "kind": "categorical",
            "rows": (row := found.get(sample, empty))["rows"],
            "missing": row["rows"] - row["filled"],
            "not_finite": 0,
        }
        for sample in samples
    ]


def _count_duplicates(bench: Warehouse) -> None:
    """Fill `duplicate_counts`: rows are told apart by two hashes of all their input features."""
    types = bench.columns("sample_rows")
    cells = [
        f"case when isfinite({quoted(name)}) then {quoted(name)} end"
        if kind == "DOUBLE"
        else quoted(name)
        for name, kind in types.items()
        if not name.startswith("_")
    ]
    forwards, backwards = ", ".join(cells), ", ".join(["'again'", *reversed(cells)])
    bench.write(
        "insert into duplicate_counts by name select sample_id, sum(n)::bigint as rows,"
        " count(*) as different_rows from (select _sample_id as sample_id, count(*) as n,"
        f" hash({forwards}) as first_hash, hash({backwards}) as second_hash"
        " from sample_rows group by all) group by sample_id"
    )
