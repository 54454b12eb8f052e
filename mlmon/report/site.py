"""The report: the dashboard and all pages beside it, written only where something changed."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlmon.errors import ConfigError, EvaluationNotFound
from mlmon.report.facts.ask import Read, ask, in_zone
from mlmon.report.facts.links import DASHBOARD, FOLDERS
from mlmon.report.facts.tile import Facts, Page
from mlmon.report.pages import evaluation as evaluations
from mlmon.report.pages import feature as features
from mlmon.report.pages import model as models
from mlmon.report.pages import run as runs
from mlmon.report.pages import store as stores
from mlmon.report.pages.comparison import side_by_side
from mlmon.report.pages.dashboard import dashboard as dashboard_page
from mlmon.report.pages.evaluation import evaluation_page
from mlmon.report.render.session import all_threads, one_thread, shared_views
from mlmon.report.summary.digest import Summary, summarised
from mlmon.report.tiles.flow import flow_section
from mlmon.system import progress
from mlmon.system.files import Known, own, refuse_strange, replacing

MARKER = re.compile(r'<meta name="mlmon" content="([0-9a-f]{32})">')
PAGE = "a page of mlmon's"
SUMMARY = ("summary.txt", "summary.md", "summary.png")
PICTURED = re.compile(rb"tEXtmlmon\0([0-9a-f]{32})")
RENDERERS = ("jinja2", "markdown-it-py", "vl-convert-python")
KINDS: tuple[Callable[[Read, str], Iterator[Page]], ...] = (
    evaluations.pages,
    features.pages,
    models.pages,
    runs.pages,
    stores.pages,
)


def write_report(
    read: Read,
    dashboards: Mapping[str, Any],
    directory: Path,
    *,
    project: str,
    dashboard: str = "default",
    evaluation: str | None = None,
    zone: str = "UTC",
    compare: Sequence[str] = (),
    champion: str | None = None,
    summary: bool = False,
    tried: Read | None = None,
    flow: Callable[[], Mapping[str, Any]] | None = None,
) -> Path:
    """Write all pages; return the path of index.html, or of the comparison that was asked for.

    `evaluation` (an id or its beginning) writes that one's page only; the dashboard, if there is
    one, stays as it is.
    `compare` names evaluations and model versions that a further page shows side by side, with
    the first, or the `champion`, as what the others are measured against. With `summary` what
    the dashboard says in short is beside it. Pages whose facts did not change stay as they are;
    pages of what is gone go. Times are told in `zone`. `tried` reads what may fail, the user's
    own queries, and raises QueryFailed. The dashboard draws the rows that `flow` returns, as
    those of `mlmon.flow`. Raises EvaluationNotFound, ConfigError.
    """
    read, tried = in_zone(read, zone), all_threads(in_zone(tried or read, zone))
    with one_thread(read):
        compared = side_by_side(read, project, compare, champion) if compare or champion else None
        every = list(one_of(read, project, evaluation) if evaluation else pages(read, project))
        asked = every + ([compared] if compared else [])
        states = {each: fingerprint(project, zone, each.state) for each in asked}
        stale = [each for each in asked if written(directory / each.path) != states[each]]
        refuse(directory, [DASHBOARD, *(each.path for each in stale)], SUMMARY if summary else ())
        with shared_views(read, len(stale), len(every)):
            for each in progress.each("write", stale, lambda page: page.path):
                write(directory / each.path, each.facts(), states[each])
        index = directory / DASHBOARD
        page = directory / compared.path if compared else index
        if evaluation and index.is_file() and not summary:
            return page
        paths = {page.path for page in (pages(read, project) if evaluation else every)}
        clear(directory, paths)
        drawn = flow_section(read, flow(), paths) if flow else None
        facts = dashboard_page(read, dashboards.get(dashboard) or {}, project, tried, drawn)
        state = fingerprint(facts)
        if written(index) != state:
            write(index, facts, state)
        if summary:
            write_summary(summarised(facts), directory, state)
        return page


def pages(read: Read, project: str) -> Iterator[Page]:
    """Every page but the dashboard."""
    for kind in KINDS:
        yield from kind(read, project)


def one_of(read: Read, project: str, evaluation: str) -> list[Page]:
    """The pages of the evaluations whose id starts so. Raises EvaluationNotFound."""
    those = list(evaluations.pages(read, project, evaluation))
    if not those:
        how = "mlmon sql 'from evaluations' lists them"
        raise EvaluationNotFound(f"no evaluation has the id {evaluation}; {how}")
    return those


def refuse(directory: Path, pages: Sequence[str], beside: Sequence[str]) -> None:
    """No page, and no summary beside them, takes the place of somebody else's file."""
    for name in pages:
        refuse_strange(directory / name, is_ours, PAGE)
    for name in beside:
        refuse_strange(directory / name, lambda _: is_ours(directory / DASHBOARD), PAGE)


def is_ours(path: Path) -> bool:
    """Return whether a file is a page that mlmon wrote."""
    return written(path) is not None


def write(path: Path, page: Facts, state: str) -> None:
    """The file holds the page; a reader sees the page before or after, never half of one."""
    from mlmon.report.render.html import render  # Jinja and Vega: an unchanged report needs neither

    replace(path, render(page, state).encode(), is_ours)


def write_summary(summary: Summary, directory: Path, state: str) -> None:
    """The dashboard in short lies beside it: summary.txt, summary.md and summary.png."""
    for name, text in zip(SUMMARY, (summary.text, summary.markdown), strict=False):
        path = directory / name
        if not path.is_file() or path.read_bytes() != text.encode():
            replace(path, text.encode(), own)
    path = directory / SUMMARY[-1]
    mark = PICTURED.search(path.read_bytes()[:2000]) if path.is_file() else None
    if mark is None or mark[1] != state.encode():
        from mlmon.report.charts.picture import noted  # as above

        replace(path, noted(summary.png, state), own)


def replace(path: Path, content: bytes, ours: Known) -> None:
    """The file holds the content, as a whole and at once; it was none before, or one of ours."""
    with replacing(path, ours, PAGE) as draft:
        draft.write_bytes(content)


def fingerprint(*facts: Any) -> str:
    """A name for what a page shows and for the code that draws it."""
    text = json.dumps([code(), *facts], default=str, sort_keys=True)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@cache
def code() -> str:
    """A name for everything that turns facts into a page."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.parent.name == "__pycache__":
            continue  # bytecode, and what drawing compiles while pages are drawn
        if file.suffix in (".py", ".json", ".toml", ".j2", ".css", ".js"):
            digest.update(file.read_bytes())
    return digest.hexdigest() + "".join(version(name) for name in RENDERERS)


def written(path: Path) -> str | None:
    """The fingerprint of the page that the file holds; None when it is not one of ours."""
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        mark = MARKER.search(file.read(2000))
    return mark[1] if mark else None


def clear(directory: Path, expected: set[str]) -> None:
    """Pages of ours that show what is gone are removed."""
    for folder in FOLDERS:
        for file in (directory / folder).glob("*.html"):
            if f"{folder}/{file.name}" not in expected and written(file) is not None:
                file.unlink()


# ---- The page of a comparison: that of its evaluation, without the project around it


def write_comparison(read: Read, evaluation_id: str, path: Path) -> Path:
    """Write the page of a comparison's evaluation; return its path. Raises ConfigError."""
    if path.is_dir():
        raise ConfigError(
            f"{path}: this is a folder; give the page's file, as {path / 'page.html'}"
        )
    (listed,) = (
        row for row in ask(read, "evaluations").rows if row["evaluation_id"] == evaluation_id
    )
    page = evaluation_page(read, listed, "comparison")
    alone: Facts = {**page, "kind": "comparison", "title": listed["name"], "ways": [], "root": None}
    for section in page["sections"]:  # there are no limits to check
        section["tiles"] = [tile for tile in section["tiles"] if tile["id"] != "checks"]
    write(path, alone, fingerprint(alone))
    return path
