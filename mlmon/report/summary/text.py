"""The dashboard's facts -> a short plain text: what a mail, a chat or a terminal shows."""

import textwrap
from collections.abc import Iterator
from typing import Any

from mlmon.report.facts import sentence as sentences
from mlmon.report.facts import words
from mlmon.report.facts.links import DASHBOARD
from mlmon.report.facts.tile import Facts
from mlmon.report.summary import prose

WIDTH = 96
INDENT = "  "


def text(facts: Facts) -> str:
    """The verdict's three answers and where the page is; no line has a hundred letters."""
    lines = [*wrapped(prose.headline(facts)), *wrapped(", ".join(prose.about(facts)))]
    for answer in prose.verdict_of(facts)["answers"]:
        lines += ["", *wrapped(answer["title"]), *answered(answer)]
    lines += ["", f"The whole report: {DASHBOARD}"]
    return "\n".join(map(typed, lines)) + "\n"


def answered(answer: dict[str, Any]) -> Iterator[str]:
    """The sentences, points and commands of an answer."""
    for sentence in answer["sentences"]:
        yield from wrapped(spelled(sentence), INDENT)
    for point in answer["points"]:
        yield from wrapped(spelled(point), f"{INDENT}- ", f"{INDENT}  ")
    for command in answer["commands"]:
        yield from commanded(command)


def commanded(command: str) -> list[str]:
    """The command on one line; one that does not fit would break where it is copied."""
    fits = len(command) + 2 * len(INDENT) <= WIDTH and command == prose.line(command)
    return [f"{2 * INDENT}{command}"] if fits else [f"{2 * INDENT}(the page has the command)"]


def spelled(sentence: list[Any]) -> str:
    """A sentence without emphasis."""
    return prose.line(sentences.spelled(sentence))


def wrapped(sentence: str, first: str = "", other: str | None = None) -> list[str]:
    """The sentence on as many lines as it takes."""
    return textwrap.wrap(
        prose.line(sentence),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if other is None else other,
        break_on_hyphens=False,
    )


def typed(sentence: str) -> str:
    """The line in letters that every keyboard has, where they mean the same."""
    return sentence.replace(words.NARROW, " ").replace(words.MINUS, "-").replace(words.NOTHING, "-")
