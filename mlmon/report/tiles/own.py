"""Tiles of the user's own: a text, and a query shown as a table or drawn by a specification."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mlmon.errors import QueryFailed
from mlmon.report.charts.sizes import is_natural, sizes
from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, printable
from mlmon.report.facts.table import Cell, Column, Table, table
from mlmon.report.facts.tile import Tile, chart, tile
from mlmon.system.logs import log
from mlmon.warehouse.queries import relation

MOST_SHOWN = 200  # rows of a table
MOST_DRAWN = 5000  # rows of a chart
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
REAL = ("FLOAT", "DOUBLE", "DECIMAL")
AWARE = "WITH TIME ZONE"


@dataclass(frozen=True)
class Result:
    """The first rows of a query, the types of its columns, and how many rows it has in all."""

    rows: list[Row]
    kinds: dict[str, str]
    count: int


def text_tile(entry: Mapping[str, Any], place: int) -> Tile:
    """Markdown, with or without a heading."""
    title = printable(entry.get("title") or "")
    return tile(f"text-{place}", title, "text", text=printable(entry["text"]))


def query_tile(tried: Read, entry: Mapping[str, Any], place: int) -> Tile:
    """The rows of a query as a table or, with a specification, as a picture; or why not.

    What is wrong with a query is a warning, too; the page is written all the same.
    """
    title, specification = printable(entry["title"]), entry.get("chart")
    plain = tile(f"query-{place}", title, span=6, sql=[printable(entry["query"])])
    most = MOST_SHOWN if specification is None else MOST_DRAWN
    try:
        result = answered(tried, entry["query"], most)
        if specification is not None and result.count > MOST_DRAWN:
            raise QueryFailed(f"{result.count:,} rows are too many to draw; {MOST_DRAWN:,} are not")
    except (QueryFailed, ValueError) as error:
        reason = words.short(printable(str(error)), 300)
        log.warning("mlmon: the tile %s: %s", words.short(title), reason)
        return {**plain, "sentence": f"Nothing to show: {reason}"}
    if not result.rows:
        return {**plain, "sentence": "The query has no rows."}
    if specification is None:
        tables = [numbers(title, result)]
        return {**plain, "kind": "rows", "subtitle": counted(result), "tables": tables}
    picture = chart(
        "own",
        title,
        sizes(specification, entry.get("width") or 6),
        specification=printable(specification),
        rows=[{printable(key): drawable(row[key]) for key in row} for row in result.rows],
        place=place,
    )
    return {
        **plain,
        "kind": "natural" if is_natural(specification) else "table",
        "charts": [picture],
        "numbers": [numbers(f"{title}, {counted(result)}", result)],
    }


def answered(tried: Read, query: str, most: int) -> Result:
    """The first rows of the query, which can only read.

    Times with an offset come without it, in UTC. Raises QueryFailed.
    """
    source = f"from {relation(tried, query)}"
    kinds = {row["column_name"]: row["column_type"] for row in tried(f"describe {source}")}
    cast = {
        name: "timestamp" if kind.endswith(AWARE) and kind.startswith("TIMESTAMP") else "text"
        for name, kind in kinds.items()
        if AWARE in kind
    }
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in cast}
    replaced = ", ".join(f"{quoted[name]}::{to} as {quoted[name]}" for name, to in cast.items())
    columns = f"* replace ({replaced})" if replaced else "*"
    rows = tried(f"select {columns} {source} limit {most}")
    count = len(rows)
    if count == most:
        count = tried(f"select count(*) as rows {source}")[0]["rows"]
    return Result(rows, kinds, count)


def counted(result: Result) -> str:
    """How many rows the table shows, and of how many."""
    if result.count > MOST_SHOWN:
        return f"the first {MOST_SHOWN} of {words.plural(result.count, 'row')}"
    return words.plural(result.count, "row")


def numbers(caption: str, result: Result) -> Table:
    """The rows as a table: figures to the right, times in the reader's zone, NULL a dash."""
    columns = [
        Column(
            name,
            words.short(printable(name), 60) or "\N{NO-BREAK SPACE}",
            form(kind),
            words.NOTHING,
        )
        for name, kind in result.kinds.items()
    ]
    shown = [
        {
            key: spelled(row[key]) if form(kind) == "text" else row[key]
            for key, kind in result.kinds.items()
        }
        for row in result.rows[:MOST_SHOWN]
    ]
    plain = table(caption, columns, shown)
    rows: list[list[Cell]] = [
        [{**cell, "value": drawable(cell["value"])} for cell in row] for row in plain["rows"]
    ]
    return {**plain, "rows": rows}


def form(kind: str) -> str:
    """The form of a column of that type."""
    if kind.removeprefix("U") in WHOLE:
        return "whole"
    if kind.partition("(")[0] in REAL:
        return "figure"
    return "time" if kind.startswith("TIMESTAMP") and not kind.endswith("]") else "text"


def spelled(value: Any) -> str:
    """A value as text."""
    if value is None:
        return words.NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(spelled, value))
    if isinstance(value, dict):
        return ", ".join(f"{printable(str(key))}: {spelled(inner)}" for key, inner in value.items())
    return str(printable(str(value)))


def drawable(value: Any) -> Any:
    """A value as JSON has it: times are ISO, those of a day at its start.

    Without an offset, so that a chart says what the clock in the reader's zone says, wherever it
    is drawn.
    """
    match value:
        case None | bool() | int():
            return value
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case datetime():
            return value.replace(tzinfo=None).isoformat()
        case date():
            return f"{value.isoformat()}T00:00:00"
        case timedelta():
            return value.total_seconds()
        case list():
            return [drawable(inner) for inner in value]
        case dict():
            return {printable(str(key)): drawable(inner) for key, inner in value.items()}
    return printable(str(value))
