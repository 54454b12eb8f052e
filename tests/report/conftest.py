"""Warehouses for the pages to read, built by `toy_warehouse`, and the pages made of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
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
