"""What the command line prints: data to stdout in a chosen format, words to stderr.

No value can move the cursor or hide what follows: its control characters are shown as escapes.
"""

import csv
import os
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from mlmon import progress, table_text
from mlmon.errors import printable
from mlmon.plain import as_json, plain

MOST = 8  # columns of a single row that stand beside each other
BOLD, NORMAL = "\033[1m", "\033[0m"


class Format(StrEnum):
    """How data is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


def say(words: str, *, bold: bool = False) -> None:
    """Print words for a person."""
    progress.hide()
    text = "\n".join(map(_escaped, words.split("\n")))
    text = _bold(text) if bold and _is_colourful(sys.stderr) else text
    print(text, file=sys.stderr, flush=True)


def write(text: object) -> None:
    """Print a text that is data: a path, a file's lines; in a pipe or a file just as it is."""
    if sys.stdout is None:
        return
    progress.hide()
    whole = str(text)
    print("\n".join(map(_escaped, whole.split("\n"))) if sys.stdout.isatty() else whole)


def show(rows: list[dict[str, Any]], format: Format = Format.table) -> None:
    """Print rows as data. No rows: nothing but an empty list or the like; nor if it is closed."""
    progress.hide()
    if sys.stdout is None:
        return
    if format == Format.json:
        print(as_json(rows, indent=2))
    elif not rows:
        return
    elif format == Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([_text(value) for value in row.values()] for row in rows)
    elif format == Format.md:
        _markdown(rows)
    else:  # a pipe gets whole lines
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
        head = _bold if _is_colourful(sys.stdout) else str
        print("\n".join(table_lines(rows, width, head)))


def table_lines(
    rows: list[dict[str, Any]], width: int = sys.maxsize, head: Callable[[str], str] = str
) -> list[str]:
    """Return rows as the lines of a table; a single wide row lies on its side."""
    if not rows:
        return []
    names = list(map(_escaped, rows[0]))
    cells = [[_escaped(_short(value)) for value in row.values()] for row in rows]
    if len(rows) == 1 and len(names) > MOST:
        return table_text.blocks(names, cells, width)
    numeric = [all(isinstance(row[name], int | float | None) for row in rows) for name in rows[0]]
    return table_text.lines(names, cells, numeric, width, head)


def _markdown(rows: list[dict[str, Any]]) -> None:
    for cells in (rows[0], ["---"] * len(rows[0]), *(row.values() for row in rows)):
        texts = [_escaped(str(_text(cell)).replace("\n", " ")) for cell in cells]
        print("| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |")


def _text(value: Any) -> Any:
    """Return a value as text files hold it: NULL is empty, lists and structs are JSON."""
    if value is None:
        return ""
    if isinstance(value, list | tuple | dict):
        return as_json(value)
    return plain(value) if isinstance(value, bytes) else value


def _short(value: Any) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list):
        return ", ".join(map(_short, value))
    return str(_text(value))


def _escaped(text: object) -> str:
    return printable(text, sys.maxsize)


def _bold(text: str) -> str:
    return f"{BOLD}{text}{NORMAL}"


def _is_colourful(stream: Any) -> bool:
    return bool(stream and stream.isatty() and "NO_COLOR" not in os.environ)
