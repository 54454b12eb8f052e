"""Many pairs of samples on one bench: each in an evaluation, so that one query measures them all.

A column is an array: of floats for a numeric feature (NaN is missing), of whole numbers for a
categorical one (each number a category, -1 is missing). Bins are cut anew on every reference.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from view_bench import Bench, Row

from mlmon.measure import bins, inference
from mlmon.measure.inference import Figure

Column = npt.NDArray[Any]

SIDES = ("reference", "current")
TESTED = ("ks_statistic", "chi2_statistic", "population_stability_index")
CONFIDENCE = 0.95
ALPHA = 0.05
DRIFT_LIMIT = 0.1
NAMES = pa.array([f"v{number}" for number in range(10_000)])
BIN_COLUMNS = {
    "bin": pa.int32(),
    "kind": pa.string(),
    "lower": pa.float64(),
    "category": pa.string(),
    "categories": pa.list_(pa.string()),
    "coarse_bin": pa.int32(),
}


@dataclass(frozen=True)
class Pair:
    """The two columns of a feature."""

    reference: Column
    current: Column

    @property
    def kind(self) -> str:
        return "numeric" if is_numeric(self.reference) else "categorical"


Evaluation = Mapping[str, Pair]  # by feature


def is_numeric(column: Column) -> bool:
    return column.dtype.kind == "f"


def put(bench: Bench, evaluations: Sequence[Evaluation]) -> None:
    """The bench holds these evaluations, numbered, each of a model version of its own."""
    numbers = range(len(evaluations))
    samples = [
        {"model": "m", "model_version": number, "sample_id": f"{side} {number}"}
        for number in numbers
        for side in SIDES
    ]
    bench.fill(
        {
            "samples": pa.Table.from_pylist(samples),
            "evaluations": identities(len(evaluations)),
            "bins": pa.concat_tables(frozen(evaluations)),
            "feature_values": pa.concat_tables(
                tall(f"{side} {number}", feature, getattr(pair, side))
                for number in numbers
                for side in SIDES
                for feature, pair in evaluations[number].items()
            ),
        }
    )


def identities(count: int) -> pa.Table:
    """Return the rows of `evaluations`."""
    rows = [
        {
            "evaluation_id": str(number),
            "model": "m",
            "model_version": number,
            "sample_id": f"current {number}",
            "reference_sample_id": f"reference {number}",
        }
        for number in range(count)
    ]
    return pa.Table.from_pylist(rows)


def frozen(evaluations: Sequence[Evaluation]) -> Iterator[pa.Table]:
    """Yield the bins that training would freeze on every reference."""
    for version, evaluation in enumerate(evaluations):
        for feature, pair in evaluation.items():
            rows = bins.freeze(pair.kind, series(pair.reference))
            yield pa.table(
                {
                    "model": pa.repeat("m", len(rows)),
                    "model_version": pa.repeat(pa.scalar(version, pa.int32()), len(rows)),
                    "feature": pa.repeat(feature, len(rows)),
                    **{
                        name: pa.array([row[name] for row in rows], kind)
                        for name, kind in BIN_COLUMNS.items()
                    },
                }
            )


def series(column: Column) -> pd.Series:
    """Return a column as training sees it."""
    return pd.Series(column) if is_numeric(column) else names(column).to_pandas()


def names(column: Column) -> pa.Array:
    """Return the categories of a column by their names."""
    return NAMES.take(pa.array(column, mask=column < 0))


def tall(sample: str, feature: str, column: Column) -> pa.Table:
    """Return the rows of `feature_values` of a column."""
    rows, numeric = len(column), is_numeric(column)
    number = pa.array(column, mask=np.isnan(column)) if numeric else pa.nulls(rows, pa.float64())
    return pa.table(
        {
            "sample_id": pa.repeat(sample, rows),
            "record_id": pa.array(np.arange(rows)).cast(pa.string()),
            "feature": pa.repeat(feature, rows),
            "number": number,
            "category": pa.nulls(rows, pa.string()) if numeric else names(column),
            "not_finite": pa.repeat(False, rows),
        }
    )


def drift_tests(bench: Bench) -> list[list[Figure]]:
    """Return the drift tests of every evaluation on the bench, in their order."""
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {view: [] for view in TESTED})
    for view in TESTED:
        for row in bench.rows(view):
            found[row["evaluation_id"]][view].append(row)
    return [
        inference.drift_tests(found[str(number)], CONFIDENCE, DRIFT_LIMIT)
        for number in range(len(found))
    ]


def by_name(figures: Sequence[Figure]) -> dict[tuple[str, str | None], float | None]:
    """Return the values of an evaluation's figures by metric and feature."""
    return {(figure.metric, figure.feature): figure.value for figure in figures}
