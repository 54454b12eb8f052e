"""What is due runs, once: whatever the clocks do, whoever else asks, whenever one is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from shop import CONFIG, orders, write

import mlmon
from mlmon.config import FILE
from mlmon.project import Project
from mlmon.warehouse.warehouse import Warehouse

SCENARIO = "  {}:\n    triggers: [{}]\n    steps: [{{name: work, {}}}]\n"
WORK = "sql: create table if not exists work (n integer)"
DAY = datetime(2024, 5, 6, 12)  # a Monday


def scenarios(folder: Path, **triggers: str | tuple[str, str]) -> Path:
    """The folder is a project with scenarios of one step, each with a trigger; return it."""
    text = CONFIG + "scenarios:\n"
    for name, given in triggers.items():
        line, step = (given, WORK) if isinstance(given, str) else given
        text += SCENARIO.format(name, line, step)
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def fired(project: Project, *moments: datetime) -> list[tuple[str, str]]:
    """Return which scenarios ran by which triggers when asked at these moments."""
    rows = [row for moment in moments for row in project.run_due(moment)]
    assert [row["message"] for row in rows if row["message"]] == []
    assert {row["outcome"] for row in rows} <= {"SUCCESS"}
    return [(row["scenario"], row["trigger"]) for row in rows]


def half_hours(first: datetime, hours: int) -> Iterable[datetime]:
    """Return the moments of a timer that looks every half hour, a little late."""
    return (first + timedelta(minutes=30 * n, seconds=7) for n in range(2 * hours))


# Times ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "sunday"),
    [
        ("Europe/Berlin", datetime(2024, 3, 31)),
        ("Europe/Berlin", datetime(2024, 10, 27)),
        ("America/New_York", datetime(2024, 3, 10)),
        ("America/New_York", datetime(2024, 11, 3)),
    ],
)
def test_the_change_of_the_clock_fires_once(tmp_path, zone, sunday):
    """Looked at every half hour from Saturday noon on, over the night and until Monday noon."""
    clock = f"time_zone: {zone}"
    folder = scenarios(
        tmp_path,
        Weekly=f"{{name: t, every: 1 week, at: Monday 06:00, {clock}}}",
        Cron=f'{{name: t, cron: "0 6 * * 1", {clock}}}',
        Sunday=f'{{name: t, cron: "30 2 * * 0", {clock}}}',
        AtOne=f'{{name: t, cron: "30 1 * * 0", {clock}}}',
        Nightly=f'{{name: t, every: 1 week, at: "Sunday 02:30", {clock}}}',
    )
    with mlmon.open(folder) as project:
        asked = half_hours(sunday - timedelta(hours=12), 48)
        assert sorted(fired(project, *asked)) == [
            (name, "t") for name in ("AtOne", "Cron", "Nightly", "Sunday", "Weekly")
        ]
        found = project.warehouse.read("select scenario, due_at from trigger_state")
        due = {row["scenario"]: row["due_at"].replace(tzinfo=UTC) for row in found}
        monday = first_utc(zone, sunday + timedelta(days=1, hours=6))
        assert due["Weekly"] == due["Cron"] == monday
        assert due["AtOne"] == first_utc(zone, sunday + timedelta(hours=1, minutes=30))
        assert due["Sunday"] == due["Nightly"]


def first_utc(zone: str, wall: datetime) -> datetime:
    """Return what the clocks of a zone show, the first time they do, as UTC."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_the_first_look_only_remembers_and_what_was_missed_fires_once(tmp_path):
    folder = scenarios(tmp_path, Hourly="{name: t, every: 1 hour}")
    with mlmon.open(folder) as project:
        assert fired(project, DAY + timedelta(seconds=30)) == []
        state = project.warehouse.one("from trigger_state")
        assert (state["seen_at"], state["fired_at"]) == (DAY + timedelta(seconds=30), None)
        assert fired(project, DAY + timedelta(minutes=59)) == []
        later = DAY + timedelta(days=3)  # the machine was off
        assert fired(project, later, later, later + timedelta(minutes=59)) == [("Hourly", "t")]
        state = project.warehouse.one("from trigger_state")
        assert (state["due_at"], state["fired_at"]) == (DAY + timedelta(hours=1), later)
        run = project.warehouse.one("from scenario_runs")
        assert (state["run_id"], run["trigger"]) == (run["run_id"], "t")
        assert fired(project, later + timedelta(hours=1)) == [("Hourly", "t")]


def test_a_clock_that_goes_backwards_fires_nothing_again(tmp_path):
    folder = scenarios(
        tmp_path, Hourly="{name: t, every: 1 hour}", Other="{name: t, after: Hourly}"
    )
    with mlmon.open(folder) as project:
        fired(project, DAY)
        both = [("Hourly", "t"), ("Other", "t")]
        assert fired(project, DAY + timedelta(hours=1)) == both
        for minutes in (59, 30, -600, 60):
            assert fired(project, DAY + timedelta(minutes=minutes)) == []
        assert fired(project, DAY + timedelta(hours=2)) == both


def test_another_definition_or_a_switch_starts_afresh(tmp_path):
    with mlmon.open(scenarios(tmp_path, S="{name: t, cron: 0 6 * * 1}")) as project:
        assert fired(project, DAY) == []
    wednesday = DAY + timedelta(days=2)
    with mlmon.open(scenarios(tmp_path, S="{name: t, cron: 0 6 * * 2}")) as project:
        assert fired(project, wednesday) == []  # Tuesday was past when it was first seen
        assert fired(project, wednesday + timedelta(days=6)) == [("S", "t")]
    with mlmon.open(scenarios(tmp_path, S="{name: t, cron: 0 6 * * 2, enabled: false}")) as project:
        assert fired(project, wednesday + timedelta(days=60)) == []
        assert project.warehouse.read("from trigger_state") == []
    with mlmon.open(scenarios(tmp_path, S="{name: t, cron: 0 6 * * 2}")) as project:
        assert fired(project, wednesday + timedelta(days=61)) == []


def test_triggers_that_are_due_together_start_one_run(tmp_path):
    two = "{name: slow, every: 1 day}, {name: quick, every: 1 hour}"
    with mlmon.open(scenarios(tmp_path, S=two)) as project:
        fired(project, DAY)
        assert fired(project, DAY + timedelta(days=1)) == [("S", "slow"), ("S", "quick")]
        (run,) = project.warehouse.read("from scenario_runs")
        assert run["trigger"] == "slow, quick"


# Events --------------------------------------------------------------------------


def test_new_data_is_a_file_or_a_batch_that_is_new_or_changed(tmp_path):
    line = ("{name: t, new_data: orders}", "ingest: orders")
    folder = scenarios(tmp_path, Load=line, Seen="{name: t, new_data: orders}")
    write(folder, "2024_01", orders("2024_01"))
    both = [("Load", "t"), ("Seen", "t")]
    with mlmon.open(folder) as project:
        assert fired(project, DAY) == []  # what was there when it was first seen is not new
        write(folder, "2024_02", orders("2024_02"))
        assert fired(project, DAY) == both
        assert fired(project, DAY) == []  # that the first run has read it is no news
        write(folder, "2024_02", orders("2024_02", 150))
        assert fired(project, DAY, DAY) == both
        (folder / "landing/orders_2024_01.csv").unlink()
        project.delete_batch("orders", "2024_02")
        assert fired(project, DAY) == []
        row = {"id": 9001, "day": DAY, "amount": 1.0, "kind": "toy", "returned": "kept"}
        frame = pd.DataFrame([row])
        project.ingest("orders", frame, batch="2024_03")
        assert fired(project, DAY, DAY) == both


def test_batches_by_time_are_news_once(tmp_path):
    folder = scenarios(tmp_path, Load=("{name: t, new_data: orders}", "ingest: orders"))
    text = (folder / FILE).read_text(encoding="utf-8")
    by_month = 'path: "landing/*.csv", batches: {time: day, every: month}'
    (folder / FILE).write_text(text.replace('path: "landing/orders_{batch}.csv"', by_month))
    write(folder, "2024_01", orders("2024_01"))
    with mlmon.open(folder) as project:
        assert fired(project, DAY) == []
        write(folder, "2024_02", orders("2024_02"))
        assert fired(project, DAY, DAY, DAY) == [("Load", "t")]
        assert len(project.warehouse.read("from batches")) == 2


def test_a_result_that_changed(tmp_path):
    query = "select scenario, count(*) as n from scenario_runs where trigger = 'hand' group by all"
    with mlmon.open(
        scenarios(tmp_path, S=f"{{name: t, sql: {json.dumps(query + ';')}}}")
    ) as project:
        assert fired(project, DAY) == []
        project.run("S", trigger="hand")
        assert fired(project, DAY, DAY) == [("S", "t")]
        project.warehouse.write("delete from scenario_runs where trigger = 'hand'")
        assert fired(project, DAY, DAY) == [("S", "t")]


def test_a_query_that_fails_is_told_and_stops_nothing_else(tmp_path):
    folder = scenarios(
        tmp_path,
        A="{name: bad, sql: select nothing}, {name: good, every: 1 hour}",
        B="{name: evil, sql: drop table batches}",
        C="{name: good, every: 1 hour}",
    )
    with mlmon.open(folder) as project:
        project.run_due(DAY)
        rows = project.run_due(DAY + timedelta(hours=1))
        assert project.warehouse.has("batches")
    told = [(row["scenario"], row["trigger"], row["outcome"]) for row in rows]
    assert told == [
        ("A", "bad", None),
        ("A", "good", "SUCCESS"),
        ("B", "evil", None),
        ("C", "good", "SUCCESS"),
    ]
    assert 'sql: Binder Error: Referenced column "nothing"' in rows[0]["message"]


def test_after_another_scenario_with_an_outcome(tmp_path):
    folder = scenarios(
        tmp_path,
        Last="{name: t, after: Bad}, {name: u, after: Good}",  # named before those it waits for
        Only="{name: t, after: Bad, outcome: [SUCCESS, WARNING]}",
        Good="{name: t, every: 1 hour}",
        Bad=("{name: t, every: 1 hour}", "sql: select nothing"),
    )
    with mlmon.open(folder) as project:
        project.run("Good")
        assert fired(project, DAY) == []
        rows = project.run_due(DAY + timedelta(hours=1))
        assert [(row["scenario"], row["trigger"], row["outcome"]) for row in rows] == [
            ("Good", "t", "SUCCESS"),
            ("Bad", "t", "FAILED"),
            ("Last", "t", "SUCCESS"),
            ("Last", "u", "SUCCESS"),
        ]
        assert len({row["run_id"] for row in rows}) == 3
        assert fired(project, DAY + timedelta(hours=1)) == []
        project.run("Good")
        assert fired(project, DAY + timedelta(hours=1)) == [("Last", "u")]


# Processes -----------------------------------------------------------------------


def command(folder: Path, *words: str, code: str = "") -> subprocess.Popen[str]:
    """Start `mlmon schedule ...` in a process of its own, `code` before it."""
    start = f"import sys; {code}\nfrom mlmon.cli import main; sys.argv[0] = 'mlmon'; main()"
    call = [sys.executable, "-c", start, "schedule", *words, "-C", str(folder)]
    return subprocess.Popen(call, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ready(folder: Path) -> None:
    """The project's triggers were first seen long ago."""
    with mlmon.open(folder) as project:
        assert project.run_due(DAY) == []


def test_two_processes_at_the_same_time_run_once(tmp_path):
    folder = scenarios(
        tmp_path, S=("{name: t, every: 1000 months}, {name: u, every: 1 month}", WORK)
    )
    ready(folder)
    processes = [command(folder, "due", "--format", "json") for _ in range(3)]
    done = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [code for _, _, code in done] == [0, 0, 0], done
    assert sorted(len(json.loads(out)) for out, _, _ in done) == [0, 0, 1]
    assert sum("nothing is due" in err for _, err, _ in done) == 2
    with mlmon.open(folder, read_only=True) as project:
        assert len(project.warehouse.read("from scenario_runs")) == 1


@pytest.mark.parametrize(
    "killed",
    [
        "import mlmon.project as p; p.Project.run = lambda *_, **__: kill()",
        "import mlmon.schedule.due as c; c._remember = lambda *_: kill()",
    ],
    ids=["between claim and run", "before the claim"],
)
def test_a_process_that_is_killed_leaves_the_run_to_the_next(tmp_path, killed):
    folder = scenarios(tmp_path, S="{name: t, every: 1 month}")
    ready(folder)
    kill = "import os; kill = lambda: os.kill(os.getpid(), 9); "
    process = command(folder, "due", code=kill + killed)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    with mlmon.open(folder) as project:
        (row,) = project.run_due()
        assert (row["scenario"], row["trigger"], row["outcome"]) == ("S", "t", "SUCCESS")
        assert project.run_due() == []
        (run,) = project.warehouse.read("from scenario_runs")
        assert (run["outcome"], run["trigger"]) == ("SUCCESS", "t")
        assert project.warehouse.value("select run_id from trigger_state") == run["run_id"]


def test_whoever_waits_too_long_says_who_holds_the_warehouse(tmp_path):
    folder = scenarios(tmp_path, S="{name: t, every: 1 month}")
    ready(folder)
    with Warehouse(folder / "warehouse/mlmon.duckdb"):
        process = command(folder, "due", "--wait", "0.5")
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (3, "")
    assert f"is held by process {os.getpid()}" in err


def test_exit_codes(tmp_path):
    folder = scenarios(tmp_path, S=("{name: t, every: 1 month}", "sql: select nothing"))
    ready(folder)
    process = command(folder, "due", "--format", "csv")
    out, _ = process.communicate(timeout=120)
    assert (process.returncode, out.count("\n")) == (1, 2)
    assert ",FAILED," in out
    process = command(folder, "due", "--quiet")
    assert (process.communicate(timeout=120), process.returncode) == (("", ""), 0)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_loop_lets_the_file_go_and_ends_when_told(tmp_path, sent, code):
    folder = scenarios(tmp_path, S="{name: t, every: 1 month}")
    ready(folder)
    process = command(folder, "loop", "--every", "1", "--format", "csv")
    deadline = time.monotonic() + 120
    while not _runs(folder) and time.monotonic() < deadline:  # it lets the file go in between
        time.sleep(0.05)
    time.sleep(1.5)  # it looks at least once more
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert out.count("SUCCESS") == 1 == _runs(folder)
    assert ("stopped" if code == 0 else "interrupted") in err


def _runs(folder: Path) -> int:
    try:
        with mlmon.open(folder, read_only=True) as project:
            return int(project.warehouse.value("select count(*) from scenario_runs"))
    except mlmon.errors.WarehouseLocked:
        return 0
