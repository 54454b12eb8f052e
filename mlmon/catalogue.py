"""The metrics that are mlmon's own: their names, as `metric_catalogue` has them."""

import re
from functools import lru_cache
from pathlib import Path

STORED_BESIDE = {"drift_importance"}  # of the domain classifier: stored, no metric of its own


def sql_folder() -> Path:
    """Return where the views' files are: in the wheel beside the code, else in the checkout."""
    packaged = Path(__file__).parent / "sql"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "sql"


@lru_cache
def names() -> frozenset[str]:
    """Return the names that no metric of a project may have; no database is asked."""
    text = (sql_folder() / "staging" / "metric_catalogue.sql").read_text(encoding="utf-8")
    return frozenset(re.findall(r"\(\s*\d+, \d+, '(\w+)'", text)) | STORED_BESIDE
