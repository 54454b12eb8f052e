"""What tests share: the finished tutorial, and a small shop laid out, ingested or trained.

The tutorial takes half a minute, so it is told once, in a process of its own that starts with the
session; the tests that read it run last, and the longest test runs first. All workers of
pytest-xdist use the same tutorial.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shop as small_shop
from browser import LACKING
from commands import run  # noqa: F401
from shared import built, place

import mlmon
from mlmon.project import Project

collect_ignore_glob = ["schemas/*"]  # modules of projects, of which two have one name
ROWS_PER_MONTH = 600
PATIENCE = 600  # seconds
TELL = """
import pathlib, sys
from mlmon.demo.chapters import tell
folder = pathlib.Path(sys.argv[1])
outcome = "failed"
try:
    tell(folder / "project", rows_per_month=int(sys.argv[2]))
    outcome = "done"
finally:
    (folder / outcome).touch()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: (_reads_the_tutorial(item), "ten_random" not in item.name))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if number := sum(LACKING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"{number} tests of pages in a browser were skipped: {LACKING}")


def _reads_the_tutorial(item: pytest.Item) -> bool:
    return "finished_folder" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def _telling(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The tutorial is being told, when a test of this session reads it."""
    if not any(map(_reads_the_tutorial, request.session.items)):
        yield
        return
    folder = place(tmp_path_factory) / "finished"
    try:
        folder.mkdir()
    except FileExistsError:  # another worker was first
        yield
        return
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-c", TELL, str(folder), str(ROWS_PER_MONTH)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        yield
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def finished_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the finished tutorial, to be read only."""
    folder = place(tmp_path_factory) / "finished"
    deadline = time.monotonic() + PATIENCE
    while not (folder / "done").exists():
        if (folder / "failed").exists() or time.monotonic() > deadline:
            pytest.fail(f"the tutorial was not finished:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)
    return folder / "project"


@pytest.fixture(scope="session")
def finished(finished_folder: Path) -> Iterator[Project]:
    """The finished tutorial, opened for reading."""
    with mlmon.open(finished_folder, read_only=True) as project:
        yield project


@pytest.fixture
def finished_copy(finished_folder: Path, tmp_path: Path) -> Path:
    """A copy of the finished tutorial that the test may change."""
    return shutil.copytree(finished_folder, tmp_path / "tutorial")


@pytest.fixture(scope="session")
def finished_rows() -> int:
    """How many rows a month of the finished tutorial has."""
    return ROWS_PER_MONTH


@pytest.fixture(scope="session")
def _ingested_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        with mlmon.open(small_shop.lay_out(folder)) as project:
            project.ingest("orders")

    return built(tmp_path_factory, "ingested", build)


@pytest.fixture(scope="session")
def _trained_shop(_ingested_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        shutil.copytree(_ingested_shop, folder)
        with mlmon.open(folder) as project:
            project.train("returns")

    return built(tmp_path_factory, "trained", build)


@pytest.fixture(scope="session")
def _evaluated_shop(_trained_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        shutil.copytree(_trained_shop, folder)
        with mlmon.open(folder) as project:
            for month in small_shop.MONTHS:
                project.evaluate("truth", batch=month)
                project.evaluate("blind", batch=month)

    return built(tmp_path_factory, "evaluated", build)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the shop's mlmon.yml and two months of files; nothing was done yet."""
    return small_shop.lay_out(tmp_path / "shop")


@pytest.fixture
def ingested(_ingested_shop: Path, tmp_path: Path) -> Path:
    """A shop whose two months are ingested."""
    return shutil.copytree(_ingested_shop, tmp_path / "ingested")


@pytest.fixture
def trained(_trained_shop: Path, tmp_path: Path) -> Path:
    """A shop with version 1 of its model, trained on the first month."""
    return shutil.copytree(_trained_shop, tmp_path / "trained")


@pytest.fixture
def evaluated(_evaluated_shop: Path, tmp_path: Path) -> Path:
    """A trained shop whose two months are evaluated in both stores."""
    return shutil.copytree(_evaluated_shop, tmp_path / "evaluated")


@pytest.fixture
def one_evaluation(evaluated: Path) -> Path:
    """A trained shop with one evaluation of few figures."""
    with mlmon.open(evaluated) as project:
        write = project.warehouse.write
        write("delete from evaluations where store <> 'truth' or batch <> '2024_02'")
        write("delete from evaluation_metrics where metric not like '%score'")
    return evaluated


@pytest.fixture
def calm_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow tells nobody anything, tries once, and takes a folder as a store."""
    for name, value in {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_ALLOW_FILE_STORE": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    pytest.importorskip("mlflow")


@pytest.fixture
def mlflow_server(calm_mlflow: None, tmp_path: Path) -> Iterator[Any]:  # noqa: ARG001, wanted for what it does
    """A server of MLflow's REST API, with no runs yet."""
    from tracking import served

    with served(tmp_path / "mlflow") as running:
        yield running
