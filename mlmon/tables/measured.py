"""What is measured: samples, their profiles, evaluations and their figures."""

from mlmon.tables.table import Table, table

TABLES: tuple[Table, ...] = (
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
