"""Opening a file that one process at a time may have: waiting for it, and saying who has it."""

import os
import random
import re
import shutil
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

from mlmon.errors import MlmonError, WarehouseLocked, printable
from mlmon.system.files import own, replacing
from mlmon.system.logs import log
from mlmon.system.processes import described

TORN = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
FIRST, LONGEST = 0.01, 0.25  # seconds between two attempts: from, to
SILENT = 2.0  # seconds of waiting that nobody need be told of
T = TypeVar("T")


def patiently(attempt: Callable[[], T], wait: float) -> T:
    """Return what `attempt` returns, tried again for `wait` seconds while the file is locked.

    After two seconds one warning says who is waited for. Raises WarehouseLocked.
    """
    began, pause, told = time.monotonic(), FIRST, False
    while True:
        try:
            return attempt()
        except WarehouseLocked as error:
            waited = time.monotonic() - began
            if waited >= wait:
                raise _given_up(error, wait) from error
            if waited >= SILENT and not told:
                log.warning("mlmon: %s; waiting up to %g seconds", error, wait)
                told = True
            # Two that wait do not knock in step, and nobody sleeps past the limit.
            time.sleep(min(pause * random.uniform(0.5, 1), wait - waited))
            pause = min(2 * pause, LONGEST)


def explained(path: Path, message: str) -> MlmonError:
    """Return what DuckDB's failure to open a file means for the person who meets it."""
    if holder := re.search(r"PID (\d+)", message):
        number = int(holder[1])  # 0 when the holder is in another container
        who = described(number) if number else "a process that is not seen from here"
        return WarehouseLocked(f"{path} is held by {who}")
    if "Could not set lock" in message or "being used by another process" in message:
        return WarehouseLocked(f"{path} is held by another process")
    if TORN.search(message):
        return MlmonError(
            f"{log_of(path)} is torn, the file itself is not; `mlmon doctor --repair` keeps all "
            "that was committed before, and the torn log beside it"
        )
    return MlmonError(f"{path} cannot be opened: {printable(message.partition(chr(10))[0])}")


def cut(path: Path, message: str) -> str | None:
    """The log ends before the entry that DuckDB cannot replay; return what was done, if anything.

    What was committed before it is in the file when it is opened next; the log as it was is kept.
    """
    found, log = TORN.search(message), log_of(path)
    if not found or int(found[1]) >= log.stat().st_size:
        return None
    copies = (log.with_name(f"{log.name}.torn{number}") for number in ("", *count(2)))
    copy = next(path for path in copies if not path.exists())
    with replacing(copy, own, "a torn log") as draft:
        shutil.copyfile(log, draft)
    os.truncate(log, int(found[1]))
    return f"{log} was torn at byte {int(found[1]):,}; all of it is kept as {copy.name}"


def log_of(path: Path) -> Path:
    """Return the write-ahead log of a DuckDB file."""
    return path.with_name(f"{path.name}.wal")


def _given_up(error: WarehouseLocked, wait: float) -> WarehouseLocked:
    """Return the error with what to do next."""
    waited = f"waited {wait:g} seconds, as `lock_wait:` says; " if wait else ""
    return WarehouseLocked(f"{error}; {waited}wait for it to end or close its connection")
