"""Commands that only read: none of them loads scikit-learn or ibis."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon import configuration
from mlmon.cli.options import Folder, Shape, app
from mlmon.config import load
from mlmon.errors import ConfigError
from mlmon.terminal import Format, show
from mlmon.warehouse import Warehouse


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
def sql(query: str, project: Folder = Path(), format: Shape = Format.table) -> None:
    """Run a query on the warehouse, read-only."""
    import duckdb

    config = load(project)
    path = config.path(config.warehouse)
    with Warehouse(path, read_only=True, wait=config.lock_wait) as opened:
        configuration.lay_over(opened, config)
        try:
            rows = opened.read(query)
        except duckdb.Error as error:
            raise ConfigError(f"sql: {str(error).splitlines()[0]}") from error
    show(rows, format)


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
                print(run["run_id"], run["kind"], run["name"])
            return
        for path in opened.export(kind.value, output or "exports"):
            print(path)


@app.command()
def publish(path: Path, project: Folder = Path()) -> None:
    """Write a consistent copy of the warehouse for dashboards and BI tools."""
    with mlmon.open(project, read_only=True) as opened:
        print(opened.publish(path))


@app.command()
def schema() -> None:
    """Print the JSON Schema of mlmon.yml."""
    import json

    from mlmon.config import Config

    print(json.dumps(Config.model_json_schema(), indent=2))


@app.command()
def docs(project: Folder = Path()) -> None:
    """Print the data dictionary: every table, view and column with its meaning."""
    from mlmon.dictionary import markdown

    with mlmon.open(project, read_only=True) as opened:
        print(markdown(opened.warehouse))
