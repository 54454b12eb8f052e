"""Commands that look after the warehouse: is it whole, and a copy for the day when it is not."""

from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Folder, Shape, app
from mlmon.terminal import Format, say, show


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Say that all is well, or what is not and what to do; exit 1 when an error is left."""
    with mlmon.open(project, read_only=not repair) as opened:
        troubles = opened.doctor(repair=repair)
    if not troubles:
        say("all is well")
    show(troubles, format)
    if any(row["outcome"] == "ERROR" and not row.get("mended") for row in troubles):
        raise typer.Exit(1)


@app.command()
def backup(
    directory: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    project: Folder = Path(),
) -> None:
    """Copy the warehouse and its fitted models into a new folder; print its path."""
    with mlmon.open(project, read_only=True) as opened:
        print(opened.backup(directory))
