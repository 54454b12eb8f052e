"""Every file of sql/ keeps the form, says what it reads, and has the grain that it claims."""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from mlmon.errors import MlmonError
from mlmon.views import files
from mlmon.warehouse.metrics import MADE_OF_ENTRIES, MADE_OF_MODELS, catalogue, sql_folder
from mlmon.warehouse.tables import TABLES
from mlmon.warehouse.warehouse import Warehouse

WIDTH = 80
TABLE_NAMES = {table.name for table in TABLES}
# The relations that are generated, because they depend on a model's columns or on the headers of
# all metrics, and their floor.
GENERATED = dict.fromkeys(sorted(MADE_OF_MODELS), "staging")
GENERATED |= {view.name: view.floor for view in files.file_views() if view.name in MADE_OF_ENTRIES}
# What a view may read, beside the stored tables and views of its own floor. Metrics are measured
# from the profile; the marts only read what was stored, so that they answer at once.
READS = {
    "staging": set(),
    "profile": {"staging"},
    "drift": {"staging", "profile"},
    "quality": {"staging", "profile"},
    "performance": {"staging", "profile"},
    "marts": set(),
}
EXTRA = {"metric_catalogue"}  # a list, no figures: every floor may read it
FILES = {path.stem: path for path in sorted(sql_folder().glob("*/*.sql"))}
FLOOR_OF = {name: path.parent.name for name, path in FILES.items()} | GENERATED

every_file = pytest.mark.parametrize("name", FILES)


def text_of(name: str) -> str:
    return FILES[name].read_text(encoding="utf-8")


def query_of(name: str) -> exp.Expression:
    return sqlglot.parse_one(text_of(name), dialect="duckdb")


def relations(query: exp.Expression) -> set[str]:
    """Return the relations that a query reads, without those that it defines itself."""
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    return {table.name for table in query.find_all(exp.Table)} - own


def test_there_are_files_on_every_floor():
    assert {FLOOR_OF[name] for name in FILES} == set(files.FLOORS) == set(READS)
    assert not [path for path in sql_folder().rglob("*") if odd(path)]


def odd(path: Path) -> bool:
    return path.is_file() and path not in FILES.values()


def test_names_are_taken_once():
    assert len(FILES) == len(list(sql_folder().glob("*/*.sql")))
    assert not set(FILES) & (TABLE_NAMES | set(GENERATED))


@every_file
def test_header(name):
    lines = text_of(name).splitlines()
    assert re.fullmatch(r"-- [A-Z].*[^.]\.", lines[0]), "line 1 is a sentence"
    assert re.fullmatch(r"-- Grain: one row per [a-z_, 0-9]+\.", lines[1])
    assert lines[2].startswith("-- Reads:")
    header = [number for number, line in enumerate(lines) if line.startswith("--")]
    assert header == list(range(len(header))), "comments stand at the top"


@every_file
def test_reads_what_it_says(name):
    said = files.parse(FILES[name]).reads
    assert list(said) == sorted(said), "in order of the alphabet"
    assert set(said) == relations(query_of(name))


@every_file
def test_reads_only_what_its_floor_may(name):
    floor = FLOOR_OF[name]
    for read in relations(query_of(name)) - TABLE_NAMES - EXTRA:
        assert FLOOR_OF[read] in READS[floor] | {floor}, f"{name} ({floor}) reads {read}"


@every_file
def test_form(name):
    text = text_of(name)
    long = [number for number, line in enumerate(text.splitlines(), 1) if len(line) > WIDTH]
    assert not long, f"lines {long} are longer than {WIDTH}"
    code = re.sub(r"'[^']*'", "''", re.sub(r"--.*", "", text))
    assert code == code.lower()
    assert not re.search(r"\t| $|;|\{\{|\{%", code, re.MULTILINE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@every_file
def test_a_logarithm_says_its_base(name):
    calls = re.findall(r"\blog\s*\(", text_of(name))
    assert not calls, "log(x) means something else in every engine: ln or log10"


@every_file
def test_is_created_through_ibis(name, finished):
    backend = finished.warehouse.ibis
    expression = backend.sql(text_of(name), dialect="duckdb")
    assert list(expression.columns) == list(finished.warehouse.columns(name))


@every_file
def test_grain(name, finished):
    grain = ", ".join(files.parse(FILES[name]).grain)
    query = f"select {grain} from {name} group by all having count(*) > 1 limit 3"
    assert finished.warehouse.read(query) == []


@pytest.mark.parametrize("name", [*GENERATED, "scored_transactions"])
def test_grain_of_generated_views(name, finished):
    keys = {
        "evaluation_history": "evaluation_id",
        "feature_values": "sample_id, record_id, feature",
        "metric_catalogue": "metric",
        "scored_transactions": "transaction_id",
    }
    grain = keys.get(name, "sample_id, record_id")
    assert finished.warehouse.value(f"select count(*) from {name}") > 0
    query = f"select {grain} from {name} group by all having count(*) > 1 limit 3"
    assert finished.warehouse.read(query) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_of_tables(table, finished):
    keys = ", ".join(table.key)
    query = f"select {keys} from {table.name} group by all having count(*) > 1 limit 3"
    assert finished.warehouse.read(query) == []


def test_views_come_after_what_they_read():
    seen: set[str] = set()
    for view in files.ordered(files.file_views()):
        assert set(view.reads) & set(FILES) <= seen
        seen.add(view.name)
    assert seen == set(FILES) | MADE_OF_ENTRIES


def test_every_metric_has_an_entry_in_a_header():
    measured = {
        view.name: view
        for view in files.file_views()
        if view.floor in ("drift", "quality", "performance") and "value" in view.columns
    }
    listed = {metric.name: metric for metric in catalogue()}
    assert len(listed) == len(catalogue()), "a metric has one entry"
    assert set(measured) == set(listed) & set(FILES), "the entry stands in the view's header"
    titles = [re.findall("^-- Title: ", text_of(name), re.MULTILINE) for name in FILES]
    assert len(listed) == sum(map(len, titles)), "an entry has all its lines, in order"
    for name, view in measured.items():
        metric = listed[name]
        assert metric.family.split()[-1] == view.floor
        of_classes = metric.family == "performance"
        assert metric.is_per_feature == ("feature" in view.grain and not of_classes), name


def test_the_order_of_metrics_has_no_ties():
    orders = [metric.order for metric in catalogue()]
    assert len(set(orders)) == len(orders)
    families = [metric.family for metric in catalogue()]
    assert list(dict.fromkeys(families)) == ["input drift", "quality", "performance"]
    assert families == sorted(families, key=families.index), "a family stands together"


def test_a_wrong_file_is_named(tmp_path):
    wrong = tmp_path / "marts" / "wrong.sql"
    wrong.parent.mkdir()
    wrong.write_text("-- Wrong.\n-- Grain: one row per n.\n-- Reads:\nselect n from nowhere\n")
    with Warehouse() as warehouse, pytest.raises(MlmonError, match=r"sql/marts/wrong\.sql: "):
        files.create(warehouse, [files.parse(wrong)])
