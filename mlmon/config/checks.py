"""`checks:` of a store in mlmon.yml: what its figures must be, and when that becomes an alert."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.values import Class, Function, Section
from mlmon.literals import names

BOUNDS = ("min", "soft_min", "soft_max", "max")
KINDS = ("values", "typical", "sql", "python")
METRIC_KINDS = ("range", "values", "typical")
PARAMETERS = {"evaluation_id", "batch", "store"}  # what the query of a check may use
Positive = Annotated[int, Field(gt=0)]


class Typical(Section):
    """The range that is typical of a figure: the middle half of its history, made wider.

    The quartiles of the last evaluations before the checked one -+ factor * (their distance).
    """

    last: Positive = 12
    factor: Annotated[float, Field(ge=0)] = 1.5
    at_least: Positive = 5

    @model_validator(mode="after")
    def _reachable(self) -> "Typical":
        if self.at_least > self.last:
            raise ValueError("`at_least:` is more than `last:`; there would never be a range")
        return self


class Check(Section):
    """What must hold: a metric in a range, of some values or typical; a query; a function.

    The kind is told by the keys; in a range hard bounds win, and a bound itself is OK.
    """

    name: str
    metric: str | None = None
    feature: Class | None = None  # "*": every input feature
    segment: str | None = None  # "*": every segment
    min: float | None = None
    soft_min: float | None = None
    soft_max: float | None = None
    max: float | None = None
    values: Annotated[Sequence[float], Field(min_length=1)] | None = None
    typical: Typical | None = None
    sql: str | None = None
    python: Function | None = None
    severity: Literal["error", "warning"] = "error"
    open_after: Positive = 1
    resolve_after: Positive = 1
    hysteresis: Annotated[float, Field(ge=0)] = 0

    @property
    def kind(self) -> str:
        """range, values, typical, sql or python."""
        return next((kind for kind in KINDS if getattr(self, kind) is not None), "range")

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
