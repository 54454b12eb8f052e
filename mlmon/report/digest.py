"""The dashboard's facts -> its summary: a title, a text, Markdown and a picture."""

from typing import Any

from mlmon.report import plain, prose, words
from mlmon.report.markdown import markdown
from mlmon.report.page import Facts
from mlmon.report.summaries import Summary


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
                told = [prose.headline(facts), ", ".join(about)]
                return {"chart": chart, "title": title, "subtitles": told}
    return {"chart": None, "title": prose.headline(facts), "subtitles": [", ".join(about)]}
