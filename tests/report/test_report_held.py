"""What is held while a report is written: the same pages, and nothing of it left behind."""

from pathlib import Path

import duckdb
import pytest
from toy_warehouse import DASHBOARDS, Names, filled

from mlmon.report.render import session as holding
from mlmon.report.render.session import SHARED, all_threads, one_thread, shared_views
from mlmon.report.site import write_report

THREADS = "select current_setting('threads') as threads"
MINE = "select count(*) as tables from duckdb_tables() where database_name = 'temp'"


@pytest.fixture(scope="module")
def made():
    with filled(Names(batches=("2017_04", "2017_05"))) as warehouse:
        yield warehouse


def written(made, folder: Path) -> dict[str, bytes]:
    write_report(made.read, DASHBOARDS, folder, project="fraud")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.html")
    }


def test_pages_are_the_same_with_the_views_and_with_what_is_held(made, tmp_path, monkeypatch):
    seen = []

    def watched(read, stale, known):
        seen.append((stale, known))
        return shared_views(read, stale, known)

    monkeypatch.setattr("mlmon.report.site.shared_views", watched)
    pages = written(made, tmp_path / "held")
    monkeypatch.setattr(holding, "SHARED", ())
    assert written(made, tmp_path / "views") == pages
    assert seen[0][0] == seen[0][1] > holding.FEW


def test_nothing_is_left_behind(made, tmp_path):
    before = made.value(THREADS)
    written(made, tmp_path)
    assert made.value(THREADS) == before
    assert made.value(MINE) == 0
    assert set(SHARED) <= made.views()


@pytest.mark.parametrize(("stale", "known", "tables"), [(3, 3, 0), (4, 20, 0), (6, 20, 7)])
def test_views_are_held_where_most_pages_are_written(made, stale, known, tables):
    with shared_views(made.read, stale, known):
        assert made.value(MINE) == tables
    assert made.value(MINE) == 0


def test_an_error_comes_through_and_leaves_nothing(made):
    before = made.value(THREADS)
    with pytest.raises(KeyError), one_thread(made.read), shared_views(made.read, 9, 9):
        raise KeyError("gone")
    assert (made.value(THREADS), made.value(MINE)) == (before, 0)


def test_the_users_own_queries_have_every_thread(made):
    before = made.value(THREADS)
    with one_thread(made.read):
        assert made.value(THREADS) == 1
        assert all_threads(made.read)(THREADS) == [{"threads": before}]
        assert made.value(THREADS) == 1


def test_an_error_that_ends_the_transaction_comes_through():
    with filled(Names(batches=("2017_04",))) as made:
        with (
            pytest.raises(duckdb.InvalidInputException, match="not today"),
            made.transaction(),
            one_thread(made.read),
            shared_views(made.read, 9, 9),
        ):
            all_threads(made.read)("select error('not today')")
        assert made.value(MINE) == 0
