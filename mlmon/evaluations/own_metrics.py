"""Which metrics are the project's own, what they depend on, and why one has no figure."""

from collections.abc import Iterable
from typing import Any

from mlmon.config import Config
from mlmon.system import functions
from mlmon.views import freshness
from mlmon.warehouse import metrics
from mlmon.warehouse.warehouse import Warehouse

FAILED = "custom_metric_failed"
METRIC = {"evaluation_id", "metric", "value"}  # the columns that make a view a metric


def settings(warehouse: Warehouse, config: Config, model: str) -> list[Any]:
    """Return what the figures depend on: texts of views and modules; nothing without metrics."""
    made = freshness.state(warehouse)
    wanted, texts = views(warehouse, made), dict[str, str]()
    while wanted:
        name = wanted.pop()
        if name not in texts and "text" in made[name]:
            texts[name] = made[name]["text"]
            read = set(made[name]["reads"])
            wanted += [other for other in made if other.lower() in read]
    own = config.models[model].metrics
    modules = [
        [name, own[name], functions.fingerprint(config.folder, own[name])] for name in sorted(own)
    ]
    return [sorted(texts.items()), modules] if texts or modules else []


def known_metrics(warehouse: Warehouse, config: Config) -> set[str]:
    """Return every name that a check may use: mlmon's, the functions', those that views give.

    A view's are those that it has given, and every text in it: it may not have been asked yet.
    """
    rows = warehouse.read(
        "select metric from metric_catalogue union select distinct metric from evaluation_metrics"
    )
    known = {row["metric"] for row in rows}
    known |= {name for model in config.models.values() for name in model.metrics}
    given = views(warehouse, freshness.state(warehouse))
    if given:
        import sqlglot
        from sqlglot import exp
    for view in given:
        query = "select sql from duckdb_views() where view_name = $name"
        text = sqlglot.parse_one(warehouse.value(query, name=view), dialect="duckdb")
        known |= {one.this for one in text.find_all(exp.Literal) if one.is_string}
    return known


def why_missing(warehouse: Warehouse, evaluation_id: str, metric: str) -> str | None:
    """Return what may be why the evaluation has no figure of a metric, None when nobody knows."""
    if metric in metrics.names():
        return None
    query = "select message from diagnostics where evaluation_id = $id and code = $code order by 1"
    rows = warehouse.read(query, id=evaluation_id, code=FAILED)
    return "; ".join(row["message"] for row in rows) or None


def views(warehouse: Warehouse, state: Iterable[str]) -> list[str]:
    """Return those of the project's views that are metrics, by their columns."""
    return [name for name in sorted(state) if {*map(str.lower, warehouse.columns(name))} >= METRIC]
