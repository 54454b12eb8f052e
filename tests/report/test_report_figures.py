"""Every number on a page is one that the SQL beside it gives, run as it stands on the page."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb
import figures
import pytest
from visits import Visit, kinds

from mlmon.report.facts.ask import Read
from mlmon.warehouse.warehouse import Warehouse

CLIENT = Path(sys.executable).with_name("duckdb")


def wrong(browser, pages: Iterable[Path], read: Read) -> dict[str, list[str]]:
    """What is wrong with the figures of some pages, by page."""
    found = {}
    for path in pages:
        with Visit(browser, path) as page:
            found[path.name] = figures.wrong(page, read)
    return {name: problems for name, problems in found.items() if problems}


def of_the_story(pages: dict[str, Path]) -> list[Path]:
    """All but the dashboard that has a short story of its own."""
    return [path for name, path in pages.items() if name != "board"]


def test_every_number_is_one_of_the_tiles_own_sql(browser, site, site_pages, story):
    others = [max(folder.iterdir()) for folder in site.iterdir() if folder.is_dir()]
    assert wrong(browser, {*of_the_story(site_pages), *others}, story) == {}


def test_every_number_beside_hostile_names_too(browser, hostile_pages, hostile):
    assert wrong(browser, of_the_story(hostile_pages), hostile) == {}


def test_every_number_of_a_configured_dashboard_too(browser, board, board_story):
    def read(query: str) -> list[dict]:
        return [] if "nowhere" in query else board_story.read(query)

    assert wrong(browser, [board / "index.html"], read) == {}


def test_every_number_of_a_comparison_too(browser, comparisons):
    assert [wrong(browser, [path], read) for path, read in comparisons.items()] == [{}, {}, {}]


def test_every_number_of_the_finished_tutorial_too(browser, finished_folder, finished):
    pages = [*kinds(finished_folder / "reports").values()]
    assert wrong(browser, pages, finished.warehouse.read) == {}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('data-v="0.583"', 'data-v="0.584"', "is not 0.584 of the SQL"),
        (">0.583<", ">0.582<", "'0.582' is not 0.583 of the SQL"),
        ('<strong data-v="0.583">', "<strong>", "no data-v on the number in '0.583'"),
        (": data drift 0.503", ": data drift 0.504", "0.504"),
    ],
)
def test_a_wrong_number_is_found(browser, site, story, tmp_path, before, after, told):
    text = (site / "index.html").read_text(encoding="utf-8")
    begin = text.lower().index(before)
    forged = tmp_path / "index.html"
    forged.write_text(text[:begin] + after + text[begin + len(before) :], encoding="utf-8")
    assert told in str(wrong(browser, [forged], story))


def filed(read: Read, path: Path) -> Path:
    """A warehouse in memory as a file."""
    warehouse: Warehouse = read.__self__  # type: ignore[attr-defined]
    warehouse.connection.execute(f"attach '{path}' as filed")
    warehouse.connection.execute("copy from database memory to filed")
    warehouse.connection.execute("detach filed")
    return path


@pytest.mark.parametrize(("pages", "read"), [("site_pages", "story"), ("hostile_pages", "hostile")])
def test_every_query_runs_in_a_bare_client(browser, request, tmp_path, pages, read):
    file = filed(request.getfixturevalue(read), tmp_path / "warehouse.duckdb")
    queries: list[str] = []
    for path in of_the_story(request.getfixturevalue(pages)):
        with Visit(browser, path) as page:
            queries += figures.sql_of(page)
    assert len(queries) > 30
    run_alone(file, queries)


def test_every_query_of_the_finished_tutorial_runs_too(browser, finished_folder):
    queries = []
    for path in kinds(finished_folder / "reports").values():
        with Visit(browser, path) as page:
            queries += figures.sql_of(page)
    run_alone(finished_folder / "warehouse/mlmon.duckdb", queries)


def run_alone(file: Path, queries: list[str]) -> None:
    """The queries, one after the other as they stand, are all that the client is told."""
    for query in queries:
        assert [each.type for each in duckdb.extract_statements(query)] == [
            duckdb.StatementType.SELECT
        ]
        assert query.rstrip().endswith(";")
    done = subprocess.run(
        [CLIENT, "-readonly", "-bail", "-csv", "-noheader", file],
        input="\n".join(queries),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") > len(queries)


def test_every_kind_of_page_is_looked_at(site):
    """A folder without a page would leave its kind out unseen."""
    from mlmon.report.facts.links import FOLDERS
    from mlmon.report.site import KINDS

    found = {path.parent for path in kinds(site).values()}
    assert found - {site} <= {site / each for each in FOLDERS}
    assert len(found) > len(KINDS)
