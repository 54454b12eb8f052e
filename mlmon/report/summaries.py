"""What a summary is: the dashboard in short, for mail, chat and CI."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Summary:
    """What the dashboard says: `title` in one line, `text` in twenty, `markdown` with tables.

    `png` is a picture of the dashboard's first history, drawn when it is asked for.
    """

    title: str
    text: str
    markdown: str
    picture: dict[str, Any] = field(repr=False, compare=False)

    @cached_property
    def png(self) -> bytes:
        """The picture, with a title and a date, so that it can stand alone."""
        from mlmon.report.charts.picture import png  # Vega: a text does without

        return png(**self.picture)

    def __repr__(self) -> str:
        """The title."""
        return f"<Summary {self.title}>"

    def __str__(self) -> str:
        """The text."""
        return self.text

    def _repr_markdown_(self) -> str:
        """What a notebook shows."""
        return self.markdown
