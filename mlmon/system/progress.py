"""How far a verb is, for whoever watches: the command line on a terminal, nobody else.

Verbs say it here and write nothing; without a watcher it costs nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

T = TypeVar("T")


class Watcher(Protocol):
    """Who is told what is being done; a part within a whole is a further word."""

    def begin(self, what: str, done: int, total: int) -> None:
        """Something is begun; so many of a total were done before it (of 1 there is no count)."""

    def end(self) -> None:
        """What was begun last has ended."""

    def hide(self) -> None:
        """Nothing is to be seen while something else is written."""


_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher | None) -> Iterator[None]:
    """Inside, the watcher is told."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        hide()
        _watcher.reset(token)


@contextmanager
def during(what: str, done: int = 0, total: int = 1) -> Iterator[None]:
    """Inside, this is being done."""
    watcher = _watcher.get()
    if watcher:
        watcher.begin(what, done, total)
    try:
        yield
    finally:
        if watcher:
            watcher.end()


def each(what: str, items: Sequence[T], name: Callable[[T], object] = str) -> Iterator[T]:
    """Yield the items; while one is worked on, that is being done, and so many before it were."""
    for position, item in enumerate(items):
        with during(f"{what} {name(item)}".strip(), position, len(items)):
            yield item


def hide() -> None:
    """Something else can be written: the watcher shows nothing until it is told again."""
    if watcher := _watcher.get():
        watcher.hide()
