"""The stored tables: columns, types, keys and comments, declared once.

Comments of columns that mean the same everywhere stand in `COLUMNS`; views use them too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS: Mapping[str, str] = {
    "action": "What the step does: the verb and its object.",
    "activated_at": "When the version last became active, UTC.",
    "algorithm": "Class of the fitted estimator.",
    "artifact": "File of the fitted pipeline, relative to the warehouse's folder.",
    "batch": "Name of a batch: a file's or a period's part of a dataset.",
    "batches": "The batches that the sample was drawn from.",
    "bin": "Number of the bin, from 0, within the feature.",
    "categories": "The values of the reference that share this bin, beyond the 254 most frequent.",
    "category": "The value that the bin counts.",
    "check_name": "Name of the check in mlmon.yml.",
    "checked_at": "When the check ran, UTC.",
    "class": "Class of the target.",
    "classes": "All classes of the target, sorted.",
    "coarse_bin": "Number of the coarse bin that the fine bin is part of.",
    "code": "Stable name of the finding.",
    "confidence": "Level of the intervals and of the drift tests, 0 to 1.",
    "created_at": "When the row was made, UTC.",
    "created_by": "What made the version: a command, the Python API or a scenario run.",
    "curve": "Name of the curve.",
    "cutoff": "Records whose hash, eight hex digits, sorts below this are in the sample.",
    "dataset": "Name of the dataset in mlmon.yml; also the name of its table.",
    "drift_limit": "A feature counts as drifted only from this population stability index on.",
    "ended_at": "When it ended, UTC; NULL while it runs.",
    "ends_at": "Time of the last record of the batch.",
    "evaluated_at": "When the evaluation was made, UTC.",
    "evaluation_id": "md5 of store, batch, version, reference sample, settings and fingerprint.",
    "features": "Input features in order and how each is read, a JSON object.",
    "feature": "Input column, or score or prediction; NULL for figures of the whole model.",
    "fingerprint": "sha256 of the file's bytes or md5 of the batch's rows: equal means unchanged.",
    "fraction": "Share of the records that the sampling rule keeps, 0 to 1.",
    "gain_fn": "Gain of a false negative in the cost matrix.",
    "gain_fp": "Gain of a false positive in the cost matrix.",
    "gain_tn": "Gain of a true negative in the cost matrix.",
    "gain_tp": "Gain of a true positive in the cost matrix.",
    "has_performance": "Whether performance is measured; without it targets are not looked at.",
    "importance": "Permutation importance on the test part: fall of the score when shuffled.",
    "ingested_at": "When the batch was read, UTC.",
    "is_aside": "Whether it was measured once against something else than the store's reference.",
    "is_active": "Whether the version is the one that scores.",
    "key": "Column that names a record in the dataset.",
    "kind": "numeric or categorical; of a bin: below, range, above, category, other or missing.",
    "label": "Class of the record; NULL when it is not known yet.",
    "labelled_rows": "Sampled rows whose target is known.",
    "labels": "Labels of the evaluation, a JSON object.",
    "lift_at": "Share of the records, from the top by score, at which lift is measured.",
    "lower": "Lower end: of the confidence interval, or of the bin.",
    "maximum": "Greatest value.",
    "message": "What happened, in words.",
    "method": "Sampling method: all, random, ratio or fixed.",
    "metric": "Name of the metric, as in metric_catalogue.",
    "minimum": "Least value.",
    "model": "Name of the model in mlmon.yml.",
    "model_version": "Version of the model, counted from 1.",
    "n": "Number of rows.",
    "name": "Name of the evaluation; by default the time it was made.",
    "note": "Why the value is undefined, or what to know when reading it.",
    "outcome": "Outcome: OK, WARNING, ERROR, EMPTY; SUCCESS, WARNING, FAILED, ABORTED, SKIPPED.",
    "position": "Order within its group, from 1 (points of a curve from 0).",
    "positive_class": "The class that the score is the probability of.",
    "prediction": "Predicted class at the version's threshold.",
    "probability": "Predicted probability of the class, 0 to 1.",
    "record_id": "The record's key, as text.",
    "reference_sample_id": "The sample that drift and performance are compared with.",
    "role": "reference, evaluation or batch.",
    "rows": "Number of records; of a sample or evaluation, the sampled ones.",
    "run_id": "Identity of the scenario run.",
    "sample_id": "md5 of what the sample is drawn from and how.",
    "scenario": "Name of the scenario in mlmon.yml.",
    "score": "Probability of the positive class, or the regression estimate.",
    "scored_at": "When the record was scored, UTC.",
    "seed": "Seed of the sampling rule.",
    "segment": "Segment of the records; NULL for all of them.",
    "sha256": "sha256 of the artifact's bytes, verified before it is loaded.",
    "share": "Part of the whole, 0 to 1.",
    "source": "File or frame that the batch came from.",
    "started_at": "When it started, UTC.",
    "starts_at": "Time of the first record of the batch.",
    "step": "Name of the step in mlmon.yml.",
    "store": "Name of the evaluation store in mlmon.yml.",
    "sum": "Sum of the values.",
    "sum_log_loss": "Sum of the log losses of the labelled records.",
    "sum_of_squares": "Sum of the squared scores.",
    "target": "Column that the model predicts.",
    "task": "binary, multiclass or regression.",
    "test_size": "Share of the records that the test part, the reference sample, has.",
    "threshold": "A score above it means the positive class.",
    "total_rows": "Number of records that the sample was drawn from.",
    "train_batches": "Batches that the version was trained on.",
    "train_fingerprints": "Fingerprints of those batches at the time.",
    "train_rows": "Number of records that the estimator was fitted on.",
    "trigger": "What started the run.",
    "trusted_types": "Types in the artifact that loading it may construct, recorded at training.",
    "upper": "Upper end: of the confidence interval, or of the bin.",
    "value": "The figure.",
    "versions": "Versions of the libraries that fitted the pipeline, a JSON object.",
    "x": "Horizontal coordinate of the point.",
    "y": "Vertical coordinate of the point.",
}


NULLABLE = {"evaluation_id", "sample_id", "feature", "segment", "class", "label"}
NULLABLE |= {"actual", "predicted"}


@dataclass(frozen=True)
class Table:
    """A stored table: `columns` maps names to DuckDB types, `key` identifies a row."""

    name: str
    comment: str
    key: tuple[str, ...]
    columns: Mapping[str, str]

    @property
    def required(self) -> tuple[str, ...]:
        """The key columns that are never NULL."""
        return tuple(name for name in self.key if len(self.key) == 1 or name not in NULLABLE)


def _columns(declaration: str) -> dict[str, str]:
    """Return name -> type of a declaration like `batch VARCHAR, rows BIGINT`."""
    pairs = (part.strip().split(" ", 1) for part in declaration.replace("\n", " ").split(","))
    return {name: kind.strip() for name, kind in pairs}


def _table(name: str, comment: str, key: str, declaration: str) -> Table:
    return Table(name, comment, tuple(key.split()), _columns(declaration))


TABLES: tuple[Table, ...] = (
    _table(
        "warehouse_state",
        "What mlmon knows about this file itself.",
        "name",
        "name VARCHAR, value VARCHAR",
    ),
    _table(
        "batches",
        "One ingested batch of a dataset.",
        "dataset batch",
        """dataset VARCHAR, batch VARCHAR, source VARCHAR, fingerprint VARCHAR, rows BIGINT,
        starts_at TIMESTAMP, ends_at TIMESTAMP, ingested_at TIMESTAMP""",
    ),
    _table(
        "model_versions",
        "One trained or registered version of a model.",
        "model model_version",
        """model VARCHAR, model_version INTEGER, algorithm VARCHAR, task VARCHAR, dataset VARCHAR,
        key VARCHAR, target VARCHAR, positive_class VARCHAR, classes VARCHAR[], threshold
        DOUBLE, train_batches VARCHAR[], train_fingerprints VARCHAR[], train_rows BIGINT,
        test_size DOUBLE, seed BIGINT, created_at TIMESTAMP, created_by VARCHAR, is_active
        BOOLEAN, activated_at TIMESTAMP, artifact VARCHAR, sha256 VARCHAR, features JSON,
        versions JSON, trusted_types VARCHAR[]""",
    ),
    _table(
        "feature_importances",
        "How much a version relies on an input feature.",
        "model model_version feature",
        """model VARCHAR, model_version INTEGER, feature VARCHAR, importance DOUBLE,
        share DOUBLE""",
    ),
    _table(
        "predictions",
        "What a version said about a record.",
        "model model_version record_id",
        """model VARCHAR, model_version INTEGER, dataset VARCHAR, batch VARCHAR,
        record_id VARCHAR, prediction VARCHAR, score DOUBLE, scored_at TIMESTAMP""",
    ),
    _table(
        "class_probabilities",
        "Probability of each class, multiclass models only.",
        "model model_version record_id class",
        """model VARCHAR, model_version INTEGER, dataset VARCHAR, batch VARCHAR,
        record_id VARCHAR, class VARCHAR, probability DOUBLE""",
    ),
    _table(
        "samples",
        "A set of records, given by a rule: what every metric measures.",
        "sample_id",
        """sample_id VARCHAR, model VARCHAR, model_version INTEGER, role VARCHAR, dataset VARCHAR,
        batch VARCHAR, batches VARCHAR[], segment VARCHAR, rows BIGINT, total_rows BIGINT,
        method VARCHAR, seed BIGINT, fraction DOUBLE, cutoff VARCHAR, has_performance BOOLEAN,
        lift_at DOUBLE,
        gain_tp DOUBLE, gain_fp DOUBLE, gain_fn DOUBLE, gain_tn DOUBLE, created_at TIMESTAMP""",
    ),
    _table(
        "bins",
        "Bins of a feature, frozen at training on the reference sample.",
        "model model_version feature bin",
        """model VARCHAR, model_version INTEGER, feature VARCHAR, bin INTEGER, kind VARCHAR,
        lower DOUBLE, upper DOUBLE, category VARCHAR, categories VARCHAR[], coarse_bin INTEGER""",
    ),
    _table(
        "histograms",
        "Rows of a sample per bin of a feature.",
        "sample_id feature bin",
        """sample_id VARCHAR, feature VARCHAR, bin INTEGER, n BIGINT, sum DOUBLE,
        minimum DOUBLE, maximum DOUBLE""",
    ),
    _table(
        "score_histograms",
        "Rows of a sample per bin of the score and label.",
        "sample_id bin label",
        """sample_id VARCHAR, bin INTEGER, label VARCHAR, n BIGINT, sum DOUBLE,
        sum_of_squares DOUBLE, sum_log_loss DOUBLE""",
    ),
    _table(
        "label_histograms",
        "Rows of a sample per actual and predicted class.",
        "sample_id actual predicted",
        "sample_id VARCHAR, actual VARCHAR, predicted VARCHAR, n BIGINT",
    ),
    _table(
        "evaluations",
        "One evaluation: a sample measured against a reference.",
        "evaluation_id",
        """evaluation_id VARCHAR, store VARCHAR, name VARCHAR, model VARCHAR,
        model_version INTEGER, dataset VARCHAR, batch VARCHAR, sample_id VARCHAR,
        reference_sample_id VARCHAR, rows BIGINT, labelled_rows BIGINT, has_performance BOOLEAN,
        confidence DOUBLE, drift_limit DOUBLE, is_aside BOOLEAN, labels JSON,
        evaluated_at TIMESTAMP""",
    ),
    _table(
        "evaluation_metrics",
        "Figures of an evaluation, or of a reference sample.",
        "evaluation_id sample_id metric feature segment",
        """evaluation_id VARCHAR, sample_id VARCHAR, metric VARCHAR, feature VARCHAR,
        segment VARCHAR, value DOUBLE, lower DOUBLE, upper DOUBLE, note VARCHAR""",
    ),
    _table(
        "evaluation_curves",
        "Points of the curves of an evaluation or a reference sample.",
        "sample_id evaluation_id curve class position",
        """sample_id VARCHAR, evaluation_id VARCHAR, curve VARCHAR, class VARCHAR,
        position INTEGER, x DOUBLE, y DOUBLE, threshold DOUBLE, n BIGINT""",
    ),
    _table(
        "diagnostics",
        "Findings of an evaluation: warnings, never failures.",
        "evaluation_id code message",
        "evaluation_id VARCHAR, code VARCHAR, message VARCHAR",
    ),
    _table(
        "check_results",
        "One result of a check.",
        "store check_name evaluation_id checked_at",
        """store VARCHAR, check_name VARCHAR, metric VARCHAR, feature VARCHAR,
        evaluation_id VARCHAR, value DOUBLE, outcome VARCHAR, message VARCHAR, minimum DOUBLE,
        soft_minimum DOUBLE, soft_maximum DOUBLE, maximum DOUBLE, checked_at TIMESTAMP""",
    ),
    _table(
        "scenario_runs",
        "One run of a scenario.",
        "run_id",
        """run_id VARCHAR, scenario VARCHAR, trigger VARCHAR, batch VARCHAR, versions JSON,
        started_at TIMESTAMP, ended_at TIMESTAMP, outcome VARCHAR""",
    ),
    _table(
        "step_runs",
        "One step of a scenario run.",
        "run_id position",
        """run_id VARCHAR, position INTEGER, step VARCHAR, action VARCHAR, started_at TIMESTAMP,
        ended_at TIMESTAMP, outcome VARCHAR, message VARCHAR""",
    ),
)

TABLE_COLUMNS: Mapping[tuple[str, str], str] = {
    ("warehouse_state", "name"): "Name of the fact.",
    ("warehouse_state", "value"): "The fact.",
    ("label_histograms", "actual"): "Class of the record; NULL when it is not known yet.",
    ("label_histograms", "predicted"): "Predicted class.",
    ("scenario_runs", "versions"): "Versions of the models that the run works with, a JSON object.",
    **{
        (relation, column): words
        for relation in ("check_results", "latest_checks")
        for column, words in {
            "minimum": "Below it the outcome is ERROR.",
            "soft_minimum": "Below it the outcome is WARNING.",
            "soft_maximum": "Above it the outcome is WARNING.",
            "maximum": "Above it the outcome is ERROR.",
            "value": "The metric's value when the check ran.",
        }.items()
    },
}


def comment_of(relation: str, column: str) -> str | None:
    """Return what a column means, or None when nobody has said."""
    return TABLE_COLUMNS.get((relation, column)) or COLUMNS.get(column)
