"""The dashboard's lists: every check, every evaluation."""

from collections.abc import Sequence

from mlmon.report.facts import words
from mlmon.report.facts.ask import Row
from mlmon.report.facts.links import page_of, store_page
from mlmon.report.facts.sentence import limits
from mlmon.report.facts.table import Column, filled, table
from mlmon.report.facts.tile import Tile, absent, tile

CHECK_COLUMNS = (
    Column("check_name", "Check"),
    Column("outcome", "Outcome", "status"),
    Column("value", "Value", "figure"),
    Column("value", "Against its limits", "meter"),
    Column("limits", "Limits", "said"),
    Column("store", "Store", "link", href="store_page"),
    Column("batch", "Batch"),
    Column("checked_at", "Checked", "moment"),
)
EVALUATION_COLUMNS = (
    Column("batch", "Batch", "link"),
    Column("store", "Store", "link", href="store_page"),
    Column("against", "Once against"),
    Column("model_version", "Version", "count"),
    Column("rows", "Rows", "count"),
    Column("data_drift", "Data drift", "figure", words.NOTHING),
    Column("drifted_feature_share", "Drifted features", "share", words.NOTHING),
    Column("roc_auc_score", "ROC AUC", "figure", words.NOTHING),
    Column("average_precision_score", "Average precision", "figure", words.NOTHING),
    Column("f1_score", "F1", "figure", words.NOTHING),
    Column("log_loss", "Log loss", "figure", words.NOTHING),
    Column("r2_score", "R2", "figure", words.NOTHING),
    Column("root_mean_squared_error", "RMSE", "figure", words.NOTHING),
    Column("diagnostics", "Diagnostics", "count"),
    Column("evaluated_at", "Evaluated", "moment"),
)


def check_tile(rows: Sequence[Row], sql: str) -> Tile:
    """Every check against its limits."""
    if not rows:
        said = "No check has run. Limits are set under checks: in mlmon.yml; mlmon check runs them."
        return absent("check-table", "Latest checks", said)
    told = [
        {
            **row,
            "limits": limits(row),
            "note": row["message"],
            "store_page": store_page(row["store"]),
        }
        for row in rows
    ]
    return tile(
        "check-table",
        "Latest checks",
        tables=[table("Latest result of every check, worst first", CHECK_COLUMNS, told)],
        sql=[sql],
    )


def evaluation_tile(rows: Sequence[Row], sql: str) -> Tile:
    """Every evaluation with a link to its page."""
    if not rows:
        return absent("evaluation-table", "All evaluations", "No batch has been evaluated yet.")
    told = [{**row, "href": page_of(row), "store_page": store_page(row["store"])} for row in rows]
    columns = filled(EVALUATION_COLUMNS, told)
    return tile(
        "evaluation-table",
        "All evaluations",
        tables=[table("Evaluations, newest batch first", columns, told)],
        sql=[sql],
    )
