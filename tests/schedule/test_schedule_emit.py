"""Files for other timers work: the real tools read them, and the command in them runs."""

import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from ruamel.yaml import YAML
from shop import CONFIG

from mlmon.config import Config, parse
from mlmon.errors import ConfigError
from mlmon.schedule import emit

NOW = datetime(2024, 1, 1, tzinfo=UTC)
ODD = "a $HOME 100% \"folder\" of 'ours'"


def project(folder: Path, *triggers: str) -> Config:
    """Return a project in a folder whose one scenario has these triggers."""
    text = f"{CONFIG}scenarios:\n  Look:\n    triggers: [{', '.join(triggers)}]\n"
    text += "    steps: [{name: look, check: blind}]\n"
    folder.mkdir(exist_ok=True)
    (folder / "mlmon.yml").write_text(text, encoding="utf-8")
    return parse(text, folder)


@pytest.mark.parametrize(
    ("triggers", "expected"),
    [
        ([], "0"),
        (["{name: t, every: 1 week, at: Monday 06:00}"], "0"),
        (["{name: t, every: 1 day, at: '06:07'}"], "7"),
        (["{name: t, every: 1 day, at: '06:07', enabled: false}"], "0"),
        (["{name: t, every: 1 day, at: '06:00', time_zone: Asia/Kolkata}"], "30"),
        (["{name: t, every: 20 minutes}"], "*/20"),
        (["{name: t, every: 1 minute}"], "*"),
        (["{name: t, every: 7 minutes}"], "*"),
        (["{name: t, new_data: orders}"], "*/15"),
        (["{name: t, sql: select 1}", "{name: u, cron: 5 6 * * 1}"], "0,5,15,30,45"),
    ],
)
def test_it_is_looked_at_the_minutes_at_which_something_may_be_due(tmp_path, triggers, expected):
    assert emit.field(emit.minutes(project(tmp_path, *triggers), UTC, NOW)) == expected


def test_the_minutes_are_those_of_the_machine_that_looks(tmp_path):
    config = project(tmp_path, "{name: t, every: 1 day, at: '06:00'}")
    assert emit.minutes(config, ZoneInfo("Asia/Kolkata"), NOW) == {30}


def test_a_crontab_line_runs_what_is_due(tmp_path):
    config = project(tmp_path / ODD, "{name: t, every: 1 week, at: Monday 06:00}")
    (text,) = emit.crontab(config, ["/opt/my tools/mlmon"]).values()
    comment, line = text.splitlines()
    assert comment.startswith("#")
    *fields, command = line.split(" ", 5)
    moments = CronSim(" ".join(fields), NOW)
    assert [next(moments).minute for _ in range(3)] == [0, 0, 0]
    assert command.count("%") == command.count(r"\%") == 1
    words = shlex.split(command.replace(r"\%", "%"))  # as cron and then the shell read it
    folder = str((tmp_path / ODD).resolve())
    expected = ["/opt/my tools/mlmon", "schedule", "due", "--quiet", "--project", folder]
    assert words == expected


def test_crontab_accepts_the_line(tmp_path):
    if not shutil.which("crontab"):
        pytest.skip("there is no crontab on this machine")
    (text,) = emit.crontab(project(tmp_path), ["/usr/bin/mlmon"]).values()
    file = tmp_path / "lines"
    file.write_text(text)
    check = subprocess.run(["crontab", "-T", str(file)], capture_output=True, text=True)
    if "invalid option" in check.stderr:
        pytest.skip("this crontab cannot check a file without installing it")
    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize("folder", ["plain", ODD])
def test_systemd_accepts_the_units(tmp_path, folder):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze on this machine")
    config = project(tmp_path / folder, "{name: t, every: 20 minutes}")
    program = tmp_path / "my mlmon"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = tmp_path / "units"
    units.mkdir()
    for name, text in emit.systemd(config, [str(program)]).items():
        (units / name).write_text(text)
    assert [path.name for path in sorted(units.iterdir())] == [
        "mlmon-shop.service",
        "mlmon-shop.timer",
    ]
    call = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))]
    done = subprocess.run(call, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "mlmon" in line]
    assert (ours, done.returncode) == ([], 0), done.stderr


def test_systemd_knows_the_time(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze on this machine")
    timer = emit.systemd(project(tmp_path, "{name: t, every: 30 minutes}"), ["/usr/bin/mlmon"])
    (when,) = [
        line.removeprefix("OnCalendar=")
        for line in timer["mlmon-shop.timer"].splitlines()
        if line.startswith("OnCalendar=")
    ]
    call = ["systemd-analyze", "calendar", "--iterations=3", when]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Normalized form: *-*-* *:00,30:00" in done.stdout


@pytest.mark.parametrize(
    ("trigger", "cron"),
    [
        ("{name: t, every: 1 week, at: Monday 06:00, time_zone: Europe/Berlin}", "0 * * * *"),
        ("{name: t, every: 1 minute}", "*/5 * * * *"),
        ("{name: t, new_data: orders}", "*/15 * * * *"),
    ],
)
def test_a_workflow_of_github(tmp_path, trigger, cron):
    (tmp_path / ".git").mkdir()
    config = project(tmp_path / "it's", trigger)
    ((name, text),) = emit.github(config).items()
    workflow = YAML(typ="safe").load(text)
    assert name == "mlmon-shop.yml"
    assert set(workflow) == {"name", "on", "permissions", "concurrency", "jobs"}
    assert workflow["on"]["schedule"] == [{"cron": cron}]
    next(CronSim(cron, NOW))
    (job,) = workflow["jobs"].values()
    assert job["defaults"]["run"]["working-directory"] == "it's"
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == [
        "pip install mlmon",
        "mlmon schedule due",
        'mlmon report --summary --format md >> "$GITHUB_STEP_SUMMARY"',
    ]
    used = [step["uses"].split("@")[0] for step in job["steps"] if "uses" in step]
    assert used[0] == "actions/checkout"
    assert used[-1] == "actions/upload-artifact"
    kept = [step["with"] for step in job["steps"] if "cache" in step.get("uses", "")]
    assert [part["path"] for part in kept] == ["it's/warehouse"] * 2
    assert kept[0]["key"] == kept[1]["key"] == "mlmon-shop-${{ github.run_id }}"


def test_files_or_text(run, tmp_path):
    project(tmp_path / "p")
    done = run("schedule", "emit", "systemd", "-C", tmp_path / "p")
    assert done.code == 0
    names = ("mlmon-shop.service", "mlmon-shop.timer")
    assert [line for line in done.out.splitlines() if line.startswith("# ---")] == [
        f"# ----- {name} -----" for name in names
    ]
    written = run("schedule", "emit", "systemd", "-o", tmp_path / "units", "-C", tmp_path / "p")
    assert written.out == "".join(f"{tmp_path / 'units' / name}\n" for name in names)
    assert "".join((tmp_path / "units" / name).read_text() for name in names) == "".join(
        line for line in done.out.splitlines(keepends=True) if not line.startswith("# -----")
    )


def test_the_command_of_a_crontab_works(run, tmp_path):
    """The line that is printed here, run by a shell as cron would, looks at the project."""
    project(tmp_path / "my project", "{name: t, new_data: orders}")
    line = run("schedule", "emit", "cron", "-C", tmp_path / "my project").out.splitlines()[-1]
    command = line.split(" ", 5)[-1]
    if "mlmon schedule" not in command:
        pytest.fail(command)
    done = subprocess.run(["sh", "-c", command], cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "my project/warehouse/mlmon.duckdb").exists()


NEWLINE = "two\nlines"
KINDS = {"cron": emit.crontab, "systemd": emit.systemd, "github": emit.github}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [NEWLINE, "a\rb", "a\x1b[31mb", "a\u2028b", "a\tb"])
def test_c8_a_folder_that_no_line_can_hold_is_refused(tmp_path, kind, name):
    (tmp_path / ".git").mkdir()
    config = project(tmp_path / name, "{name: t, every: 1 hour}")
    with pytest.raises(ConfigError, match="rename"):
        KINDS[kind](config, ["mlmon"])


@pytest.mark.parametrize(
    ("kind", "name"),
    [("cron", "a\\%b"), ("systemd", "a\\"), ("systemd", "a "), ("github", "a*"), ("github", "[a]")],
)
def test_c8_what_a_kind_would_read_otherwise_is_refused(tmp_path, kind, name):
    (tmp_path / ".git").mkdir()
    config = project(tmp_path / name, "{name: t, every: 1 hour}")
    with pytest.raises(ConfigError, match="rename"):
        KINDS[kind](config, ["mlmon"])


def test_c8_a_folder_is_no_expression_of_github(tmp_path):
    (tmp_path / ".git").mkdir()
    name = "${{ secrets.TOKEN }} it's"
    config = project(tmp_path / name, "{name: t, every: 1 hour}")
    (text,) = emit.github(config).values()
    folder = YAML(typ="safe").load(text)["jobs"]["due"]["defaults"]["run"]["working-directory"]
    assert folder.replace("${{ '${{' }}", "${{") == name
    assert folder.count("${{") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_c8_a_projects_name_stays_in_its_line(tmp_path, kind):
    config = project(tmp_path / "p", "{name: t, every: 1 hour}")
    plain = KINDS[kind](config, ["mlmon"])
    odd = config.model_copy(update={"project": "shop\n* * * * * evil\x1b[31m\r\\"})
    texts = KINDS[kind](odd, ["mlmon"]).values()
    assert [text.count("\n") for text in texts] == [text.count("\n") for text in plain.values()]
    assert all(line.isprintable() for text in texts for line in text.split("\n"))
    assert not any(line.endswith("\\") for text in texts for line in text.split("\n"))
