"""The dashboard's facts -> its summary: a title, a text, Markdown and a picture."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.tile import Facts
from mlmon.report.summary import prose
from mlmon.report.summary import text as plain
from mlmon.report.summary.markdown import markdown

# ---- What a summary is: the dashboard in short, for mail, chat and CI


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


def summarised(facts: Facts) -> Summary:
    """The summary of a dashboard's facts: what its verdict and its tiles say."""
    title = f"[{prose.heading(facts)}] {prose.headline(facts)}"
    return Summary(title, plain.text(facts), markdown(facts), picture(facts))


def picture(facts: Facts) -> dict[str, Any]:
    """What the picture shows: the history that stands first on the dashboard, or no chart."""
    project, _, *at = prose.about(facts)
    about = [f"project {project}", *at]
    for tile in prose.tiles_of(facts):
        for chart in tile["charts"] or ():
            if chart["kind"] == "history":
                title = f"{words.short(prose.line(chart['facts']['metric']), 60)} by batch"
                about.insert(0, f"store {words.short(prose.line(tile['subtitle']))}")
                subtitles = [prose.headline(facts), ", ".join(about)]
                return {"chart": chart, "title": title, "subtitles": subtitles}
    return {"chart": None, "title": prose.headline(facts), "subtitles": [", ".join(about)]}
