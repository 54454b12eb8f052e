"""Commands that look after the warehouse: is it whole, and a copy for the day when it is not."""

from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Folder, Shape, app
from mlmon.config import load
from mlmon.project import Project
from mlmon.system.terminal import Format, say, show, write


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Say that all is well, or what is not and what to do; exit 1 when an error is left."""
    from mlmon.upkeep.doctor import mend_log

    config = load(project)
    troubles = mend_log(config) if repair else []
    with Project(config, read_only=not repair) as opened:
        troubles += opened.doctor(repair=repair)
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
        write(opened.backup(directory))


@app.command()
def prune(
    evaluations: Annotated[
        int | None, typer.Option("--keep-evaluations", help="So many per store.")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option("--older-than", help="Instead: those older than 365d or 52w.")
    ] = None,
    runs: Annotated[int | None, typer.Option("--keep-runs", help="So many per scenario.")] = None,
    predictions: Annotated[
        int | None, typer.Option("--keep-predictions", help="So many scored batches per model.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Remove old evaluations, runs and predictions that nothing needs; list what went."""
    with mlmon.open(project) as opened:
        gone = opened.prune(
            evaluations=evaluations,
            older_than=older_than,
            runs=runs,
            predictions=predictions,
            dry_run=dry_run,
        )
    show(gone, format)
    say(f"{len(gone)} would go" if dry_run else f"{len(gone)} removed")
