"""What the command line prints: data to stdout in a chosen format, words to stderr.

No value can move the cursor or hide what follows: its control characters are shown as escapes.
"""

import csv
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from mlmon.errors import printable
from mlmon.system import progress
from mlmon.system.plain import as_json, plain

# ---- Rows as the lines of a table that fits a terminal: whole columns, or a block a row


GAP = 2  # between two columns
FEW = 3  # rows that are shown as blocks when their columns do not fit beside each other
SLIM = 24  # a column of longer texts may be made as narrow as this, at the cost of more lines


def lines(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    width: int,
    head: Callable[[str], str] = str,
) -> list[str]:
    """Return the lines; what does not fit is named in the last one. `head` marks the first."""
    widths = _widths(names, rows, width)
    if len(widths) < len(names) and (len(rows) <= FEW or not widths):
        return blocks(names, rows, width)
    chosen = list(widths)
    shown = [[row[place] for place in chosen] for row in rows]
    heads = [names[place] for place in chosen]
    left = [name for place, name in enumerate(names) if place not in widths]
    table = list(_grid(heads, shown, [numeric[place] for place in chosen], [*widths.values()]))
    table[0] = head(table[0])
    if left:
        more = f"{len(left)} {'column' if len(left) == 1 else 'columns'} more: {', '.join(left)}"
        table += _wrapped(f"{more}; --format csv or json has all", width)
    return table


def blocks(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the lines of a block a row, of a line (or more) a column.

    A value stands under its name where there is no room beside it for its longest word.
    """
    head = _longest(names) + GAP
    found: list[str] = []
    for row in rows:
        found += [""] if found else []
        for name, value in zip(names, row, strict=True):
            beside = width - head
            if beside >= min(SLIM, width // 2) and _longest(value.split(" ")) <= beside:
                first, *others = _wrapped(value, beside)
                found.append(f"{_padded(name, head)}{first}".rstrip())
                found += [f"{' ' * head}{line}" for line in others]
            else:
                inner = _wrapped(value, max(1, width - GAP))
                found += [*_wrapped(name, width), *(" " * GAP + line for line in inner)]
    return found


def _widths(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> dict[int, int]:
    """Return the columns that fit, by place, with their widths; the wide ones share what is left.

    Each is as wide as its longest word at least.
    """
    natural, least = [], []
    for name, *column in zip(names, *rows, strict=True):
        whole = _longest([name, *column])
        words = [word for text in column for word in text.split(" ")]
        natural.append(whole)
        least.append(min(whole, max(_longest([name, *words]), SLIM)))
    chosen, left = dict[int, int](), width + GAP
    for place, needed in enumerate(least):
        if needed + GAP <= left:
            chosen[place] = needed
            left -= needed + GAP
    for place, needed in chosen.items():
        more = min(left, natural[place] - needed)
        chosen[place] += more
        left -= more
    return chosen


def _grid(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    widths: Sequence[int],
) -> Iterator[str]:
    for row in (names, *rows):
        cells = [_wrapped(text, size) for text, size in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            yield (
                (" " * GAP)
                .join(
                    _padded(cell[number] if number < len(cell) else "", size, right)
                    for cell, size, right in zip(cells, widths, numeric, strict=True)
                )
                .rstrip()
            )


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text in lines of at most that width."""
    if size(text) <= width:
        return [text]
    found = [""]
    for word in text.split(" "):
        joined = f"{found[-1]} {word}" if found[-1] else word
        if size(joined) <= width:
            found[-1] = joined
            continue
        parts = list(_parts(word, width))
        found += parts if found[-1] else []
        found = found if found[-1] else [*found[:-1], *parts]
    return found


def _parts(word: str, width: int) -> Iterator[str]:
    """Yield a word in parts of that width: whole if it fits."""
    ends, used = [0], 0
    for place, character in enumerate(word):
        used += size(character)
        if used > width and place > ends[-1]:
            ends.append(place)
            used = size(character)
    yield from (word[start:end] for start, end in pairwise([*ends, len(word)]))


def _padded(text: str, width: int, right: bool = False) -> str:
    space = " " * (width - size(text))
    return f"{space}{text}" if right else f"{text}{space}"


def _longest(texts: Sequence[str]) -> int:
    return max(map(size, texts), default=0)


def size(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # most texts are of narrow letters

    return cell_len(text)


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
        return blocks(names, cells, width)
    numeric = [all(isinstance(row[name], int | float | None) for row in rows) for name in rows[0]]
    return lines(names, cells, numeric, width, head)


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
