"""Signals of the operating system as exceptions: a wish to stop, and time that is over."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlmon.errors import TimedOut

SOON = 1e-3  # seconds: a timer that is already over


class Stopped(KeyboardInterrupt):
    """SIGTERM: what is being done is undone, and the process ends like after an interrupt."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, SIGTERM raises Stopped; only where signals arrive, in the main thread."""
    if not _is_main():
        yield
        return
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Inside, TimedOut is raised once the seconds are over; the nearer of two limits counts.

    Outside of the main thread, and where there is no such timer, there is no limit.
    """
    if seconds is None or not _is_main() or not hasattr(signal, "setitimer"):
        yield
        return
    began, outer = time.monotonic(), signal.getitimer(signal.ITIMER_REAL)[0]
    before = signal.signal(signal.SIGALRM, _time_over)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds))
    try:
        yield
    finally:
        left = max(outer - (time.monotonic() - began), SOON) if outer else 0.0
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, left)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _stop(*_: Any) -> None:
    raise Stopped


def _time_over(*_: Any) -> None:
    raise TimedOut("it took longer than its timeout")
