"""A demo that is killed again and again ends in the tables of one that never was."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pytest

ROWS = "500"
TIMES = ("_at", "started", "ended")


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-m", "mlmon", "demo", str(folder), "--rows-per-month", ROWS],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(process):
    """Wait for the end, reading what it says meanwhile: a full pipe would stop it for ever."""
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()


def contents(folder):
    """Return every table's rows in an order of their own, without times and run ids."""
    with duckdb.connect(str(folder / "warehouse/mlmon.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where not internal order by 1"
        ).fetchall()
        return {table: rows(connection, table) for (table,) in tables}


def rows(connection, table):
    described = connection.execute(f"describe {table}").fetchall()
    names = [name for name, kind, *_ in described if kind != "TIMESTAMP" or table == "transactions"]
    left_out = {"run_id", "alert_id", "labels"} | ({"name"} if table == "evaluations" else set())
    left_out |= {"path", "stamp"} if table == "source_files" else set()  # of the folder itself
    columns = ", ".join(
        f"""regexp_replace("{name}"::varchar, '"checked_at": "[^"]*"', '')"""
        for name in names
        if name not in left_out
    )
    # A check that is run once more has its result once more.
    query = f"select {'distinct ' if table == 'check_results' else ''}{columns} from {table}"
    query += " where message is null or message <> ''" if table == "step_runs" else ""
    # What the views were made of is written by whoever opens next, not by what changes it.
    query += " where name <> 'views_made_of'" if table == "warehouse_state" else ""
    return sorted(connection.execute(query).fetchall(), key=repr)


@pytest.mark.slow  # test_accidents kills a small project in the fast tests
def test_killed_at_ten_random_moments(tmp_path):
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    began = time.monotonic()
    finish(start(calm))
    longest = (time.monotonic() - began) / 2
    chance = random.Random(20171231)
    interrupted = 0
    while interrupted < 10:
        process = start(killed)
        try:
            process.communicate(timeout=chance.uniform(0.3, longest))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            interrupted += 1
        else:  # it came to its end before its moment: once more from the start, and sooner
            shutil.rmtree(killed)
            longest = max(longest / 2, 0.6)
    finish(start(killed))
    assert contents(killed) == contents(calm)


def test_a_second_demo_changes_nothing(finished_copy, finished_rows):
    before = contents(finished_copy)
    pages = {path: path.stat().st_mtime_ns for path in finished_copy.rglob("*.html")}
    command = [sys.executable, "-m", "mlmon", "demo", str(finished_copy)]
    done = subprocess.run(
        [*command, "--rows-per-month", str(finished_rows)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert contents(finished_copy) == before
    assert {path: path.stat().st_mtime_ns for path in finished_copy.rglob("*.html")} == pages
