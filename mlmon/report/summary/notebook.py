"""A project, an evaluation or a comparison -> a small piece of HTML for a notebook.

It stands in somebody else's page, light or dark: text has that page's colour, marks have colours
that can be told from both, the style is written at each element and nothing is a script.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mlmon.errors import reason
from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Read, ask
from mlmon.report.facts.sentence import spelled
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import Facts, badge
from mlmon.report.summary import prose
from mlmon.report.tiles import drift

TEMPLATES = Path(__file__).parents[1] / "templates"
LISTS: Facts = {"answers": [], "tables": []}
PSI = "population_stability_index"
MAIN = (
    "data_drift",
    "drifted_feature_share",
    "max_population_stability_index",
    "roc_auc_score",
    "average_precision_score",
    "f1_score",
    "accuracy_score",
    "log_loss",
    "r2_score",
    "root_mean_squared_error",
    "mean_absolute_error",
)
COLUMNS = (
    Column("title", "Figure"),
    Column("reference", "Reference", "figure", ""),
    Column("value", "Value", "figure"),
    Column("change", "Change", "signed", ""),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
    Column("reading", "Reading", "status"),
)
FEATURE_COLUMNS = (
    Column("feature", "Feature"),
    Column(PSI, "PSI", "figure"),
    Column("pvalue_adjusted", "Adjusted p-value", "figure"),
    Column("status", "Status", "status"),
)
FEATURES = 10


def project(name: str, dashboard: Callable[[], Facts]) -> str:
    """What the project's dashboard says."""
    return shown(name, lambda: of_dashboard(dashboard()))


def evaluation(title: str, read: Read, evaluation_id: str, hint: str) -> str:
    """The main figures of an evaluation; `hint` says how to get its page."""
    return shown(title, lambda: of_evaluation(title, read, evaluation_id, hint))


def shown(title: str, facts: Callable[[], Facts]) -> str:
    """The facts as HTML, or why there are none: a look at an object never raises."""
    try:
        told = facts()
    except duckdb.Error as error:
        why = reason(error)
        told = fragment(title, answers=[sentence(f"Its figures cannot be read now ({why}).")])
    return environment().get_template("notebook.html.j2").render(told)


@cache
def environment() -> Environment:
    """Jinja with autoescape on for everything."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(tone=words.tone, line=lambda text: words.short(prose.line(text), 60))
    return made


def fragment(title: str, **facts: Any) -> Facts:
    """What a notebook shows; all but the title may be left out."""
    return {"title": title, "badge": None, "said": "", "hint": ""} | LISTS | facts


def sentence(text: str) -> dict[str, Any]:
    """An answer of one sentence, as the verdict has answers of many."""
    return {"title": "", "sentences": [[text]], "points": [], "commands": []}


def of_dashboard(facts: Facts) -> Facts:
    """The verdict and the number tiles."""
    told = prose.verdict_of(facts)
    figures = prose.figures(facts)
    return fragment(
        facts["project"],
        badge=told["badge"],
        said=told["title"],
        tables=[figures] if figures["rows"] else [],
        answers=told["answers"],
        hint="project.report() writes the pages and returns the path of index.html",
    )


def of_evaluation(title: str, read: Read, evaluation_id: str, hint: str) -> Facts:
    """What was compared, the main figures beside the reference's, the features, worst first."""
    about = ask(read, "evaluation", evaluation_id=evaluation_id).first
    if not about:
        return fragment(title, answers=[sentence("It is no longer in the warehouse.")])
    counts = ask(read, "drift_counts", evaluation_id=evaluation_id).first
    checks = ask(read, "evaluation_checks", evaluation_id=evaluation_id)
    figures = figures_of(read, evaluation_id)
    features = features_of(read, evaluation_id)
    return fragment(
        title,
        badge=badge(checks.first["outcome"]) if checks.rows else None,
        answers=[sentence(spelled(drift.lead(about, counts)))],
        tables=[made for made in (figures, features) if made["rows"]],
        hint=hint,
    )


def figures_of(read: Read, evaluation_id: str) -> Table:
    """Drift of all features together, and the performance that is asked for first."""
    whole = ask(read, "whole_drift", evaluation_id=evaluation_id).rows
    measured = ask(read, "performance_drift", evaluation_id=evaluation_id).rows
    told = [*whole, *({**row, "value": row["current"]} for row in measured)]
    rows = [row for row in told if row["metric"] in MAIN]
    return table("Main figures", filled(COLUMNS, rows), rows)


def features_of(read: Read, evaluation_id: str) -> Table:
    """The features that moved most, each with a bar as long as its index."""
    rows = ask(read, "feature_drift", evaluation_id=evaluation_id).rows
    top = max((row[PSI] for row in rows if row[PSI] is not None), default=0)
    kept = rows[:FEATURES]
    more = f"; {len(rows) - len(kept)} more are not shown" if len(rows) > len(kept) else ""
    made = table(f"Drift by feature, worst first{more}", FEATURE_COLUMNS, kept)
    for row, cells in zip(kept, made["rows"], strict=True):
        cells[1] |= {"number": False, "bar": geometry.place(row[PSI] or 0, 0, top)}
        cells[1]["tone"] = words.tone(row["status"])
    made["columns"][1]["number"] = False
    return made
