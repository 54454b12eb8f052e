"""Sentences in parts: words, names, and figures that carry the very value they are made of."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from mlmon.report.facts import words

LONGEST = 20  # letters of a word that fits into a column of facts
Part = str | dict[str, Any]
Said = list[Part]


def told(value: Any, form: Callable[[Any], str] = words.figure) -> Part:
    """A figure in a sentence: its text and, beside it, the value of its query."""
    return {"text": form(value), "value": value}


def strong(text: str, value: Any = None) -> Part:
    """A part of a sentence that catches the eye; with a value it is a figure."""
    return {"strong": text, "value": value}


def name(text: str) -> Part:
    """A word of the user's, which keeps its direction to itself."""
    return {"name": text}


def spelled(
    parts: Said | str, plain: Callable[[str], str] = str, strong: Callable[[str], str] = str
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
    """What a part of a sentence says."""
    if isinstance(part, str):
        return part
    return str(next(part[key] for key in ("strong", "name", "text") if key in part))


def counted(count: int, noun: str) -> Said:
    """1 feature, 2 features."""
    return [told(count), f" {noun}" if count == 1 else f" {noun}s"]


def joined(parts: list[Said], between: str = ", ") -> Said:
    """One sentence after the other."""
    return [part for place, said in enumerate(parts) for part in ([between] * (place > 0) + said)]


def definitions(facts: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """What is known of something, each under its title; what is not known is left out."""
    told = [(title, fact(known)) for title, known in facts if known or known == 0]
    return [{"title": title, "said": said, "long": has_long_word(said)} for title, said in told]


def has_long_word(said: Said) -> bool:
    """Whether a word in it, as an id, has no room in one column of facts."""
    return any(len(part) > LONGEST for part in re.split(r"[\s_/-]+", spelled(said)))


def fact(known: Any) -> Said:
    """A fact as a sentence: what is made of parts already, a figure, or a name."""
    if isinstance(known, list):
        return known
    return [told(known) if isinstance(known, int | float) else name(str(known))]


def limits(row: Mapping[str, Any]) -> Said:
    """The limits of a check: soft max 0.3, max 0.4."""
    return joined(
        [
            [f"{word} ", told(row[key], words.plain)]
            for key, word in words.LIMITS.items()
            if row[key] is not None
        ]
    )
