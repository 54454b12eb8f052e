"""Commands for alerts: which there are, and that somebody knows of one."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Folder, Shape, app
from mlmon.system.terminal import Format, say, show
from mlmon.warehouse.warehouse import Row


@app.command()
def alerts(
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """List the alerts that are open or acknowledged."""
    with mlmon.open(project, read_only=True) as opened:
        rows = opened.alerts(everything=everything)
    if not rows:
        say("no alerts" if everything else "no alert is open")
    show(_narrow(rows) if format == Format.table else rows, format)


@app.command()
def ack(
    alert: Annotated[str | None, typer.Argument(help="Its id, or the beginning of it.")] = None,
    store: Annotated[str | None, typer.Option(help="With --check: a check's alerts.")] = None,
    check: Annotated[str | None, typer.Option(help="With --store: name of the check.")] = None,
    by: Annotated[str | None, typer.Option(help="Who knows; by default the OS user.")] = None,
    until: Annotated[
        str | None, typer.Option(help="2025-12-31, or with a time, UTC; then it is open again.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What there is to say.")] = None,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Acknowledge an alert: somebody knows of it."""
    with mlmon.open(project) as opened:
        made = opened.acknowledge(
            alert, store=store, check=check, by=by or getuser(), until=until, note=note
        )
    say(f"{len(made)} {'alert' if len(made) == 1 else 'alerts'} acknowledged")
    show(_narrow(made) if format == Format.table else made, format)


def _narrow(rows: list[Row]) -> list[Row]:
    """Return what fits on a terminal."""
    return [
        {
            "alert": row["alert_id"][:8],
            "state": row["state"],
            "outcome": row["outcome"],
            "store": row["store"],
            "check": ", ".join(filter(None, (row["check_name"], row["feature"], row["segment"]))),
            "opened": f"{row['opened_at']:%Y-%m-%d %H:%M}",
            "message": row["message"],
        }
        for row in rows
    ]
