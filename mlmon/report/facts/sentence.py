"""Sentences in parts: words, names, and figures that carry the very value they are made of."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from mlmon.report.facts import words

LONGEST = 20  # letters of a word that fits into a column of facts
Part = str | dict[str, Any]
Sentence = list[Part]


def figure(value: Any, form: Callable[[Any], str] = words.figure) -> Part:
    """A figure in a sentence: its text and, beside it, the value of its query."""
    return {"text": form(value), "value": value}


def strong(text: str, value: Any = None) -> Part:
    """A part of a sentence that catches the eye; with a value it is a figure."""
    return {"strong": text, "value": value}


def name(text: str) -> Part:
    """A word of the user's, which keeps its direction to itself."""
    return {"name": text}


def spelled(
    parts: Sentence | str, plain: Callable[[str], str] = str, strong: Callable[[str], str] = str
) -> str:
    """The sentence as one text, its words spelled by the one, all that is strong by the other."""
    if isinstance(parts, str):
        return plain(parts)
    runs = groupby(parts, key=lambda part: isinstance(part, dict) and "strong" in part)
    return "".join(
        strong("".join(map(word, run))) if is_strong else "".join(plain(word(part)) for part in run)
        for is_strong, run in runs
    )


def word(part: Part) -> str:
    """A part of a sentence as text."""
    if isinstance(part, str):
        return part
    return str(next(part[key] for key in ("strong", "name", "text") if key in part))


def counted(count: int, noun: str) -> Sentence:
    """1 feature, 2 features."""
    return [figure(count), f" {noun}" if count == 1 else f" {noun}s"]


def joined(parts: list[Sentence], between: str = ", ") -> Sentence:
    """One sentence after the other."""
    return [part for place, each in enumerate(parts) for part in ([between] * (place > 0) + each)]


def tally(counts: Mapping[str, Any], whole: str, verbs: Mapping[str, str]) -> Sentence:
    """Of 3 checks, 1 failed, 2 passed: how many did what, by the keys of the counts."""
    each: list[Sentence] = [[figure(counts[key]), f" {verbs[key]}"] for key in verbs if counts[key]]
    return ["Of ", *counted(counts[whole], whole.removesuffix("s")), ", ", *joined(each), "."]


def definitions(facts: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """What is known of something, each under its title; what is not known is left out."""
    sentences = [(title, fact(value)) for title, value in facts if value or value == 0]
    return [
        {
            "title": title,
            "sentence": sentence,  # long, where a word in it, as an id, has no room in one column
            "long": any(len(part) > LONGEST for part in re.split(r"[\s_/-]+", spelled(sentence))),
        }
        for title, sentence in sentences
    ]


def fact(value: Any) -> Sentence:
    """A fact as a sentence: what is made of parts already, a figure, or a name."""
    if isinstance(value, list):
        return value
    return [figure(value) if isinstance(value, int | float) else name(str(value))]


def limits(row: Mapping[str, Any]) -> Sentence:
    """The limits of a check: soft max 0.3, max 0.4."""
    each: list[Sentence] = [
        [f"{word} ", figure(row[key], words.plain)]
        for key, word in words.LIMITS.items()
        if row[key] is not None
    ]
    return joined(each)
