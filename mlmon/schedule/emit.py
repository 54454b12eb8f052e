"""Files for other timers: crontab, systemd and GitHub Actions, each calls `mlmon schedule due`."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from string import Template

from mlmon.config import Config, Trigger
from mlmon.errors import CONTROL, ConfigError, printable
from mlmon.schedule import times
from mlmon.system.files import beginning, refuse_strange, replacing

LOOKS = 150  # that many moments of a trigger show every minute of the hour that it is due at
EVENTS = (0, 15, 30, 45)  # when to look for what waits for no time
SHORTEST = 5  # minutes between two runs of a workflow on GitHub
WORDS = ("schedule", "due")

SERVICE = Template("""\
# mlmon: run what is due in $folder
[Unit]
Description=mlmon: what is due of $project

[Service]
Type=oneshot
WorkingDirectory=$folder
ExecStart=$command
""")
TIMER = Template("""\
# mlmon: put both files into ~/.config/systemd/user, then: systemctl --user enable --now $name.timer
[Unit]
Description=mlmon: look what is due of $project

[Timer]
OnCalendar=*-*-* *:$minutes:00
Persistent=true

[Install]
WantedBy=timers.target
""")
WORKFLOW = Template("""\
# mlmon: run what is due. Put this file into .github/workflows.
# GitHub's times are UTC and often late; mlmon knows the time zones and what was missed.
name: $name
on:
  schedule:
    - cron: "$cron"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: $name
jobs:
  due:
    runs-on: ubuntu-latest
    defaults:
      run:
        working-directory: $folder
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install mlmon
      # The warehouse is the memory of the project. A cache is given up after a week without use:
      # where that is too short, fetch and keep the folder in a bucket instead.
      - uses: actions/cache/restore@v4
        with:
          path: $warehouse
          key: $name-$${{ github.run_id }}
          restore-keys: $name-
      - run: mlmon schedule due
      - if: always()
        run: mlmon report --summary --format md >> "$$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/cache/save@v4
        with:
          path: $warehouse
          key: $name-$${{ github.run_id }}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: reports
          path: $reports
""")


def minutes(config: Config, zone: tzinfo | None = None, after: datetime | None = None) -> set[int]:
    """Return the minutes of the hour at which to look, on the clocks of a zone (this machine's)."""
    moment = after or datetime.now(UTC)
    triggers = [t for scenario in config.scenarios.values() for t in scenario.triggers if t.enabled]
    found: set[int] = set()
    for trigger in triggers:
        if not trigger.expression:
            found |= set(EVENTS)
            continue
        for start in (moment, moment.replace(month=(moment.month + 5) % 12 + 1, day=1)):
            found |= _of_trigger(trigger, zone, start)
    return found or {0}


def _of_trigger(trigger: Trigger, zone: tzinfo | None, start: datetime) -> set[int]:
    return {moment.astimezone(zone).minute for moment in islice(times.due(trigger, start), LOOKS)}


def field(minutes: set[int]) -> str:
    """Return minutes of the hour as cron writes them.

    >>> field({0}), field({0, 15, 30, 45}), field({5, 35}), field(set(range(60)))
    ('0', '*/15', '5,35', '*')
    """
    step = 60 // len(minutes)
    if len(minutes) > 1 and minutes == set(range(0, 60, step)):
        return "*" if step == 1 else f"*/{step}"
    return ",".join(map(str, sorted(minutes)))


def name_of(config: Config) -> str:
    """Return what the files are called: mlmon and the project, in plain letters."""
    plain = re.sub(r"[^a-z0-9]+", "-", config.project.lower()).strip("-")
    return f"mlmon-{plain}" if plain else "mlmon"


def crontab(config: Config, program: Sequence[str]) -> dict[str, str]:
    """Return name -> text of a line for `crontab -e`; cron mails what a run says."""
    words = [*program, *WORDS, "--quiet", "--project", str(config.folder.resolve())]
    _refuse(words, "a crontab", "\\")  # of which crons take some away
    command = shlex.join(words).replace("%", r"\%")  # cron makes a newline of a bare %
    text = f"# mlmon: run what is due of {_line(config.project)}\n"
    return {f"{name_of(config)}.cron": f"{text}{field(minutes(config))} * * * * {command}\n"}


def systemd(config: Config, program: Sequence[str]) -> dict[str, str]:
    """Return name -> text of a service and of the timer that starts it."""
    name, folder = name_of(config), str(config.folder.resolve())
    _refuse([folder, *program], "a unit of systemd")
    if folder != folder.rstrip() or folder.endswith("\\"):  # which systemd takes away, or joins
        raise ConfigError(f"{folder}: no unit of systemd can name a folder that ends so; rename it")
    when = ",".join(f"{minute:02d}" for minute in sorted(minutes(config)))
    values = {
        "name": name,
        "project": _line(config.project).replace("%", "%%"),
        "folder": folder.replace("%", "%%"),
        "command": " ".join(map(_systemd_word, [*program, *WORDS])),
        "minutes": "*" if len(when) == 3 * 60 - 1 else when,
    }
    return {
        f"{name}.service": SERVICE.substitute(values),
        f"{name}.timer": TIMER.substitute(values),
    }


def _systemd_word(word: str) -> str:
    """Return a word of a command as systemd reads it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w@%+=:,./-]+", escaped) else f'"{escaped}"'


def github(config: Config, _program: Sequence[str] = ()) -> dict[str, str]:
    """Return name -> text of a workflow; its times are UTC, and as fine as GitHub allows."""
    wanted = minutes(config, UTC)
    ordered = sorted(wanted)
    gaps = [(b - a) % 60 or 60 for a, b in zip(ordered, [*ordered[1:], ordered[0]], strict=True)]
    if min(gaps) < SHORTEST:
        wanted = set(range(0, 60, SHORTEST))
    folder, place = _in_repository(config.folder.resolve()), Path(config.warehouse).parent
    _refuse([str(folder), str(place)], "a workflow of GitHub", "*?[]")  # patterns of its actions
    values = {
        "name": name_of(config),
        "cron": f"{field(wanted)} * * * *",
        "folder": _yaml(folder.as_posix()),
        "warehouse": _yaml((place if place.is_absolute() else folder / place).as_posix()),
        "reports": _yaml((folder / "reports").as_posix()),
    }
    return {f"{name_of(config)}.yml": WORKFLOW.substitute(values)}


def _in_repository(folder: Path) -> Path:
    """Return where a folder stands in its repository; a folder without one is its own."""
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    return folder.relative_to(top)


def _yaml(text: str) -> str:
    """Return a text as a scalar of YAML in which GitHub finds no expression to replace."""
    return "'" + text.replace("${{", "${{ '${{' }}").replace("'", "''") + "'"


def _line(text: str) -> str:
    """Return a text within a line, which it does not continue on the next one."""
    return printable(" ".join(text.split())).rstrip("\\")


def _refuse(words: Sequence[str], kind: str, more: str = "") -> None:
    """The words have no character that a file of the kind cannot hold; raises ConfigError."""
    for word in words:
        if CONTROL.search(word) or any(sign in word for sign in more):
            raise ConfigError(
                f"{printable(word)}: {kind} cannot hold this path; "
                f"rename what has control characters{f' or {more}' if more else ''} in its name"
            )


def write(files: Mapping[str, str], folder: Path) -> list[Path]:
    """The files are in the folder; return their paths. Raises ConfigError when others are there."""
    ours = beginning(rb"# [^\n]*mlmon")
    for name in files:
        refuse_strange(folder / name, ours, "a file of mlmon's")
    for name, text in files.items():
        with replacing(folder / name, ours, "a file of mlmon's") as draft:
            draft.write_text(text, encoding="utf-8")
    return [folder / name for name in files]


KINDS: Mapping[str, Callable[[Config, Sequence[str]], dict[str, str]]] = {
    "cron": crontab,
    "systemd": systemd,
    "github": github,
}
