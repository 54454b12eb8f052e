"""What another tool's log takes of a version or an evaluation: names, parameters, figures, a time.

Names of figures hold letters, digits, underscores, hyphens and spaces as they are; any other
character is `.2f.`, its code in hexadecimal, so that two names never become one.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlmon.evaluations import stored
from mlmon.models import artifacts
from mlmon.system import fingerprints
from mlmon.warehouse.warehouse import Row, Warehouse

STRANGE = re.compile(r"[^\w\- ]")
LONGEST = 240  # characters of a figure's name
# What makes two runs the same, by their kind: names of tags.
IDENTITY = {
    "version": ("mlmon.model", "mlmon.model_version", "mlmon.sha256"),
    "evaluation": ("mlmon.evaluation_id",),
}
PARAMETERS = {
    "version": (
        *("algorithm", "task", "dataset", "target", "positive_class", "threshold"),
        *("train_batches", "train_rows", "test_size", "seed", "features"),
    ),
    "evaluation": (
        *("store", "model", "model_version", "dataset", "batch", "rows", "labelled_rows"),
        *("has_performance", "confidence", "drift_limit"),
    ),
}
TAGS = {
    "version": ("model", "model_version", "sha256", "created_at", "created_by", "is_active"),
    "evaluation": (
        *("evaluation_id", "store", "batch", "name", "model", "model_version"),
        *("evaluated_at", "is_aside", "labels"),
    ),
}
VERSIONS = """
select *, (
    select min_by(sample_id, samples.created_at) from samples
    where role = 'reference' and model = v.model and model_version = v.model_version
) as sample_id
from model_versions as v where coalesce(model = $model, $model is null)
order by model, model_version
"""
EVALUATIONS = """
from evaluations where coalesce(model = $model, $model is null)
order by evaluated_at, evaluation_id
"""
FIGURES = """
select metric, feature, value, lower, upper from evaluation_metrics
where sample_id = $sample and evaluation_id is not distinct from $evaluation and segment is null
order by all
"""


@dataclass(frozen=True)
class Entry:
    """A version or an evaluation (`kind`), called MODEL/VERSION or STORE/BATCH; `row` is its."""

    kind: str
    name: str
    happened_at: datetime
    row: Row

    @property
    def tags(self) -> dict[str, str]:
        """What it is known by, `mlmon.` before each name."""
        named = {f"mlmon.{name}": self.row[name] for name in TAGS[self.kind]}
        return {"mlmon.kind": self.kind, **_texts(named)}

    @property
    def parameters(self) -> dict[str, str]:
        """What it was made with; what is NULL is left out."""
        return _texts({name: self.row[name] for name in PARAMETERS[self.kind]})

    @property
    def milliseconds(self) -> int:
        """When it was made, since 1970."""
        return round(self.happened_at.replace(tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True)
class Contents:
    """Figures; of a version also the file of its fitted pipeline and its importances."""

    figures: Mapping[str, float]
    model: Path | None = None
    importances: Mapping[str, float | None] | None = None


def identity(tags: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return what tells the version or evaluation with these tags from every other."""
    kind = tags.get("mlmon.kind", "")
    return (kind, *(tags.get(name) for name in IDENTITY.get(kind, ())))


def everything(warehouse: Warehouse, model: str | None = None) -> list[Entry]:
    """Return every version and every evaluation (of a model), versions first, oldest first."""
    versions = warehouse.read(VERSIONS, model=model)
    rows = warehouse.read(EVALUATIONS, model=model)
    return [*map(_version, versions), *map(_evaluation, rows)]


def one(warehouse: Warehouse, evaluation: str) -> Entry:
    """Return an evaluation by its id, the beginning of that, or its name.

    Raises EvaluationNotFound, and ConfigError when it names several.
    """
    return _evaluation(stored.named(warehouse, evaluation).row)


def contents(warehouse: Warehouse, entry: Entry) -> Contents:
    """Return what an entry holds; raises ArtifactError when the pipeline is not what was saved."""
    if entry.kind != "version" or warehouse.path is None:
        return Contents(figures(warehouse, entry))
    model = warehouse.path.parent / str(entry.row["artifact"])
    artifacts.verified(model, entry.row["sha256"])
    return Contents(figures(warehouse, entry), model, importances(warehouse, entry))


def figures(warehouse: Warehouse, entry: Entry) -> dict[str, float]:
    """Return its figures: of an evaluation, or of a version's test part.

    `roc_auc_score`, `roc_auc_score.lower`, `feature/<feature>/<metric>`. What is undefined,
    infinite or of a segment is left out.
    """
    found = {}
    known = {"sample": entry.row["sample_id"], "evaluation": entry.row.get("evaluation_id")}
    for row in warehouse.read(FIGURES, **known):
        for ending, column in (("", "value"), (".lower", "lower"), (".upper", "upper")):
            if row[column] is not None and math.isfinite(row[column]):
                found[figure_name(row["metric"], row["feature"]) + ending] = row[column]
    return found


def importances(warehouse: Warehouse, entry: Entry) -> dict[str, float | None]:
    """Return the importance of every feature of a version, the greatest first."""
    rows = warehouse.read(
        "select feature, importance from feature_importances where model = $model"
        " and model_version = $version order by importance desc, feature",
        model=entry.row["model"],
        version=entry.row["model_version"],
    )
    return {row["feature"]: row["importance"] for row in rows}


def figure_name(metric: str, feature: str | None = None) -> str:
    """Return a name that any tool takes, for one figure alone; a long one ends with its md5.

    >>> figure_name("mean", "price/€")
    'feature/price.2f..20ac./mean'
    """
    parts = [metric] if feature is None else ["feature", feature, metric]
    name = "/".join(map(_plain, parts))
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 37]}.cut.{fingerprints.of(name)}"


def _plain(part: str) -> str:
    return STRANGE.sub(lambda found: f".{ord(found[0]):x}.", part) or ".empty."


def _version(row: Row) -> Entry:
    return Entry("version", f"{row['model']}/{row['model_version']}", row["created_at"], row)


def _evaluation(row: Row) -> Entry:
    return Entry("evaluation", f"{row['store']}/{row['batch']}", row["evaluated_at"], row)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as text: times are ISO, lists and yes or no are JSON; NULL is left out."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, bool | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
