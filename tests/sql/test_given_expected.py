"""Every view on given rows gives the expected rows, worked out by hand.

A case lists the rows of the relations that the view reads, and the rows that it gives, in the
order of its grain. A key that a given row leaves out has its value in `KEYS`, any other column
is NULL; of an expected row only the columns that it lists are compared. `only` picks rows.
"""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest
from ruamel.yaml import YAML
from view_bench import Bench, metric_views

from mlmon.views.files import View, file_views

FOLDER = Path(__file__).parent
KEYS = {
    "evaluation_id": "e",
    "sample_id": "s",
    "reference_sample_id": "r",
    "model": "m",
    "model_version": 1,
    "task": "binary",
    "class": "yes",
    "feature": "x",
}

Row = dict[str, Any]


def cases() -> list[Any]:
    files = sorted(FOLDER.glob("*/*.yaml"))
    return [
        pytest.param(file.stem, case, id=f"{file.stem}: {case['case']}")
        for file in files
        for case in YAML(typ="safe").load(file)
    ]


@pytest.mark.parametrize(("name", "case"), cases())
def test_given_expected(name: str, case: Row) -> None:
    (view,) = [view for view in file_views() if view.name == name]
    found = given_rows(view, case["given"], case.get("only", "true"))
    expected = case["expect"]
    picked = (
        [{column: row[column] for column in expected[0]} for row in found] if expected else found
    )
    assert picked == [{name: approx(value) for name, value in row.items()} for row in expected]


def approx(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value


def given_rows(view: View, given: dict[str, list[Row]], only: str) -> list[Row]:
    """Return the view's rows over the given ones, in the order of its grain."""
    assert set(given) <= set(view.reads), f"{view.name} does not read all of {sorted(given)}"
    backend = ibis.duckdb.connect(":memory:")
    for relation in view.reads:
        columns = columns_of(relation)
        declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        backend.con.execute(f"create table {relation} ({declared})")
        for row in given.get(relation) or ():
            insert(backend.con, relation, {k: v for k, v in KEYS.items() if k in columns} | row)
    backend.create_view(view.name, backend.sql(view.sql, dialect="duckdb"))
    grain = ", ".join(f"{column} nulls first" for column in view.grain)
    answer = backend.con.execute(f"from {view.name} where {only} order by {grain}")
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def insert(con: duckdb.DuckDBPyConnection, relation: str, row: Row) -> None:
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    con.execute(f"insert into {relation} ({names}) values ({marks})", list(row.values()))


@cache
def columns_of(relation: str) -> dict[str, str]:
    """Return the columns of a relation and their types, as on a bench."""
    rows = bench().con.execute(f"describe {relation}").fetchall()
    return {row[0]: row[1] for row in rows}


@cache
def bench() -> Bench:
    return Bench(metric_views())
