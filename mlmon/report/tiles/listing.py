"""Tiles that are the rows of one query as a table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import TABLES, columns
from mlmon.report.facts.sentence import Sentence, figure
from mlmon.report.facts.table import Column, filled, table
from mlmon.report.facts.tile import Part, Tile, absent, tile


@dataclass(frozen=True)
class Listing:
    """A tile of the rows of a query: what it is called, its columns, what stands there for none.

    Without `none` there is no tile of no rows. `lines` makes other rows of the query's. The
    columns that hold nothing are left out unless `whole`. `every` is the key of how many there
    are, of which the query gives the newest; the tile says so if there are more.
    """

    query: str
    id: str
    title: str
    caption: str
    columns: Sequence[Column]
    none: str | Callable[[Subject], str] = ""
    lines: Callable[[Subject, list[Row]], list[Row]] = lambda _, rows: rows
    kind: str = "table"
    span: int = 12
    sentence: str | None = None
    every: str = ""
    noun: str = ""
    whole: bool = False
    absent_title: str = ""

    def __call__(self, of: Subject) -> Iterator[Tile]:
        """The tile about that, or what stands there for none."""
        answer = of(self.query)
        yield from self.tiles(of, answer)
        if not answer.rows and self.none:
            sentence = self.none if isinstance(self.none, str) else self.none(of)
            yield absent(self.id, self.absent_title or self.title, sentence, span=self.span)

    def tiles(self, of: Subject, answer: Answer) -> Iterator[Tile]:
        """The tile of the rows, if there are any."""
        if rows := self.lines(of, answer.rows):
            numbers = (table if self.whole else filled)(self.caption, self.columns, rows)
            sentence = self.newest(answer.first, len(rows)) or self.sentence
            facts = {"sentence": sentence, "tables": [numbers], "sql": [answer.sql]}
            yield tile(self.id, self.title, self.kind, span=self.span, **facts)

    def only(self, of: Subject, span: int = 0) -> Tile:
        """The tile of one that is never absent, of that many twelfths."""
        (tile,) = self(of)
        return {**tile, "span": span or tile["span"]}

    def newest(self, first: Row, few: int) -> Sentence:
        """That there are more than the few that are listed; nothing where there are not."""
        if not self.every or first[self.every] <= few:
            return []
        return [f"The newest {few} of ", figure(first[self.every]), f" {self.noun or self.every}."]


def listing(name: str, **further: Any) -> Listing:
    """The listing that tables.toml has under that name, by default of the query so called."""
    entry = TABLES["tiles"][name]
    return Listing(**{"query": name, **entry, "columns": columns(*entry["columns"]), **further})


def parts(page: str, **makers: Callable[[Subject], Any]) -> dict[str, Part]:
    """The parts of a page, as tables.toml lists them.

    A tile is the maker that is handed over under its name or the listing that is called so; a
    lead is always handed over.
    """
    own = {}
    for identity, entry in TABLES["pages"][page].items():
        look = {key: value for key, value in entry.items() if key not in ("tiles", "lead")}
        if "lead" in entry:
            look["lead"] = makers[entry["lead"]]
        tiles = [makers[name] if name in makers else listing(name) for name in entry["tiles"]]
        own[identity] = Part(id=identity, tiles=tiles, **look)
    return own
