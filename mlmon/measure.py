"""Measure: samples are profiled once in an in-memory database with the same views, and read.

The bench holds two samples: their wide rows, the profile floor as tables, the metric views over
them. What the views say, and what SQL cannot say, becomes the snapshot.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import ibis

from mlmon import features, generated, inference, versions, views
from mlmon.domain_classifier import data_drift
from mlmon.inference import Figure
from mlmon.warehouse import Row, Warehouse, quoted

FLOORS = ("drift", "quality", "performance")
PROFILES = {
    "histograms": "bin_counts",
    "score_histograms": "score_bin_counts",
    "label_histograms": "label_counts",
}
CURVES = (
    "roc_curve",
    "precision_recall_curve",
    "calibration_curve",
    "lift_curve",
    "score_density",
    "decision_chart",
    "error_distribution",
    "predicted_vs_actual",
)


def measure_reference(warehouse: Warehouse, version: Row, sample: Row, confidence: float) -> None:
    """The reference sample has its histograms, curves and figures; nothing if it had."""
    if _is_measured(warehouse, sample["sample_id"]):
        return
    with bench(warehouse, version, [sample["sample_id"]]) as measured:
        _store_profiles(warehouse, measured, sample["sample_id"])
        _store_curves(warehouse, measured, sample["sample_id"], None, True)
        figures = _sample_figures(measured, sample["sample_id"], confidence, True)
        _store_figures(warehouse, figures, sample["sample_id"])


def measure_evaluation(warehouse: Warehouse, version: Row, evaluation: Row) -> None:
    """The evaluation has its figures, histograms, curves and findings; so has its reference.

    Writes also the evaluation's `labelled_rows`.
    """
    sample, reference = evaluation["sample_id"], evaluation["reference_sample_id"]
    identity, with_performance = evaluation["evaluation_id"], evaluation["has_performance"]
    with bench(warehouse, version, [sample, reference], evaluation) as measured:
        _store_profiles(warehouse, measured, sample)
        _store_curves(warehouse, measured, sample, identity, with_performance)
        if not _is_measured(warehouse, reference):
            _store_profiles(warehouse, measured, reference)
            _store_curves(warehouse, measured, reference, None, True)
            figures = _sample_figures(measured, reference, evaluation["confidence"], True)
            _store_figures(warehouse, figures, reference)
        figures = _sample_figures(measured, sample, evaluation["confidence"], with_performance)
        figures += _drift_figures(measured, evaluation)
        figures += _domain_classifier(measured, version, evaluation)
        _store_figures(warehouse, figures, sample, identity)
        _store_findings(warehouse, measured, identity)
        _store_changes(warehouse, version, identity)
        labelled = measured.value(
            "select labelled_rows from row_counts where sample_id = $id", id=sample
        )
    warehouse.write(
        "update evaluations set labelled_rows = $rows where evaluation_id = $id",
        rows=labelled or 0,
        id=identity,
    )


@contextmanager
def bench(
    warehouse: Warehouse,
    version: Row,
    samples: Sequence[str],
    evaluation: Row | None = None,
) -> Iterator[Warehouse]:
    """Yield an in-memory database in which the samples are profiled and every view is there."""
    measured = Warehouse(comments=False)
    measured.write("set threads = 1")  # sums in one order: the same figures to the last bit
    try:
        _copy(warehouse, measured, version, samples, evaluation)
        _fill(warehouse, measured, version, samples)
        _profile(warehouse, measured)
        yield measured
    finally:
        measured.close()


def _copy(
    warehouse: Warehouse,
    measured: Warehouse,
    version: Row,
    samples: Sequence[str],
    evaluation: Row | None,
) -> None:
    """The bench has the rows of the tables that views read."""
    named = "model = $model and model_version = $version"
    of_version = {"model": version["model"], "version": version["model_version"]}
    for table in ("model_versions", "feature_importances", "bins"):
        _transfer(warehouse, measured, table, f"from {table} where {named}", **of_version)
    chosen = "from samples where list_contains($ids, sample_id)"
    _transfer(warehouse, measured, "samples", chosen, ids=list(samples))
    if evaluation:
        query = "from evaluations where evaluation_id = $id"
        _transfer(warehouse, measured, "evaluations", query, id=evaluation["evaluation_id"])


def _transfer(
    warehouse: Warehouse, measured: Warehouse, table: str, query: str, **parameters: Any
) -> None:
    measured.insert(table, warehouse.connection.execute(query, parameters).to_arrow_table())


def _fill(
    warehouse: Warehouse,
    measured: Warehouse,
    version: Row,
    samples: Sequence[str],
) -> None:
    """The bench has the samples' wide rows and the relations that are made of them."""
    source = versions.source(version)
    rows = generated.sample_rows(warehouse, source)
    rows = rows.filter(rows["_sample_id"].isin(list(samples)))
    rows = rows.order_by("_sample_id", "_record_id")
    query = str(ibis.to_sql(rows, dialect="duckdb"))
    with measured.registered(warehouse.connection.execute(query).to_arrow_table()) as frame:
        measured.write(f"create table sample_rows as from {frame}")
    wide = measured.ibis.table("sample_rows")
    measured.ibis.create_view("feature_values", features.tall(wide, source.kinds))
    measured.ibis.create_view("scored_records", features.scored(wide))
    query = "select sample_id, record_id, class, probability from class_scores"
    query += " where list_contains($ids, sample_id)"
    content = warehouse.connection.execute(query, {"ids": list(samples)}).to_arrow_table()
    with measured.registered(content) as frame:
        measured.write(f"create table class_scores as from {frame}")


def _profile(warehouse: Warehouse, measured: Warehouse) -> None:
    """The profile floor is computed once, where more than one view reads it; the rest are views.

    They are those of the warehouse, word for word.
    """
    query = "select view_name, sql from duckdb_views() where not internal"
    definitions = {row["view_name"]: row["sql"] for row in warehouse.read(query)}
    files = views.ordered(views.file_views())
    readers = Counter(name for view in files for name in set(view.reads))
    for view in files:
        if view.floor == "profile" and readers[view.name] > 1:
            measured.write(f"create table {quoted(view.name)} as {view.sql}")
        elif view.floor in ("profile", *FLOORS) or view.name == "metric_catalogue":
            measured.write(definitions[view.name])


def _drift_figures(measured: Warehouse, evaluation: Row) -> list[Figure]:
    """Return what the drift views say, and what follows from it."""
    rows = {view: measured.read(f"from {view}") for view in _metric_views("drift")}
    confidence, limit = evaluation["confidence"], evaluation["drift_limit"]
    said = [_figure(view, row, confidence) for view in rows for row in rows[view]]
    return said + inference.drift_tests(rows, confidence, limit)


def _sample_figures(
    measured: Warehouse, sample: str, confidence: float, with_performance: bool
) -> list[Figure]:
    """Return what the quality and performance views say about one sample."""
    names = _metric_views("quality") + (_metric_views("performance") if with_performance else [])
    return [
        _figure(view, row, confidence)
        for view in names
        for row in measured.read(f"from {view} where sample_id = $id", id=sample)
    ]


def _figure(view: str, row: Row, confidence: float) -> Figure:
    return inference.figure(view, {"feature": None, **row}, confidence)


def _metric_views(floor: str) -> list[str]:
    """Return the names of the metrics on a floor: its views but curves and findings."""
    extra = {f"{curve}_points" for curve in CURVES} | {"diagnostic_findings"}
    return [v.name for v in views.file_views() if v.floor == floor and v.name not in extra]


def _domain_classifier(measured: Warehouse, version: Row, evaluation: Row) -> list[Figure]:
    """Return the figures of the domain classifier and each feature's importance in it."""
    kinds = versions.kinds(version)
    columns = ", ".join(["_record_id", *(quoted(name) for name in kinds)])
    query = f"select {columns} from sample_rows where _sample_id = $id"
    sides = [
        measured.connection.execute(query, {"id": evaluation[side]}).df()
        for side in ("reference_sample_id", "sample_id")
    ]
    figures, importances = data_drift(sides[0], sides[1], kinds, evaluation["confidence"])
    return figures + [Figure("drift_importance", *item) for item in importances.items()]


def _is_measured(warehouse: Warehouse, sample: str) -> bool:
    query = "select 1 from evaluation_metrics where sample_id = $id and evaluation_id is null"
    return warehouse.one(query, id=sample) is not None


def _store_profiles(warehouse: Warehouse, measured: Warehouse, sample: str) -> None:
    """The sample's histograms are those of the bench."""
    for table, view in PROFILES.items():
        if warehouse.one(f"select 1 from {table} where sample_id = $id", id=sample):
            continue
        columns = ", ".join(warehouse.columns(table))
        query = f"select {columns} from {view} where sample_id = $id"
        _transfer(measured, warehouse, table, query, id=sample)


def _store_curves(
    warehouse: Warehouse,
    measured: Warehouse,
    sample: str,
    evaluation: str | None,
    with_performance: bool,
) -> None:
    for curve in CURVES if with_performance else ("score_density",):
        given = measured.columns(f"{curve}_points")
        columns = [
            name for name in ("class", "position", "x", "y", "threshold", "n") if name in given
        ]
        query = (
            f"select sample_id, $evaluation::varchar as evaluation_id, $curve as curve,"
            f" {', '.join(columns)} from {curve}_points where sample_id = $id"
        )
        parameters = {"id": sample, "evaluation": evaluation, "curve": curve}
        _transfer(measured, warehouse, "evaluation_curves", query, **parameters)


def _store_figures(
    warehouse: Warehouse, figures: Sequence[Figure], sample: str, evaluation: str | None = None
) -> None:
    identity = {"evaluation_id": evaluation, "sample_id": sample}
    warehouse.append("evaluation_metrics", [identity | asdict(figure) for figure in figures])


def _store_findings(warehouse: Warehouse, measured: Warehouse, evaluation: str) -> None:
    query = "select evaluation_id, code, message from diagnostic_findings where evaluation_id = $id"
    warehouse.append("diagnostics", measured.read(query, id=evaluation))


def _store_changes(warehouse: Warehouse, version: Row, evaluation: str) -> None:
    """A finding for every training batch that is not what the version was trained on."""
    query = "select batch, fingerprint from batches where dataset = $dataset"
    rows = warehouse.read(query, dataset=version["dataset"])
    today = {row["batch"]: row["fingerprint"] for row in rows}
    then = zip(version["train_batches"], version["train_fingerprints"], strict=True)
    changed = [batch for batch, fingerprint in then if today.get(batch) != fingerprint]
    message = (
        "Training batch {} has changed since version {} was trained, and with it the reference; "
        "train again."
    )
    warehouse.append(
        "diagnostics",
        [
            {
                "evaluation_id": evaluation,
                "code": "reference_changed",
                "message": message.format(batch, version["model_version"]),
            }
            for batch in changed
        ],
    )
