"""The columns that several tables have: each is called the same and looks the same in all."""

from mlmon.report.facts import words
from mlmon.report.facts.table import Column

COLUMNS = {
    "activated_at": Column("activated_at", "Activated", "moment"),
    "against": Column("against", "Once against"),
    "algorithm": Column("algorithm", "Algorithm"),
    "batch": Column("batch", "Batch"),
    "change": Column("change", "Change", "signed", ""),
    "checked_at": Column("checked_at", "Checked", "moment"),
    "check_name": Column("check_name", "Check"),
    "class": Column("class", "Class"),
    "data_drift": Column("data_drift", "Data drift", "figure", words.NOTHING),
    "drift_importance": Column("drift_importance", "Drift importance", "share"),
    "evaluated_at": Column("evaluated_at", "Evaluated", "moment"),
    "evaluation": Column("batch", "Batch", "evaluation"),
    "evaluations": Column("evaluations", "Evaluations", "count"),
    "feature": Column("feature", "Feature", "feature"),
    "labelled_rows": Column("labelled_rows", "With a label", "count", words.NOTHING),
    "limits": Column("check_name", "Limits", "limits"),
    "lower": Column("lower", "Lower", "figure", ""),
    "message": Column("message", "Message", "remark"),
    "meter": Column("value", "Against its limits", "meter"),
    "metric": Column("title", "Metric", "named"),
    "model_importance": Column("model_importance", "Model importance", "share"),
    "model_version": Column("model_version", "Version", "count"),
    "note": Column("note", "Note"),
    "outcome": Column("outcome", "Outcome", "status"),
    "psi": Column("population_stability_index", "PSI", "figure"),
    "pvalue_adjusted": Column("pvalue_adjusted", "Adjusted p-value", "figure"),
    "reading": Column("reading", "Reading", "status"),
    "rows": Column("rows", "Rows", "count"),
    "sample": Column("sample", "Sample"),
    "segment": Column("segment", "Segment"),
    "severity": Column("outcome", "Severity", "status"),
    "share": Column("share", "Share of records", "share"),
    "status": Column("status", "Status", "status"),
    "store": Column("store", "Store", "store"),
    "threshold": Column("threshold", "Threshold", "figure"),
    "train_rows": Column("train_rows", "Rows", "count"),
    "trained_on": Column("trained_on", "Trained on"),
    "trigger": Column("trigger", "Trigger"),
    "upper": Column("upper", "Upper", "figure", ""),
    "value": Column("value", "Value", "figure"),
    "verdict": Column("value", "Value", "figure", note="message"),  # of a check
}


def columns(*given: str | Column) -> tuple[Column, ...]:
    """The columns of a table: the names of some of those above, and columns of its own."""
    return tuple(
        column
        for each in given
        for column in (
            (each,) if isinstance(each, Column) else map(COLUMNS.__getitem__, each.split())
        )
    )


def optional(names: str, form: str) -> tuple[Column, ...]:
    """Columns of figures with a dash where there is none; each is titled by its key."""
    titled = ((key, key.replace("_", " ").capitalize()) for key in names.split())
    return tuple(Column(key, title, form, words.NOTHING) for key, title in titled)
