"""Whatever a user can type, call or query is documented where it is found."""

import inspect
import re
import runpy
from pathlib import Path

import pytest
import typer.main
from test_architecture import FLOORS

from mlmon.cli import app
from mlmon.config import Config
from mlmon.project import Project
from mlmon.warehouse.comments import COLUMNS, comment_of
from mlmon.warehouse.tables import TABLES

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])
GENERATED = ("cli.md", "configuration.md", "metrics.md")
# Command -> what it is in the Python API: a method of Project, or why there is none.
COMMANDS = {
    "ingest": "ingest",
    "train": "train",
    "score": "score",
    "evaluate": "evaluate",
    "check": "check",
    "alerts": "alerts",
    "ack": "acknowledge",
    "run": "run",
    "report": "report",
    "models": "models",
    "activate": "activate",
    "status": "status",
    "export": "export",
    "publish": "publish",
    "sql": "sql",
    "schedule next": "schedule",
    "schedule due": "run_due",
    "schedule loop": None,  # `run_due` again and again
    "schedule emit": None,  # a file for another timer
    "doctor": "doctor",
    "backup": "backup",
    "prune": "prune",
    "delete batch": "delete_batch",
    "delete evaluation": "delete_evaluation",
    "demo": None,  # makes a project
    "init": None,  # makes a project
    "compare": None,  # mlmon.compare: no project
    "schema": None,  # of mlmon.yml, whatever the project
    "docs": None,  # the comments, which any client shows
}
# Methods that are no command: `evaluate --dry-run`, `models --decisions`, an ibis table,
# `report --summary`, `export mlflow`, letting go.
METHODS = {"plan", "preview", "decisions", "table", "summary", "export_mlflow", "close"}


def commands() -> dict[str, str]:
    """Return every command with its help, those of groups as `group command`."""
    found = {}
    for name, command in typer.main.get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        for part, leaf in inner.items() if inner else {"": command}.items():
            found[f"{name} {part}".strip()] = leaf.help or ""
    return found


def test_every_command_is_known_here():
    assert set(commands()) == set(COMMANDS)


def test_commands_and_methods_are_the_same_list():
    public = {name for name, _ in inspect.getmembers(Project, inspect.isfunction) if name[0] != "_"}
    assert public - METHODS == {method for method in COMMANDS.values() if method}
    assert public >= METHODS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_told_by_hand(command):
    by_hand = [path.read_text(encoding="utf-8") for path in PAPERS if path.name != "cli.md"]
    assert any(f"mlmon {command}" in text for text in by_hand)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_help(command):
    assert commands()[command].strip().endswith(".")


@pytest.mark.parametrize("method", sorted({*METHODS, *filter(None, COMMANDS.values())}))
def test_a_method_has_help(method):
    assert (inspect.getdoc(getattr(Project, method)) or "").strip().endswith(".")


def test_every_relation_has_a_comment(finished):
    query = (
        "select table_name as name, comment from duckdb_tables() where not internal union all"
        " select view_name, comment from duckdb_views() where not internal"
    )
    relations = finished.warehouse.read(query)
    assert len(relations) > len(TABLES)
    assert [row["name"] for row in relations if not (row["comment"] or "").strip()] == []


def test_every_column_has_a_comment(finished):
    columns = finished.warehouse.read(
        "select table_name || '.' || column_name as name, comment from duckdb_columns()"
        " where not internal"
    )
    assert len(columns) > 300
    assert [row["name"] for row in columns if not (row["comment"] or "").strip()] == []


def test_every_metric_is_explained(finished):
    rows = finished.warehouse.read("from metric_catalogue")
    assert rows
    for row in rows:
        assert row["title"].strip(), row
        assert row["description"].strip().endswith("."), row
        assert row["family"] in ("input drift", "quality", "performance")


def test_every_metric_that_is_stored_is_in_the_catalogue(finished):
    stored = "select distinct metric from evaluation_metrics"
    # Importances are a part of the domain classifier, no metric of their own.
    stored += " where metric <> 'drift_importance'"
    unknown = f"{stored} except select metric from metric_catalogue"
    assert finished.warehouse.value(f"select count(*) from ({stored})") > 30
    assert finished.warehouse.read(unknown) == []


def test_declared_comments_are_sentences():
    for table in TABLES:
        assert table.comment.endswith("."), table.name
        for column in table.columns:
            assert (comment_of(table.name, column) or "").endswith("."), (table.name, column)
        assert set(table.key) <= set(table.columns), table.name


def test_no_declared_comment_is_left_over(finished):
    query = "select distinct column_name from duckdb_columns() where not internal"
    used = {row["column_name"] for row in finished.warehouse.read(query)}
    assert set(COLUMNS) - used == set()


def test_the_schema_describes_every_section_and_key():
    schema = Config.model_json_schema()
    sections = [schema, *schema["$defs"].values()]
    keys = [{"title": key, **one} for part in sections for key, one in part["properties"].items()]
    assert len(sections) > 10
    assert [part["title"] for part in sections + keys if not part.get("description")] == []


@pytest.mark.parametrize("document", GENERATED)
def test_what_follows_from_the_code_is_as_make_docs_writes_it(document):
    written = runpy.run_path(str(ROOT / "docs/generate.py"))["written"]
    assert (ROOT / "docs" / document).read_text(encoding="utf-8") == written(document), "make docs"


def anchors(path: Path) -> set[str]:
    """Return what a link to a part of a document may end in, as GitHub spells headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(paper):
    for link in re.findall(r"\]\(([^)\s]+)\)", paper.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            file, _, part = link.partition("#")
            target = (paper.parent / file) if file else paper
            assert target.exists(), link
            assert not part or part in anchors(target), link


NOW = [path for path in PAPERS if path.name != "CHANGELOG.md"]  # which tells of what was


@pytest.mark.parametrize("paper", NOW, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_paths_that_are_named_are_there(paper):
    text = paper.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:mlmon|sql|tests|docs|benchmarks)/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_readme_leads_to_every_document():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in ROOT.glob("docs/*.md") if f"(docs/{path.name})" not in text] == []
    assert text.count("\n") < 160
    assert not re.search(r"\]\((?!docs/|https://|[A-Z]+\.md|warehouse/)", text)


def test_the_picture_of_the_house_is_the_house():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    picture = text.partition("## The house")[2].split("```")[1]
    floors = [line.split("   ")[0].split() for line in picture.splitlines()[1:]]
    assert floors[::-1] == [floor.split() for floor in FLOORS.split("|")]
