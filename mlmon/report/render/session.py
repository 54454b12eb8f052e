"""While pages are written: small queries get one thread, what many ask for is computed once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mlmon.report.facts.ask import Read, Row

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
    with afterwards(read, ALL):
        read(ONE)
        yield


def all_threads(read: Read) -> Read:
    """The same reading inside `one_thread`, with every thread: the user's own queries may be large.

    What it raises comes through.
    """

    def reading(query: str, **parameters: Any) -> list[Row]:
        with afterwards(read, ONE):
            read(ALL)
            return read(query, **parameters)

    return reading


@contextmanager
def shared_views(read: Read, stale: int, every: int) -> Iterator[None]:
    """Inside, where most of all pages are stale, the shared views are temporary tables.

    Such a table hides the view of its name; no query says anything else for it.
    """
    names = SHARED if stale > FEW and 4 * stale > every else ()
    with afterwards(read, *(f"drop table if exists temp.{name}" for name in names)):
        for name in names:
            read(f"create temp table {name} as from {name}")
        yield


@contextmanager
def afterwards(read: Read, *statements: str) -> Iterator[None]:
    """Run the statements in the end; after an error only as far as its transaction lets them.

    A transaction that takes the error takes the temporary tables with it.
    """
    try:
        yield
    except BaseException:
        with suppress(Exception):
            for statement in statements:
                read(statement)
        raise
    for statement in statements:
        read(statement)
