"""Ask the warehouse: the report's queries, run as they stand and shown as they ran."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mlmon.warehouse.sql import FORBIDDEN, literal, spelled

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
    there = ZoneInfo(zone)

    def local(query: str, **parameters: Any) -> list[Row]:
        return [moved(row, there) for row in read(query, **parameters)]

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
    return Answer([printable(row) for row in read(query, **parameters)], shown(name, **parameters))


def shown(name: str, **parameters: Any) -> str:
    """A query as it is shown, of which the rows are known already."""
    return spelled(text(name), parameters)


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


def part_of(query: str, wanted: dict[str, Any]) -> str:
    """The query for those of its rows that have these values."""
    conditions = " and ".join(f"{key} = {literal(value)}" for key, value in wanted.items())
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
