"""Two processes and one file: who waits says for whom, nothing is lost, copies are whole."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from shop import edit, orders, write

import mlmon
from mlmon.errors import ConfigError, WarehouseLocked
from mlmon.export import files
from mlmon.system import processes
from mlmon.system.files import own, replacing
from mlmon.warehouse.file import patiently
from mlmon.warehouse.warehouse import Warehouse

HOLD = """
import duckdb, sys, time
c = duckdb.connect(sys.argv[1], read_only=len(sys.argv) > 3)
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""
DEAD = 4194305  # beyond the greatest process id


def holding(path, seconds, *more):
    """Return a process that has the file for so long, when it has it."""
    command = [sys.executable, "-c", HOLD, str(path), str(seconds), *more]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    return holder


@pytest.mark.parametrize("read_only", [False, True])
def test_an_opening_waits_and_says_for_whom(evaluated, caplog, read_only):
    with holding(evaluated / "warehouse/mlmon.duckdb", 3) as holder:
        with mlmon.open(evaluated, read_only=read_only) as project:
            assert project.warehouse.value("select count(*) from evaluations") == 4
        assert holder.wait() == 0
    (said,) = caplog.messages
    assert f"held by process {holder.pid} (" in said
    assert "waiting up to 60 seconds" in said


def test_a_writer_waits_for_a_reader_and_a_reader_does_not(evaluated, caplog):
    path = evaluated / "warehouse/mlmon.duckdb"
    with holding(path, 1.5, "reader"):
        began = time.monotonic()
        Warehouse(path, read_only=True).close()
        assert time.monotonic() - began < 1
        with pytest.raises(WarehouseLocked):
            Warehouse(path)
        Warehouse(path, wait=30).close()
    assert caplog.messages == []  # under two seconds nobody is bothered


def test_the_limit_is_kept_and_named(evaluated):
    edit(evaluated, "project: shop", "project: shop\nlock_wait: 0.4")
    with holding(evaluated / "warehouse/mlmon.duckdb", 60) as holder:
        began = time.monotonic()
        with pytest.raises(WarehouseLocked) as caught:
            mlmon.open(evaluated)
        assert 0.4 <= time.monotonic() - began < 3
        holder.kill()
    said = str(caught.value)
    assert "\n" not in said
    assert f"held by process {holder.pid} (" in said
    assert "waited 0.4 seconds, as `lock_wait:` says" in said


def test_other_errors_do_not_wait():
    def attempt():
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        patiently(attempt, 60)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_process_is_described():
    command = [sys.executable, "-c", "import time\ntime.sleep(60)", "a b\x1b[31m", "x" * 300]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 10  # until the new program has taken its place
        while "sleep" not in processes.described(process.pid):
            assert time.monotonic() < deadline
        said = processes.described(process.pid)
        process.kill()
    assert said.startswith(f"process {process.pid} (python")
    assert "since 20" in said
    assert said.isprintable()
    assert len(said) < 200
    assert processes.described(DEAD) == f"process {DEAD}"
    assert (processes.runs(os.getpid()), processes.runs(DEAD)) == (True, False)


# The published copy ----------------------------------------------------------


def answers(path):
    """Return what every view of a file answers to a bare DuckDB, and its comments."""
    with duckdb.connect(str(path), read_only=True) as bare:
        views = bare.execute("select view_name from duckdb_views() where not internal").fetchall()
        found = {
            name: bare.execute(f'select count(*) from "{name}"').fetchone() for (name,) in views
        }
        told = "select count(*), count(comment) from {} where not internal"
        for kind in ("duckdb_tables()", "duckdb_views()", "duckdb_columns()"):
            found[kind] = bare.execute(told.format(kind)).fetchone()
    return found


@pytest.mark.parametrize("read_only", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_copy_answers_as_the_warehouse_does(evaluated, tmp_path, read_only):
    source, copy = evaluated / "warehouse/mlmon.duckdb", tmp_path / "bi/copy.duckdb"
    with mlmon.open(evaluated, read_only=read_only) as project:
        assert project.publish(copy) == copy
        with duckdb.connect(str(copy), read_only=True) as reader:
            project.publish(copy)
            assert reader.execute("select count(*) from metrics").fetchone()[0] > 100
    found = answers(copy)
    assert found == answers(source)
    assert found["duckdb_views()"][0] == found["duckdb_views()"][1] > 50
    assert os.listdir(copy.parent) == ["copy.duckdb"]


def test_the_copying_keeps_the_lock(evaluated, tmp_path):
    path = evaluated / "warehouse/mlmon.duckdb"
    attempt = "import duckdb, sys; duckdb.connect(sys.argv[1])"
    with mlmon.open(evaluated, read_only=True) as project:
        project.publish(tmp_path / "copy.duckdb")
        done = subprocess.run(
            [sys.executable, "-c", attempt, str(path)], capture_output=True, text=True, check=False
        )
    assert "Could not set lock" in done.stderr


def test_what_a_killed_writer_left_in_the_log_is_in_the_copy(evaluated, tmp_path):
    path, copy = evaluated / "warehouse/mlmon.duckdb", tmp_path / "copy.duckdb"
    write = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('delete from diagnostics; create table late as select 7 as n');"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", write, str(path)], check=False)
    assert path.with_name("mlmon.duckdb.wal").exists()
    with Warehouse(path, read_only=True) as warehouse:
        files.publish(warehouse, copy)
    with duckdb.connect(str(copy), read_only=True) as bare:
        assert bare.execute("select n from late").fetchone() == (7,)
    assert set(os.listdir(tmp_path)) == {"copy.duckdb", "evaluated"}


def test_a_failure_leaves_the_copy_as_it_was(evaluated, tmp_path, monkeypatch):
    copy = tmp_path / "bi/copy.duckdb"
    with mlmon.open(evaluated, read_only=True) as project:
        project.publish(copy)
        before = copy.read_bytes()
        monkeypatch.setattr(files, "COPY", "import sys; sys.exit('the disk is full')")
        with pytest.raises(mlmon.MlmonError, match="the disk is full"):
            project.publish(copy)
    assert copy.read_bytes() == before
    assert os.listdir(copy.parent) == ["copy.duckdb"]


def test_drafts_of_processes_that_are_no_more_are_removed(tmp_path):
    target = tmp_path / "copy"
    with replacing(target, own, "") as draft:
        draft.write_text("one")
    prefix = draft.name.removesuffix(str(os.getpid()))
    (tmp_path / f"{prefix}{DEAD}").write_text("half")
    (tmp_path / f"{prefix}{DEAD}.wal").write_text("half")
    mine, other = tmp_path / f"{prefix}{os.getppid()}", tmp_path / f".other.{DEAD}"
    for path in (mine, other):
        path.write_text("somebody's")

    def interrupted():
        with replacing(target, own, "") as draft:
            draft.write_text("two")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "one"
    assert set(tmp_path.iterdir()) == {target, mine, other}


# All at once -----------------------------------------------------------------

WORK = """
import json, sys, time
import mlmon
folder, copy, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
deadline, made = time.monotonic() + seconds, {}
while time.monotonic() < deadline:
    for store in ("truth", "blind"):
        with mlmon.open(folder) as project:
            query = "select batch from evaluations where store = $store"
            known = project.warehouse.read(query, store=store)
            left = sorted({*sys.argv[4:]} - {row["batch"] for row in known})
            if left:
                made[store, left[0]] = project.evaluate(store, batch=left[0]).id
        with mlmon.open(folder, read_only=True) as project:
            project.publish(copy)
print(json.dumps([[*key, id] for key, id in made.items()]))
"""
WHOLE = """
select count(distinct evaluation_id) as n, count(*) filter (figures < 10) as torn
from (
    select e.evaluation_id, count(m.metric) as figures from evaluations as e
    left join metrics as m using (evaluation_id) group by all
)
"""


def look(path, seen, stop):
    """What the copy holds is looked at until told to stop; what goes wrong is seen."""
    while not stop.is_set():
        try:
            with duckdb.connect(str(path), read_only=True) as bare:
                seen.append(bare.execute(WHOLE).fetchone())
        except Exception as error:
            seen.append(error)
        time.sleep(0.02)


def at_once(folder: Path, copy: Path, seconds: float, months: int) -> None:
    batches = [f"2024_{month:02d}" for month in range(3, 3 + months)]
    for batch in batches:
        write(folder, batch, orders(batch, 60))
    with mlmon.open(folder) as project:
        project.ingest("orders")
        project.publish(copy)
    command = [sys.executable, "-c", WORK, str(folder), str(copy), str(seconds), *batches]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    workers = [subprocess.Popen(command, text=True, **pipes) for _ in range(2)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    seen, stop = [], threading.Event()
    reader = threading.Thread(target=look, args=(copy, seen, stop))
    reader.start()
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    told = [worker.communicate() for worker in workers]
    stop.set()
    reader.join()
    for worker, (_, said) in zip(workers, told, strict=True):
        assert worker.returncode == 0, said
        assert all("waiting up to" in line for line in said.splitlines()), said
    made = {id for out, _ in told for *_, id in json.loads(out.splitlines()[-1])}
    assert not [each for each in seen if isinstance(each, Exception)]
    assert {torn for _, torn in seen} == {0}
    counts = [count for count, _ in seen]
    assert counts == sorted(counts), "an older copy took the place of a newer one"
    with mlmon.open(folder) as project:
        assert project.doctor() == []
        found = project.warehouse.read("select evaluation_id, store, batch from evaluations")
    assert made <= {row["evaluation_id"] for row in found}
    assert len(found) == len({(row["store"], row["batch"]) for row in found})
    assert len(found) - 4 == len(made) > 1
    print(f"\n{len(made)} evaluations by two processes, the copy read {len(seen)} times")


def test_two_evaluate_and_one_reads_the_copy(evaluated, tmp_path):
    at_once(evaluated, tmp_path / "copy.duckdb", 5, 4)


@pytest.mark.slow
def test_two_evaluate_and_one_reads_the_copy_for_a_minute(evaluated, tmp_path):
    at_once(evaluated, tmp_path / "copy.duckdb", 60, 10)


def test_a_terminated_publish_leaves_no_draft(evaluated, tmp_path):
    copy = tmp_path / "bi/copy.duckdb"
    slow = (
        "import sys; from mlmon.export import files as exports; from mlmon.cli import main;"
        "exports.COPY += '; import time; time.sleep(60)';"
        f"sys.argv = ['mlmon', 'publish', {str(copy)!r}, '-C', {str(evaluated)!r}]; main()"
    )
    with subprocess.Popen([sys.executable, "-c", slow], stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (copy.parent.is_dir() and os.listdir(copy.parent)):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) != 0
    assert os.listdir(copy.parent) == []


def stopped(folder: Path, how: signal.Signals, *words: str, inside: Path) -> None:
    """A command that copies files has been stopped in the middle of it."""
    slow = (
        "import sys; from mlmon.export import files as exports; from mlmon.cli import main;"
        "exports.COPY += '; import time; time.sleep(5)';"
        f"sys.argv = ['mlmon', *{words!r}, '-C', {str(folder)!r}]; main()"
    )
    with subprocess.Popen([sys.executable, "-c", slow], stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not any(inside.glob(f".*.{process.pid}/*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(how)
        assert process.wait(30) != 0


def test_c7_a_stopped_backup_leaves_nothing(evaluated, tmp_path):
    """Terminated it cleans up at once; after a kill the next backup does, or a repair."""
    stopped(evaluated, signal.SIGTERM, "backup", str(tmp_path / "bk"), inside=tmp_path)
    assert not list(tmp_path.glob(".bk*"))
    inside = evaluated / "copies"
    for _ in range(2):
        stopped(evaluated, signal.SIGKILL, "backup", str(inside / "bk"), inside=inside)
        assert len(list(inside.iterdir())) == 1
    with mlmon.open(evaluated) as project:
        assert [row["rule"] for row in project.doctor(repair=True)] == ["a file is whole"]
        assert list(inside.iterdir()) == []
        project.backup(inside / "bk")
    assert os.listdir(inside) == ["bk"]
