"""The command that runs a scenario."""

from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Folder, Shape, app, pairs
from mlmon.config.syntax import scalar
from mlmon.terminal import Format, say, show

SHOWN = ("position", "step", "action", "outcome", "message")


@app.command()
def run(
    scenario: str,
    set: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what each step would do and if it would run.")
    ] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Run a scenario, or finish the run that a killed process left; exit 1 when it FAILED."""
    given = {name: scalar(text) for name, text in pairs(set or [], "--set", "NAME=VALUE").items()}
    with mlmon.open(project, read_only=dry_run) as opened:
        if dry_run:
            show(opened.preview(scenario), format)
            return
        try:
            made = opened.run(scenario, parameters=given)
        except KeyboardInterrupt:
            say(f"{scenario}: ABORTED")
            raise
        show([{name: getattr(step, name) for name in SHOWN} for step in made.steps], format)
        say(f"{scenario}: {made.outcome}")
    if made.outcome == "FAILED":
        raise typer.Exit(1)
