"""A file of every schema there ever was opens in today's mlmon, with all that it knew.

`tests/schemas/N` is a project that the last mlmon of schema N worked with, its warehouse exported
by a bare DuckDB. A table that changes without a migration fails here.
"""

import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest

import mlmon
from mlmon.errors import MlmonError
from mlmon.warehouse import schema
from mlmon.warehouse.metrics import catalogue
from mlmon.warehouse.tables import TABLES
from mlmon.warehouse.warehouse import Warehouse

OLD = sorted((Path(__file__).parents[1] / "schemas").iterdir(), key=lambda folder: int(folder.name))
SHAPE = "select column_name, data_type, is_nullable from duckdb_columns() where table_name = ?"
FIGURES = "select * exclude (evaluated_at) from metrics order by all"


@pytest.fixture(params=OLD, ids=lambda folder: f"schema {folder.name}")
def old(request, tmp_path) -> Path:
    """A project whose warehouse is that of an older mlmon, as it left it."""
    source, folder = request.param, tmp_path / "project"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.parquet", "*.sql", "models"))
    shutil.copytree(source / "models", folder / "warehouse" / "models")
    with duckdb.connect(str(warehouse_of(folder))) as connection:
        connection.execute((source / "schema.sql").read_text(encoding="utf-8"))
        for file in source.glob("*.parquet"):
            connection.execute(f"insert into {file.stem} by name from '{file}'")
    return folder


def warehouse_of(folder: Path) -> Path:
    return folder / "warehouse" / "mlmon.duckdb"


def asked(folder: Path, query: str, *values: str) -> list[tuple]:
    with duckdb.connect(str(warehouse_of(folder)), read_only=True) as connection:
        return connection.execute(query, values or None).fetchall()


def digest(folder: Path) -> str:
    return hashlib.sha256(warehouse_of(folder).read_bytes()).hexdigest()


def test_an_older_file_has_todays_tables(old, tmp_path):
    with mlmon.open(old):
        pass
    fresh = tmp_path / "fresh"
    Warehouse(warehouse_of(fresh)).close()
    for table in TABLES:
        shape = asked(old, SHAPE, table.name)
        assert sorted(shape) == sorted(asked(fresh, SHAPE, table.name)), table.name
    query = "select table_name, column_name from duckdb_columns() where comment is null"
    ours = {table.name for table in TABLES}
    assert not [row for row in asked(old, query) if row[0] in ours]


def test_an_older_file_keeps_every_row_and_figure(old):
    tables = [row[0] for row in asked(old, "select table_name from duckdb_tables()")]
    columns = {
        table: ", ".join(f'"{row[0]}"' for row in asked(old, SHAPE, table))
        for table in tables
        if table != "warehouse_state"
    }
    rows = {t: asked(old, f"select {columns[t]} from {t} order by all") for t in columns}
    figures = asked(old, FIGURES)
    with mlmon.open(old):
        pass
    for table, before in rows.items():
        assert asked(old, f"select {columns[table]} from {table} order by all") == before, table
    assert asked(old, FIGURES) == figures
    assert len(figures) > 100


def test_an_older_file_has_a_column_of_a_metric_that_is_newer(old):
    measured = {row[0] for row in asked(old, "select distinct metric from metrics")}
    newer = [one.name for one in catalogue() if not one.is_per_feature and one.name not in measured]
    with mlmon.open(old) as project:
        history = project.table("evaluation_history").to_pandas()
    assert len(history) > 0 < len(newer)
    assert history[newer].isna().all(axis=None)


def test_work_goes_on_in_an_older_file(old):
    known = dict(asked(old, "select batch, evaluation_id from evaluations where store = 'truth'"))
    with mlmon.open(old) as project:
        assert [row for row in project.doctor() if row["rule"] != "a time is past"] == []
        project.activate("returns", 1)  # by which these were evaluated
        again = {batch: project.evaluate("truth", batch=batch).evaluation_id for batch in known}
        assert again == known, "what was evaluated is evaluated again"
        (result,) = project.check("blind")
        run = project.run("Watch")  # its check is in trouble, so it trains once more
    assert (result.kind, result.outcome, run.outcome) == ("range", "ERROR", "FAILED")
    assert len(asked(old, "from alerts")) == 1
    assert len(asked(old, "from step_runs where attempts is null")) == 0


def test_reading_does_not_change_an_older_file(old):
    before = digest(old)
    with pytest.raises(MlmonError, match="`mlmon doctor --repair` brings it up to date"):
        mlmon.open(old, read_only=True)
    assert digest(old) == before
    with mlmon.open(old) as project:
        project.doctor(repair=True)
    with mlmon.open(old, read_only=True) as project:
        assert project.status()


def test_a_migration_that_fails_changes_nothing(old, tmp_path, monkeypatch):
    folder = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    last = folder / f"{schema.VERSION}.sql"
    last.write_text(last.read_text(encoding="utf-8") + "select no_such_column;")
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    tables = asked(old, "select table_name, sql from duckdb_tables() order by all")
    with pytest.raises(MlmonError, match="nothing was changed, use the mlmon that wrote it"):
        mlmon.open(old)
    assert asked(old, "select table_name, sql from duckdb_tables() order by all") == tables
    monkeypatch.undo()
    with mlmon.open(old) as project:
        assert project.status()


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_file_is_refused(tmp_path, read_only):
    path = tmp_path / "mlmon.duckdb"
    Warehouse(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update warehouse_state set value = '99'")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(MlmonError, match=f"has schema 99, this mlmon reads {schema.VERSION}; use"):
        Warehouse(path, read_only=read_only)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_file_that_does_not_say_its_schema_is_no_warehouse(tmp_path):
    path = tmp_path / "mlmon.duckdb"
    Warehouse(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from warehouse_state")
    with pytest.raises(MlmonError, match="is not an mlmon warehouse"):
        Warehouse(path)


def test_every_schema_has_its_migration_and_its_file():
    numbers = sorted(int(file.stem) for file in schema.MIGRATIONS.glob("*.sql"))
    assert numbers == list(range(2, schema.VERSION + 1))
    assert [int(folder.name) for folder in OLD] == list(range(1, schema.VERSION))
