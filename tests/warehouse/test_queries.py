"""A user's query can only read: no file, nothing written, no network, by whatever way it comes."""

import logging
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from shop import edit

import mlmon
from mlmon.cli import main
from mlmon.errors import ConfigError, MlmonError, QueryFailed
from mlmon.report.tiles.own import answered, query_tile
from mlmon.system.logs import log
from mlmon.warehouse import queries
from mlmon.warehouse.warehouse import Warehouse

SECRET = "do not tell"
# {secret} is a csv file outside the project, {here} a file that exists, {new} one that does not,
# {port} where somebody listens, {warehouse} the file of a warehouse.
READS = """\
from '{secret}'
from "{secret}"
from '{secret}*'
from read_csv('{secret}')
select * from read_csv_auto('{secret}', header = false)
from read_text('{secret}')
from read_blob('{secret}')
from glob('{folder}/*')
from sniff_csv('{secret}')
from read_json('{secret}')
from read_json_objects('{secret}', format = 'unstructured')
from read_ndjson_objects('{secret}')
from parquet_metadata('{here}')
from parquet_scan('{here}')
from read_parquet(['{here}'])
from read_duckdb('{warehouse}', table_name = 'batches')
from '{warehouse}'
from query('from read_text(''{secret}'')')
from query_table('{secret}')
from query_table(['{secret}'])
from histogram('{secret}', a)
from json_execute_serialized_sql(json_serialize_sql('from ''{secret}'''))
select json_serialize_plan('from ''{secret}''')
select (select count(*) from '{secret}')
select * from batches where exists (from read_text('{secret}'))
with a as (from '{secret}') from a
from (with "{secret}" as (select 1 as a) from "{secret}"), "{secret}"
select * from range(1) as r(i), lateral (from read_text('{secret}' || repeat('', i)))
from batches order by (select max(content) from read_text('{secret}'))
from batches limit (select count(*) from glob('{secret}'))
select [content for content in (select list(content) from read_text('{secret}'))]
pivot '{secret}' on a in (1)
unpivot '{secret}' on a
describe '{secret}'
summarize '{secret}'
show '{secret}'
values ((select count(*) from '{secret}'))
select 1 union all from '{secret}'
select columns(c -> c <> (select any_value(content) from read_text('{secret}'))) from batches
from duckdb_secrets()
from which_secret('s3://x', 's3')
select getenv('HOME')
from read_csv('http://127.0.0.1:{port}/x.csv')
from 'http://127.0.0.1:{port}/x.parquet'
from read_text('https://127.0.0.1:{port}/x')
from 's3://bucket/x.parquet'""".splitlines()
WRITES = """\
copy (select 1) to '{new}'
copy (select 42) to '{here}' (use_tmp_file false)
copy batches from '{secret}'
copy batches to '{here}'
export database '{new}'
import database '{folder}'
attach '{new}'
attach '{warehouse}' as again (read_write)
attach 'http://127.0.0.1:{port}/x.duckdb'
detach memory
install httpfs
force install httpfs from 'http://127.0.0.1:{port}'
load '{here}'
set enable_external_access = true
set global allowed_paths = ['{secret}']
reset lock_configuration
pragma enable_profiling
pragma profiling_output = '{new}'
call enable_logging('QueryLog', storage = 'file', storage_path = '{new}')
from enable_logging('QueryLog', storage = 'file', storage_path = '{new}')
from enable_profiling()
from checkpoint()
from force_checkpoint()
from truncate_duckdb_logs()
select write_log('x')
select nextval('numbers')
select * from (select nextval('numbers'))
create table escaped as select 42 as a
create temp view escaped as select 1
create secret s (type s3)
create macro f(x) as x
insert into batches (dataset, batch) values ('a', 'b')
update batches set rows = 0
delete from batches
truncate batches
drop table batches
alter table batches add column x int
merge into batches using batches as b on false when not matched then insert
comment on table batches is 'mine'
vacuum
checkpoint
begin transaction
rollback
use memory
prepare q as select 1
execute q
explain analyze delete from batches
explain analyze copy (select 1) to '{new}'
with gone as (delete from batches returning *) from gone
select 1; drop table batches
select 1 where false) ; create table escaped as (select 42 as a
select 1)) ; copy (select 1) to '{new}' --
select 1 /* ') ; drop table batches; -- */; drop table batches
select 1 as a; -- ;
drop table batches""".replace("; -- ;\ndrop", "; drop").splitlines()
FINE = """\
select 1 as n
from batches
from main.batches
from "batches" as "a.csv"
table batches
with a as (select 1 as n) from a
with recursive a as (select 1 as n union all select n + 1 from a where n < 3) from a
values (1), (2)
describe batches
show tables
summarize select 1 as n
pivot (select 'x' as g, 1 as n) on g in ('x') using sum(n)
unpivot (select 1 as a, 2 as b) on a, b
from range(3)
from generate_series(1, 3)
select unnest([1, 2])
from unnest([1, 2])
from json_each('{"a": 1}')
from duckdb_columns() limit 1
from information_schema.tables limit 1
select count(*) from system.information_schema.tables
select * from batches as b, lateral (select b.batch)
select 'read_csv(''x'')' as text, now() as t
select 1 as n -- from 'x.csv'
select 1 as n;
(select 1 as n)
select list_transform([1], lambda x: x + 1)""".splitlines()


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, object]]:
    """What the queries reach for: files, a warehouse, and a port where somebody listens."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.csv").write_text(f"a\n{SECRET}\n")
    (folder / "here.parquet").write_text("as it was")
    Warehouse(folder / "other.duckdb").close()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield {
            "folder": folder,
            "secret": folder / "secret.csv",
            "here": folder / "here.parquet",
            "new": folder / "new",
            "warehouse": folder / "other.duckdb",
            "port": server.getsockname()[1],
        }
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()
    assert {path.name for path in folder.iterdir()} == {
        "secret.csv",
        "here.parquet",
        "other.duckdb",
    }
    assert (folder / "here.parquet").read_text() == "as it was"


def spelled(query: str, places: dict[str, object]) -> str:
    for name, value in places.items():
        query = query.replace(f"{{{name}}}", str(value))
    return query


def evil(places: dict[str, object]) -> list[str]:
    assert len(READS) + len(WRITES) > 90
    return [spelled(query, places) for query in (*READS, *WRITES)]


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """A warehouse in memory that may read files, as that of a project may."""
    with Warehouse() as opened:
        opened.write("create sequence numbers")
        opened.write("insert into batches (dataset, batch) values ('d', 'first')")
        yield opened
        assert opened.value("select nextval('numbers')") == 1
        assert opened.read("select batch, rows from batches") == [{"batch": "first", "rows": None}]
        assert not opened.has("escaped")
        assert opened.value("select current_database()") == "memory"


Door = Callable[[Warehouse, str], object]
DOORS: dict[str, Door] = {
    "a check, a condition": lambda w, query: queries.answer(w.tried, query),
    "a tile": lambda w, query: answered(w.tried, query, 10),
}


@pytest.mark.parametrize("door", DOORS)
def test_c3_no_query_does_more_than_read_the_warehouse(warehouse, places, door):
    for query in evil(places):
        with pytest.raises(QueryFailed) as caught:
            DOORS[door](warehouse, query)
        assert SECRET not in str(caught.value), query
        assert "\n" not in str(caught.value), query


@pytest.mark.parametrize("query", FINE)
def test_c3_what_users_like_goes_on(warehouse, query):
    assert queries.answer(warehouse.tried, query)


@pytest.fixture
def sql(monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Run `mlmon sql`; return its code, its data and its words."""

    def run(folder: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mlmon", "sql", *words, "-C", str(folder)])
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capsys.readouterr()
        return int(ending.value.code or 0), out, err

    return run


def test_c3_mlmon_sql_reads_no_file_and_writes_none(trained, places, sql):
    database = trained / "warehouse" / "mlmon.duckdb"
    before = database.read_bytes()
    chosen = evil(places)[::3]
    assert len(chosen) > 30
    for query in chosen:
        code, out, err = sql(trained, query)
        assert (code, out) == (2, ""), query
        assert err.startswith("mlmon: sql: "), query
        assert SECRET not in err, query
    assert database.read_bytes() == before


def test_c3_with_allow_files_it_reads_files_and_still_writes_none(trained, places, sql):
    reads = f"from read_csv('{places['secret']}')"
    for query in (reads, f"from '{places['secret']}'"):
        assert SECRET in sql(trained, "--allow-files", query)[1]
    network = [query for query in READS if "{port}" in query or "s3:" in query]
    for query in (*WRITES[:10], *network, *READS[15:21]):
        code, out, _ = sql(trained, "--allow-files", spelled(query, places))
        assert (code, out) == (2, ""), query
    assert "--allow-files" in sql(trained, reads)[2]


def test_c2_a_check_makes_no_table(evaluated, places):
    bad = [
        "select 1 where false) ; create table escaped as (select 42 as a",
        "select 1 where false) as x; drop table batches; --",
        spelled("from '{secret}'", places),
    ]
    calm = "- {name: calm, metric: data_drift, max: 0.99}"
    checks = [f'- {{name: c{n}, sql: "{query}"}}' for n, query in enumerate(bad)]
    edit(evaluated, calm, "\n      ".join(checks))
    with mlmon.open(evaluated) as project:
        for result in project.check("blind"):
            assert result.outcome == "ERROR"
            assert result.message.startswith("the query failed: ")
            assert SECRET not in result.message
        assert not project.warehouse.has("escaped")
        assert project.warehouse.has("batches")


def test_c3_conditions_and_triggers_only_read(ingested, places):
    query = spelled("copy (select 1) to '{new}'", places)
    scenario = (
        "\nscenarios:\n  Nightly:\n    triggers:\n"
        f'      - {{name: t, sql: "{query}"}}\n    steps:\n'
        f'      - {{name: s, sql: select 1, run_if: {{sql: "{query}"}}}}\n'
        '      - {name: w, sql: "create table work as select 1 as n", run_if: always}\n'
    )
    path = ingested / "mlmon.yml"
    path.write_text(path.read_text() + scenario)
    with mlmon.open(ingested) as project:
        (row,) = project.run_due()
        assert row["message"].startswith("sql: Expected a single SELECT statement")
        first, second = project.run("Nightly").steps
        assert (first.outcome, second.outcome) == ("FAILED", "SUCCESS")
        assert first.message.startswith("Expected a single SELECT statement, read-only")
        assert project.warehouse.has("work")  # a step is the owner's, and may write


@pytest.mark.parametrize(
    "query", ["", ";", " -- nothing", "select nosuch", "selec 1", "select '\ud800'"]
)
def test_b6_a_query_that_fails_is_ours(ingested, query, sql):
    with mlmon.open(ingested) as project, pytest.raises(MlmonError) as caught:
        project.sql(query)
    assert "\n" not in str(caught.value)
    code, out, err = sql(ingested, query)
    assert (code, out) == (2, "")
    assert err.startswith("mlmon: sql: ")


def test_b6_a_comparison_is_asked_in_the_same_way(places):
    rows = {"x": [*range(40)]}
    comparison = mlmon.compare(pa.table(rows), pa.table(rows), classifier_rows=0)
    assert comparison.sql("select metric from metrics limit 1").count().to_pyarrow().as_py() == 1
    for query in ("", "select nosuch", *evil(places)):
        with pytest.raises(MlmonError):
            comparison.sql(query)


def test_b6_project_sql_reads_and_does_nothing_else(ingested, places):
    with mlmon.open(ingested) as project:
        table = project.sql("select batch, 'it''s \\d' as text from batches order by batch desc")
        assert table.to_pandas()["batch"].tolist() == ["2024_02", "2024_01"]
        assert table.filter(table.batch == "2024_01").count().to_pyarrow().as_py() == 1
        for query in evil(places):
            with pytest.raises(MlmonError):
                project.sql(query)


def test_a_name_in_a_query_is_no_variable_of_ours(warehouse):
    rows = [{"n": 1}]  # noqa: F841, what a query would find
    with pytest.raises(QueryFailed, match="Table with name rows does not exist"):
        queries.answer(warehouse.tried, "from rows")


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        (
            "select scor\nfrom feature_drift",
            ("Binder Error: .*scor.*", "Candidate bindings: .*", "LINE 1: select scor", " {15}\\^"),
        ),
        (
            "from batches\nwhere selec 1",
            (".* syntax error at .*", "LINE 2: where selec 1", " +\\^"),
        ),
        (
            "from feature_drif",
            (".* does not exist!", 'Did you mean "feature_drift"\\?', "LINE 1: .*", " {13}\\^"),
        ),
        ("select '\x1b[2J' + 1 where nosuch", (".*nosuch.*", "LINE 1: .*\ufffd\\[2J.*", ".*")),
    ],
)
def test_d5_a_mistake_is_shown_where_it_is(trained, sql, query, lines):
    shown = sql(trained, query)[2].splitlines()
    assert shown[0].startswith("mlmon: sql: ")
    assert len(shown) == len(lines)
    for expected, line in zip(lines, shown, strict=True):
        assert re.search(f"{expected}$", line), shown


def test_a_view_that_reads_a_file_is_refused(ingested, places):
    folder = ingested / "own"
    folder.mkdir()
    edit(ingested, "project: shop", "project: shop\nviews: own")
    for query in ("from '{secret}'", "from read_text('{secret}')", "select nextval('x') as n"):
        (folder / "mine.sql").write_text(spelled(query, places))
        with pytest.raises(ConfigError, match=r"own/mine\.sql: Expected a single SELECT statement"):
            mlmon.open(ingested)


def test_warnings_hold_no_escapes(warehouse, caplog):
    with caplog.at_level(logging.WARNING):
        query_tile(warehouse.tried, {"title": "a\x1b[31mb", "query": "from '\x1b[2J.csv'"}, 1)
        log.warning("waiting for %s", "\x1b[2J\n")
    assert len(caplog.messages) == 2
    assert all(message.isprintable() for message in caplog.messages)
