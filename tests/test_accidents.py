"""Whatever happens to a process, the file holds what was committed, and a rerun completes.

After each accident a bare DuckDB opens the file and finds it consistent, `mlmon doctor` says that
all is well or what to do, and doing everything once more ends in the tables of a calm year.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from forks import Forks, lay_out
from test_interruption import contents

from mlmon.warehouse.tables import TABLES

SLOW = pytest.mark.slow
CONSISTENT = {
    "an evaluation without its metrics": "from evaluations where evaluation_id not in"
    " (select evaluation_id from evaluation_metrics where evaluation_id is not null)",
    "metrics without their evaluation": "from evaluation_metrics where evaluation_id is not null"
    " and evaluation_id not in (select evaluation_id from evaluations)",
    "an evaluation without its samples": "from evaluations where sample_id not in"
    " (select sample_id from samples) or reference_sample_id not in"
    " (select sample_id from samples)",
    "not one active version": "select 1 from model_versions group by model"
    " having count(*) filter (is_active) <> 1",
    "a version without its bins": "from model_versions where (model, model_version) not in"
    " (select (model, model_version) from bins)",
    "a batch without its records": "from batches where rows <>"
    " (select count(*) from orders where orders.batch = batches.batch)",
    "records without their batch": "from orders where batch not in (select batch from batches)",
    "a batch that is scored in part": "from (select batch, count(*) as n from predictions"
    " group by batch, model_version) as p inner join batches as b using (batch)"
    " where p.n <> b.rows and p.n not in (select rows from samples where role = 'reference')",
    "a step of no run": "from step_runs where run_id not in (select run_id from scenario_runs)",
}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture(scope="module")
def calm(forks, tmp_path_factory) -> dict[str, list[tuple]]:
    """The tables of a year in which nothing happened."""
    folder = lay_out(tmp_path_factory.mktemp("calm") / "shop")
    assert forks.do("year", folder) == 0, said(folder)
    return contents(folder)


@pytest.fixture
def folder(tmp_path) -> Path:
    return lay_out(tmp_path / "shop")


def said(folder: Path) -> str:
    """Return what the last job printed."""
    return Path(f"{folder}.said").read_text(encoding="utf-8")


def last(folder: Path) -> str:
    """Return the one line in which a command says why it could not work."""
    lines = [line for line in said(folder).splitlines() if line.startswith("mlmon: ")]
    assert len(lines) == 1, said(folder)
    assert "Traceback" not in said(folder)
    return lines[0]


def warehouse(folder: Path) -> Path:
    return folder / "warehouse" / "mlmon.duckdb"


def assert_consistent(folder: Path) -> None:
    """A bare DuckDB opens the file, reads all of it and finds it as it must be."""
    if not warehouse(folder).exists():
        return
    with duckdb.connect(str(warehouse(folder)), read_only=True) as connection:
        query = "select table_name from duckdb_tables()"
        there = {row[0] for row in connection.execute(query).fetchall()}
        assert there >= {table.name for table in TABLES} or not there
        for table in TABLES if there else ():
            names = ", ".join(table.key)
            query = f"select {names} from {table.name} group by all having count(*) > 1"
            assert connection.execute(query).fetchall() == [], f"{table.name}: a key twice"
        for trouble, query in CONSISTENT.items() if "orders" in there else ():
            assert connection.execute(query).fetchall() == [], trouble


def assert_ends_as(forks: Forks, folder: Path, calm: dict[str, list[tuple]]) -> None:
    """Everything is done once more and nothing shows of what happened."""
    assert forks.do("year", folder) == 0, said(folder)
    assert forks.do("words", folder, words=["doctor", "--repair"]) == 0, said(folder)
    assert forks.do("words", folder, words=["doctor"]) == 0
    assert "all is well" in said(folder)
    assert contents(folder) == calm


def kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it came to its end before its moment
        os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=SLOW)])
def test_killed_at_random_moments(forks, folder, calm, kills):
    chance, done = random.Random(20), 0
    while done < kills:
        process = forks.start("year", folder)
        time.sleep(chance.uniform(0.02, 1.5))
        kill(process)
        if forks.end() == 0:
            assert contents(folder) == calm
            shutil.rmtree(folder)
            lay_out(folder)
            continue
        done += 1
        assert_consistent(folder)
    assert_ends_as(forks, folder, calm)


@SLOW
def test_killed_between_a_fitted_model_and_its_row(forks, folder, calm):
    assert forks.do("words", folder, words=["ingest", "orders"]) == 0
    training = {"words": ["train", "returns"], "dies_at": "mlmon.train.train:_store_version"}
    assert forks.do("words", folder, **training) == -signal.SIGKILL
    assert_consistent(folder)
    assert len(list(folder.rglob("*.skops"))) == 1
    assert forks.do("words", folder, words=["doctor"]) == 0
    assert "a training was stopped before its row" in said(folder)
    assert_ends_as(forks, folder, calm)


@SLOW
def test_a_clock_that_goes_backwards(forks, folder, calm):
    """Nothing is done twice and nothing is lost; whoever looks is told of the clock."""
    assert forks.do("words", folder, words=["ingest", "orders"], days_ago=-2) == 0
    assert forks.do("words", folder, words=["train", "returns"], days_ago=3) == 0
    assert forks.do("words", folder, words=["score", "returns", "--batch", "2024_01"]) == 0
    assert forks.do("words", folder, words=["doctor"]) == 0
    assert "look at this machine's clock" in said(folder)
    assert forks.do("year", folder) == 0
    assert contents(folder) == calm


def test_no_room(forks, folder, calm):
    """A file may not grow further: what a full disk is to whoever writes."""
    for most in (100_000, 400_000):
        assert forks.do("year", folder, most_bytes=most) == 3
        assert "make room" in last(folder)
        assert_consistent(folder)
    assert_ends_as(forks, folder, calm)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("nothing may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@SLOW
def test_a_full_disk(forks, small_disk, tmp_path, calm):
    folder = lay_out(small_disk / "shop")
    assert forks.do("year", folder) == 3
    assert "make room" in last(folder)
    roomy = shutil.copytree(folder, tmp_path / "shop")
    assert_consistent(roomy)
    assert_ends_as(forks, roomy, calm)


@SLOW
@pytest.mark.parametrize("end", ["something else", "missing", "zeros"])
def test_a_torn_log(forks, folder, calm, end):
    """A process is killed before its log is in the file, and the log is not whole on the disk."""
    chance, mended = random.Random(3), 0
    log = Path(f"{warehouse(folder)}.wal")
    for words in (["ingest", "orders"], ["train", "returns"], ["evaluate", "truth"]):
        job = {"words": words, "dies_at": "mlmon.project:Reading.close"}
        assert forks.do("words", folder, **job) == -signal.SIGKILL
        whole = log.read_bytes()
        place = chance.randrange(len(whole) // 2, len(whole))
        rest = {"zeros": bytes(len(whole) - place), "missing": b""}
        log.write_bytes(whole[:place] + rest.get(end, chance.randbytes(len(whole) - place)))
        if forks.do("words", folder, words=["doctor"]):
            assert "`mlmon doctor --repair` keeps all" in last(folder)
            torn = log.read_bytes()
            assert forks.do("words", folder, words=["doctor", "--repair"]) == 0, said(folder)
            assert "the log is whole" in said(folder)
            assert torn in [path.read_bytes() for path in log.parent.glob("*.torn*")]
            mended += 1
        assert_consistent(folder)
        assert forks.do("words", folder, words=words) == 0, said(folder)
    assert mended == (0 if end == "missing" else 3)
    assert_ends_as(forks, folder, calm)


def test_a_folder_that_may_only_be_read(forks, folder, calm):
    assert forks.do("year", folder) == 0
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        for words in (["ingest", "orders"], ["train", "returns"], ["report"]):
            assert forks.do("words", folder, words=words, without_root=True) == 3
            assert str(folder) in last(folder)
        for words in (["status"], ["sql", "from metrics"], ["doctor"]):
            assert forks.do("words", folder, words=words, without_root=True) == 0, said(folder)
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert contents(folder) == calm
