"""The versions of a model: when each was made, was active and was evaluated on which batches."""

from collections.abc import Sequence

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import Chart, Tile, Way, absent, chart, queries, tile
from mlmon.system.commands import command

DRAWN = 12  # versions, the newest
ROW = 30
WIDTHS = (540, 300)  # of the picture, on a wide page and on a narrow one
VERSION_COLUMNS = (
    Column("model_version", "Version", "count"),
    Column("status", "Status", "activity"),
    Column("activated_at", "Activated", "moment"),
    Column("algorithm", "Algorithm"),
    Column("trained_on", "Trained on"),
    Column("train_rows", "Rows", "count"),
    Column("threshold", "Threshold", "figure"),
    Column("reference_roc_auc", "Test ROC AUC", "figure", words.NOTHING),
    Column("reference_r2", "Test R2", "figure", words.NOTHING),
    Column("evaluations", "Evaluations", "count"),
    Column("created_by", "Made by"),
)
LIFE_COLUMNS = (
    Column("model_version", "Version", "count"),
    Column("created_at", "Made", "moment"),
    Column("activated_at", "Last activated", "moment", words.NOTHING),
    Column("replaced_at", "Replaced", "moment", words.NOTHING),
)
BATCH_COLUMNS = (
    Column("model_version", "Version", "count"),
    Column("batch", "Batch"),
    Column("evaluations", "Evaluations", "count"),
)


def version_tile(read: Read, model: str, ways: Sequence[Way] = ()) -> Tile:
    """The versions of a model as a timeline and as a table, each with how to activate it."""
    versions = ask(read, "model_versions", model=model)
    if not versions.rows:
        return absent("versions", "Versions", "This model has not been trained yet.")
    batches = ask(read, "version_batches", model=model)
    told = [in_words(row, model) for row in versions.rows]
    return tile(
        "versions",
        "Timeline of versions",
        charts=pictures(versions, batches),
        subtitle=drawn(versions.rows),
        tables=[table("Model versions, newest first", filled(VERSION_COLUMNS, told), told)],
        numbers=numbers(versions, batches),
        sql=queries(versions, *([batches] if batches.rows else [])),
        ways=list(ways),
    )


def in_words(row: Row, model: str) -> Row:
    """A version as its row of the table has it."""
    activate = command("activate", model, str(row["model_version"]))
    return {
        **row,
        "status": "ACTIVE" if row["is_active"] else None,
        "trained_on": words.span(row["train_batches"]),
        "command": None if row["is_active"] else activate,
    }


def drawn(rows: Sequence[Row]) -> str | None:
    """How many of the versions are in the pictures, where not all are."""
    return f"the newest {DRAWN} of {len(rows)} are drawn" if len(rows) > DRAWN else None


def pictures(versions: Answer, batches: Answer) -> list[Chart]:
    """When each version was made and active, and which batches it was evaluated on."""
    rows = versions.rows[:DRAWN]
    size = tuple((width, ROW * len(rows)) for width in WIDTHS)
    made = [
        chart(
            "lifetimes",
            "When each version was made and for how long it was active",
            size,
            "Made (dot) and last active (bar)",
            rows=rows,
        )
    ]
    if batches.rows:
        made.append(
            chart(
                "coverage",
                "Which batches each version was evaluated on",
                size,
                "Batches it was evaluated on",
                rows=rows,
                batches=batches.rows,
            )
        )
    return made


def numbers(versions: Answer, batches: Answer) -> list[Table]:
    """What is drawn, in figures."""
    lives = table("Versions in time, newest first", LIFE_COLUMNS, versions.rows)
    told = "Batches that each version was evaluated on"
    return [lives, *([table(told, BATCH_COLUMNS, batches.rows)] if batches.rows else [])]
