"""The sections of mlmon.yml as frozen models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlmon.config.dashboards import Dashboard
from mlmon.config.values import Function, Kind, OwnMetric, Reference, Share, Task, Text, Zone

LIFT_AT = 0.4  # the share of the records, by score, in which lift looks for positives
OWN_COLUMNS = {  # of the wide rows that features stand in, see mlmon/features.py
    *("_actual", "_batch", "_has_performance", "_key", "_model_version", "_prediction"),
    *("_record_id", "_sample_id", "_sampled_batch", "_sampled_record", "_score", "_target"),
    *("_by_version", "_of_record", "_hash", "_row"),
}


class Section(BaseModel):
    """A part of mlmon.yml: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Batching(Section):
    """How files become batches: one each, by a period of a time column, or by a count of rows."""

    by: Literal["file"] | None = None
    time: str | None = None
    every: Literal["hour", "day", "week", "month", "year"] | None = None
    rows: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Batching":
        if sum(way is not None for way in (self.by, self.time, self.rows)) != 1:
            raise ValueError("give one of `by: file`, `time: <column>` with `every:`, or `rows:`")
        if (self.time is None) != (self.every is None):
            raise ValueError("`time:` and `every:` belong together")
        return self


class Dataset(Section):
    """Where records come from; `path` is a file, a glob, or a pattern with `{batch}`."""

    path: str | None = None
    key: str
    time: str | None = None
    batches: Batching | None = None
    ignore_extra_columns: bool = False

    @model_validator(mode="after")
    def _one_batch_a_file(self) -> "Dataset":
        if self.path and self.path.count("{batch}") > 1:
            raise ValueError("path: {batch} may stand there once")
        if self.path and "{batch}" in self.path and self.batching.by != "file":
            raise ValueError(
                "a path with {batch} makes a batch of every file; leave out `batches:`"
            )
        return self

    @property
    def batching(self) -> Batching:
        """How files become batches, the default filled in."""
        return self.batches or Batching(by="file")


class Training(Section):
    """Which batches a model learns from, and how the test part is split off."""

    batches: Annotated[list[Text], Field(min_length=1)]
    test_size: Share = 0.2
    seed: int = 1337


class CostMatrix(Section):
    """What each kind of decision is worth, per record."""

    tp: float = 1.0
    fp: float = -0.3
    fn: float = 0.0
    tn: float = 0.0


class Model(Section):
    """What is predicted, from what, and how it is measured."""

    dataset: str
    task: Task = "binary"
    target: str
    positive_class: Text | None = None
    features: Annotated[list[str], Field(min_length=1)]
    train: Training
    estimator: str | None = None
    artifact: str | None = None
    kinds: Mapping[str, Kind] = {}
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    confidence: Share = 0.95
    drift_limit: Annotated[float, Field(ge=0)] = 0.1
    cost_matrix: CostMatrix = CostMatrix()
    lift_at: Annotated[float, Field(gt=0, le=1)] = LIFT_AT
    metrics: Mapping[OwnMetric, Function] = {}

    @model_validator(mode="after")
    def _consistent(self) -> "Model":
        if self.task == "binary" and self.positive_class is None:
            raise ValueError("a binary model needs `positive_class:`")
        if self.estimator and self.artifact:
            raise ValueError("give `estimator:` or `artifact:`, not both")
        if own := OWN_COLUMNS & {name.lower() for name in self.features}:
            raise ValueError(f"{own.pop()} is a name of mlmon's own; rename the feature")
        if taken := {"score", "prediction"} & {name.lower() for name in self.features}:
            raise ValueError(f"{taken.pop()} names the model's own output; rename the feature")
        if len({name.lower() for name in self.features}) < len(self.features):
            raise ValueError("features: a name stands there twice (upper and lower case are one)")
        if self.metrics and (taken := {"record_id", "truth"} & {*map(str.lower, self.features)}):
            raise ValueError(f"{taken.pop()} is a column that `metrics:` are given; rename yours")
        if self.target in self.features:
            raise ValueError(f"the target {self.target} cannot be a feature")
        if unknown := set(self.kinds) - set(self.features):
            raise ValueError(f"kinds: {unknown.pop()} is not a feature")
        return self


class Sampling(Section):
    """Which records of a batch are evaluated.

    `random` keeps each with probability rows / total, `ratio` with probability ratio, `fixed`
    keeps exactly `rows` of them; all by the md5 of the seed and the key.
    """

    method: Literal["all", "random", "ratio", "fixed"] = "all"
    rows: Annotated[int, Field(gt=0)] | None = None
    ratio: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int = 1337

    @model_validator(mode="after")
    def _complete(self) -> "Sampling":
        if self.method in ("random", "fixed") and self.rows is None:
            raise ValueError(f"`method: {self.method}` needs `rows:`")
        if self.method == "ratio" and self.ratio is None:
            raise ValueError("`method: ratio` needs `ratio:`")
        return self


class Check(Section):
    """A metric in a numeric range; the hard bounds win, a bound itself is OK."""

    name: str
    metric: str
    feature: str | None = None
    min: float | None = None
    soft_min: float | None = None
    soft_max: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Check":
        bounds = [b for b in (self.min, self.soft_min, self.soft_max, self.max) if b is not None]
        if not bounds:
            raise ValueError("give at least one of min, soft_min, soft_max, max")
        if bounds != sorted(bounds):
            raise ValueError("bounds must rise: min <= soft_min <= soft_max <= max")
        return self


class Store(Section):
    """An evaluation store: what is evaluated, on which sample, and its checks.

    Without a `reference:` it is measured against the test part of the training.
    """

    model: str
    reference: Reference | None = None
    sampling: Sampling = Sampling()
    performance: bool = True
    bootstrap: Annotated[int, Field(ge=100)] | None = None  # resamples, for intervals
    labels: Mapping[str, Text] = {}
    checks: list[Check] = []

    @model_validator(mode="after")
    def _named_once(self) -> "Store":
        names = [check.name for check in self.checks]
        if len(set(names)) < len(names):
            raise ValueError("checks: two have the same name")
        return self


class Trigger(Section):
    """When a scenario is due: every so often, at a time of day (and day), in a time zone."""

    name: str
    every: Annotated[str, Field(pattern=r"^[1-9]\d* (minute|hour|day|week|month)s?$")]
    at: str | None = None
    time_zone: Zone = "UTC"


class OutcomeIs(Section):
    """True when the outcome so far is one of these."""

    outcome: list[Literal["SUCCESS", "WARNING", "FAILED"]]


class SqlIs(Section):
    """True when the query's first value is."""

    sql: str


RunIf = Literal["no_prior_step_failed", "some_prior_step_failed", "always", "never"]
ACTIONS = ("ingest", "train", "score", "evaluate", "check", "report", "sql")


class Step(Section):
    """One step of a scenario: a verb, its object, and when it runs."""

    name: str
    ingest: str | None = None
    train: str | None = None
    score: str | None = None
    evaluate: str | None = None
    check: str | None = None
    report: str | None = None
    sql: str | None = None
    run_if: RunIf | OutcomeIs | SqlIs = "no_prior_step_failed"
    reset_failure_state: bool = False

    @model_validator(mode="after")
    def _one_action(self) -> "Step":
        if sum(getattr(self, name) is not None for name in ACTIONS) != 1:
            raise ValueError(f"a step does exactly one of {', '.join(ACTIONS)}")
        return self

    @property
    def action(self) -> tuple[str, str]:
        """The verb and its object."""
        return next((name, getattr(self, name)) for name in ACTIONS if getattr(self, name))


class Scenario(Section):
    """Ordered steps and what starts them."""

    triggers: list[Trigger] = []
    steps: Annotated[list[Step], Field(min_length=1)]


class Config(Section):
    """A whole mlmon.yml; `folder` is where it stands, every path in it is relative to that."""

    version: Literal[1]
    project: str
    warehouse: str = "warehouse/mlmon.duckdb"
    time_zone: Zone = "UTC"  # of the times in reports
    datasets: Mapping[str, Dataset]
    models: Mapping[Annotated[str, Field(pattern=r"^[^/\\\\.][^/\\\\]*$")], Model] = {}
    stores: Mapping[str, Store] = {}
    scenarios: Mapping[str, Scenario] = {}
    dashboards: Mapping[str, Dashboard] = {}
    views: str | None = None
    folder: Annotated[Path, Field(exclude=True)] = Path()

    def path(self, relative: str) -> Path:
        """Return a path of the file, seen from where the file stands."""
        return self.folder / relative
