"""The report: index.html and a page per evaluation, written only where something changed."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlmon.errors import EvaluationNotFound
from mlmon.report.ask import Read, ask
from mlmon.report.dashboard import dashboard as dashboard_page
from mlmon.report.evaluation import evaluation_page
from mlmon.report.links import FOLDER, page_of

MARKER = re.compile(r'<meta name="mlmon" content="([0-9a-f]{32})">')
RENDERERS = ("altair", "jinja2", "vl-convert-python")


def write_report(
    read: Read,
    dashboards: Mapping[str, Any],
    directory: Path,
    *,
    project: str,
    dashboard: str = "default",
    evaluation: str | None = None,
) -> Path:
    """Write index.html and a page per evaluation; return the path of index.html.

    `evaluation` (an id or its beginning) writes that one's page only, beside the dashboard.
    Pages whose facts did not change stay as they are; pages of evaluations that are gone go.
    Raises EvaluationNotFound.
    """
    listed = ask(read, "evaluations").rows
    wanted = [row for row in listed if row["evaluation_id"].startswith(evaluation or "")]
    if evaluation and not wanted:
        known = "mlmon sql 'from evaluations' lists them"
        raise EvaluationNotFound(f"no evaluation has the id {evaluation}; {known}")
    states = {row["evaluation_id"]: row["state"] for row in ask(read, "evaluation_states").rows}
    for row in wanted:
        state = fingerprint(project, states[row["evaluation_id"]])
        path = directory / page_of(row)
        if written(path) != state:
            write(path, evaluation_page(read, row, project), state)
    clear(directory, {page_of(row) for row in listed})
    index = directory / "index.html"
    facts = dashboard_page(read, dashboards.get(dashboard) or {}, project)
    state = fingerprint(facts)
    if written(index) != state:
        write(index, facts, state)
    return index


def write(path: Path, page: dict[str, Any], state: str) -> None:
    """The file holds the page; a reader sees the page before or after, never half of one."""
    from mlmon.report.html import render  # Altair: what an unchanged report need not load

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(render(page, state), encoding="utf-8")
    os.replace(draft, path)


def fingerprint(*facts: Any) -> str:
    """A name for what a page shows and for the code that draws it."""
    told = json.dumps([code(), *facts], default=str, sort_keys=True)
    return hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()


@cache
def code() -> str:
    """A name for everything that turns facts into a page."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.suffix in (".py", ".j2", ".css", ".js"):
            digest.update(file.read_bytes())
    return digest.hexdigest() + "".join(version(name) for name in RENDERERS)


def written(path: Path) -> str | None:
    """The fingerprint of the page that the file holds; None when it is not one of ours."""
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        found = MARKER.search(file.read(2000))
    return found[1] if found else None


def clear(directory: Path, expected: set[str]) -> None:
    """Pages of ours whose evaluation is gone are removed."""
    for file in (directory / FOLDER).glob("*.html"):
        if f"{FOLDER}/{file.name}" not in expected and written(file) is not None:
            file.unlink()
