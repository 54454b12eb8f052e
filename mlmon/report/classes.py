"""Performance of a multiclass model by class: the tile that both pages share."""

from mlmon.report.ask import Read, ask
from mlmon.report.grid import Column, table
from mlmon.report.tile import Tile, absent, queries, tile

REPORT_COLUMNS = (
    Column("class", "Class"),
    Column("precision_score", "Precision", "against"),
    Column("recall_score", "Recall", "against"),
    Column("f1_score", "F1", "against"),
    Column("roc_auc_score", "ROC AUC", "against"),
    Column("support", "Support", "against"),
)
SAID = "Each class against the rest; first the class whose ROC AUC fell most."


def classification_report(read: Read, evaluation_id: str) -> Tile:
    """A row per class: how well it is found, and how many records are of it, then and now."""
    title = "Performance by class"
    answer = ask(read, "classification_report", evaluation_id=evaluation_id)
    if not answer.rows:
        return absent("classification-report", title, "No figure of a class was computed.")
    numbers = table("Performance of every class beside its reference", REPORT_COLUMNS, answer.rows)
    return tile(
        "classification-report", title, tables=[numbers], sentence=SAID, sql=queries(answer)
    )
