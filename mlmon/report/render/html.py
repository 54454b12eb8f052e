"""A page's facts -> the page: one file with its style, its script and its pictures inside."""

import base64
import hashlib
import re
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from mlmon.report.charts.draw import draw
from mlmon.report.charts.own import Undrawable
from mlmon.report.facts import words
from mlmon.report.facts.tile import Chart, Facts
from mlmon.report.render.cache import folder
from mlmon.report.render.environment import TEMPLATES, jinja
from mlmon.system.logs import log

SHORT = 12  # letters of a name that fits anywhere
# After an underscore or a slash; after other marks only before a letter, for a date is one word,
# 2017_09 too.
JOINTS = re.compile(r"(?<=[_/=&])(?<!\d_)(?=[^\W_])|(?<=[_.:])(?=[^\W\d_])|(?<=[a-z])(?=[A-Z])")
WHOLE = re.compile(r"\bp-value|\b\d+(?:-\d+)+\b")  # a browser breaks after any hyphen
STYLE, SCRIPT = "page.css", "page.js"


@cache
def environment() -> Environment:
    """Jinja with the drawing of charts as a filter."""
    return jinja(folder(), drawn=drawn, tone=words.tone, written=written, jointed=jointed)


def drawn(chart: Chart, size: tuple[int, int]) -> Markup:
    """The chart as SVG: what the template may insert as it is; or why it cannot be drawn."""
    try:
        return Markup(draw(chart, size))  # Vega escapes every text
    except Undrawable as error:
        reason = words.short(str(error), 300)
        if size == chart["sizes"][0]:
            log.warning("mlmon: the chart of %s: %s", words.short(chart["title"]), reason)
        return Markup('<p class="said">The chart cannot be drawn: {}</p>').format(reason)


@lru_cache(maxsize=4096)
def jointed(name: Any) -> Markup:
    """A name that, where it is too long for a line, breaks at a joint and not within a word."""
    parts = JOINTS.split(str(name)) if len(str(name)) > SHORT else [str(name)]
    return Markup(WHOLE.sub(r'<span class="nowrap">\g<0></span>', "<wbr>".join(map(escape, parts))))


def written(text: str, above: int) -> Markup:
    """Markdown as HTML, its headings below that level."""
    from mlmon.report.render import markdown_in

    return Markup(markdown_in.html(text, above))  # which has none of the writer's HTML


@cache
def source(name: str) -> Markup:
    """A stylesheet or script of the templates folder."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8").strip())


def digest(text: str) -> str:
    """What a content security policy calls a text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def policy() -> str:
    """Nothing may be loaded or run but the page's own style and script."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"style-src '{digest(source(STYLE))}'; script-src '{digest(source(SCRIPT))}'"
    )


def render(page: Facts, fingerprint: str) -> str:
    """The page as one HTML document."""
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            fingerprint=fingerprint,
            policy=Markup(policy()),
            style=source(STYLE),
            script=source(SCRIPT),
        )
    )
