"""Commands about when scenarios run: by mlmon itself or called by another timer."""

import sys
import time
from enum import StrEnum
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from mlmon.cli.options import Folder, Shape, schedule_app
from mlmon.config import load
from mlmon.config.values import LONGEST
from mlmon.errors import MlmonError
from mlmon.project import Project
from mlmon.schedule import emit, times
from mlmon.system.signals import Stopped, stoppable
from mlmon.system.terminal import Format, say, show, write
from mlmon.warehouse.warehouse import Row


def _duration(seconds: float | None) -> float | None:
    """Return a number of seconds that can be waited: NaN, which nothing is less than, cannot."""
    if seconds is not None and not 0 <= seconds <= LONGEST:
        raise typer.BadParameter(f"{seconds:g} is not from 0 to {LONGEST:g} seconds")
    return seconds


Wait = Annotated[
    float | None,
    typer.Option(
        callback=_duration,
        metavar="SECONDS",
        help="How long to wait for the warehouse, instead of lock_wait.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing when nothing is due.")]


class Kind(StrEnum):
    """The timers that `emit` writes files for."""

    cron = "cron"
    systemd = "systemd"
    github = "github"


@schedule_app.command("next")
def schedule_next(project: Folder = Path(), format: Shape = Format.table) -> None:
    """Show what each trigger waits for and when it is due next, UTC."""
    show(times.upcoming(load(project)), format)


@schedule_app.command()
def due(
    wait: Wait = None, quiet: Quiet = False, project: Folder = Path(), format: Shape = Format.table
) -> None:
    """Run what is due, once, whoever else calls; exit 1 when a scenario FAILED."""
    code = _tell(_run_due(project, wait), format, quiet)
    if code:
        raise typer.Exit(code)


@schedule_app.command()
def loop(
    every: Annotated[
        float, typer.Option(min=0.1, callback=_duration, metavar="SECONDS", help="Between looks.")
    ] = 60,
    wait: Wait = None,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Run what is due again and again; the warehouse is held only while something runs."""
    load(project)  # a mistake that is there from the start is not looped over
    say(f"looking every {every:g} seconds; stop me with an interrupt")
    try:
        with stoppable():
            while True:
                _look(project, wait, format)
                time.sleep(every)
    except Stopped:
        say("stopped; what was not finished is taken up by the next `mlmon schedule due`")


def _look(project: Path, wait: float | None, format: Format) -> None:
    """What is due has run; an error is said and the next look may do better."""
    try:
        _tell(_run_due(project, wait), format, quiet=True)
    except MlmonError as error:
        say(f"mlmon: {error}")


def _run_due(project: Path, wait: float | None) -> list[Row]:
    config = load(project)
    if wait is not None:
        config = config.model_copy(update={"lock_wait": wait})
    with Project(config) as opened:
        return opened.run_due()


def _tell(rows: list[Row], format: Format, quiet: bool) -> int:
    """The rows are printed; return the exit code that they mean."""
    if rows or not quiet:
        show(rows, format)
    if not rows and not quiet:
        say("nothing is due")
    for row in rows:
        if row["outcome"] is None:
            say(f"mlmon: {row['scenario']}, trigger {row['trigger']}: {row['message']}")
    outcomes = {row["outcome"] for row in rows}
    return MlmonError.exit_code if None in outcomes else int("FAILED" in outcomes)


@schedule_app.command("emit")
def emit_files(
    kind: Annotated[Kind, typer.Argument(help="The timer that calls `mlmon schedule due`.")],
    output: Annotated[
        Path | None, typer.Option("-o", help="Write files into this folder; print their paths.")
    ] = None,
    project: Folder = Path(),
) -> None:
    """Print what makes cron, systemd or GitHub Actions run what is due."""
    files = emit.KINDS[kind.value](load(project), _program())
    for path in emit.write(files, output) if output else ():
        write(path)
    for name, text in files.items() if not output else ():
        whole = f"# ----- {name} -----\n{text}" if len(files) > 1 else text
        write(whole.removesuffix("\n"))


def _program() -> list[str]:
    """Return the words that start this mlmon from anywhere."""
    beside = Path(sys.executable).with_name("mlmon")
    found = str(beside) if beside.exists() else which("mlmon")
    return [str(Path(found).absolute())] if found else [sys.executable, "-m", "mlmon"]
