"""Commands that do something: each is one verb, one method of Project."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.check.kinds import trouble_first
from mlmon.cli.options import Batch, Batches, Folder, Shape, app, delete_app, pairs
from mlmon.config.syntax import scalar
from mlmon.errors import BatchNotFound, ConfigError, EvaluationNotFound
from mlmon.project import Project
from mlmon.system.progress import during, each
from mlmon.system.terminal import Format, say, show, write
from mlmon.warehouse.warehouse import Row

AGAINST = (
    "Measure once against this instead of the store's reference: a batch, or an evaluation's id "
    "(its first characters) or name. Such an evaluation stands aside: it is in the lists and has "
    "its page and its figures (view metrics), but what is latest, checks and histories go by the "
    "store's own reference."
)


class Example(StrEnum):
    """What `init` can start from."""

    tutorial = "tutorial"


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the project is made.")] = Path(),
    no_events: Annotated[bool, typer.Option("--no-events", help="A year without events.")] = False,
    rows_per_month: Annotated[
        int | None, typer.Option("--rows-per-month", min=100, help="Size of a month.")
    ] = None,
) -> None:
    """Run the whole tutorial, from generated files to reports/index.html."""
    from mlmon.demo.chapters import tell

    write(tell(folder, events=not no_events, rows_per_month=rows_per_month))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where mlmon.yml is written.")] = Path(),
    _example: Annotated[Example, typer.Option("--example", help="What to start from.")] = (
        Example.tutorial
    ),
) -> None:
    """Write an example's mlmon.yml as a start for a project of your own."""
    from mlmon.demo.project import write_project

    write(write_project(folder))


@app.command()
def ingest(
    dataset: Annotated[str | None, typer.Argument(help="By default every dataset.")] = None,
    batch: Batches = None,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Make batches of the files that are new or changed."""
    with mlmon.open(project) as opened:
        rows = [
            {"dataset": name, "batch": written}
            for name in ([dataset] if dataset else list(opened.config.datasets))
            for written in opened.ingest(name, batches=batch or [])
        ]
        say(f"{len(rows)} batches written" if rows else "nothing new or changed")
        show(rows, format)


@app.command()
def train(
    model: str, batch: Batches = None, project: Folder = Path(), format: Shape = Format.table
) -> None:
    """Fit a new version of a model; `activate:` of mlmon.yml says when it becomes active."""
    from mlmon.models import decisions

    with mlmon.open(project) as opened:
        made = opened.train(model, batches=batch or [], created_by="mlmon train")
        say(decisions.in_words(opened.decisions(model)[0]))
        rows = opened.models(model)
        show([row for row in rows if row["model_version"] == made.model_version], format)


@app.command()
def score(
    model: str, batch: Batches = None, project: Folder = Path(), format: Shape = Format.table
) -> None:
    """Score batches with the active version."""
    with mlmon.open(project) as opened:
        rows = opened.score(model, batches=batch or [])
        say(f"{rows} records scored" if rows else "every record was scored already")
        show([{"model": model, "rows": rows}], format)


@app.command()
def evaluate(
    store: str,
    batch: Batches = None,
    name: Annotated[str | None, typer.Option(help="Name of the evaluation.")] = None,
    label: Annotated[list[str] | None, typer.Option(help="A label, key=value.")] = None,
    against: Annotated[str | None, typer.Option(metavar="WHAT", help=AGAINST)] = None,
    only_this: Annotated[bool, typer.Option("--only-this", help="Nothing upstream.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would run.")] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Evaluate batches into a store; what is out of date upstream is done first."""
    labels = pairs(label or [], "--label", "key=value")
    chosen: list[str | None] = [*batch] if batch else [None]
    with mlmon.open(project) as opened:
        if dry_run:
            plans = [opened.plan(store, batch=one, against=against) for one in chosen]
            show([row for steps in plans for row in steps], format)
            return
        made = [
            opened.evaluate(
                store, batch=one, against=against, only_this=only_this, name=name, labels=labels
            )
            for one in each("", chosen, lambda name: name or "")
        ]
        show([_evaluation(opened, found.id) for found in made], format)


def _evaluation(opened: Project, identity: str) -> Row:
    """Return the evaluation's row with the whole-model figures that it has."""
    row = opened.warehouse.one(
        "select store, evaluations.batch, evaluation_id, evaluations.model_version, evaluated_at,"
        " evaluations.rows, case when is_aside then batches end as against"
        " from evaluations join samples on reference_sample_id = samples.sample_id"
        " where evaluation_id = $id",
        id=identity,
    )
    figures = opened.warehouse.read(
        "select metric, value from metrics join metric_catalogue using (metric)"
        " where evaluation_id = $id and feature is null and segment is null order by position",
        id=identity,
    )
    found = {**(row or {}), **{figure["metric"]: figure["value"] for figure in figures}}
    return {name: value for name, value in found.items() if value is not None}


@app.command()
def check(
    store: Annotated[str | None, typer.Argument(help="By default every store.")] = None,
    batch: Batch = None,
    evaluation: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The evaluation: id, its first characters, or name."),
    ] = None,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Compare a store's latest evaluation with its limits; exit 1 when one is broken."""
    with mlmon.open(project) as opened:
        results = opened.check(store, batch=batch, evaluation=evaluation)
        names = ("store", "check_name", "value", "outcome", "message")
        rows = [{name: getattr(row, name) for name in names} for row in results]
        show(trouble_first(rows), format)
    if any(row.outcome == "ERROR" for row in results):
        raise typer.Exit(1)


@app.command()
def activate(
    model: str,
    version: Annotated[int | None, typer.Argument(help="Its number.")] = None,
    previous: Annotated[
        bool, typer.Option("--previous", help="Back to the one that was active before.")
    ] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Make a version the one that scores."""
    chosen: list[int | str] = ([] if version is None else [version]) + ["previous"] * previous
    if len(chosen) != 1:
        raise ConfigError("activate: give a version or --previous; `mlmon models` lists them")
    with mlmon.open(project) as opened:
        made = opened.activate(model, chosen[0], decided_by="mlmon activate")
        say(f"version {made.model_version} of {model} is active")
        show([row for row in opened.models(model) if row["is_active"]], format)


@delete_app.command("batch")
def delete_batch(dataset: str, batch: str, project: Folder = Path()) -> None:
    """Remove a batch: its records and their predictions; evaluations of it stay."""
    with mlmon.open(project) as opened:
        try:
            opened.delete_batch(dataset, batch)
        except BatchNotFound as error:
            say(f"nothing to do: {error}")
        else:
            say(f"batch {batch} of {dataset} is gone")


@delete_app.command("evaluation")
def delete_evaluation(evaluation: str, project: Folder = Path()) -> None:
    """Remove an evaluation and its figures."""
    with mlmon.open(project) as opened:
        try:
            opened.delete_evaluation(evaluation)
        except EvaluationNotFound as error:
            if not re.fullmatch(r"[0-9a-f]{32}", evaluation):  # a name or a beginning, misspelled
                raise
            say(f"nothing to do: {error}")
        else:
            say(f"evaluation {evaluation} is gone")


# ---- The command that runs a scenario


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


# ---- The command that writes the report: pages and, if asked for, their summary


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
