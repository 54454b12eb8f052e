"""What comes in and what is made of it: batches, versions, predictions."""

from mlmon.tables.table import Table, table

TABLES: tuple[Table, ...] = (
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
