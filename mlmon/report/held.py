"""While pages are written: what many of them ask for is computed once, by one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

from mlmon.report.ask import Read

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
def held(read: Read, stale: int, known: int) -> Iterator[None]:
    """Inside, a query has one thread: they are small, and a second costs more than it brings.

    Where most of the known pages are stale, the shared views are tables of this connection too.
    Such a table hides the view of its name; no query says anything else for it.
    """
    made: list[str] = []
    read("set threads = 1")
    try:
        for name in SHARED if stale > FEW and 4 * stale > known else ():
            read(f"create temp table {name} as from {name}")
            made.append(name)
        yield
    finally:
        for name in made:
            read(f"drop table temp.{name}")
        read("reset threads")
