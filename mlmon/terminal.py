"""What the command line prints: data to stdout in a chosen format, words to stderr."""

import csv
import io
import json
import sys
from datetime import datetime
from enum import StrEnum
from typing import Any

from mlmon import progress
from mlmon.warehouse import Row


class Format(StrEnum):
    """How data is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


def say(words: str) -> None:
    """Print words for a person."""
    progress.hide()
    print(words, file=sys.stderr, flush=True)


def show(rows: list[Row], format: Format = Format.table) -> None:
    """Print rows as data. No rows: nothing but an empty list or the like; nor if it is closed."""
    progress.hide()
    if sys.stdout is None:
        return
    if format == Format.json:
        print(json.dumps(rows, default=str, indent=2, ensure_ascii=False))
    elif not rows:
        return
    elif format == Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([_plain(value) for value in row.values()] for row in rows)
    elif format == Format.md:
        _markdown(rows)
    else:
        wide = None if sys.stdout.isatty() else 10_000  # a pipe gets whole lines
        _table(rows, width=wide)


def table_lines(rows: list[Row]) -> list[str]:
    """Return rows as the lines of a plain table."""
    text = io.StringIO()
    _table(rows, width=10_000, file=text)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def _table(rows: list[Row], **place: Any) -> None:
    """Print a table where a console of rich's would; a single wide row lies on its side."""
    from rich.console import Console  # most commands print no table
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        return
    if len(rows) == 1 and len(rows[0]) > 8:
        rows = [{"name": name, "value": value} for name, value in rows[0].items()]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        number = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(_short(value)) for value in row.values()))
    Console(highlight=False, **place).print(table)


def _markdown(rows: list[Row]) -> None:
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        cells = (
            str(_plain(value)).replace("|", "\\|").replace("\n", " ") for value in row.values()
        )
        print("| " + " | ".join(cells) + " |")


def _plain(value: Any) -> Any:
    """Return a value as text files hold it: NULL is empty, lists and structs are JSON."""
    if value is None:
        return ""
    return json.dumps(value, default=str) if isinstance(value, list | dict) else value


def _short(value: Any) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list):
        return ", ".join(map(_short, value))
    return str(_plain(value))
