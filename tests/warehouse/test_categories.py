"""A1: a value is the same category wherever it comes from: Python, columns, files, other types."""

import datetime as dt
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

import mlmon
from mlmon.config.values import Class
from mlmon.errors import ConfigError, SourceError
from mlmon.sources import frames
from mlmon.warehouse import categories, category_columns

D = Decimal
DAYS = [dt.date(2024, 1, day) for day in (1, 2, 3)]
MIDNIGHTS = [dt.datetime(2024, 1, day) for day in (1, 2, 3)]
BERLIN = dt.timezone(dt.timedelta(hours=1))
HUGE = [2**53 + 1, 2**53, 2**53 + 2]

# ---- one rule in two notations

VALUES: dict[str, list[Any]] = {
    "boolean": [True, False],
    "bigint": [0, -1, 2**53 + 1],
    "hugeint": [10**38, -(10**30)],
    "double": [1.0, -0.0, 0.1, 1e-5, 1e16, 1e22, 1e37, 1e38, 1e39, 5e-324, float("inf")],
    "float": [np.float32(0.1), np.float32(16777216), np.float32(1e20), np.float32(1e-5)],
    "decimal(10, 2)": [D("1.50"), D("1.00"), D("-0.10"), D("0.00"), D("100.00")],
    "decimal(38, 20)": [D("0.00001"), D("0.10000000000000000555"), D("12345678901234567.5")],
    "date": [dt.date(2024, 1, 1), dt.date(1, 2, 3)],
    "timestamp": [MIDNIGHTS[0], dt.datetime(2024, 1, 1, 5, 0, 0, 500_000)],
    "timestamptz": [
        dt.datetime(2024, 1, 1, 1, tzinfo=BERLIN),
        dt.datetime(2024, 1, 1, tzinfo=BERLIN),
    ],
    "varchar": [" a ", "", "1.0", "nan", "True"],
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_column_is_spelled_as_its_values(kind):
    connection = duckdb.connect()
    connection.execute(f"set TimeZone = 'UTC'; create table t (i int, x {kind})")
    for place, value in enumerate(VALUES[kind]):
        given = value if isinstance(value, bool | str | dt.date) else str(value)
        connection.execute("insert into t values (?, ?)", [place, given])
    table = ibis.duckdb.from_connection(connection).table("t")
    query = table.order_by("i").select(category=category_columns.spelled(table.x))
    found = connection.execute(str(ibis.to_sql(query, dialect="duckdb"))).fetchall()
    assert [row[0] for row in found] == [categories.text(value) for value in VALUES[kind]]
    (declared,) = connection.execute("select column_type from (describe t) offset 1").fetchone()
    query = f"select {category_columns.sql('x', declared)} from t order by i"
    assert connection.execute(query).fetchall() == found


@pytest.mark.parametrize(
    ("value", "category"),
    [
        (np.bool_(True), "true"),
        (np.int64(3), "3"),
        (np.float64(3), "3"),
        (-0.0, "0"),
        (D("1.50"), "1.5"),
        (pd.Timestamp("2024-01-01"), "2024-01-01"),
        (np.datetime64("2024-01-01T05:00:00.5", "ns"), "2024-01-01 05:00:00.5"),
        (" a ", " a "),
    ],
)
def test_what_a_value_is(value, category):
    assert categories.text(value) == category


@pytest.mark.parametrize(
    ("given", "known", "meant"),
    [
        ("1.0", ["0", "1"], "1"),
        ("true", ["0", "1"], "1"),
        ("1", ["false", "true"], "true"),
        ("True", ["false", "true"], "true"),
        ("1", ["no", "yes"], None),
        ("Yes", ["no", "yes"], None),
    ],
)
def test_the_class_that_is_meant(given, known, meant):
    assert categories.among(given, known) == meant


@pytest.mark.parametrize(
    ("given", "read"),
    [(True, "true"), (1, "1"), (1.0, "1"), ("1.0", "1.0"), (DAYS[0], "2024-01-01")],
)
def test_a_class_of_mlmon_yml(given, read):
    assert TypeAdapter(Class).validate_python(given) == read


# ---- two sides of a comparison

PAIRS: dict[str, tuple[Sequence[Any], Sequence[Any]]] = {
    "a whole number with gaps": ([1.0, 0.0, None], [1, 0, None]),
    "decimals": ([D("1.50"), D("2.00"), D("0.25")], [1.5, 2.0, 0.25]),
    "whole decimals": ([D("1.00"), D("2.00"), D("0.00")], [1, 2, 0]),
    "days and midnights": (DAYS, MIDNIGHTS),
    "minus zero": ([-0.0, 1.0, 2.0], [0.0, 1.0, 2.0]),
    "no number": ([float("nan"), 1.0, 2.0], [None, 1, 2]),
    "huge numbers": (HUGE, [D(value) for value in HUGE]),
    "text with spaces": ([" a", "a", "a "], [" a", "a", "a "]),
    "flags in words": ([True, False, None], ["True", "False", None]),
}


def third(**columns: Sequence[Any]) -> pa.Table:
    return pa.table({name: [three[i % 3] for i in range(300)] for name, three in columns.items()})


def drift(reference: Any, current: Any) -> dict[str, float]:
    kinds = dict.fromkeys(reference.column_names, "categorical")
    made = mlmon.compare(reference, current, kinds=kinds, classifier_rows=0)
    rows = made.warehouse.read(
        "select feature, population_stability_index as psi from feature_drift"
    )
    return {row["feature"]: row["psi"] for row in rows}


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_values_of_another_type_have_not_drifted(order):
    sides = [third(**{name: pair[side] for name, pair in PAIRS.items()}) for side in (0, 1)]
    assert drift(*sides[::order]) == dict.fromkeys(PAIRS, 0)


def test_a_pandas_categorical_is_its_values():
    kinds = {
        "whole": [0, 1, 2],
        "floats": [0.0, 1.0, 2.0],
        "flags": [False, True, False],
        "days": MIDNIGHTS,
        "mixed": ["a", "b", 1],
        "alike": [1, "1", "b"],
    }
    plain = {name: list(map(categories.text, values)) for name, values in kinds.items()}
    made = {
        name: pd.Categorical([values[i % 3] for i in range(300)]) for name, values in kinds.items()
    }
    assert drift(frames.arrow(pd.DataFrame(made), "made"), third(**plain)) == dict.fromkeys(
        kinds, 0
    )


def test_an_empty_text_is_a_value():
    assert drift(third(x=["", "a", "b"]), third(x=[None, "a", "b"]))["x"] > 5


def test_what_is_no_category_is_refused():
    with pytest.raises(SourceError, match="BIGINT, in reference it is BOOLEAN; make them alike"):
        drift(third(x=[True, False, None]), third(x=[1, 0, None]))
    for values in ([[1], [2], [3]], [dt.time(1), dt.time(2), dt.time(3)]):
        with pytest.raises(SourceError, match="is no number, category or date"):
            drift(third(x=values), third(x=values))


# ---- a project

ROWS = 400
FIRST: dict[str, list[Any]] = {
    "gap": [1.0, 0.0, None],
    "price": [D("1.50"), D("2.00"), D("0.25")],
    "day": list(DAYS),
    "midnight": list(MIDNIGHTS),
    "text": [" a", "a", ""],
    "code": ["1", "0", "2"],
    "coded_day": ["2024-01-01", "2024-01-02", None],
    "coded_gap": ["1", "0", None],
    "huge": list(HUGE),
}
LATER: dict[str, list[Any]] = (
    FIRST
    | {  # the same values, as the next month brings them
        "gap": [1, 0, None],
        "price": [1.5, 2.0, 0.25],
        "day": list(MIDNIGHTS),
        "midnight": list(DAYS),
        "code": [1.0, 0.0, 2.0],
        "coded_day": [*MIDNIGHTS[:2], None],
        "coded_gap": [1.0, 0.0, float("nan")],
        "huge": [D(value) for value in HUGE],
    }
)
NAMES = list(FIRST)
CONFIG = f"""\
version: 1
project: categories
datasets: {{t: {{key: id}}}}
models:
  m:
    dataset: t
    target: y
    positive_class: 1
    features: [x, b, {", ".join(NAMES)}]
    kinds: {{{", ".join(f"{name}: categorical" for name in NAMES)}}}
    train: {{batches: ["1"], test_size: 0.5}}
stores: {{s: {{model: m}}}}
"""
OF_B = "select population_stability_index, unseen_rate, drifted from feature_drift f"


def month(number: int, share: float, values: dict[str, list[Any]]) -> pa.Table:
    chance = np.random.default_rng(number)
    x = chance.normal(size=ROWS)
    columns = {"id": [f"{number}-{i}" for i in range(ROWS)], "x": x}
    columns["b"] = chance.random(ROWS) < share
    columns["y"] = (x + chance.normal(size=ROWS) > 0).astype(float if values is FIRST else int)
    columns |= {name: [three[i % 3] for i in range(ROWS)] for name, three in values.items()}
    return pa.table(columns)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("categories")
    (folder / "mlmon.yml").write_text(CONFIG)
    with mlmon.open(folder) as project:
        project.ingest("t", month(1, 0.5, FIRST), batch="1")
        project.ingest("t", month(2, 1.1, LATER), batch="2")
        project.train("m")
        project.evaluate("s", batch="2")
    return folder


def test_a1_a_boolean_that_is_always_true_has_drifted(measured):
    with mlmon.open(measured, read_only=True) as project:
        row = project.warehouse.one(f"{OF_B} where feature = 'b'")
        assert row["population_stability_index"] > 4
        assert (row["unseen_rate"], row["drifted"]) == (0, True)


def test_a1_the_same_values_of_another_type_have_not_drifted(measured):
    with mlmon.open(measured, read_only=True) as project:
        rows = project.warehouse.read(
            "select feature, population_stability_index as psi, unseen_rate from feature_drift"
            " where feature not in ('x', 'b')"
        )
        assert {row["feature"] for row in rows} == {*NAMES}
        assert [row for row in rows if row["psi"] > 0.02 or row["unseen_rate"] > 0] == []


def test_a1_a_target_with_gaps_has_the_classes_of_mlmon_yml(measured):
    with mlmon.open(measured, read_only=True) as project:
        query = "select classes, positive_class from model_versions"
        assert project.warehouse.one(query) == {"classes": ["0", "1"], "positive_class": "1"}
        row = project.warehouse.one("from latest_metrics where metric = 'roc_auc_score'")
        assert row["value"] > 0.7
        assert project.warehouse.read("from diagnostics where code = 'unknown_class'") == []


def test_a1_a_version_of_an_older_mlmon_is_measured_right(measured, tmp_path):
    folder = shutil.copytree(measured, tmp_path / "old")
    with duckdb.connect(str(folder / "warehouse" / "mlmon.duckdb")) as connection:
        connection.execute("update bins set category = 'True' where category = 'true'")
        connection.execute("update bins set category = 'False' where category = 'false'")
        connection.execute("update histograms set bin = 2 where feature = 'b'")
        connection.execute("update warehouse_state set value = '2' where name = 'schema_version'")
        connection.execute("alter table model_versions drop column category_format")
        views = connection.execute("select view_name from duckdb_views() where not internal")
        for (name,) in views.fetchall():
            connection.execute(f'drop view if exists "{name}"')
        before = connection.execute("select evaluation_id from evaluations").fetchall()
    with mlmon.open(folder) as project:
        again = project.evaluate("s", batch="2")
        assert (again.evaluation_id,) not in before, "what was measured wrong is measured anew"
        assert project.evaluate("s", batch="2").evaluation_id == again.evaluation_id
        query = f"{OF_B} where feature = 'b' and evaluation_id = $id"
        row = project.warehouse.one(query, id=again.evaluation_id)
        assert row["population_stability_index"] > 4
        assert (row["unseen_rate"], row["drifted"]) == (0, True)
        query = "from feature_distribution where feature = 'b' and evaluation_id = $id and bin < 2"
        shares = project.warehouse.read(query, id=again.evaluation_id)
        assert [row["current_share"] for row in shares] == [1, 0]
        assert sum(row["reference_share"] for row in shares) == pytest.approx(1)


def test_a1_a_number_is_a_flag_only_if_it_is_0_or_1(tmp_path):
    (tmp_path / "mlmon.yml").write_text("version: 1\nproject: p\ndatasets: {t: {key: id}}\n")
    with mlmon.open(tmp_path) as project:
        project.ingest("t", pa.table({"id": [1, 2], "b": [True, None]}), batch="1")
        project.ingest("t", pa.table({"id": [3, 4], "b": [0.0, 1.0]}), batch="2")
        with pytest.raises(SourceError, match="row 2, column b: '2' is not BOOLEAN"):
            project.ingest("t", pa.table({"id": [5, 6], "b": [1, 2]}), batch="3")
        rows = project.warehouse.read("select b from t order by id")
    assert [row["b"] for row in rows] == [True, None, False, True]


def test_a1_what_is_no_category_is_no_feature_or_target(tmp_path):
    text = CONFIG.replace("features: [x, b,", "features: [x, b, nested,")
    text = text.replace("kinds: {", "kinds: {nested: categorical, ")
    (tmp_path / "mlmon.yml").write_text(text)
    rows = month(1, 0.5, FIRST).append_column("nested", pa.array([[1]] * ROWS))
    with mlmon.open(tmp_path) as project:
        project.ingest("t", rows, batch="1")
        with pytest.raises(ConfigError, match=r"nested is BIGINT\[\], which is no number"):
            project.train("m")
    (tmp_path / "mlmon.yml").write_text(CONFIG.replace("target: y", "target: nested"))
    with (
        mlmon.open(tmp_path) as project,
        pytest.raises(ConfigError, match=r"m.target: nested is BIGINT"),
    ):
        project.train("m")
