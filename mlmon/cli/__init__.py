"""The command line: one command per verb, no logic.

Data goes to stdout, everything for people to stderr. Exit codes: 0 done, 1 a check is ERROR or
a scenario FAILED, 2 wrong usage or mlmon.yml, 3 the work could not be done, 130 interrupted.
"""

import gc
import sys

from mlmon.cli import comparing, doing, keeping, reading, scheduling, watching
from mlmon.cli.line import of_terminal
from mlmon.cli.options import app
from mlmon.errors import FULL, MlmonError, kind_and_reason, reason
from mlmon.system.progress import watched
from mlmon.system.quiet import quiet
from mlmon.system.signals import stoppable
from mlmon.system.terminal import say
from mlmon.warehouse.warehouse import raised_by_signal

__all__ = [
    "app",
    "comparing",
    "doing",
    "keeping",
    "main",
    "reading",
    "reporting",
    "running",
    "scheduling",
    "watching",
]
INTERRUPTED = 130
AGAIN = "mlmon: interrupted; run the command again to finish"


def main() -> None:
    """Run the command line; an error is one line and an exit code."""
    gc.freeze()  # what was imported stays: it need not be looked through for what may go
    try:
        with quiet(), watched(of_terminal()), stoppable():
            app()
    except SystemExit as ending:  # typer makes one of an interrupt, without a word
        if ending.code == INTERRUPTED:
            say(AGAIN)
        raise
    except Exception as error:
        if raised_by_signal(error):
            say(AGAIN)
            sys.exit(INTERRUPTED)
        if "--debug" in sys.argv:
            raise
        say(f"mlmon: {explained(error)}")
        sys.exit(error.exit_code if isinstance(error, MlmonError) else MlmonError.exit_code)


def explained(error: Exception) -> str:
    """Return an error as words; one that nobody foresaw has its kind and how to see more."""
    if isinstance(error, MlmonError):
        return str(error)
    first = reason(error)
    if FULL.search(first):
        return f"the disk is full: {first}; what was begun is undone, make room and run it again"
    if isinstance(error, OSError):
        return first
    return f"{kind_and_reason(error)}; see all of it with `mlmon --debug ...`"
