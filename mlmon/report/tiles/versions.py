"""The versions of a model: when each was made, active and evaluated, and why it became active."""

from collections.abc import Iterator, Sequence

from mlmon.report.facts import words
from mlmon.report.facts.ask import Row, Subject
from mlmon.report.facts.columns import columns_of
from mlmon.report.facts.links import model_page
from mlmon.report.facts.sentence import Sentence, figure
from mlmon.report.facts.table import table
from mlmon.report.facts.tile import Chart, Tile, Way, chart
from mlmon.report.tiles.listing import listing
from mlmon.system.commands import command

DRAWN = 12  # versions, the newest
ROW = 30
WIDTHS = (540, 300)  # of the picture, on a wide page and on a narrow one
VERSIONS = listing("model_versions", lines=lambda of, rows: [in_words(of, row) for row in rows])
CONTESTS = listing(
    "contests", lines=lambda _, rows: [contest(row) for row in rows if row["rows"] is not None]
)


def versions(of: Subject) -> Iterator[Tile]:
    """The versions of a model as a timeline and as a table, each with how to activate it."""
    for own in VERSIONS(of):
        if not of("model_versions").rows:
            yield own
            return
        lives, coverage = of("model_versions"), of("version_batches")
        numbers = [table("Versions in time, newest first", columns_of("lives"), lives.rows)]
        if coverage.rows:
            caption = "Batches that each version was evaluated on"
            numbers.append(table(caption, columns_of("coverage"), coverage.rows))
        many = len(lives.rows)
        yield {
            **own,
            "subtitle": f"the newest {DRAWN} of {many} are drawn" if many > DRAWN else None,
            "charts": charts(lives.rows[:DRAWN], coverage.rows),
            "numbers": numbers,
            "sql": [answer.sql for answer in (lives, coverage) if answer.rows],
        }


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


def charts(rows: Sequence[Row], batches: Sequence[Row]) -> list[Chart]:
    """When each version was made and active, and which batches it was evaluated on."""
    sizes = tuple((width, ROW * len(rows)) for width in WIDTHS)
    lives = "When each version was made and for how long it was active"
    coverage = "Which batches each version was evaluated on"
    facts = {"rows": rows, "batches": batches}
    pictures = [
        chart("lifetimes", lives, sizes, "Made (dot) and last active (bar)", rows=rows),
        chart("coverage", coverage, sizes, "Batches it was evaluated on", **facts),
    ]
    return pictures if batches else pictures[:1]


def contest(row: Row) -> Row:
    """A decision as its row of the table of figures has it."""
    interval: Sentence | None = None
    if row["lower"] is not None:  # between which gains the true one lies, and how surely
        low, high = figure(row["lower"], words.signed), figure(row["upper"], words.signed)
        interval = [low, " to ", high, " (", figure(row["confidence"], words.share), ")"]
    of_batches = words.listing(row["batches"]) if row["batches"] else None
    return {**row, "interval": interval, "of_batches": of_batches}
