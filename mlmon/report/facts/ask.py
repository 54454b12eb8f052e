"""Ask the warehouse: the report's queries, run as they stand and shown as they ran."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mlmon.warehouse.sql import FORBIDDEN, literal, names, spelled

Row = dict[str, Any]
Read = Callable[..., list[Row]]

FOLDER = Path(__file__).parents[1] / "queries"


@dataclass(frozen=True)
class Answer:
    """Rows, and the query that anyone can run to get them."""

    rows: list[Row]
    sql: str

    @property
    def first(self) -> Row:
        """The first row, or an empty one."""
        return self.rows[0] if self.rows else {}


def in_zone(read: Read, zone: str) -> Read:
    """The same reading, with every time, which the warehouse holds in UTC, in a time zone."""
    local_zone = ZoneInfo(zone)

    def local(query: str, **parameters: Any) -> list[Row]:
        return [moved(row, local_zone) for row in read(query, **parameters)]

    return local


def moved(value: Any, zone: ZoneInfo) -> Any:
    """The value with all times in it in the zone."""
    if isinstance(value, datetime):
        try:
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
        except OverflowError:  # the first and the last day there is: infinity
            return value
    if isinstance(value, dict):
        return {key: moved(item, zone) for key, item in value.items()}
    if isinstance(value, list):
        return [moved(item, zone) for item in value]
    return value


def ask(read: Read, name: str, **parameters: Any) -> Answer:
    """Run `queries/<name>.sql`; return its rows and its text with literal values."""
    query = text(name)
    rows = [printable(row) for row in read(query, **parameters)]
    return Answer(rows, spelled(query, parameters))


class Subject:
    """What a page or a tile is about: the parameters of its queries, each of which is asked once.

    `about` is what is known of it beforehand, as its row in the list of pages. A query gets those
    of the parameters that occur in it.
    """

    def __init__(self, read: Read, about: Row | None = None, **parameters: Any) -> None:
        """Nothing is asked yet."""
        self.read, self.about, self.parameters = read, about or {}, parameters
        self.answers: dict[str, Answer] = {}

    def __call__(self, name: str, **further: Any) -> Answer:
        """The answer to `queries/<name>.sql`."""
        given = self.given(name, further)
        key = f"{name} {given}"
        if key not in self.answers:
            self.answers[key] = ask(self.read, name, **given)
        return self.answers[key]

    def answer(self, name: str, answer: Answer) -> None:
        """The answer to a query is known already: nobody asks it again."""
        self.answers[f"{name} {self.given(name, {})}"] = answer

    def shown(self, name: str) -> str:
        """The query as it is shown, of which the rows are known already."""
        return spelled(text(name), self.given(name, {}))

    def given(self, name: str, further: Row) -> Row:
        """The parameters of the query."""
        every = {**self.parameters, **further}
        return {key: every[key] for key in names(text(name)) if key in every}

    def of(self, about: Row | None = None, **parameters: Any) -> "Subject":
        """Something within it: further parameters, and what is known of that."""
        return Subject(self.read, about or self.about, **{**self.parameters, **parameters})

    def evaluation(self, key: str) -> "Subject":
        """An evaluation within it, with all that is known of it."""
        return self.of(ask(self.read, "evaluation", evaluation_id=key).first, evaluation_id=key)


def ask_parts(
    read: Read, name: str, keys: Sequence[str], **parameters: Any
) -> dict[tuple[Any, ...], Answer]:
    """Run a query once; return its rows by the values of the keys, in the order they came.

    Each part's SQL gives that part alone.
    """
    parts: dict[tuple[Any, ...], list[Row]] = {}
    for row in read(text(name), **parameters):
        parts.setdefault(tuple(row[key] for key in keys), []).append(row)
    whole = spelled(text(name), parameters).strip().removesuffix(";")
    return {
        tuple(printable(value) for value in values): Answer(
            [printable(row) for row in rows], part_of(whole, dict(zip(keys, values, strict=True)))
        )
        for values, rows in parts.items()
    }


def part_of(query: str, values: dict[str, Any]) -> str:
    """The query for those of its rows that have these values."""
    conditions = " and ".join(f"{key} = {literal(value)}" for key, value in values.items())
    return f"from (\n{query}\n)\nwhere {conditions};"


@cache
def text(name: str) -> str:
    """The query without the comment above it."""
    lines = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def printable(value: Any) -> Any:
    """The value with no character in it that a page may not hold."""
    if isinstance(value, str):
        return FORBIDDEN.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item) for item in value]
    return value
