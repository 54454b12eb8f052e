"""Values of every type, from DuckDB to the terminal: as Python, as JSON, csv, Markdown, a table."""

import csv
import io
import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pytest
from shop import edit

import mlmon
from mlmon.system.plain import as_json, plain
from mlmon.system.terminal import Format, show
from mlmon.warehouse import rows as fetch
from mlmon.warehouse.warehouse import Warehouse

NOON = datetime(2024, 1, 1, 10)
ZONED = "'2024-01-01 12:00:00+02'::timestamptz"
# SQL, as Python reads it, as a person and JSON read it (the same unless it is given)
TYPES: dict[str, tuple[Any, ...]] = {
    "time zone": (ZONED, NOON, "2024-01-01 10:00:00"),
    "list of zoned": (f"[{ZONED}, null]", [NOON, None], ["2024-01-01 10:00:00", None]),
    "struct of zoned": (f"{{'DATE': {ZONED}}}", {"DATE": NOON}, {"DATE": "2024-01-01 10:00:00"}),
    "map by zoned": (f"map {{{ZONED}: 1}}", {NOON: 1}, {"2024-01-01 10:00:00": 1}),
    "union of zoned": (f"union_value(t := {ZONED})", NOON, "2024-01-01 10:00:00"),
    "array of zoned": (f"[{ZONED}]::timestamptz[1]", (NOON,), ["2024-01-01 10:00:00"]),
    "infinite zoned": ("'infinity'::timestamptz", datetime.max, "infinity"),
    "infinite date": ("'infinity'::date", date.max, "infinity"),
    "infinite past": ("['-infinity'::timestamp]", [datetime.min], ["-infinity"]),
    "far date": ("date '20000-01-01'", "20000-01-01", "20000-01-01"),
    "interval": ("interval '1 month 2 days'", timedelta(days=32), "1 month 2 days"),
    "long interval": ("interval '9000000 years'", "9000000 years", "9000000 years"),
    "hugeint": ("170141183460469231731687303715884105727::hugeint", 2**127 - 1, 2**127 - 1),
    "decimal": ("1.10::decimal(5, 2)", Decimal("1.10"), 1.1),
    "blob": ("'\\x00a\\xFF'::blob", b"\x00a\xff", "\\x00a\\xFF"),
    "bit": ("'101'::bit", "101", "101"),
    "enum": ("'x'::enum('x', 'TIMESTAMP WITH TIME ZONE')", "x", "x"),
    "map": ("map {1: 'x'}", {1: "x"}, {"1": "x"}),
    "nested": ("[{'a': [1.5::double, 'nan', '-inf']}]", ..., [{"a": [1.5, None, None]}]),
    "nan": ("'nan'::double", ..., None),
    "infinity": ("'inf'::float", math.inf, None),
    "json": ("'[1]'::json", "[1]", "[1]"),
    "nothing": ("null", None, None),
    "empty": ("[]::int[]", [], []),
}


def strict(text: str) -> Any:
    """Return what JSON holds; NaN and Infinity are none."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def connection() -> Any:
    with Warehouse(comments=False) as warehouse:
        yield warehouse.connection


@pytest.mark.parametrize("kind", TYPES)
def test_b2_b3_every_type_comes_out(connection, capsys, kind):
    sql, python, shown = TYPES[kind]
    (row,) = fetch.rows(connection, f"select {sql} as x")
    assert python is ... or row == {"x": python}
    rows = fetch.readable(connection, f"select {sql} as x, 1 as y")
    show(rows, Format.json)
    assert strict(capsys.readouterr().out) == [{"x": shown, "y": 1}]
    show(rows, Format.csv)
    head, line = csv.reader(io.StringIO(capsys.readouterr().out))
    assert (head, line[1]) == (["x", "y"], "1")
    for format in (Format.md, Format.table):
        show(rows, format)
        assert "1" in capsys.readouterr().out.splitlines()[-1]


def test_b2_names_order_and_statements_stay(connection):
    sql = "select now() as a, n as b, n as b from range(3) r(n) order by n desc -- done"
    assert [row["b"] for row in fetch.rows(connection, sql)] == [2, 1, 0]
    assert fetch.readable(connection, "select 1 as a, 2 as a") == [{"a": 1, "a_1": 2}]
    made = "create or replace temp table t as select now() as a; insert into t select * from t"
    (row,) = fetch.rows(connection, f"{made} returning a, [a] as b")
    assert row["b"] == [row["a"]]
    assert row["a"].tzinfo is None
    assert fetch.rows(connection, "select count(*) as n from t") == [{"n": 2}]  # not done twice
    with pytest.raises(duckdb.ConversionException):
        fetch.rows(connection, "select 'x'::timestamptz as a")


def test_b2_a_check_and_a_step_may_read_a_time_with_a_zone(evaluated):
    edit(evaluated, "metric: data_drift, max: 0.99", "sql: select now() as seen")
    steps = "    steps:\n      - {name: a, sql: select now() as t}\n"
    path = evaluated / "mlmon.yml"
    path.write_text(f"{path.read_text()}scenarios:\n  Nightly:\n{steps}")
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind")
        assert result.message.startswith("1 row of trouble; the first: seen=20")
        (step,) = project.run("Nightly").steps
        assert step.outcome == "SUCCESS"
        outputs = strict(project.warehouse.value("select outputs from step_runs"))
        seen = datetime.fromisoformat(outputs["value"])
        assert abs(seen.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=5)


def test_b3_what_a_step_made_is_json(ingested):
    steps = (
        "    steps:\n      - {name: a, sql: \"select 'nan'::double as x, ['inf'::float] as y\"}\n"
    )
    path = ingested / "mlmon.yml"
    path.write_text(f"{path.read_text()}scenarios:\n  Nightly:\n{steps}")
    with mlmon.open(ingested) as project:
        project.run("Nightly")
        outputs = strict(project.warehouse.value("select outputs from step_runs"))
        assert outputs == {"rows": [{"x": None, "y": [None]}], "value": None}
        assert project.warehouse.value("select json_valid(outputs) from step_runs")


def test_b3_plain_data_of_any_library():
    value = {
        1: np.float32("nan"),
        (1, "a"): [np.int64(3), np.bool_(True), np.array([1.0, math.inf])],
        None: {"set"},
        date(2024, 1, 1): Decimal("Infinity"),
        "text": "\ud800 \x9b \u202e \x1b",
        "zone": datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    }
    assert plain(value) == {
        "1": None,
        '[1, "a"]': [3, True, [1.0, None]],
        "null": ["set"],
        "2024-01-01": None,
        "text": "\ud800 \x9b \u202e \x1b",
        "zone": "2024-01-01 00:00:00+01:00",
    }
    text = as_json(value)
    assert strict(text) == plain(value)
    assert text.isprintable()
    assert text.encode()  # a surrogate is an escape
