"""The profile pass counts what the views of the profile floor say, row by row, on dirty data."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from test_oracles_drift import EVALUATION, MODEL, Side, a_side, bins_of, put
from view_bench import Bench, Row, examples

from mlmon.measure import numbers
from mlmon.views import files
from mlmon.warehouse.warehouse import Warehouse

SAMPLES = ("reference", "current")
GRAINS = {view.name: view.grain for view in files.file_views()}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(["bin_counts", "cumulative_gaps", "distinct_count", "duplicate_rate", "mean"])


def wide(sample: str, side: Side) -> pa.Table:
    """Return the rows of `sample_rows` for features x and c."""
    names = pa.array([sample] * len(side.x), pa.string())
    return pa.table({"x": side.x, "c": pa.array(side.c, pa.string()), "_sample_id": names})


def counted(reference: Side, current: Side) -> Warehouse:
    """Return a bench that the profile pass has counted."""
    made = Warehouse(comments=False)
    for table, rows in {
        "samples": [{**MODEL, "sample_id": sample} for sample in SAMPLES],
        "evaluations": [{**MODEL, **EVALUATION}],
        "bins": bins_of(reference),
    }.items():
        made.append(table, rows)
    rows = pa.concat_tables([wide("reference", reference), wide("current", current)])
    with made.registered(rows) as frame:
        made.write(f"create table sample_rows as from {frame}")
    numbers.create(made)
    numbers.count(made)
    return made


def close(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (
            one != one and other != other
        )
    return one == other


@examples
@given(reference=a_side(), current=a_side())
def test_a_relation_is_that_of_the_view(bench: Bench, reference: Side, current: Side) -> None:
    put(bench, reference, current)
    with counted(reference, current) as made:
        for name in numbers.SCHEMAS:
            keys = ", ".join(GRAINS[name])
            found = made.read(f"from {name} order by {keys}")
            said: list[Row] = bench.rows(name, f"true order by {keys}")
            assert len(found) == len(said), name
            for one, other in zip(found, said, strict=True):
                different = {c for c in other if not close(one[c], other[c])}
                # Of several numbers with the largest gap either may be the one.
                assert different <= {"reference_below", "current_below"}, (name, one, other)


def test_a_feature_without_rows_has_counts() -> None:
    nothing = Side(np.array([]), [])
    with counted(nothing, nothing) as made:
        rows = made.read("from feature_counts order by sample_id, feature")
        assert [(row["feature"], row["rows"], row["missing"]) for row in rows] == [
            (feature, 0, 0) for _ in SAMPLES for feature in "cx"
        ]
        (gap,) = made.read("from cumulative_gaps")
        assert (gap["largest_gap"], gap["note"]) == (None, "no values in the reference")


def test_the_tables_have_the_columns_of_the_views(bench: Bench) -> None:
    with Warehouse(comments=False) as made:
        numbers.create(made)
        for name in numbers.SCHEMAS:
            described = bench.con.execute(f"describe {name}").fetchall()
            assert made.columns(name) == {column: kind for column, kind, *_ in described}
