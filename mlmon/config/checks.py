"""`checks:` of a store in mlmon.yml: what its figures must be, and when that becomes an alert."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.values import LARGEST, Class, Figure, Function, Section
from mlmon.system import fingerprints, functions
from mlmon.warehouse.sql import names

BOUNDS = ("min", "soft_min", "soft_max", "max")
KINDS = ("values", "typical", "sql", "python")
METRIC_KINDS = ("range", "values", "typical")
PARAMETERS = {"evaluation_id", "batch", "store"}  # what the query of a check may use
Positive = Annotated[int, Field(gt=0, le=10_000)]


class Typical(Section):
    """The range that is typical of a figure: the middle half of its history, made wider.

    The quartiles of the last evaluations before the checked one -+ factor * (their distance).
    """

    last: Positive = Field(
        default=12, description="How many evaluations before the checked one are looked at."
    )
    factor: float = Field(
        default=1.5,
        ge=0,
        le=1e6,
        description="How many times the quartiles' distance the range is made wider on each side.",
    )
    at_least: Positive = Field(
        default=5, description="With fewer evaluations than these the result is EMPTY."
    )

    @model_validator(mode="after")
    def _reachable(self) -> "Typical":
        if self.at_least > self.last:
            raise ValueError("`at_least:` is more than `last:`; there would never be a range")
        return self


class Check(Section):
    """What must hold: a metric in a range, of some values or typical; a query; a function.

    The kind is told by the keys; in a range hard bounds win, and a bound itself is OK.
    """

    name: str = Field(description="What results and alerts are called; once in a store.")
    metric: str | None = Field(default=None, description="The metric that it looks at.")
    feature: Class | None = Field(
        default=None, description='The feature of the metric; "*" is every input feature.'
    )
    segment: str | None = Field(
        default=None, description='The segment of the metric; "*" is every segment.'
    )
    min: Figure | None = Field(default=None, description="Below it is ERROR.")
    soft_min: Figure | None = Field(default=None, description="Below it is WARNING.")
    soft_max: Figure | None = Field(default=None, description="Above it is WARNING.")
    max: Figure | None = Field(default=None, description="Above it is ERROR.")
    values: Annotated[Sequence[Figure], Field(min_length=1)] | None = Field(
        default=None, description="The only values that are OK; any other is ERROR."
    )
    typical: Typical | None = Field(
        default=None, description="A range that follows from earlier evaluations."
    )
    sql: str | None = Field(
        default=None,
        description="A select: a row is trouble; it may use $evaluation_id, $batch and $store.",
    )
    python: Function | None = Field(
        default=None,
        description="module:function that gets the figures and the evaluation, and judges.",
    )
    severity: Literal["error", "warning"] = Field(
        default="error", description="The worst that it can be: error (default) or warning."
    )
    open_after: Positive = Field(
        default=1, description="After so many evaluations in a row with trouble an alert opens."
    )
    resolve_after: Positive = Field(
        default=1, description="After so many in a row that are OK the alert is resolved."
    )
    hysteresis: float = Field(
        default=0,
        ge=0,
        le=LARGEST,
        description="How far inside the limits a figure must be to be OK again.",
    )

    @property
    def kind(self) -> str:
        """range, values, typical, sql or python."""
        return next((kind for kind in KINDS if getattr(self, kind) is not None), "range")

    def definition(self, folder: Path) -> str:
        """Return the md5 of all that decides the outcome, the text of a function's module too."""
        function = functions.fingerprint(folder, self.python) if self.python else None
        decisive = self.model_dump_json(
            exclude={"name", "open_after", "resolve_after", "hysteresis"}, exclude_defaults=True
        )
        return fingerprints.of(f"{decisive} {function}")

    @model_validator(mode="after")
    def _of_one_kind(self) -> "Check":
        bounds = [name for name in BOUNDS if getattr(self, name) is not None]
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        found = [*bounds[:1], *kinds]
        if not found and self.metric is None:
            raise ValueError("give a metric and its bounds, `sql:` or `python:`")
        if not found:
            raise ValueError("give at least one of min, soft_min, soft_max, max, values, typical")
        if found[1:]:
            raise ValueError(f"a check is of one kind; {' and '.join(found)} are two")
        return self

    @model_validator(mode="after")
    def _complete(self) -> "Check":
        looks_at_metric = self.kind in METRIC_KINDS
        if looks_at_metric and self.metric is None:
            raise ValueError("name the `metric:` that it looks at")
        for key in ("metric", "feature", "segment"):
            if not looks_at_metric and getattr(self, key) is not None:
                raise ValueError(f"`{key}:` does not go with `{self.kind}:`")
        if self.hysteresis and self.kind != "range":
            raise ValueError("`hysteresis:` goes with min, soft_min, soft_max and max only")
        return self

    @model_validator(mode="after")
    def _sensible(self) -> "Check":
        bounds = [bound for name in BOUNDS if (bound := getattr(self, name)) is not None]
        if bounds != sorted(bounds):
            raise ValueError("bounds must rise: min <= soft_min <= soft_max <= max")
        if unknown := sorted(names(self.sql or "") - PARAMETERS):
            raise ValueError(
                f"sql: nothing is called ${unknown[0]}; there is $evaluation_id, $batch and $store"
            )
        return self
