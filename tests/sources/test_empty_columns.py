"""A8: a column without any value has no type until there is one; none loses digits later."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mlmon
from mlmon.errors import SourceError

ROWS = 40
CONFIG = """\
version: 1
project: empty
views: views
datasets: {t: {key: id, path: "in/t_{batch}.*"}}
models:
  m:
    dataset: t
    target: y
    positive_class: 1
    features: [x, v]
    train: {batches: ["1"], test_size: 0.4}
stores: {s: {model: m}}
"""
NONE = {
    "pandas, objects": lambda rows: pd.DataFrame(
        rows | {"v": pd.Series([None] * ROWS, dtype=object)}
    ),
    "pandas, NaN": lambda rows: pd.DataFrame(rows | {"v": np.nan}),
    "Arrow, null": lambda rows: pa.table(rows | {"v": pa.nulls(ROWS)}),
    "Arrow, int32": lambda rows: pa.table(rows | {"v": pa.nulls(ROWS, pa.int32())}),
    "Arrow, NaN": lambda rows: pa.table(rows | {"v": [float("nan")] * ROWS}),
    "polars": lambda rows: polars.DataFrame(rows | {"v": [None] * ROWS}),
}
SOME = {
    "VARCHAR": "seven",
    "BIGINT": 7,
    "DOUBLE": 7.5,
    "DATE": dt.date(2024, 7, 1),
    "BOOLEAN": True,
}


def rows_of(number: int) -> dict[str, Any]:
    chance = np.random.default_rng(number)
    x = chance.normal(size=ROWS)
    y = (x + chance.normal(size=ROWS) > 0).astype(int)
    return {"id": [f"{number}-{i}" for i in range(ROWS)], "x": x.tolist(), "y": y.tolist()}


def write(path: Path, rows: dict[str, Any]) -> None:
    """The file of this name has these rows."""
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(pa.table(rows), path)
    elif path.suffix == ".csv":
        pd.DataFrame(rows).to_csv(path, index=False)
    else:
        lines = [
            dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True)
        ]
        path.write_text("\n".join(json.dumps(line, default=str) for line in lines))


def kind(project: mlmon.project.Project) -> str:
    return project.warehouse.columns("t")["v"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mlmon.yml").write_text(CONFIG)
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "filled.sql").write_text(
        "-- Rows with a value.\nselect count(v) as n from t"
    )
    return tmp_path


@pytest.mark.parametrize("form", NONE)
def test_a8_a_first_frame_of_none_takes_what_comes_next(folder, form):
    given, value = list(SOME.items())[list(NONE).index(form) % len(SOME)]
    with mlmon.open(folder) as project:
        project.ingest("t", NONE[form](rows_of(1)), batch="1")
        project.ingest("t", NONE[form](rows_of(2)), batch="2")
        project.ingest("t", pa.table(rows_of(3) | {"v": [None, *[value] * (ROWS - 1)]}), batch="3")
        assert kind(project) == given
        assert project.warehouse.value("select n from filled") == ROWS - 1
        comment = (
            "select comment from duckdb_columns() where table_name = 't' and column_name = 'v'"
        )
        assert project.warehouse.value(comment) == f"As in the source, {given}."
        if given in ("BIGINT", "DOUBLE"):  # from now on it has a type
            with pytest.raises(SourceError, match=f"column v: 'seven' is not {given}"):
                project.ingest("t", pa.table(rows_of(4) | {"v": ["seven"] * ROWS}), batch="4")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a8_a_file_without_a_value_takes_what_comes_next(folder, ending):
    with mlmon.open(folder) as project:
        write(folder / "in" / f"t_1.{ending}", rows_of(1) | {"v": [None] * ROWS})
        project.ingest("t")
        write(folder / "in" / f"t_2.{ending}", rows_of(2) | {"v": [7.5] * ROWS})
        assert project.ingest("t") == ["2"]
        assert kind(project) == "DOUBLE"


def test_a8_a_model_learns_without_the_column_and_is_measured_with_it(folder):
    with mlmon.open(folder) as project:
        project.ingest("t", pa.table(rows_of(1) | {"v": [None] * ROWS}), batch="1")
        project.train("m")
        project.ingest("t", pa.table(rows_of(2) | {"v": [7.5] * ROWS}), batch="2")
        project.evaluate("s", batch="2")
        row = project.warehouse.one("from feature_drift where feature = 'v'")
        assert (row["unseen_rate"], row["missing_rate"], row["reference_missing_rate"]) == (1, 0, 1)
        assert project.warehouse.value("select count(v) from scored_t") == ROWS


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a8_compare_takes_columns_that_are_empty_on_one_side(tmp_path, ending):
    before = rows_of(1) | {name: [None] * ROWS for name in SOME}
    after = rows_of(2) | {name: [value] * ROWS for name, value in SOME.items()}
    sides = [tmp_path / f"{name}.{ending}" for name in ("before", "after")]
    for path, rows in zip(sides, (before, after), strict=True):
        write(path, rows)
    for order in (1, -1):
        made = mlmon.compare(*sides[::order], features=[*SOME], classifier_rows=0)
        query = "select reference_missing_rate, missing_rate from feature_drift group by all"
        assert [[*row.values()] for row in made.warehouse.read(query)] == [[1, 0][::order]]


def test_a8_a_column_that_is_empty_on_both_sides_is_left_out():
    rows = pa.table(rows_of(1) | {"v": pa.nulls(ROWS, pa.int32())})
    made = mlmon.compare(rows, rows, classifier_rows=0)
    assert made.left_out["v"] == "it has no value on either side"


def test_a8_a_time_without_a_value_is_a_time(tmp_path):
    config = "version: 1\nproject: p\ndatasets: {t: {key: id, time: at}}\n"
    (tmp_path / "mlmon.yml").write_text(config)
    with mlmon.open(tmp_path) as project:
        project.ingest("t", pa.table({"id": [1], "at": [None]}), batch="1")
        assert project.warehouse.columns("t")["at"] == "TIMESTAMP"
        with pytest.raises(SourceError, match="column at: 'soon' is not TIMESTAMP"):
            project.ingest("t", pa.table({"id": [2], "at": ["soon"]}), batch="2")


WIDER = {
    "more digits behind the point": ("decimal(3, 2)", "decimal(4, 3)", "1.505", "DECIMAL(4,3)"),
    "more digits before it": ("decimal(3, 2)", "decimal(4, 2)", "12.50", "DECIMAL(4,2)"),
    "both": ("decimal(3, 2)", "decimal(7, 3)", "1234.505", "DECIMAL(7,3)"),
    "whole numbers": ("decimal(3, 2)", "tinyint", "123", "DECIMAL(5,2)"),
    "fewer": ("decimal(4, 3)", "decimal(2, 1)", "1.5", "DECIMAL(4,3)"),
    "double precision": ("float", "double", "0.1", "DOUBLE"),
}


@pytest.mark.parametrize("case", WIDER)
def test_a_number_is_kept_as_it_came(folder, case):
    stored, given, value, kind = WIDER[case]
    project = typed(folder, stored, "1.50")
    project.ingest("t", column_of(given, value), batch="2")
    query = "select typeof(v), v from t where batch = '2'"
    ((found, number),) = project.sql(query).to_pandas().itertuples(index=False, name=None)
    assert found == kind
    assert float(number) == float(value)
    assert float(project.sql("select v from t where batch = '1'").to_pandas().v[0]) == 1.5


@pytest.mark.parametrize("value", ["1.005", "1.0000001", "2.675"])
def test_a_text_is_not_rounded(folder, value):
    project = typed(folder, "decimal(3, 2)", "1.50")
    with pytest.raises(SourceError, match=rf"column v: '{value}' is not DECIMAL\(3,2\)"):
        project.ingest("t", column_of("varchar", value), batch="2")


def typed(folder: Path, kind: str, value: str) -> mlmon.Project:
    """Return a project whose dataset was frozen with a column v of this type."""
    project = mlmon.open(folder)
    project.ingest("t", column_of(kind, value), batch="1")
    return project


def column_of(kind: str, value: str) -> pa.Table:
    query = f"select '{value}' as id, 1.0::double as x, 1 as y, '{value}'::{kind} as v"
    return duckdb.sql(query).to_arrow_table()
