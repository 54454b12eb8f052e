"""Warehouses for the pages to read, built by `toy_warehouse`, and the pages made of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import toy_board
from toy_warehouse import DASHBOARDS, HOSTILE, Names, filled, warehouse

from mlmon.report.ask import Read
from mlmon.report.site import write_report


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
    folder = tmp_path_factory.mktemp("site")
    return write_report(story, DASHBOARDS, folder, project="fraud").parent


@pytest.fixture(scope="session")
def hostile_site(hostile: Read, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the hostile story's pages."""
    folder = tmp_path_factory.mktemp("hostile")
    title = "<script>alert(5)</script>"
    return write_report(hostile, {"default": {"title": title}}, folder, project=title).parent


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages of a dashboard that has every kind of tile."""
    return board_of(Names(), tmp_path_factory.mktemp("board"))


@pytest.fixture(scope="session")
def hostile_board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the hostile story."""
    return board_of(HOSTILE, tmp_path_factory.mktemp("hostile_board"))


def board_of(names: Names, folder: Path) -> Path:
    """The folder with the pages of a short story."""
    short = replace(names, batches=names.batches[:3])
    with filled(short) as made:
        wanted = {"default": toy_board.board(short)}
        write_report(made.read, wanted, folder, project="fraud", tried=made.tried)
    return folder
