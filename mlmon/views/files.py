"""Views: those of the files in sql/ and the generated ones, ordered, created, commented.

A file's header is its documentation: line 1 is the view's comment, `Grain:` and `Reads:` are
checked by tests, and `-- column: words` lines are the comments of its columns. What else it says
of a metric makes the two views `metric_catalogue` and `evaluation_history`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from mlmon.errors import MlmonError, UnknownName, reason
from mlmon.warehouse.comments import comment_of
from mlmon.warehouse.metrics import catalogue, sql_folder
from mlmon.warehouse.sql import literal
from mlmon.warehouse.warehouse import Warehouse

FLOORS = ("staging", "profile", "drift", "quality", "performance", "marts")


@dataclass(frozen=True)
class View:
    """A `.sql` file: one view, named by the file's stem, on the floor its folder names."""

    name: str
    floor: str
    sql: str
    comment: str
    grain: tuple[str, ...]
    reads: tuple[str, ...]
    columns: Mapping[str, str]


def parse(path: Path) -> View:
    """Return the view that a file defines."""
    sql = path.read_text(encoding="utf-8")
    header = [line[2:].strip() for line in sql.splitlines() if line.startswith("--")]
    return View(
        name=path.stem,
        floor=path.parent.name,
        sql=sql,
        comment=header[0] if header else "",
        grain=_listed(header, "Grain: one row per "),
        reads=_listed(header, "Reads: "),
        columns={
            found[1]: found[2]
            for line in header
            if (found := re.fullmatch(r"([a-z_0-9]+): (.+)", line))
        },
    )


def _listed(header: Sequence[str], label: str) -> tuple[str, ...]:
    """Return the comma separated names after a label of the header."""
    lines = [line.removeprefix(label) for line in header if line.startswith(label)]
    return tuple(name.strip(" .") for line in lines for name in line.split(",") if name.strip(" ."))


@lru_cache
def file_views() -> tuple[View, ...]:
    """Return every view of sql/, on every floor, and those that are made of its headers."""
    parsed = [parse(path) for path in sorted(sql_folder().glob("*/*.sql"))]
    return (*parsed, _metric_catalogue(), _evaluation_history())


def _metric_catalogue() -> View:
    """Return the list of the headers' metrics: the order is the position, from 1."""
    rows = [
        (
            position,
            metric.name,
            metric.family,
            metric.tasks,
            metric.is_per_feature,
            metric.higher_is_better,
            metric.title,
            metric.description,
        )
        for position, metric in enumerate(catalogue(), start=1)
    ]
    values = ",\n".join(f"    ({', '.join(map(literal, row))})" for row in rows)
    columns = {
        "position": "the order, from 1.",
        "metric": "the metric's name, the field's own.",
        "family": "input drift, quality or performance.",
        "tasks": "the tasks that the metric is defined for.",
        "is_per_feature": "a figure of each feature, not of the whole model.",
        "higher_is_better": "whether higher is better, NULL where neither is.",
        "title": "what a reader sees.",
        "description": "the definition in a sentence.",
    }
    return View(
        name="metric_catalogue",
        floor="staging",
        sql=f"select *\nfrom (\n    values\n{values}\n) as metrics ({', '.join(columns)})",
        comment="Metric catalogue: every metric, in the order in which it is shown.",
        grain=("metric",),
        reads=(),
        columns=columns,
    )


def _evaluation_history() -> View:
    """Return the view of evaluations that has a column of every whole-model metric.

    A store's metrics dataset is this view, filtered by store. What was measured once against
    another reference is in it too: `evaluations` has `is_aside`.
    """
    of_evaluation = ["store", "batch", "evaluation_id", "model_version", "evaluated_at", "rows"]
    listed = ",\n".join(f"    evaluations.{column}" for column in of_evaluation)
    figures = ",\n".join(
        f"    max(f.value) filter (f.metric = '{metric.name}') as {metric.name}"
        for metric in catalogue()
        if not metric.is_per_feature
    )
    return View(
        name="evaluation_history",
        floor="marts",
        sql=f"""\
with figures as (
    select evaluation_id, metric, value
    from evaluation_metrics
    where feature is null and segment is null and evaluation_id is not null
)

select
{listed},
{figures}
from evaluations
left join figures as f on evaluations.evaluation_id = f.evaluation_id
group by
{listed}
""",
        comment="Every evaluation with its whole-model metrics side by side, NULL where none.",
        grain=("evaluation_id",),
        reads=("evaluation_metrics", "evaluations"),
        columns={},
    )


def ordered(views: Iterable[View]) -> list[View]:
    """Return the views, each after those that it reads."""
    found = {view.name: view for view in views}
    reads = {view.name: [name for name in view.reads if name in found] for view in found.values()}
    return [found[name] for name in TopologicalSorter(reads).static_order()]


def create(warehouse: Warehouse, views: Iterable[View]) -> None:
    """All given views exist in the warehouse, as their files say."""
    for view in ordered(views):
        try:
            warehouse.create("view", view.name, view.sql)
        except duckdb.Error as error:
            where = f"sql/{view.floor}/{view.name}.sql"
            raise MlmonError(f"{where}: {reason(error)}") from error


def document(warehouse: Warehouse, views: Iterable[View]) -> None:
    """Every given view and its columns carry their comments (replacing a view drops them).

    A column that is named for a metric has the metric's description.
    """
    query = "select metric, description from metric_catalogue"
    metrics = {row["metric"]: row["description"] for row in warehouse.read(query)}
    columns = warehouse.every_column()
    for view in views:
        words = {
            column: view.columns.get(column)
            or comment_of(view.name, column)
            or metrics.get(column, "")
            for column in columns[view.name]
        }
        warehouse.comment("view", view.name, view.comment, words)


def known_column(dataset: str, name: str, types: Mapping[str, str]) -> None:
    """Raise UnknownName when a model names a column that its dataset does not have."""
    if name not in types:
        raise UnknownName(f"column of {dataset}", name, types)
