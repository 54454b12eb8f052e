"""The bench: an in-memory database in which samples are profiled once, with the same views.

It holds the samples' wide rows, the profile floor as tables, and the metric views over them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mlmon.evaluations.stored import Evaluation
from mlmon.measure import numbers, scores
from mlmon.models import features
from mlmon.models.versions import Version
from mlmon.views import files as views
from mlmon.views import of_models
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.warehouse import Warehouse

METRICS = ("drift", "quality", "performance")
FLOORS = ("profile", *METRICS)
LISTS = ("metric_catalogue",)
KEPT = ("bin_counts", "score_bin_counts", "label_counts")  # stored as the sample's profile


@dataclass(frozen=True)
class Rows:
    """Rows that are not in the warehouse, of features whose bins are not frozen yet.

    `fill` makes `sample_rows` and `class_scores` of a bench (their columns are in
    `features`); `kinds` has the kind of every feature, the score and the prediction too.
    """

    fill: Callable[[Warehouse], None]
    kinds: Mapping[str, str]


@contextmanager
def bench(
    warehouse: Warehouse,
    version: Version,
    samples: Sequence[str],
    evaluation: Evaluation | None = None,
    rows: Rows | None = None,
) -> Iterator[Warehouse]:
    """Yield a bench of the samples; without `rows` theirs are those of the warehouse."""
    with Warehouse.scratch() as made:
        _copy(warehouse, made, version, samples, evaluation)
        if rows:
            rows.fill(made)
        else:
            _fill(warehouse, made, version, samples)
        rows_of_samples = made.ibis.table("sample_rows")
        scored = features.scored(rows_of_samples, version.task)
        made.create("view", "scored_records", sql_of(scored))
        _profile(made, rows.kinds if rows else None)
        yield made


def transfer(source: Warehouse, target: Warehouse, table: str, query: str, **values: Any) -> None:
    """The target's table has the rows of a query on the source."""
    target.insert(table, source.arrow(query, **values))


def _copy(
    warehouse: Warehouse,
    made: Warehouse,
    version: Version,
    samples: Sequence[str],
    evaluation: Evaluation | None,
) -> None:
    """The bench has the rows of the tables that views read."""
    named = "model = $model and model_version = $version"
    of_version = {"model": version.model, "version": version.model_version}
    for table in ("model_versions", "feature_importances", "bins"):
        transfer(warehouse, made, table, f"from {table} where {named}", **of_version)
    chosen = "from samples where list_contains($ids, sample_id)"
    transfer(warehouse, made, "samples", chosen, ids=list(samples))
    if evaluation:
        query = "from evaluations where evaluation_id = $id"
        transfer(warehouse, made, "evaluations", query, id=evaluation.evaluation_id)


def _fill(warehouse: Warehouse, made: Warehouse, version: Version, samples: Sequence[str]) -> None:
    """The bench has the samples' wide rows, in key order, and class probabilities."""
    rows = of_models.sample_rows(warehouse, version.source)
    rows = rows.filter(rows["_sample_id"].isin(list(samples)))
    rows = rows.order_by("_sample_id", "_record_id")
    made.load("sample_rows", warehouse.reader(sql_of(rows)))
    query = "select sample_id, record_id, class, probability from class_scores"
    query += " where list_contains($ids, sample_id)"
    made.load("class_scores", warehouse.arrow(query, ids=list(samples)))


def _profile(made: Warehouse, kinds: Mapping[str, str] | None) -> None:
    """The profile floor is computed, from rows by the profile pass, and all metrics are there."""
    numbers.create(made)
    numbers.count(made, kinds)
    scores.count(made)
    files = [view for view in views.file_views() if view.floor in FLOORS or view.name in LISTS]
    install(made, files, (*numbers.COUNTED, *scores.COUNTED, *numbers.PASSED_OVER))


def install(made: Warehouse, files: Sequence[views.View], counted: Sequence[str]) -> None:
    """The views exist, but those that are counted; what is read more than once is a table.

    Every metric is read once by whoever measures.
    """
    readers = Counter(name for view in files for name in set(view.reads))
    readers.update(view.name for view in files if view.floor in METRICS)
    readers.update(KEPT)
    for view in views.ordered(files):
        if view.name not in counted:
            kind = "table" if view.floor in FLOORS and readers[view.name] > 1 else "view"
            made.create(kind, view.name, view.sql)
