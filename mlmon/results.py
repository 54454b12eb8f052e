"""What the verbs of a project return: the rows they wrote, with names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlmon.evaluations import stored
from mlmon.report.facts import words
from mlmon.system.quiet import quietly
from mlmon.warehouse.rows import OfRow
from mlmon.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class ModelVersion(OfRow):
    """A trained or registered version of a model."""

    model: str
    model_version: int
    algorithm: str
    threshold: float | None
    train_batches: list[str]
    train_rows: int
    created_at: datetime
    is_active: bool


@dataclass(frozen=True)
class CheckResult(OfRow):
    """The result of a check: outcome is OK, WARNING, ERROR or EMPTY."""

    store: str
    check_name: str
    kind: str
    metric: str | None
    feature: str | None
    segment: str | None
    evaluation_id: str
    value: float | None
    outcome: str
    message: str
    checked_at: datetime


@dataclass(frozen=True)
class StepRun(OfRow):
    """A step of a scenario run: outcome is SUCCESS, WARNING, FAILED or SKIPPED."""

    position: int
    step: str
    action: str
    outcome: str
    message: str


@dataclass(frozen=True)
class ScenarioRun(OfRow):
    """A run of a scenario: outcome is SUCCESS, WARNING, FAILED or ABORTED."""

    run_id: str
    scenario: str
    trigger: str
    batch: str | None
    started_at: datetime
    ended_at: datetime
    outcome: str
    steps: list[StepRun]


@quietly
@dataclass(frozen=True)
class Evaluation(OfRow):
    """A snapshot of every figure of one sample against its reference."""

    evaluation_id: str
    store: str
    name: str
    model: str
    model_version: int
    batch: str
    rows: int
    labelled_rows: int
    has_performance: bool
    labels: Mapping[str, str]
    evaluated_at: datetime
    warehouse: Warehouse

    @property
    def id(self) -> str:
        """The evaluation's identity."""
        return self.evaluation_id

    @property
    def metrics(self) -> Any:
        """Its rows of the view `metrics`, an ibis table."""
        table = self.warehouse.ibis.table("metrics")
        return table.filter(table.evaluation_id == self.evaluation_id)

    def value(self, metric: str, feature: str | None = None) -> float | None:
        """Return a figure; None when it is undefined. Raises KeyError when there is no such one."""
        return stored.value(self.warehouse, self.evaluation_id, metric, feature)

    def __repr__(self) -> str:
        """Return the evaluation on a line."""
        store, batch, model = map(words.short, (self.store, self.batch, self.model))
        whose = f"{model} version {self.model_version}, {words.plural(self.rows, 'row')}"
        return f"<Evaluation {self.id[:8]} of {batch} in {store}: {whose}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the main figures beside the reference's, the features."""
        from mlmon.report.facts.links import page_of
        from mlmon.report.summary import notebook

        page = page_of({"store": self.store, "batch": self.batch, "evaluation_id": self.id})
        hint = f"project.report() writes its page: {page}"
        title = f"{self.batch} in {self.store}"
        return notebook.evaluation(title, self.warehouse.read, self.id, hint)
