"""The names that are mlmon's own: of metrics, as `metric_catalogue` has them, and of views."""

import re
from functools import lru_cache
from pathlib import Path

STORED_BESIDE = {"drift_importance"}  # of the domain classifier: stored, no metric of its own


def sql_folder() -> Path:
    """Return where the views' files are: in the wheel beside the code, else in the checkout."""
    house = Path(__file__).parents[1]
    packaged = house / "sql"
    return packaged if packaged.is_dir() else house.parent / "sql"


@lru_cache
def names() -> frozenset[str]:
    """Return the names that no metric of a project may have; no database is asked."""
    text = (sql_folder() / "staging" / "metric_catalogue.sql").read_text(encoding="utf-8")
    return frozenset(re.findall(r"\(\s*\d+, \d+, '(\w+)'", text)) | STORED_BESIDE


@lru_cache
def views() -> frozenset[str]:
    """Return the names of all views but `scored_<dataset>`, the generated ones too."""
    files = frozenset(path.stem for path in sql_folder().glob("*/*.sql"))
    return files | {"sample_records", "feature_values", "scored_records"}
