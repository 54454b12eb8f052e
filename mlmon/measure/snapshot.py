"""Measure: what the views say of a bench, and what SQL cannot say, becomes the snapshot."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from mlmon.evaluations.samples import Sample
from mlmon.evaluations.stored import Evaluation
from mlmon.measure import bootstrap, inference
from mlmon.measure.bench import Rows, bench, transfer
from mlmon.measure.domain_classifier import SEED, data_drift, undefined
from mlmon.measure.inference import Figure
from mlmon.models.versions import Version
from mlmon.views import files
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Row, Warehouse

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


def measure_reference(
    warehouse: Warehouse, version: Version, sample: Sample, confidence: float
) -> None:
    """The reference sample has its histograms, curves and figures; nothing if it had."""
    if _is_measured(warehouse, sample.sample_id):
        return
    with bench(warehouse, version, [sample.sample_id]) as measured:
        _store_profiles(warehouse, measured, sample.sample_id)
        _store_curves(warehouse, measured, sample.sample_id, None, True)
        figures = _sample_figures(measured, sample.sample_id, confidence, True)
        _store_figures(warehouse, figures, sample.sample_id)


def measure_evaluation(
    warehouse: Warehouse,
    version: Version,
    evaluation: Evaluation,
    rows: Rows | None = None,
    classifier_rows: int | None = None,
    resamples: int | None = None,
) -> None:
    """The evaluation has its figures, histograms, curves and findings; so has its reference.

    `rows` are given when they are not in the warehouse, and then bins are frozen on the
    reference. `classifier_rows` is the most that the domain classifier takes of a side,
    `resamples` how often the sample is drawn again for intervals. Writes also the evaluation's
    `labelled_rows`.
    """
    sample, reference = evaluation.sample_id, evaluation.reference_sample_id
    identity, with_performance = evaluation.evaluation_id, evaluation.has_performance
    with bench(warehouse, version, [sample, reference], evaluation, rows) as measured:
        if rows:
            transfer(measured, warehouse, "bins", "from bins")
        _store_profiles(warehouse, measured, sample)
        _store_curves(warehouse, measured, sample, identity, with_performance)
        _store_profiles(warehouse, measured, reference)
        if not _is_measured(warehouse, reference):
            _store_curves(warehouse, measured, reference, None, True)
            figures = _sample_figures(measured, reference, evaluation.confidence, True)
            _store_figures(warehouse, figures, reference)
        figures = _sample_figures(measured, sample, evaluation.confidence, with_performance)
        if with_performance and resamples:
            figures = _with_intervals(measured, evaluation, figures, resamples)
        figures += _drift_figures(measured, evaluation)
        figures += _domain_classifier(measured, version, evaluation, classifier_rows)
        _store_figures(warehouse, figures, sample, identity)
        _store_findings(warehouse, measured, identity)
        labelled = measured.value(
            "select labelled_rows from row_counts where sample_id = $id", id=sample
        )
    warehouse.write(
        "update evaluations set labelled_rows = $rows where evaluation_id = $id",
        rows=labelled or 0,
        id=identity,
    )


def _drift_figures(measured: Warehouse, evaluation: Evaluation) -> list[Figure]:
    """Return what the drift views say, and what follows from it."""
    rows = {view: measured.read(f"from {view}") for view in _metric_views("drift")}
    confidence, limit = evaluation.confidence, evaluation.drift_limit
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


def _with_intervals(
    measured: Warehouse, evaluation: Evaluation, figures: Sequence[Figure], resamples: int
) -> list[Figure]:
    """Return the figures, those of performance without an interval with a bootstrapped one."""
    ends = bootstrap.intervals(
        measured,
        evaluation.sample_id,
        _metric_views("performance"),
        resamples,
        evaluation.confidence,
    )
    return [
        replace(figure, lower=ends[key][0], upper=ends[key][1])
        if (key := (figure.metric, figure.feature)) in ends
        and figure.lower is None
        and figure.value is not None
        else figure
        for figure in figures
    ]


def _figure(view: str, row: Row, confidence: float) -> Figure:
    return inference.figure(view, {"feature": None, **row}, confidence)


def _metric_views(floor: str) -> list[str]:
    """Return the names of the metrics on a floor: its views but curves and findings."""
    extra = {f"{curve}_points" for curve in CURVES} | {"diagnostic_findings"}
    return [v.name for v in files.file_views() if v.floor == floor and v.name not in extra]


def _domain_classifier(
    measured: Warehouse, version: Version, evaluation: Evaluation, most: int | None
) -> list[Figure]:
    """Return the figures of the domain classifier and each feature's importance in it.

    Of the larger side only the rows are fetched that it takes: those whose md5 sorts first.
    """
    if most == 0:
        return undefined("left out: classifier_rows is 0")
    kinds = version.features
    samples = (evaluation.reference_sample_id, evaluation.sample_id)
    sizes = [
        measured.value("select count(*) from sample_rows where _sample_id = $id", id=sample)
        for sample in samples
    ]
    n = min(*sizes, most if most is not None else sizes[0])
    columns = ", ".join(["_record_id", *(quoted(name) for name in kinds)])
    query = (
        f"select {columns} from sample_rows where _sample_id = $id"
        f" order by md5('{SEED}:' || _record_id), _record_id limit $n"
    )
    sides = [measured.frame(query, id=sample, n=n) for sample in samples]
    figures, importances = data_drift(sides[0], sides[1], kinds, evaluation.confidence, SEED)
    if n < min(sizes):
        taken = f"{n:,} of {sizes[0]:,} and {sizes[1]:,} rows"
        figures = [
            replace(figure, note=f"{figure.note}; on {taken}" if figure.note else f"on {taken}")
            for figure in figures
        ]
    return figures + [Figure("drift_importance", *item) for item in importances.items()]


def _is_measured(warehouse: Warehouse, sample: str) -> bool:
    query = "select 1 from evaluation_metrics where sample_id = $id and evaluation_id is null"
    return warehouse.one(query, id=sample) is not None


def _store_profiles(warehouse: Warehouse, measured: Warehouse, sample: str) -> None:
    """The sample's histograms are those of the bench, where there are none yet.

    Those of some features may be gone: a migration takes away what was counted wrong.
    """
    for table, view in PROFILES.items():
        part = "feature" if table == "histograms" else "sample_id"
        stored = warehouse.read(
            f"select distinct {part} as part from {table} where sample_id = $id", id=sample
        )
        columns = ", ".join(warehouse.columns(table))
        query = (
            f"select {columns} from {view} where sample_id = $id"
            f" and not list_contains($stored, {part})"
        )
        names = [row["part"] for row in stored]
        transfer(measured, warehouse, table, query, id=sample, stored=names)


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
        transfer(measured, warehouse, "evaluation_curves", query, **parameters)


def _store_figures(
    warehouse: Warehouse, figures: Sequence[Figure], sample: str, evaluation: str | None = None
) -> None:
    identity = {"evaluation_id": evaluation, "sample_id": sample}
    warehouse.append("evaluation_metrics", [identity | asdict(figure) for figure in figures])


def _store_findings(warehouse: Warehouse, measured: Warehouse, evaluation: str) -> None:
    query = "select evaluation_id, code, message from diagnostic_findings where evaluation_id = $id"
    warehouse.append("diagnostics", measured.read(query, id=evaluation))
