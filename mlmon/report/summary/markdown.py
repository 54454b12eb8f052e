"""The dashboard's facts -> Markdown as GitHub reads it: for job summaries, issues and chats."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from mlmon.check import kinds
from mlmon.report.facts import sentence as sentences
from mlmon.report.facts import words
from mlmon.report.facts.links import DASHBOARD
from mlmon.report.facts.table import Cell, Table
from mlmon.report.facts.tile import Facts
from mlmon.report.summary import prose

SHAPES = {
    "good": "\N{BLACK CIRCLE}",
    "warn": "\N{BLACK DIAMOND}",
    "bad": "\N{BLACK SQUARE}",
    "idle": "\N{WHITE CIRCLE}",
}
CHECKS = ("Check", "Outcome", "Value", "Limits", "Store", "Batch")
FEATURES = ("Feature", "Status", "PSI", "Model importance", "Drift importance", "Adjusted p-value")
PERFORMANCE = ("Metric", "Reference", "Current", "Change", "Reading")
# What would be a mark of Markdown, a tag or, to GitHub, a formula.
MARKS = re.compile(r"[\\`*\[\]|~#]|(?<![^\W_])_|_(?![^\W_])|^[-+=](?=[\s=-]|$)")
NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "<span>$</span>"}
# What GitHub makes a mention, a reference, a link or an emoji, whatever stands before it.
LINKS = re.compile(r"@|#(?=\d)|:(?=//)|\bwww(?=\.)|:(?=[a-z+-][\w+-]*:)", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"  # neither seen nor a letter: nothing is found across it


def markdown(facts: Facts) -> str:
    """The verdict, the figures, what failed, what drifted, and the way to the page."""
    verdict = prose.verdict_of(facts)
    blocks = [
        f"## {shape(prose.badge_of(verdict)['status'])} {escaped(prose.headline(facts))}",
        ", ".join(map(escaped, prose.about(facts))),
    ]
    for answer in verdict["answers"]:
        blocks += answered(answer)
    figures = prose.figures(facts)
    blocks += chosen(figures["caption"], figures, list(prose.FIGURES.values()))
    blocks += [*failures(facts), *evidence(facts)]
    return "\n\n".join([*blocks, f"[The whole report]({DASHBOARD})"]) + "\n"


def answered(answer: dict[str, Any]) -> Iterator[str]:
    """An answer of the verdict: its sentences, its points, its commands."""
    yield f"### {escaped(answer['title'])}"
    yield from map(spelled, answer["sentences"])
    if answer["points"]:
        yield "\n".join(f"- {spelled(point)}" for point in answer["points"])
    if answer["commands"]:
        yield fenced("\n".join(answer["commands"]))


def failures(facts: Facts) -> Iterator[str]:
    """The checks that are not OK."""
    for tile in prose.tiles_of(facts):
        if tile["id"] == "check-table" and tile["tables"]:
            rows = [row for row in tile["tables"][0]["rows"] if failed(row)]
            listed, others = shortlist(rows)
            few: Table = {**tile["tables"][0], "rows": listed}
            yield from chosen("Checks that did not pass", few, CHECKS)
            yield from others


def shortlist(rows: Sequence[list[Cell]]) -> tuple[list[list[Cell]], list[str]]:
    """The rows that are worth telling, trouble first, and in a line how many others there are."""
    results: list[dict[str, Any]] = [
        {"outcome": next(cell["status"] for cell in row if cell.get("status")), "row": row}
        for row in rows
    ]
    shown, others = kinds.shortlist(results)
    counted = [
        f"{kinds.others_of(count)}: {words.STATUS[outcome].lower()}"
        for outcome, count in others.items()
    ]
    return [each["row"] for each in shown], [f"and {', '.join(counted)}"] if counted else []


def evidence(facts: Facts) -> Iterator[str]:
    """What drifted and what became of the performance, under the page's own headings."""
    for section in facts["sections"]:
        for tile in section["tiles"]:
            if tile["id"] == "features" and tile["tables"]:
                yield f"### {escaped(section['title'])}"
                yield escaped(f"{sentences.spelled(tile['sentence'] or '')}.")
                yield from chosen("", tile["tables"][0], FEATURES, drifted)
            elif tile["id"] == "performance-drift" and tile["tables"]:
                yield from chosen(section["title"], tile["tables"][0], PERFORMANCE)


def failed(row: Sequence[Cell]) -> bool:
    """Whether a row's status is any but OK."""
    return any(cell.get("status", "OK") != "OK" for cell in row)


def drifted(row: Sequence[Cell]) -> bool:
    """Whether a row's status is that of a drifted feature."""
    return any(cell.get("status") == "DRIFTED" for cell in row)


def chosen(
    title: str,
    table: Table,
    titles: Sequence[str],
    which: Callable[[Sequence[Cell]], bool] = bool,
) -> Iterator[str]:
    """These columns of a page's table, of the rows that are wanted; nothing if none is."""
    places = [place for place, column in enumerate(table["columns"]) if column["title"] in titles]
    rows = [[celled(row[place]) for place in places] for row in table["rows"] if which(row)]
    if rows:
        if title:
            yield f"### {escaped(title)}"
        columns = [table["columns"][place] for place in places]
        yield listed([(column["title"], column["number"]) for column in columns], rows)


def celled(cell: Cell) -> str:
    """What stands in a cell, a status with its shape."""
    if status := cell.get("status"):
        return marked(status)
    return escaped(words.short(cell["text"], 60))


def listed(columns: Iterable[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """A table; a column of figures is set flush right."""
    titles, numbers = zip(*columns, strict=True)
    lines = [titles, ["---:" if number else "---" for number in numbers], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def marked(status: str) -> str:
    """A status as a shape and a word."""
    return f"{shape(status)} {words.STATUS.get(status, status)}"


def shape(status: str) -> str:
    """The shape of a status: no reader depends on a colour."""
    return SHAPES[words.tone(status)]


def spelled(sentence: list[Any]) -> str:
    """A sentence with its strong parts in bold."""
    return sentences.spelled(sentence, escaped_part, lambda part: f"**{escaped(part)}**")


def escaped_part(part: str) -> str:
    """A part of a sentence, with the spaces at its ends."""
    start = " " if part[:1].isspace() else ""
    end = " " if part[1:] and part[-1:].isspace() else ""
    return f"{start}{escaped(part)}{end}"


def escaped(text: str) -> str:
    """The text as it is, on one line: nothing in it is markup, a link, a mention or a formula."""
    joined = LINKS.sub(rf"\g<0>{JOINER}", prose.line(text))
    marked = NUMBERED.sub(r"\1\\\2", MARKS.sub(r"\\\g<0>", joined))
    return "".join(ENTITIES.get(letter, letter) for letter in marked)


def fenced(code: str) -> str:
    """The code between fences that it does not hold itself."""
    longest = max(map(len, re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sh\n{code}\n{fence}"
