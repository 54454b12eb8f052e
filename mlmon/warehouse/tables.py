"""What happened when: checks, runs of scenarios, the file itself."""

from collections.abc import Mapping
from dataclasses import dataclass

# ---- What a stored table is, and how one is declared


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


def table(name: str, comment: str, key: str, declaration: str) -> Table:
    """Return a table; `key` and `declaration` are texts, as the callers write them."""
    return Table(name, comment, tuple(key.split()), _columns(declaration))


OPERATION: tuple[Table, ...] = (
    table(
        "warehouse_state",
        "What mlmon knows about this file itself.",
        "name",
        "name VARCHAR, value VARCHAR",
    ),
    table(
        "activation_decisions",
        "One decision on which version of a model is active, and why.",
        "model position",
        """model VARCHAR, position INTEGER, challenger_version INTEGER, champion_version INTEGER,
        metric VARCHAR, champion_value DOUBLE, challenger_value DOUBLE, gain DOUBLE, lower DOUBLE,
        upper DOUBLE, confidence DOUBLE, rows BIGINT, sample VARCHAR, batches VARCHAR[],
        decision VARCHAR, reason VARCHAR, decided_at TIMESTAMP, decided_by VARCHAR""",
    ),
    table(
        "check_results",
        "One result of a check.",
        "store check_name evaluation_id feature segment checked_at",
        """store VARCHAR, check_name VARCHAR, kind VARCHAR, metric VARCHAR, feature VARCHAR,
        segment VARCHAR, evaluation_id VARCHAR, value DOUBLE, outcome VARCHAR, message VARCHAR,
        minimum DOUBLE, soft_minimum DOUBLE, soft_maximum DOUBLE, maximum DOUBLE,
        definition VARCHAR, checked_at TIMESTAMP""",
    ),
    table(
        "alerts",
        "A check in trouble, from when it opened until it is resolved.",
        "alert_id",
        """alert_id VARCHAR, store VARCHAR, check_name VARCHAR, metric VARCHAR, feature VARCHAR,
        segment VARCHAR, outcome VARCHAR, state VARCHAR, opened_at TIMESTAMP,
        evaluation_id VARCHAR, last_seen_at TIMESTAMP, last_evaluation_id VARCHAR,
        repeated BIGINT, acknowledged_at TIMESTAMP, acknowledged_by VARCHAR,
        acknowledged_until TIMESTAMP, note VARCHAR, resolved_at TIMESTAMP, message VARCHAR""",
    ),
    table(
        "alert_events",
        "What happened to an alert.",
        "alert_id event happened_at",
        """alert_id VARCHAR, event VARCHAR, happened_at TIMESTAMP, evaluation_id VARCHAR,
        outcome VARCHAR, message VARCHAR""",
    ),
    table(
        "scenario_runs",
        "One run of a scenario.",
        "run_id",
        """run_id VARCHAR, scenario VARCHAR, trigger VARCHAR, batch VARCHAR, versions JSON,
        parameters JSON, parent_run_id VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP,
        outcome VARCHAR""",
    ),
    table(
        "step_runs",
        "One step of a scenario run.",
        "run_id position",
        """run_id VARCHAR, position INTEGER, step VARCHAR, action VARCHAR, started_at TIMESTAMP,
        ended_at TIMESTAMP, outcome VARCHAR, message VARCHAR, attempts INTEGER, outputs JSON""",
    ),
    table(
        "notifications",
        "One message of a reporter about a run to a channel.",
        "run_id reporter channel",
        """run_id VARCHAR, reporter VARCHAR, channel VARCHAR, outcome VARCHAR, message VARCHAR,
        sent_at TIMESTAMP""",
    ),
    table(
        "trigger_state",
        "What `mlmon schedule due` remembers of a trigger of a scenario.",
        "scenario trigger",
        """scenario VARCHAR, trigger VARCHAR, definition VARCHAR, seen_at TIMESTAMP,
        known JSON, due_at TIMESTAMP, fired_at TIMESTAMP, run_id VARCHAR""",
    ),
)


# ---- What comes in and what is made of it: batches, versions, predictions


RECORDS: tuple[Table, ...] = (
    table(
        "batches",
        "One ingested batch of a dataset.",
        "dataset batch",
        """dataset VARCHAR, batch VARCHAR, source VARCHAR, fingerprint VARCHAR, rows BIGINT,
        starts_at TIMESTAMP, ends_at TIMESTAMP, ingested_at TIMESTAMP""",
    ),
    table(
        "source_files",
        "One file that a dataset's batches were read from, as it was then.",
        "dataset path",
        """dataset VARCHAR, path VARCHAR, stamp VARCHAR, sha256 VARCHAR, definition VARCHAR,
        read_at TIMESTAMP""",
    ),
    table(
        "model_versions",
        "One trained or registered version of a model.",
        "model model_version",
        """model VARCHAR, model_version INTEGER, algorithm VARCHAR, task VARCHAR, dataset VARCHAR,
        key VARCHAR, target VARCHAR, positive_class VARCHAR, classes VARCHAR[], threshold
        DOUBLE, train_batches VARCHAR[], train_fingerprints VARCHAR[], train_rows BIGINT,
        test_size DOUBLE, seed BIGINT, created_at TIMESTAMP, created_by VARCHAR, is_active
        BOOLEAN, activated_at TIMESTAMP, artifact VARCHAR, sha256 VARCHAR, features JSON,
        versions JSON, trusted_types VARCHAR[], category_format INTEGER""",
    ),
    table(
        "feature_importances",
        "How much a version relies on an input feature.",
        "model model_version feature",
        """model VARCHAR, model_version INTEGER, feature VARCHAR, importance DOUBLE,
        share DOUBLE""",
    ),
    table(
        "predictions",
        "What a version said about a record.",
        "model model_version record_id",
        """model VARCHAR, model_version INTEGER, dataset VARCHAR, batch VARCHAR,
        record_id VARCHAR, prediction VARCHAR, score DOUBLE, scored_at TIMESTAMP""",
    ),
    table(
        "class_probabilities",
        "Probability of each class, multiclass models only.",
        "model model_version record_id class",
        """model VARCHAR, model_version INTEGER, dataset VARCHAR, batch VARCHAR,
        record_id VARCHAR, class VARCHAR, probability DOUBLE""",
    ),
)


# ---- What is measured: samples, their profiles, evaluations and their figures


MEASURED: tuple[Table, ...] = (
    table(
        "samples",
        "A set of records, given by a rule: what every metric measures.",
        "sample_id",
        """sample_id VARCHAR, model VARCHAR, model_version INTEGER, role VARCHAR, dataset VARCHAR,
        batch VARCHAR, batches VARCHAR[], segment VARCHAR, rows BIGINT, total_rows BIGINT,
        method VARCHAR, seed BIGINT, fraction DOUBLE, cutoff VARCHAR, has_performance BOOLEAN,
        lift_at DOUBLE,
        gain_tp DOUBLE, gain_fp DOUBLE, gain_fn DOUBLE, gain_tn DOUBLE, created_at TIMESTAMP""",
    ),
    table(
        "bins",
        "Bins of a feature, frozen at training on the reference sample.",
        "model model_version feature bin",
        """model VARCHAR, model_version INTEGER, feature VARCHAR, bin INTEGER, kind VARCHAR,
        lower DOUBLE, upper DOUBLE, category VARCHAR, categories VARCHAR[], coarse_bin INTEGER,
        trained VARCHAR[]""",
    ),
    table(
        "histograms",
        "Rows of a sample per bin of a feature.",
        "sample_id feature bin",
        """sample_id VARCHAR, feature VARCHAR, bin INTEGER, n BIGINT, sum DOUBLE,
        minimum DOUBLE, maximum DOUBLE""",
    ),
    table(
        "score_histograms",
        "Rows of a sample per bin of the score and label.",
        "sample_id bin label",
        """sample_id VARCHAR, bin INTEGER, label VARCHAR, n BIGINT, sum DOUBLE,
        sum_of_squares DOUBLE, sum_log_loss DOUBLE""",
    ),
    table(
        "label_histograms",
        "Rows of a sample per actual and predicted class.",
        "sample_id actual predicted",
        "sample_id VARCHAR, actual VARCHAR, predicted VARCHAR, n BIGINT",
    ),
    table(
        "evaluations",
        "One evaluation: a sample measured against a reference.",
        "evaluation_id",
        """evaluation_id VARCHAR, store VARCHAR, name VARCHAR, model VARCHAR,
        model_version INTEGER, dataset VARCHAR, batch VARCHAR, sample_id VARCHAR,
        reference_sample_id VARCHAR, rows BIGINT, labelled_rows BIGINT, has_performance BOOLEAN,
        confidence DOUBLE, drift_limit DOUBLE, is_aside BOOLEAN, labels JSON,
        evaluated_at TIMESTAMP""",
    ),
    table(
        "evaluation_metrics",
        "Figures of an evaluation, or of a reference sample.",
        "evaluation_id sample_id metric feature segment",
        """evaluation_id VARCHAR, sample_id VARCHAR, metric VARCHAR, feature VARCHAR,
        segment VARCHAR, value DOUBLE, lower DOUBLE, upper DOUBLE, note VARCHAR""",
    ),
    table(
        "evaluation_curves",
        "Points of the curves of an evaluation or a reference sample.",
        "sample_id evaluation_id curve class position",
        """sample_id VARCHAR, evaluation_id VARCHAR, curve VARCHAR, class VARCHAR,
        position INTEGER, x DOUBLE, y DOUBLE, threshold DOUBLE, n BIGINT""",
    ),
    table(
        "diagnostics",
        "Findings of an evaluation: warnings, never failures.",
        "evaluation_id code message",
        "evaluation_id VARCHAR, code VARCHAR, message VARCHAR",
    ),
)


# ---- The stored tables: columns, types, keys and comments, declared once


TABLES: tuple[Table, ...] = (*OPERATION, *RECORDS, *MEASURED)
