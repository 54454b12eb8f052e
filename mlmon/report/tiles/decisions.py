"""Decisions on the pages: which version of a model became active when, and why."""

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row
from mlmon.report.facts.sentence import Said, told
from mlmon.report.facts.table import Column, filled, table
from mlmon.report.facts.tile import Section, Tile, queries, section, tile

COLUMNS = (
    Column("decided_at", "When", "time"),
    Column("challenger_version", "Version", "count"),
    Column("decision", "Decision", "status"),
    Column("champion_version", "Active before", "count", words.NOTHING),
    Column("reason", "Reason"),
    Column("decided_by", "By"),
)
CONTEST_COLUMNS = (
    Column("challenger_version", "Version", "count"),
    Column("champion_version", "Against", "count", words.NOTHING),
    Column("decision", "Decision", "status"),
    Column("metric", "Metric"),
    Column("challenger_value", "New", "figure"),
    Column("champion_value", "Active", "figure"),
    Column("gain", "Gain", "signed"),
    Column("interval", "Interval of the gain", "said"),
    Column("rows", "Records", "count"),
    Column("of_batches", "Batches"),
    Column("sample", "Sample"),
)


def decision_section(answer: Answer) -> Section:
    """What was decided about a model's versions, and the figures of those that were compared."""
    measured = [in_words(row) for row in answer.rows if row["rows"] is not None]
    made = [decision_tile(answer), *([contest_tile(answer, measured)] if measured else [])]
    return section("decisions", "Activation decisions", made, short="Decisions")


def decision_tile(answer: Answer) -> Tile:
    """Which version was to be active, why, and who says so."""
    few, every = len(answer.rows), answer.first["decisions"]
    some: Said = [f"The newest {few} of ", told(every), " decisions."]
    return tile(
        "decisions",
        "Which version is to be active",
        "wordy",
        sentence=some if every > few else None,
        tables=[table("Decisions, newest first", filled(COLUMNS, answer.rows), answer.rows)],
        sql=queries(answer),
    )


def contest_tile(answer: Answer, rows: list[Row]) -> Tile:
    """The figures of the decisions for which two versions were compared."""
    caption = "New version against the active one on the same records, newest first"
    return tile(
        "contests",
        "How the versions compared",
        "wordy",
        tables=[table(caption, filled(CONTEST_COLUMNS, rows), rows)],
        sql=queries(answer),
    )


def in_words(row: Row) -> Row:
    """A decision as its row of the table of figures has it."""
    return {
        **row,
        "interval": None if row["lower"] is None else interval(row),
        "of_batches": words.listing(row["batches"]) if row["batches"] else None,
    }


def interval(row: Row) -> Said:
    """Between which gains the true one lies, and how surely."""
    ends: Said = [told(row["lower"], words.signed), " to ", told(row["upper"], words.signed)]
    return [*ends, " (", told(row["confidence"], words.share), ")"]
