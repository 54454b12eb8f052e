"""The command that writes the report: pages and, if asked for, their summary."""

from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Folder, app
from mlmon.errors import ConfigError
from mlmon.progress import during
from mlmon.terminal import Format, say, write

SIDE_BY_SIDE = (
    "Also write a page that shows this beside the others, named 2 to 12 times: an evaluation's id "
    "(its first 4 characters or more) or name, STORE/BATCH (its newest evaluation), or "
    "MODEL/VERSION (on its own test part)."
)
CHAMPION = "What the others are told to differ from; by default the first."
SUMMARIES = {Format.table: "summary.txt", Format.md: "summary.md"}


@app.command()
def report(
    dashboard: Annotated[str, typer.Option(help="Name of the dashboard.")] = "default",
    evaluation: Annotated[str | None, typer.Option(help="Only this evaluation's page.")] = None,
    output: Annotated[Path | None, typer.Option("-o", help="Folder of the pages.")] = None,
    summary: Annotated[
        bool,
        typer.Option(
            "--summary",
            help="Also write summary.txt, summary.md and summary.png; print the text instead.",
        ),
    ] = False,
    compare: Annotated[list[str] | None, typer.Option(metavar="ITEM", help=SIDE_BY_SIDE)] = None,
    champion: Annotated[str | None, typer.Option(metavar="ITEM", help=CHAMPION)] = None,
    project: Folder = Path(),
    format: Annotated[
        Format, typer.Option("--format", help="Of the summary: md, by default plain text.")
    ] = Format.table,
) -> None:
    """Write the pages; print the path of index.html (of the comparison), or the summary."""
    if summary and format not in SUMMARIES:
        raise ConfigError(f"--format {format}: a summary is plain text, or Markdown with md")
    with mlmon.open(project) as opened, during("report"):
        page = opened.report(
            dashboard,
            evaluation=evaluation,
            directory=output,
            compare=compare or [],
            champion=champion,
            summary=summary,
        )
        folder = output or opened.config.path("reports")
    if not summary:
        write(page)
        return
    say(f"wrote {page} and, beside it, summary.txt, summary.md and summary.png")
    write((folder / SUMMARIES[format]).read_text(encoding="utf-8").removesuffix("\n"))
