"""What a run reaches beyond the warehouse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Doors:
    """The project's pages, what they say in short, and the project itself for functions."""

    report: Callable[[str], str]  # dashboard -> path of its page
    summary: Callable[[], Any]  # -> text, markdown and png
    project: Any
