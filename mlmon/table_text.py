"""Rows as the lines of a table that fits a terminal: whole columns, or a block a row.

A text is broken between its words, and within a word only where the terminal is narrower than it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

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
