"""The versions of a model: when each was made, active and evaluated, and why it became active."""

from collections.abc import Iterator, Sequence

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import columns
from mlmon.report.facts.links import model_page
from mlmon.report.facts.sentence import Sentence, figure
from mlmon.report.facts.table import Column, table
from mlmon.report.facts.tile import Chart, Tile, Way, chart, queries
from mlmon.report.tiles.listing import Listing
from mlmon.system.commands import command

DRAWN = 12  # versions, the newest
ROW = 30
WIDTHS = (540, 300)  # of the picture, on a wide page and on a narrow one
VERSIONS = Listing(
    "model_versions",
    "versions",
    "Timeline of versions",
    "Model versions, newest first",
    columns(
        "model_version",
        Column("status", "Status", "activity"),
        "activated_at algorithm trained_on train_rows threshold",
        Column("reference_roc_auc", "Test ROC AUC", "figure", words.NOTHING),
        Column("reference_r2", "Test R2", "figure", words.NOTHING),
        "evaluations",
        Column("created_by", "Made by"),
    ),
    none="This model has not been trained yet.",
    absent_title="Versions",
    lines=lambda of, rows: [in_words(of, row) for row in rows],
)
LIFE_COLUMNS = columns(
    "model_version",
    Column("created_at", "Made", "moment"),
    Column("activated_at", "Last activated", "moment", words.NOTHING),
    Column("replaced_at", "Replaced", "moment", words.NOTHING),
)
DECISIONS = Listing(
    "decisions",
    "decisions",
    "Which version is to be active",
    "Decisions, newest first",
    columns(
        Column("decided_at", "When", "time"),
        Column("challenger_version", "Version", "count"),
        Column("decision", "Decision", "status"),
        Column("champion_version", "Active before", "count", words.NOTHING),
        Column("reason", "Reason"),
        Column("decided_by", "By"),
    ),
    kind="wordy",
    every="decisions",
)
CONTESTS = Listing(
    "decisions",
    "contests",
    "How the versions compared",
    "New version against the active one on the same records, newest first",
    columns(
        Column("challenger_version", "Version", "count"),
        Column("champion_version", "Against", "count", words.NOTHING),
        Column("decision", "Decision", "status"),
        Column("metric", "Metric"),
        Column("challenger_value", "New", "figure"),
        Column("champion_value", "Active", "figure"),
        Column("gain", "Gain", "signed"),
        Column("interval", "Interval of the gain", "sentence"),
        Column("rows", "Records", "count"),
        Column("of_batches", "Batches"),
        "sample",
    ),
    lines=lambda _, rows: [contest(row) for row in rows if row["rows"] is not None],
    kind="wordy",
)


def versions(of: Subject) -> Iterator[Tile]:
    """The versions of a model as a timeline and as a table, each with how to activate it."""
    for own in VERSIONS(of):
        if not of("model_versions").rows:
            yield own
            return
        answers, lives = [of("model_versions"), of("version_batches")], of("model_versions").rows
        numbers = [table("Versions in time, newest first", LIFE_COLUMNS, lives)]
        if answers[1].rows:
            heads = columns("model_version batch evaluations")
            caption = "Batches that each version was evaluated on"
            numbers.append(table(caption, heads, answers[1].rows))
        few = f"the newest {DRAWN} of {len(lives)} are drawn" if len(lives) > DRAWN else None
        pictures = charts(lives[:DRAWN], answers[1])
        sql = queries(*(answer for answer in answers if answer.rows))
        yield {**own, "subtitle": few, "charts": pictures, "numbers": numbers, "sql": sql}


def linked_versions(of: Subject) -> Iterator[Tile]:
    """The same on another page than the model's."""
    model = of.parameters["model"]
    way: Way = {"text": f"All about {words.short(model)}", "href": model_page(model)}
    for own in versions(of):
        yield {**own, "ways": [way]} if own["tables"] else own


def in_words(of: Subject, row: Row) -> Row:
    """A version as its row of the table has it."""
    activate = command("activate", of.parameters["model"], str(row["model_version"]))
    return {
        **row,
        "status": "ACTIVE" if row["is_active"] else None,
        "trained_on": words.span(row["train_batches"]),
        "command": None if row["is_active"] else activate,
    }


def charts(rows: Sequence[Row], batches: Answer) -> list[Chart]:
    """When each version was made and active, and which batches it was evaluated on."""
    sizes = tuple((width, ROW * len(rows)) for width in WIDTHS)
    title = "When each version was made and for how long it was active"
    pictures = [chart("lifetimes", title, sizes, "Made (dot) and last active (bar)", rows=rows)]
    if batches.rows:
        title, caption = (
            "Which batches each version was evaluated on",
            "Batches it was evaluated on",
        )
        shown = {"rows": rows, "batches": batches.rows}
        pictures.append(chart("coverage", title, sizes, caption, **shown))
    return pictures


def contest(row: Row) -> Row:
    """A decision as its row of the table of figures has it."""
    interval: Sentence | None = None
    if row["lower"] is not None:  # between which gains the true one lies, and how surely
        low, high = figure(row["lower"], words.signed), figure(row["upper"], words.signed)
        interval = [low, " to ", high, " (", figure(row["confidence"], words.share), ")"]
    of_batches = words.listing(row["batches"]) if row["batches"] else None
    return {**row, "interval": interval, "of_batches": of_batches}
