"""The command that compares two files, without a project."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import mlmon
from mlmon.cli.options import Shape, app, pairs
from mlmon.compare.compare import CLASSIFIER_ROWS
from mlmon.system.progress import during
from mlmon.system.terminal import Format, say, show

FEATURE = (
    "A column to compare; may be repeated. By default all but --exclude, --time, dates, texts that "
    "are all different, and such integers called id, key or uuid or ending in _id."
)
LABELS = "A file of truths, with the columns --key and --target, for records that have none."
ONLY = (
    "Print this table. By default performance (where there is a truth) and drift, one below the "
    "other; csv and json hold one table, by default drift."
)


class Table(StrEnum):
    """What `compare` can print."""

    drift = "drift"
    performance = "performance"


QUERIES = {
    Table.drift: (
        "select feature, kind, drifted, population_stability_index, pvalue_adjusted, ks_statistic,"
        " chi2_statistic, wasserstein_distance, missing_rate, reference_missing_rate, unseen_rate,"
        " out_of_range_rate from feature_drift order by drifted desc, pvalue_adjusted, feature"
    ),
    Table.performance: (
        "select metric, reference, current, change, note from performance_drift"
        " join metric_catalogue using (metric)"
        " where coalesce(reference, current) is not null order by position"
    ),
}


@app.command()
def compare(
    reference: Annotated[str, typer.Argument(help="A csv, json lines or Parquet file.")],
    current: Annotated[str, typer.Argument(help="What is compared with it.")],
    target: Annotated[str | None, typer.Option(help="Column of the truth.")] = None,
    prediction: Annotated[str | None, typer.Option(help="Column of the prediction.")] = None,
    score: Annotated[
        list[str] | None,
        typer.Option(help="Column of the probability; multiclass: class=column, repeated."),
    ] = None,
    task: Annotated[str | None, typer.Option(help="binary, multiclass or regression.")] = None,
    positive_class: Annotated[str | None, typer.Option(help="The score is its chance.")] = None,
    key: Annotated[str | None, typer.Option(help="Column that names a record.")] = None,
    feature: Annotated[list[str] | None, typer.Option(help=FEATURE)] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="A column that is no feature; may be repeated.")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="Column of the record's time; no feature.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(metavar="FILE", help=LABELS)] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="COLUMN=numeric or COLUMN=categorical.")
    ] = None,
    classifier_rows: Annotated[
        int, typer.Option(min=0, help="Most rows a side that data_drift takes.")
    ] = CLASSIFIER_ROWS,
    only: Annotated[Table | None, typer.Option("--only", help=ONLY)] = None,
    output: Annotated[Path | None, typer.Option("-o", help="Write a page there.")] = None,
    format: Shape = Format.table,
) -> None:
    """Compare two files, without a project: drift by feature, and performance with a target."""
    with during(f"compare {Path(current).name} with {Path(reference).name}"):
        made = mlmon.compare(
            reference,
            current,
            target=target,
            prediction=prediction,
            score=_scores(score or []),
            task=task,
            positive_class=positive_class,
            key=key,
            features=feature,
            exclude=exclude,
            time=time,
            labels=labels,
            kinds=pairs(kind or [], "--kind", "column=numeric"),
            classifier_rows=classifier_rows,
        )
    say(made.summary)
    if output:
        say(f"wrote {made.to_html(output)}")
    tables = [made.warehouse.read(QUERIES[table]) for table in _tables(only, format)]
    for position, rows in enumerate(filter(None, tables)):
        if position:
            print()
        show(rows, format)
    if not any(tables):
        show([], format)


def _tables(only: Table | None, format: Format) -> list[Table]:
    """Return which tables are printed: what a program reads is one."""
    if only is not None:
        return [only]
    one = format in (Format.json, Format.csv)
    return [Table.drift] if one else [Table.performance, Table.drift]


def _scores(given: list[str]) -> str | dict[str, str] | None:
    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    return pairs(given, "--score", "class=column") or None
