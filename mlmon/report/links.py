"""Where pages lie, seen from the dashboard: names that any file system takes."""

import re

from mlmon.report.ask import Row

FOLDER = "evaluations"
UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
LONGEST = 40


def page_of(evaluation: Row) -> str:
    """The page of an evaluation, relative to the dashboard."""
    return f"{FOLDER}/{slug(evaluation)}.html"


def slug(evaluation: Row) -> str:
    """Store, batch and the first eight characters of the evaluation's id."""
    parts = (evaluation["store"], evaluation["batch"], evaluation["evaluation_id"][:8])
    return "-".join(part for part in map(safe, parts) if part)


def safe(name: str) -> str:
    """The name with every run of other characters replaced by one hyphen."""
    return UNSAFE.sub("-", str(name))[:LONGEST].strip("-")
