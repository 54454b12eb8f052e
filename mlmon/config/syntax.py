"""A YAML document as plain values; what it may not be is told with line and column.

It is looked through event by event before anything is made of it, so that what is nested deep or
repeated by aliases costs nothing, and then value by value.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from mlmon.errors import CONTROL, printable, reason
from mlmon.system.quiet import quiet

LONGEST = 500_000  # characters of a document
DEEPEST = 80  # levels
MOST = 50_000  # values, those that aliases repeat too
LARGEST = 2**63 - 1  # a whole number of the warehouse
TAG = "tag:yaml.org,2002:str"  # the one that may be written: others make more than plain values
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # in a text

Place = tuple[int, int]  # line and column, from 1


class Mistake(Exception):
    """A document, or a part of it, cannot be read: where and why."""

    def __init__(self, place: Place, why: str) -> None:
        """Keep both."""
        super().__init__(why)
        self.place = place


@quiet()  # an anchor may stand there twice
def loaded(text: str) -> Any:
    """Return the document with the place of every value; raises Mistake."""
    try:
        _look_through(text)
        document = YAML(typ="rt").load(text)
    except Mistake:
        raise
    except ReaderError as error:
        raise Mistake(place_of(text, error.position), _character(error)) from error
    except YAMLError as error:
        raise _marked(error) from error
    except Exception as error:  # a value that looks like a number or a date and is none
        raise _unreadable(text, error) from error
    for place, why in _strange(document, (1, 1)):
        raise Mistake(place, why)
    return document


def scalar(text: str) -> Any:
    """Return one value as a document would have it; a text where it would be nothing plain."""
    try:
        value = YAML(typ="safe").load(text)
    except Exception:  # whatever looks like a date or a number and is none
        return text
    return value if isinstance(value, bool | int | float | str | None) else text


def place_of(text: str, position: int) -> Place:
    """Return the line and column of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _look_through(text: str) -> None:
    """Raise Mistake where the document is too long, deep or large, or says how it is to be made."""
    if len(text) > LONGEST:
        raise Mistake(place_of(text, LONGEST), f"it is longer than {LONGEST:,} characters")
    open_nodes: list[tuple[str | None, int]] = []  # anchor of a collection, values before it
    sizes: dict[str, int] = {}  # anchor -> values
    values = 0
    for event in YAML(typ="rt").parse(text):
        if isinstance(event, CollectionEndEvent):
            anchor, before = open_nodes.pop()
            sizes |= {anchor: values - before} if anchor else {}
        if not isinstance(event, NodeEvent):
            continue
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        anchor = event.anchor
        if isinstance(event, AliasEvent):
            if any(anchor == name for name, _ in open_nodes):
                raise Mistake(place, f"*{anchor} stands in itself")
            values += sizes.get(str(anchor), 1)
        else:
            values += 1
            _check_tag(event, place)
        if isinstance(event, CollectionStartEvent):
            open_nodes.append((anchor, values - 1))
        elif isinstance(event, ScalarEvent) and anchor:
            sizes[anchor] = 1
        if len(open_nodes) > DEEPEST:
            raise Mistake(place, f"it lies deeper than {DEEPEST} levels")
        if values > MOST:
            raise Mistake(place, f"with what aliases repeat there are more than {MOST:,} values")


def _check_tag(event: Any, place: Place) -> None:
    """Raise Mistake at a tag of another type than text."""
    tag = str(event.tag) if event.tag else None
    if tag not in (None, "!", TAG):
        short = tag.replace("tag:yaml.org,2002:", "!!")
        raise Mistake(place, f"{short} is not for mlmon.yml; write the plain value")


def _marked(error: YAMLError) -> Mistake:
    """Return what the parser found, where it found it."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem if isinstance(error, MarkedYAMLError) else None
    if problem and problem.startswith("but ") and isinstance(error, MarkedYAMLError):
        problem = f"{error.context}, {problem}"
    return Mistake(place, problem or reason(error))


def _character(error: Any) -> str:
    code = ord(error.character) if isinstance(error.character, str) else error.character
    return f"the character U+{code:04X} may not stand in YAML; take it out"


def _unreadable(text: str, error: Exception) -> Mistake:
    """Return the first value that cannot be made, and why; it is found by making each again."""
    place = (1, 1)
    try:
        for event in YAML(typ="rt").parse(text):
            place = (event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, ScalarEvent) and event.style is None:
                _make(event.value, place)
    except YAMLError:
        pass
    except Mistake as mistake:
        return mistake
    except Exception:  # the parser's own, at what stands behind this place
        return Mistake(place, f"what follows cannot be read: {reason(error, 80)}")
    return Mistake((1, 1), f"it cannot be read: {reason(error)}")


def _make(value: str, place: Place) -> None:
    """Raise Mistake at a value that looks like a number or a date and is none."""
    try:
        YAML(typ="rt").load(value)
    except YAMLError:
        return
    except Exception as error:
        why = f"{printable(value, 40)} is no value: {reason(error, 80)}; a text has quotes"
        raise Mistake(place, why) from error


def _strange(node: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Yield the values of a document that no key can have, and why."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            at = _place(node, key) or place
            if not isinstance(key, str | int | float) or isinstance(key, bool):
                yield at, "a key is a text; give it a name"
            elif found := CONTROL.search(str(key)):
                yield at, f"a key holds {printable(found[0])}; give it another name"
            yield from _strange(value, at)
    elif isinstance(node, Sequence) and not isinstance(node, str | bytes):
        for position, value in enumerate(node):
            yield from _strange(value, _place(node, position) or place)
    elif isinstance(node, str) and (found := INVISIBLE.search(node)):
        yield place, f"the text holds {printable(found[0])}; write the character itself or none"
    elif isinstance(node, int) and abs(node) > LARGEST:
        yield place, "the number is too large"


def _place(node: Any, key: Any) -> Place | None:
    """Return where a key or an item stands; None where it came from elsewhere, by `<<`."""
    known = node.lc.data.get(key) if node.lc.data else None
    return (known[-2] + 1, known[-1] + 1) if known else None
