"""What a page is made of: sections of tiles, each with its pictures, numbers and SQL."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from mlmon.report.facts import words
from mlmon.report.facts.ask import Row, Subject
from mlmon.report.facts.sentence import Sentence
from mlmon.report.facts.table import Column, Table, filled

Sizes = Sequence[tuple[int, int]]
Key = Sequence[tuple[str, str]]
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


class Badge(TypedDict):
    """A status as a shape and a word."""

    status: str
    text: str


class Way(TypedDict):
    """A link to another page, seen from the report's folder."""

    text: str
    href: str


class Chart(TypedDict):
    """A picture in one or two sizes, the second for a narrow page; `facts` are what it draws."""

    kind: str
    title: str
    sizes: Sizes
    caption: str
    facts: dict[str, Any]


class Tile(TypedDict, total=False):
    """A tile of `span` twelfths of the page's width; the keys up to `ways` are always there.

    `tables` are seen, `numbers` and `sql` are to be unfolded; `folded` is the heading under which
    the tile itself stands with others below its section, to be unfolded.
    """

    id: str
    title: str
    kind: str
    span: int
    subtitle: str | Sentence | None
    badge: Badge | None
    sentence: str | Sentence | None
    charts: list[Chart] | None
    key: Key | None
    tables: list[Table] | None
    numbers: list[Table] | None
    sql: list[str] | None
    folded: str | None
    ways: list[Way] | None
    # What tiles of one kind have: a verdict, a number, runs, facts, ...
    status: str
    answers: list[dict[str, Any]]
    value: float | None
    text: str
    note: str | None
    change: Sentence
    limits: str | Sentence
    tone: str
    label: str
    store: str
    href: str
    batch: str
    path: str
    end: tuple[str, str] | None
    runs: list[dict[str, Any]]
    strip: list[dict[str, str]]
    facts: list[dict[str, Any]]
    boxes: list[dict[str, Any]]
    matrices: list[dict[str, Any]]
    pictures: list[dict[str, Any]]
    bins: list[dict[str, Any]]


OPTIONAL = (
    *("subtitle", "badge", "sentence", "charts", "key", "tables", "numbers", "sql", "folded"),
    "ways",
)


class Section(TypedDict):
    """A part of a page under its heading; the figures of its `lead` are in its tiles' SQL."""

    id: str
    title: str
    tiles: list[Tile]
    short: str
    lead: str | Sentence | None
    hidden: bool


class Facts(TypedDict):
    """A page: every `href` in it is seen from the report's folder, and `root` leads there.

    A root of None says that the page stands alone, so nothing on it is a link. `ways` are the
    links above the content, `updated` the time up to which the page knows.
    """

    kind: str
    project: str
    title: str
    status: Badge | None
    updated: str
    zone: str
    ways: list[Way]
    root: str | None
    sections: list[Section]


def tile(identity: str, title: str, kind: str = "table", *, span: int = 12, **facts: Any) -> Tile:
    """A tile with all keys that every tile has."""
    nothing = dict.fromkeys(OPTIONAL)
    own = {**nothing, "id": identity, "title": title, "kind": kind, "span": span, **facts}
    return cast("Tile", own)


def absent(identity: str, title: str, sentence: str, span: int = 12) -> Tile:
    """A tile that says why it has nothing to show."""
    return tile(identity, title, "sentence", span=span, sentence=sentence)


def resized(given: Tile, width: int | None) -> Tile:
    """The tile at that width, with it a picture of mlmon's that stands alone in it."""
    if width is None or width == given["span"]:
        return given
    pictures = given["charts"] or []
    if len(pictures) == 1 and pictures[0]["kind"] != "own":
        sizes = pictures[0]["sizes"]
        first = (WIDTHS[width], sizes[0][1])
        second = [(NARROW, sizes[-1][1])] if first[0] > NARROW else []
        pictures = [{**pictures[0], "sizes": [first, *second]}]
    return {**given, "span": width, "charts": pictures or None}


def chart(kind: str, title: str, sizes: Sizes, caption: str = "", **facts: Any) -> Chart:
    """A picture of the facts."""
    return {"kind": kind, "title": title, "sizes": list(sizes), "caption": caption, "facts": facts}


def badge(status: str | None, text: str | None = None) -> Badge | None:
    """A status as a shape and a word; none for no status."""
    if status is None or status == "NONE":
        return None
    return {"status": status, "text": text or words.STATUS.get(status, status)}


def with_sql(given: Tile, *further: str) -> Tile:
    """The tile with more SQL below its own: that of a lead above it, say."""
    return {**given, "sql": [*(given["sql"] or []), *further]}


# ---- Curves as numbers: of many points, as many as a reader reads


POINTS = 25
FEW = 30  # records of a point that chance alone moves far


def points(heads: Sequence[Column], rows: list[Row]) -> Table:
    """The points as a table, which says how many of them it has."""
    shown, drawn = thinned(rows), len(rows)
    few = f"{len(shown)} of the {drawn} points that are drawn"
    return filled("All points" if len(shown) == drawn else few, heads, shown)


def thinned(rows: list[Row]) -> list[Row]:
    """Of a long curve about as many points as a reader reads, its ends among them."""
    shown = []
    for line in dict.fromkeys((row["sample"], row.get("class")) for row in rows):
        points = [row for row in rows if (row["sample"], row.get("class")) == line]
        apart = max(1, -(-len(points) // POINTS))
        shown += [*points[:-1:apart], points[-1]]
    return shown


def few_records(rows: list[Row]) -> list[Row]:
    """The points of a calibration that few records stand behind."""
    return [row for row in rows if row.get("rows") is not None and row["rows"] < FEW]


# ---- What a page is: a list of sections, where it lies, and a name for that so it is drawn once


Maker = Callable[[Subject], Iterable[Tile]]


@dataclass(frozen=True)
class Part:
    """A section as a page's list has it: what its tiles are, made of what the page is about.

    `short` is its name in the navigation, `lead` what stands above its tiles, `none` the identity,
    title and sentence of a tile that stands there for none; without that it is left out.
    """

    id: str
    title: str
    tiles: Sequence[Maker]
    short: str = ""
    lead: Callable[[Subject], str | Sentence | None] = lambda _: None
    hidden: bool = False
    none: tuple[str, str, str] | None = None

    def sections(self, of: Subject, place: int = 0, suffix: str = "") -> Iterable[Section]:
        """The part of a page about that; `place` and `suffix` tell one of several such apart."""
        tiles = [each for maker in self.tiles for each in maker(of)]
        tiles = tiles or ([absent(*self.none)] if self.none else [])
        title, identity = f"{self.title}{suffix}", f"{self.id}-{place}" if place else self.id
        if tiles:
            yield section(
                identity, title, tiles, self.short or title, self.lead(of), hidden=self.hidden
            )


def laid_out(parts: Iterable[Part], of: Subject) -> list[Section]:
    """The sections of a page about that."""
    return [section for part in parts for section in part.sections(of)]


def section(
    identity: str,
    title: str,
    tiles: Iterable[Tile],
    short: str = "",
    lead: str | Sentence | None = None,
    *,
    hidden: bool = False,
) -> Section:
    """A section of tiles that are made already."""
    return {
        "id": identity,
        "title": title,
        "tiles": list(tiles),
        "short": short or title,
        "lead": lead,
        "hidden": hidden,
    }


@dataclass(frozen=True)
class Page:
    """A page of the report; `facts` are asked for only if `state` is not that of the file."""

    path: str
    state: str
    facts: Callable[[], Facts]


def page(
    kind: str,
    title: str,
    sections: Iterable[Section],
    *,
    project: str,
    status: Badge | None = None,
    updated: object = None,
    ways: Iterable[tuple[str, str]] = (),
    root: str | None = "../",
) -> Facts:
    """A page of those sections; `ways` are texts and where they lead."""
    return {
        "kind": kind,
        "project": project,
        "title": title,
        "status": status,
        "updated": words.moment(updated),
        "zone": words.zone(updated),
        "ways": [{"text": text, "href": href} for text, href in ways],
        "root": root,
        "sections": list(sections),
    }
