"""What a page is: where it lies, what it shows, and a name for that, so that it is drawn once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mlmon.report import words
from mlmon.report.tile import Section

Facts = dict[str, Any]
Way = dict[str, str]


@dataclass(frozen=True)
class Page:
    """A page of the report; `facts` are asked for only if `state` is not that of the file."""

    path: str
    state: str
    facts: Callable[[], Facts]


def page(
    kind: str,
    title: str,
    sections: Sequence[Section],
    *,
    project: str,
    status: dict[str, str] | None = None,
    updated: object = None,
    ways: Sequence[Way] = (),
    root: str | None = "../",
) -> Facts:
    """A page's facts.

    Every `href` in them is seen from the report's folder; `root` leads there from the page, and
    None says that the page stands alone, so nothing on it is a link. `ways` are the links above
    the content, `updated` the time up to which the page knows.
    """
    return {
        "kind": kind,
        "project": project,
        "title": title,
        "status": status,
        "updated": words.moment(updated),
        "zone": words.zone(updated),
        "ways": list(ways),
        "root": root,
        "sections": list(sections),
    }


def way(text: str, href: str) -> Way:
    """A link to another page."""
    return {"text": text, "href": href}
