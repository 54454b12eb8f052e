"""Every exception mlmon raises: one line that says what, where and what to do next."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# How a system says that it has no room.
FULL = re.compile("No space left on device|File too large|Disk quota exceeded")
LONGEST = 1000  # characters of a whole message
LONGEST_VALUE = 120  # characters of a value, a name or a foreign reason within one
FEW, NEAR, LISTED = 3, 6, 20  # names: that need no order, that are near, that are listed


def printable(text: object, longest: int = LONGEST_VALUE) -> str:
    """Return somebody else's text for a terminal or a log: one line, escaped, not too long.

    Control characters, which could move a cursor or hide what follows, are shown as escapes; of a
    longer text the beginning and the end are kept.
    """
    line = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), str(text))
    if len(line) <= longest:
        return line
    end = longest // 3
    return f"{line[: longest - end - 3]}...{line[-end:]}"


def reason(error: BaseException, longest: int = LONGEST // 2) -> str:
    """Return what any library's error says, in one line; its kind where it says nothing."""
    lines = [line.strip() for line in str(error).splitlines()]
    return printable(next(filter(None, lines), type(error).__name__), longest)


def kind_and_reason(error: BaseException) -> str:
    """Return what a user's own code raised, in one line: the kind of error and what it says."""
    kind, why = type(error).__name__, reason(error)
    return kind if why == kind else f"{kind}: {why}"


def others(name: str, known: Iterable[object]) -> str:
    """Return the names that there are, for the end of a sentence on one that there is not.

    Of more than a few those that are near come first, and of many only some are listed.

    >>> others("b", ["d", "c"]), others("2017_1", ["x", "y", "z", "2017_01"]), others("y", [])
    ('; there is c, d', '; there is 2017_01, x, y, z', '')
    """
    names = sorted({printable(each) for each in known})
    if len(names) > FEW:
        near = get_close_matches(name.lower(), [each.lower() for each in names], NEAR)
        names.sort(key=lambda each: near.index(each.lower()) if each.lower() in near else NEAR)
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"; there is {', '.join(names[:LISTED])}{more}" if names else ""


class MlmonError(Exception):
    """The work could not be done; the command line prints the message and exits with 3."""

    exit_code = 3

    def __init__(self, *lines: str) -> None:
        """Keep the message, a printable line a mistake, whatever names and values it repeats."""
        super().__init__("\n".join(printable(line, LONGEST) for line in lines))


class ConfigError(MlmonError):
    """mlmon.yml, an option or an argument is wrong."""

    exit_code = 2


class UnknownName(ConfigError):
    """A dataset, model, store, scenario, metric or column that nobody knows."""

    def __init__(self, kind: str, name: str, known: Iterable[object] = ()) -> None:
        """Say which names there are, those that are near first."""
        super().__init__(f"no {kind} is called '{printable(name)}'{others(name, known)}")


class ViewError(ConfigError):
    """A file of the project's own views is no view; `view` is its name."""

    def __init__(self, view: str, message: str) -> None:
        """Say where and what."""
        super().__init__(message)
        self.view = view


class QueryFailed(MlmonError):
    """A query that may fail has failed; what it was part of goes on."""


class ReadsFiles(QueryFailed):
    """A query would read files, which it may not."""


class TransactionLost(MlmonError):
    """A query that may fail has failed and taken the transaction with it."""


class WarehouseLocked(MlmonError):
    """Another process holds the warehouse."""


class WarehouseNotFound(MlmonError):
    """There is no warehouse to read yet."""


class SourceError(MlmonError):
    """A file or frame cannot become a batch; nothing of it was written."""


class BatchNotFound(MlmonError):
    """The batch was never ingested."""


class BatchInUse(MlmonError):
    """The batch is what an active version was trained on, or a store's reference."""


class ModelNotTrained(MlmonError):
    """The model has no active version."""


class NotScored(MlmonError):
    """Records have no prediction by the version that is to be evaluated."""


class NoTarget(MlmonError):
    """Performance was asked for and no record has a target."""


class EvaluationNotFound(MlmonError):
    """The store holds no evaluation that fits."""


class ArtifactError(MlmonError):
    """A fitted pipeline cannot be saved, verified or loaded."""


class TrainingError(MlmonError):
    """The estimator cannot be fitted on these rows."""


class TimedOut(MlmonError):
    """It took longer than it may; what was begun is undone."""


class ScenarioRunning(MlmonError):
    """The scenario is running already."""


class NotSent(MlmonError):
    """A message did not reach its channel."""


class MissingExtra(MlmonError):
    """A library that few need is not installed."""

    def __init__(self, library: str, extra: str) -> None:
        """Say how to install it."""
        super().__init__(f"{library} is not installed; run `pip install 'mlmon[{extra}]'`")


def require(kind: str, name: str, known: Mapping[str, Any]) -> Any:
    """Return what the name stands for; raises UnknownName that lists the known ones."""
    if name not in known:
        raise UnknownName(kind, name, known)
    return known[name]
