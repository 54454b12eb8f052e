"""Markdown -> HTML that a page may hold: no HTML of the writer's, no images, no odd links."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from mlmon.report.facts.ask import printable

# http, https, mailto, and whatever has neither a scheme nor another host: a path or a place.
LINK = re.compile(r"(?:https?:|mailto:|(?![a-z][a-z0-9+.-]*:|[/\\]{2}))", re.IGNORECASE)
DEEPEST = 6
TABLE = (
    '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n'  # for keyboards
)


def html(text: str, above: int) -> str:
    """The text as HTML; `above` is the level of the heading that it stands under."""
    tokens = parser().parse(text)
    rank(tokens, above)
    for token in every(tokens):
        if "right" in str(token.attrs.pop("style", "")):  # of a table's cell
            token.attrSet("class", "n")
    return str(printable(parser().renderer.render(tokens, parser().options, {})))


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.validateLink = lambda url: LINK.match(url.strip()) is not None  # type: ignore[method-assign]
    markdown.add_render_rule("image", instead)
    markdown.add_render_rule("fence", code)
    markdown.add_render_rule("code_block", code)
    markdown.add_render_rule("table_open", lambda *_: TABLE)
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return markdown


def rank(tokens: list[Token], above: int) -> None:
    """Every heading is one level below the one that it belongs to, whatever the writer skipped."""
    open_levels: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(above + len(open_levels), DEEPEST)}"


def every(tokens: list[Token]) -> Iterator[Token]:
    """The tokens and those in them."""
    for token in tokens:
        yield token
        yield from every(token.children or [])


def instead(renderer: Any, tokens: list[Token], place: int, options: Any, env: Any) -> str:
    """What stands for an image: its description."""
    return escapeHtml(renderer.renderInlineAsText(tokens[place].children or [], options, env))


def code(_renderer: Any, tokens: list[Token], place: int, _options: Any, _env: Any) -> str:
    """Code that a keyboard can scroll."""
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[place].content)}</code></pre>\n'
