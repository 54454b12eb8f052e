"""The metrics, as the headers of the files of sql/ have them, and the names that are mlmon's own.

A metric's entry stands in the header of its view; of a metric that no view measures, in that of
the view `metrics`, with its name. `metric_catalogue` and `evaluation_history` are made of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STORED_BESIDE = {"drift_importance"}  # of the domain classifier: stored, no metric of its own
MADE_OF_ENTRIES = {"metric_catalogue", "evaluation_history"}
MADE_OF_MODELS = {"sample_records", "feature_values", "scored_records"}
BETTER = {"higher": True, "lower": False, "neither": None}
ENTRY = re.compile(
    r"""
    --\ Title:\ (?P<title>.+)\n
    (?:--\ Metric:\ (?P<name>\w+)\n)?
    --\ Family:\ (?P<family>.+)\n
    --\ Tasks:\ (?P<tasks>.+)\n
    (?:--\ Per:\ (?P<per>feature)\n)?
    --\ Better:\ (?P<better>higher|lower|neither)\n
    (?:--\ Oracle:\ (?P<oracle>.+(?:\n--\ \ .+)*)\n)?
    --\ Order:\ (?P<order>\d+)\n
    --\ Description:\ (?P<description>.+)\n
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Metric:
    """What is known of a metric.

    `oracle` is an expression of scikit-learn, scipy or numpy that has the same value: of `actual`
    and `predicted` (classes, or whether they are the class in question), `score`, `classes` and
    `estimate` of labelled rows; of `values` of a sample; or of two sides, their `reference` and
    `current` values, the shares `q` and `p` of these in bins, the contingency `table`, `pvalues`.
    """

    name: str
    title: str
    family: str
    tasks: tuple[str, ...]
    is_per_feature: bool
    higher_is_better: bool | None
    oracle: str | None
    order: int
    description: str


def sql_folder() -> Path:
    """Return where the views' files are: in the wheel beside the code, else in the checkout."""
    house = Path(__file__).parents[1]
    packaged = house / "sql"
    return packaged if packaged.is_dir() else house.parent / "sql"


def entries(path: Path) -> Iterator[Metric]:
    """Yield the metrics of a file's header."""
    for entry in ENTRY.finditer(path.read_text(encoding="utf-8")):
        oracle = entry["oracle"]
        yield Metric(
            name=entry["name"] or path.stem,
            title=entry["title"],
            family=entry["family"],
            tasks=tuple(entry["tasks"].split(", ")),
            is_per_feature=entry["per"] is not None,
            higher_is_better=BETTER[entry["better"]],
            oracle=oracle and re.sub(r"\n-- +", " ", oracle),
            order=int(entry["order"]),
            description=entry["description"],
        )


@lru_cache
def catalogue() -> tuple[Metric, ...]:
    """Return every metric, in the order in which they are shown."""
    found = [metric for path in sql_folder().glob("*/*.sql") for metric in entries(path)]
    return tuple(sorted(found, key=lambda metric: (metric.order, metric.name)))


@lru_cache
def names() -> frozenset[str]:
    """Return the names that no metric of a project may have; no database is asked."""
    return frozenset(metric.name for metric in catalogue()) | STORED_BESIDE


@lru_cache
def views() -> frozenset[str]:
    """Return the names of all views but `scored_<dataset>`, the generated ones too."""
    files = frozenset(path.stem for path in sql_folder().glob("*/*.sql"))
    return files | MADE_OF_ENTRIES | MADE_OF_MODELS
