"""The applications that commands belong to, and the options that they share."""

from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.errors import ConfigError
from mlmon.system.terminal import Format

app = typer.Typer(
    name="mlmon",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Model monitoring from inside a database.",
)
schedule_app = typer.Typer(no_args_is_help=True, help="When scenarios are due; run what is.")
delete_app = typer.Typer(no_args_is_help=True, help="Remove a batch or an evaluation.")
app.add_typer(schedule_app, name="schedule")
app.add_typer(delete_app, name="delete")

Folder = Annotated[
    Path, typer.Option("-C", "--project", help="Folder of mlmon.yml.", show_default=False)
]
Shape = Annotated[Format, typer.Option("--format", help="How data is printed.")]
Batches = Annotated[list[str] | None, typer.Option("--batch", help="A batch; may be repeated.")]
Batch = Annotated[str | None, typer.Option("--batch", help="The batch; by default the newest.")]


GROUPS = {"schedule": ("next", "due", "loop", "emit"), "delete": ("batch", "evaluation")}
COMMANDS = (
    "ingest",
    "train",
    "score",
    "evaluate",
    "check",
    "alerts",
    "ack",
    "run",
    "report",
    "compare",
    "models",
    "activate",
    "sql",
    "status",
    "export",
    "publish",
    "docs",
    "doctor",
    "backup",
    "prune",
)


def pairs(given: list[str], option: str, form: str) -> dict[str, str]:
    """Return the names and values of an option; raises ConfigError."""
    if wrong := [pair for pair in given if "=" not in pair]:
        raise ConfigError(f"{option} {wrong[0]}: give it as {form}")
    named = dict(pair.split("=", 1) for pair in given)
    if len(named) < len(given):
        raise ConfigError(f"{option}: the same name stands there twice; give it once")
    return named


def version(wanted: bool) -> None:
    """Print the version and stop, when asked for."""
    if wanted:
        print(mlmon.__version__)
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    project: Folder = Path(),
    format: Shape = Format.table,
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
    _debug: Annotated[bool, typer.Option("--debug", help="Tracebacks for errors.")] = False,
) -> None:
    """Model monitoring from inside a database."""
    shared = {"project": str(project), "format": format.value}
    groups = {name: dict.fromkeys(commands, shared) for name, commands in GROUPS.items()}
    context.default_map = dict.fromkeys(COMMANDS, shared) | groups
