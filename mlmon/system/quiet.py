"""Other libraries' warnings inside our own calls: kept from the caller, who cannot act on them.

Python's own way, `warnings.catch_warnings`, changes what other threads see and undoes what they
change; here one filter is added, which matches in the thread that is inside and nowhere else.
"""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FunctionType
from typing import Any, TypeVar

from mlmon.errors import printable

NOTHING = "(?!)"  # an expression that matches no text
MOST = 3  # texts that one call of the user's own code may have told
log = logging.getLogger("mlmon")
_notes: ContextVar[list[str] | None] = ContextVar("notes", default=None)
_logged: set[str] = set()
T = TypeVar("T")


class _Inside:
    """What a warning's text is matched with: any text inside `quiet`, elsewhere none."""

    pattern = NOTHING  # scikit-learn makes the filters anew in its threads, from their patterns

    def match(self, text: str) -> bool:
        """Return whether this is inside `quiet`, which then has the text."""
        notes = _notes.get()
        if notes is None:
            return False
        notes.append(text)
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        """Be an expression that matches nothing in a process that a library gives its filters."""
        return re.compile, (NOTHING,)


FILTER: Any = ("ignore", _Inside(), Warning, None, 0)


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Inside, in this thread, no warning is shown or raised; yields the texts of those there were.

    It is a decorator too. Filters of the user's are as they were; outside ours matches nothing.
    """
    if not warnings.filters or warnings.filters[0] is not FILTER:
        warnings.filters.insert(0, FILTER)  # type: ignore[attr-defined]
    notes: list[str] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


def quietly(owner: type[T]) -> type[T]:
    """Return the class, every method of its own `quiet`."""
    for name, member in list(vars(owner).items()):
        if isinstance(member, FunctionType) and not name.startswith("__"):
            setattr(owner, name, quiet()(member))
    return owner


@contextmanager
def log_warnings(owner: str) -> Iterator[None]:
    """Inside, code of the user's own runs: what it warns of is logged, each text once."""
    with quiet() as notes:
        try:
            yield
        finally:
            for text in list(dict.fromkeys(notes))[:MOST]:
                line = f"{owner} warns: {printable(' '.join(text.split()), 200)}"
                if line not in _logged:
                    _logged.add(line)
                    log.warning("mlmon: %s", line)
