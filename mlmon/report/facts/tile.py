"""What a tile is: a title, pictures, the numbers as a table, and the SQL behind both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row
from mlmon.report.facts.sentence import Said

Tile = dict[str, Any]
Chart = dict[str, Any]
Section = dict[str, Any]
OPTIONAL = (
    "subtitle",
    "badge",
    "sentence",
    "charts",
    "key",
    "tables",
    "numbers",
    "sql",
    "folded",
    "ways",
)
HALF = ((560, 300), (330, 250))
LOW_HALF = ((560, 200), (330, 190))
LOW = ((350, 190),)
THIRD = ((350, 250),)
WIDE = ((780, 300), (330, 240))
WIDTHS = {3: 250, 4: 350, 6: 560, 8: 780, 12: 1180}  # of a picture alone in a tile, by twelfths
NARROW = 330  # of a picture on a narrow page
SAMPLES_KEY = [("reference", "Reference"), ("accent", "Current")]
BARS_KEY = [("bars reference", "Reference"), ("bars accent", "Current")]
STATUS_KEY = [("bad", "Drifted"), ("warn", "Watch"), ("good", "Stable")]


def tile(identity: str, title: str, kind: str = "table", *, span: int = 12, **facts: Any) -> Tile:
    """A tile of that many twelfths of the page's width.

    `folded` is the heading under which it stands with others below its section, to be unfolded.
    """
    nothing = dict.fromkeys(OPTIONAL)
    return {**nothing, "id": identity, "title": title, "kind": kind, "span": span, **facts}


def section(
    identity: str,
    title: str,
    tiles: Sequence[Tile],
    *,
    short: str | None = None,
    lead: str | Said | None = None,
    hidden: bool = False,
) -> Section:
    """A part of a page under its heading; `short` is its name in the navigation.

    The figures of its `lead` are in the SQL of its tiles.
    """
    return {
        "id": identity,
        "title": title,
        "tiles": list(tiles),
        "short": short or title,
        "lead": lead,
        "hidden": hidden,
    }


def absent(identity: str, title: str, sentence: str, span: int = 12) -> Tile:
    """A tile that says why it has nothing to show."""
    return tile(identity, title, "sentence", span=span, sentence=sentence)


def resized(made: Tile, width: int | None) -> Tile:
    """The tile at that width, with it a picture of mlmon's that stands alone in it."""
    if width is None or width == made["span"]:
        return made
    pictures = made["charts"] or []
    if len(pictures) == 1 and pictures[0]["kind"] != "own":
        pictures = [{**pictures[0], "sizes": sizes_at(width, pictures[0]["sizes"])}]
    return {**made, "span": width, "charts": pictures or None}


def sizes_at(width: int, sizes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sizes of a picture in a tile of that width, as high as they were."""
    first = (WIDTHS[width], sizes[0][1])
    return [first, (NARROW, sizes[-1][1])] if first[0] > NARROW else [first]


def chart(
    kind: str, title: str, sizes: Sequence[tuple[int, int]], caption: str = "", **facts: Any
) -> Chart:
    """A picture in one or two sizes: the second is for a narrow page."""
    return {"kind": kind, "title": title, "sizes": list(sizes), "caption": caption, "facts": facts}


def badge(status: str | None, text: str | None = None) -> dict[str, str] | None:
    """A status as a shape and a word."""
    if status is None or status == "NONE":
        return None
    return {"status": status, "text": text or words.STATUS.get(status, status)}


def queries(*answers: Answer) -> list[str]:
    """The SQL behind a tile, one query after the other."""
    return [answer.sql for answer in answers]


# ---- Curves as numbers: of many points, as many as a reader reads


POINTS = 25
FEW = 30  # records of a point that chance alone moves far


def thinned(rows: list[Row]) -> list[Row]:
    """Of a long curve about as many points as a reader reads, its ends among them."""
    kept = []
    for line in dict.fromkeys((row["sample"], row.get("class")) for row in rows):
        points = [row for row in rows if (row["sample"], row.get("class")) == line]
        apart = max(1, -(-len(points) // POINTS))
        kept += [*points[:-1:apart], points[-1]]
    return kept


def points_caption(rows: list[Row]) -> str:
    """How many of the curve's points stand in the table below it."""
    shown, drawn = len(thinned(rows)), len(rows)
    return "All points" if shown == drawn else f"{shown} of the {drawn} points that are drawn"


def few_records(rows: list[Row]) -> list[Row]:
    """The points of a calibration that few records stand behind."""
    return [row for row in rows if row.get("rows") is not None and row["rows"] < FEW]


# ---- What a page is: where it lies, what it shows, and a name for that, so that it is drawn once


Facts = dict[str, Any]
Way = dict[str, str]


@dataclass(frozen=True)
class Page:
    """A page of the report; `facts` are asked for only if `state` is not that of the file."""

    path: str
    state: str
    facts: Callable[[], Facts]


def page(
    kind: str,
    title: str,
    sections: Sequence[Section],
    *,
    project: str,
    status: dict[str, str] | None = None,
    updated: object = None,
    ways: Sequence[Way] = (),
    root: str | None = "../",
) -> Facts:
    """A page's facts.

    Every `href` in them is seen from the report's folder; `root` leads there from the page, and
    None says that the page stands alone, so nothing on it is a link. `ways` are the links above
    the content, `updated` the time up to which the page knows.
    """
    return {
        "kind": kind,
        "project": project,
        "title": title,
        "status": status,
        "updated": words.moment(updated),
        "zone": words.zone(updated),
        "ways": list(ways),
        "root": root,
        "sections": list(sections),
    }


def way(text: str, href: str) -> Way:
    """A link to another page."""
    return {"text": text, "href": href}
