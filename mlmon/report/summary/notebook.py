"""A project, an evaluation or a comparison -> a small piece of HTML for a notebook.

It stands in somebody else's page, light or dark: text has that page's colour, marks have colours
that can be told from both, the style is written at each element and nothing is a script.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
from jinja2 import Environment

from mlmon.errors import reason
from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Read, Subject
from mlmon.report.facts.columns import TABLES, columns_of
from mlmon.report.facts.sentence import spelled
from mlmon.report.facts.table import Table, filled, table
from mlmon.report.facts.tile import Facts, badge
from mlmon.report.render.environment import jinja
from mlmon.report.summary import prose
from mlmon.report.tiles import drift

PSI = "population_stability_index"
FEATURES = 10


Fragment = dict[str, Any]


def project(name: str, dashboard: Callable[[], Facts]) -> str:
    """What the project's dashboard says."""
    return shown(name, lambda: of_dashboard(dashboard()))


def evaluation(title: str, read: Read, evaluation_id: str, hint: str) -> str:
    """The main figures of an evaluation; `hint` says how to get its page."""
    return shown(title, lambda: of_evaluation(title, Subject(read).evaluation(evaluation_id), hint))


def shown(title: str, facts: Callable[[], Fragment]) -> str:
    """The facts as HTML, or why there are none: a look at an object never raises."""
    try:
        parts = facts()
    except duckdb.Error as error:
        why = f"Its figures cannot be read now ({reason(error)})."
        parts = fragment(title, answers=[sentence(why)])
    return environment().get_template("notebook.html.j2").render(parts)


@cache
def environment() -> Environment:
    """Jinja as pages have it, without their pictures."""
    filters = {"line": lambda text: words.short(prose.line(text), 60)}
    return jinja(None, tone=words.tone, **filters)


def fragment(title: str, **facts: Any) -> Fragment:
    """What a notebook shows; all but the title may be left out."""
    nothing: Fragment = {"badge": None, "headline": "", "hint": "", "answers": [], "tables": []}
    return {"title": title, **nothing, **facts}


def sentence(text: str) -> dict[str, Any]:
    """An answer of one sentence, as the verdict has answers of many."""
    return {"title": "", "sentences": [[text]], "points": [], "commands": []}


def of_dashboard(facts: Facts) -> Fragment:
    """The verdict and the number tiles."""
    verdict, figures = prose.verdict_of(facts), prose.figures(facts)
    return fragment(
        facts["project"],
        badge=verdict["badge"],
        headline=verdict["title"],
        tables=[figures] if figures["rows"] else [],
        answers=verdict["answers"],
        hint="project.report() writes the pages and returns the path of index.html",
    )


def of_evaluation(title: str, of: Subject, hint: str) -> Fragment:
    """What was compared, the main figures beside the reference's, the features, worst first."""
    if not of.about:
        return fragment(title, answers=[sentence("It is no longer in the warehouse.")])
    return fragment(
        title,
        badge=badge(of("evaluation_checks").first.get("outcome")),
        answers=[sentence(spelled(drift.lead(of)))],
        tables=[table for table in (figures_of(of), features_of(of)) if table["rows"]],
        hint=hint,
    )


def figures_of(of: Subject) -> Table:
    """Drift of all features together, and the performance that is asked for first."""
    measured = [{**row, "value": row["current"]} for row in of("performance_drift").rows]
    rows = [
        row
        for row in [*of("whole_drift").rows, *measured]
        if row["metric"] in TABLES["figures"]["main"]
    ]
    return filled("Main figures", columns_of("figures"), rows)


def features_of(of: Subject) -> Table:
    """The features that moved most, each with a bar as long as its index."""
    rows = of("feature_drift").rows
    top = max((row[PSI] for row in rows if row[PSI] is not None), default=0)
    more = f"; {len(rows) - FEATURES} more are not shown" if len(rows) > FEATURES else ""
    features = table(
        f"Drift by feature, worst first{more}", columns_of("features"), rows[:FEATURES]
    )
    for row, cells in zip(rows, features["rows"], strict=False):
        bar = geometry.place(row[PSI] or 0, 0, top)
        cells[1] = {**cells[1], "number": False, "bar": bar, "tone": words.tone(row["status"])}
    features["columns"][1]["number"] = False
    return features
