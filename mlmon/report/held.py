"""While pages are written: small queries get one thread, what many ask for is computed once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlmon.report.ask import Read, Row

ONE, ALL = "set threads = 1", "reset threads"
SHARED = (
    "feature_distribution",
    "feature_drift",
    "latest_checks",
    "metric_catalogue",
    "metrics",
    "performance_drift",
    "prediction_drift",
)  # views that several queries of a page read and that take longer to plan than to compute
FEW = 3  # pages for which that does not pay


@contextmanager
def one_thread(read: Read) -> Iterator[None]:
    """Inside, a query has one thread: mlmon's are small, a second costs more than it brings."""
    read(ONE)
    try:
        yield
    finally:
        read(ALL)


def all_threads(read: Read) -> Read:
    """The same reading inside `one_thread`, with every thread: the user's own queries may be large.

    What it raises comes through.
    """

    def reading(query: str, **parameters: Any) -> list[Row]:
        read(ALL)
        try:
            return read(query, **parameters)
        finally:
            read(ONE)

    return reading


@contextmanager
def held(read: Read, stale: int, known: int) -> Iterator[None]:
    """Inside, where most of the known pages are stale, the shared views are temporary tables.

    Such a table hides the view of its name; no query says anything else for it.
    """
    made: list[str] = []
    try:
        for name in SHARED if stale > FEW and 4 * stale > known else ():
            read(f"create temp table {name} as from {name}")
            made.append(name)
        yield
    finally:
        for name in made:
            read(f"drop table temp.{name}")
