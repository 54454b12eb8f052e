"""Warehouses for the pages to read, built by `toy_warehouse`, and the pages made of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import toy_board
from browser import started
from frames import compared
from playwright.sync_api import Browser
from shared import built
from toy_warehouse import DASHBOARDS, FEATURES, HOSTILE, Names, filled, warehouse
from visits import kinds

from mlmon.report.facts.ask import Read
from mlmon.report.pages.comparison import side_by_side
from mlmon.report.site import pages as every_page
from mlmon.report.site import write, write_report
from mlmon.warehouse.warehouse import Warehouse


@pytest.fixture(scope="session")
def story() -> Iterator[Read]:
    """The tutorial's story."""
    made = filled(Names())
    yield made.read
    made.close()


@pytest.fixture(scope="session")
def hostile() -> Iterator[Read]:
    """The same story told in names that try to break out of the page."""
    made = filled(HOSTILE)
    yield made.read
    made.close()


@pytest.fixture(scope="session")
def empty() -> Iterator[Read]:
    """A project in which nothing has happened."""
    made = warehouse()
    yield made.read
    made.close()


@pytest.fixture(scope="session")
def site(story: Read, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the story's pages."""
    return built(
        tmp_path_factory,
        "site",
        lambda folder: write_report(story, DASHBOARDS, folder, project="fraud"),
    )


@pytest.fixture(scope="session")
def hostile_site(hostile: Read, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the hostile story's pages."""
    title = "<script>alert(5)</script>"
    wanted = {"default": {"title": title}}
    return built(
        tmp_path_factory,
        "hostile",
        lambda folder: write_report(hostile, wanted, folder, project=title),
    )


@pytest.fixture(scope="session")
def daily_pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One page of each kind of a story of sixty daily batches with names that are long."""
    days = tuple(f"2024-{1 + day // 30:02}-{1 + day % 30:02}" for day in range(60))
    names = Names(
        batches=days,
        labelled="evaluations_with_ground_truth_of_every_day",
        unlabelled="evaluations_for_input_drift_of_every_day",
        features=("customer_satisfaction_index_of_last_quarter", *FEATURES[1:]),
    )
    folder = tmp_path_factory.mktemp("daily")
    with filled(names) as made:
        newest = {page.path.split("/")[0]: page for page in every_page(made.read, "daily")}
        for page in newest.values():
            write(folder / page.path, page.facts(), "0" * 32)
        evaluation = made.value("select max(evaluation_id) from evaluations")
        write_report(made.read, {}, folder, project="daily", evaluation=evaluation)
    return kinds(folder)


@pytest.fixture(scope="session")
def board_story() -> Iterator[Warehouse]:
    """A short story, for a dashboard that has every kind of tile."""
    with filled(short(Names())) as made:
        yield made


@pytest.fixture(scope="session")
def hostile_board_story() -> Iterator[Warehouse]:
    """The same of the hostile story."""
    with filled(short(HOSTILE)) as made:
        yield made


def short(names: Names) -> Names:
    return replace(names, batches=names.batches[:3])


@pytest.fixture(scope="session")
def board(board_story: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages of a dashboard that has every kind of tile."""
    return board_of(board_story, short(Names()), tmp_path_factory, "board")


@pytest.fixture(scope="session")
def hostile_board(hostile_board_story: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the hostile story."""
    return board_of(hostile_board_story, short(HOSTILE), tmp_path_factory, "hostile_board")


def board_of(story: Warehouse, names: Names, factory: pytest.TempPathFactory, place: str) -> Path:
    """The folder with the pages of a short story."""
    wanted = {"default": toy_board.board(names)}
    return built(
        factory,
        place,
        lambda folder: write_report(story.read, wanted, folder, project="fraud", tried=story.tried),
    )


@pytest.fixture(scope="session")
def site_pages(
    site: Path, board: Path, story: Read, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """One page of each kind by its name; what has a folder of its own comes by itself."""
    page = beside(story, tmp_path_factory.mktemp("beside"))
    return kinds(site) | {"side by side": page, "board": board / "index.html"}


@pytest.fixture(scope="session")
def hostile_pages(
    hostile_site: Path,
    hostile_board: Path,
    hostile: Read,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """The same of the hostile story."""
    page = beside(hostile, tmp_path_factory.mktemp("beside"))
    return kinds(hostile_site) | {"side by side": page, "board": hostile_board / "index.html"}


def beside(read: Read, folder: Path) -> Path:
    """The page of two evaluations and two model versions side by side."""
    model = read("select model from model_versions")[0]["model"]
    items = ["truth-03", "truth-07", f"{model}/1", f"{model}/2"]
    page = side_by_side(read, "fraud", items)
    write(folder / page.path, page.facts(), "0" * 32)
    return folder / page.path


@pytest.fixture(scope="session")
def comparisons(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Read]:
    """The page of a comparison for each task, and the warehouse that it was made from."""
    folder = tmp_path_factory.mktemp("comparisons")
    made = {task: compared(task) for task in ("binary", "multiclass", "regression")}
    return {
        each.to_html(folder / f"{task}.html"): each.warehouse.read for task, each in made.items()
    }


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    with started() as opened:
        yield opened
