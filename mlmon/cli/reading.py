"""Commands that only read: none of them loads scikit-learn or ibis."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Folder, Shape, app
from mlmon.config import load
from mlmon.errors import CONTROL, ConfigError, QueryFailed, ReadsFiles
from mlmon.system.terminal import Format, show, write
from mlmon.views import configuration
from mlmon.warehouse.queries import relation
from mlmon.warehouse.warehouse import Row, Warehouse

COMPLAINT = 8  # lines of DuckDB's on a query that failed, beside the first


class Export(StrEnum):
    """What `export` can write."""

    parquet = "parquet"
    csv = "csv"
    prometheus = "prometheus"
    mlflow = "mlflow"


@app.command()
def models(
    model: Annotated[str | None, typer.Argument(help="By default every model.")] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Why each became active or was kept.")
    ] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """List the versions of a model, or the decisions on which is active."""
    with mlmon.open(project, read_only=True) as opened:
        show(opened.decisions(model) if decisions else opened.models(model), format)


@app.command()
def status(project: Folder = Path(), format: Shape = Format.table) -> None:
    """Show where everything stands."""
    with mlmon.open(project, read_only=True) as opened:
        show(opened.status(), format)


@app.command()
def sql(
    query: str,
    allow_files: Annotated[
        bool, typer.Option("--allow-files", help="It may read files too: read_csv('x.csv').")
    ] = False,
    project: Folder = Path(),
    format: Shape = Format.table,
) -> None:
    """Run one select on the warehouse: it reads no files, and writes nothing at all."""
    import duckdb

    config = load(project)
    path = config.path(config.warehouse)
    with Warehouse(path, read_only=True, wait=config.lock_wait, files=allow_files) as opened:
        configuration.lay_over(opened, config)
        try:
            rows = _answer(opened, query, allow_files)
        except ReadsFiles as error:
            raise ConfigError(f"sql: {error}; with --allow-files it may read files") from error
        except (QueryFailed, duckdb.Error) as error:
            raise ConfigError(*_complaint(error)) from error
    show(rows, format)


def _answer(warehouse: Warehouse, query: str, files: bool) -> list[Row]:
    """Return the rows; raises DuckDB's own error, which says where in the query it is."""
    import duckdb

    try:
        found = relation(warehouse.tried, query, files=files)
    except QueryFailed as error:
        if not isinstance(error.__cause__, UnicodeError):
            warehouse.parse(query)
        raise
    try:
        return warehouse.readable(f"from {found}")
    except duckdb.Error:
        warehouse.read(query)  # the same as it was typed
        raise


def _complaint(error: Exception) -> list[str]:
    """Return what is wrong with a query in a line, then DuckDB's candidates and its caret."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    gap = "\N{REPLACEMENT CHARACTER}"  # of the same width, so that the caret is where it was
    lines[1:] = [CONTROL.sub(gap, line) for line in lines[1:]]
    return [f"sql: {lines[0]}" if lines else "sql: it failed", *lines[1:][:COMPLAINT]]


@app.command()
def export(
    kind: Annotated[Export, typer.Argument(help="Format of the files, or mlflow.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", help="Folder of the files, or a .prom file; by default exports."),
    ] = None,
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow: its address; by default $MLFLOW_TRACKING_URI.")
    ] = None,
    experiment: Annotated[
        str | None, typer.Option(help="MLflow: name; by default the project's.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="MLflow: only its versions and evaluations.")
    ] = None,
    evaluation: Annotated[
        str | None, typer.Option(help="MLflow: only this one, by its id or name.")
    ] = None,
    project: Folder = Path(),
) -> None:
    """Write the metrics datasets as files, or the newest figures for Prometheus; print paths.

    Or log versions and evaluations that MLflow does not have yet; print the runs.
    """
    ours = {"experiment": experiment, "model": model, "evaluation": evaluation}
    strange = [output] if kind == Export.mlflow else [tracking_uri, *ours.values()]
    if any(value is not None for value in strange):
        raise ConfigError(f"export {kind.value} has no such option; see `mlmon export --help`")
    with mlmon.open(project, read_only=True) as opened:
        if kind == Export.mlflow:
            for run in opened.export_mlflow(tracking_uri, **ours):
                write(f"{run['run_id']} {run['kind']} {run['name']}")
            return
        for path in opened.export(kind.value, output or "exports"):
            write(path)


@app.command()
def publish(path: Path, project: Folder = Path()) -> None:
    """Write a consistent copy of the warehouse for dashboards and BI tools."""
    with mlmon.open(project, read_only=True) as opened:
        write(opened.publish(path))


@app.command()
def schema() -> None:
    """Print the JSON Schema of mlmon.yml."""
    import json

    from mlmon.config import Config

    write(json.dumps(Config.model_json_schema(), indent=2))


@app.command()
def docs(project: Folder = Path()) -> None:
    """Print the data dictionary: every table, view and column with its meaning."""
    from mlmon.views.dictionary import markdown

    with mlmon.open(project, read_only=True) as opened:
        write(markdown(opened.warehouse))
