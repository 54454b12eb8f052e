"""The line at the bottom of a terminal that says how far a command is."""

import os
import shutil
import sys
import threading
import time
from typing import TextIO

from mlmon.errors import printable

PATIENCE = 1.0  # seconds of a command that nobody need be told of
PAUSE = 0.1  # seconds between two looks of the line
BAR = 20  # characters
ERASE = "\r\033[K"


class Line:
    """A watcher that writes over one line of a terminal, once a command takes its time."""

    def __init__(self, stream: TextIO) -> None:
        """Show nothing yet."""
        self._stream = stream
        self._parts: list[tuple[str, int, int]] = []
        self._is_seen = False
        self._drawn_at = 0.0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._ready_at = time.monotonic() + PATIENCE

    def begin(self, what: str, done: int, total: int) -> None:
        """The line has another part."""
        with self._lock:
            self._parts.append((printable(what, 60), done, total))
            self._show()

    def end(self) -> None:
        """The line's last part is gone."""
        with self._lock:
            self._parts = self._parts[:-1]
            if self._parts:
                self._show()
            else:
                self._erase()

    def hide(self) -> None:
        """The line is empty."""
        with self._lock:
            self._erase()

    def _show(self) -> None:
        """The line is what it must be, or will be soon."""
        wait = max(self._ready_at, self._drawn_at + PAUSE) - time.monotonic()
        if wait <= 0:
            self._draw()
        elif self._timer is None:
            self._timer = threading.Timer(wait, self._later)
            self._timer.daemon = True
            self._timer.start()

    def _later(self) -> None:
        with self._lock:
            self._timer = None
            if self._parts:
                self._draw()

    def _draw(self) -> None:
        columns = shutil.get_terminal_size().columns - 1
        self._stream.write(f"{ERASE}{self._text()[:columns]}")
        self._stream.flush()
        self._is_seen, self._drawn_at = True, time.monotonic()

    def _text(self) -> str:
        """Return what is being done, from the whole to the part, with a bar where it is counted."""
        words = []
        for what, done, total in self._parts:
            filled = BAR * done // max(total, 1)
            bar = f"[{'#' * filled}{'.' * (BAR - filled)}] {done + 1} of {total} "
            words.append(f"{bar if total > 1 else ''}{what}")
        return ": ".join(words)

    def _erase(self) -> None:
        if self._is_seen:
            self._stream.write(ERASE)
            self._stream.flush()
            self._is_seen = False


def of_terminal() -> Line | None:
    """Return the line of this process's terminal; None where stderr is none that can do this."""
    stream = sys.stderr
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    return Line(stream)
