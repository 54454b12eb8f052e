"""`checks:` of a store in mlmon.yml: what its figures must be, and when that becomes an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.values import LARGEST, Class, Figure, Function, Section, entries
from mlmon.system import fingerprints, functions
from mlmon.warehouse.sql import names

PARAMETERS = {"evaluation_id", "batch", "store"}  # what the query of a check may use
Positive = Annotated[int, Field(gt=0, le=10_000)]


@dataclass(frozen=True)
class Kind:
    """What is known of a kind of check; the keys that make a check one of it bear it.

    How it judges stands under the same name in mlmon/check/kinds.py.
    """

    name: str
    of_figures: bool = False  # it looks at `metric:`, maybe of a `feature:` or a `segment:`
    has_margin: bool = False  # `hysteresis:` goes with it


RANGE = Kind("range", of_figures=True, has_margin=True)
Bound = Annotated[Figure | None, RANGE]


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
    min: Bound = Field(default=None, description="Below it is ERROR.")
    soft_min: Bound = Field(default=None, description="Below it is WARNING.")
    soft_max: Bound = Field(default=None, description="Above it is WARNING.")
    max: Bound = Field(default=None, description="Above it is ERROR.")
    values: Annotated[
        Annotated[Sequence[Figure], Field(min_length=1)] | None, Kind("values", of_figures=True)
    ] = Field(default=None, description="The only values that are OK; any other is ERROR.")
    typical: Annotated[Typical | None, Kind("typical", of_figures=True)] = Field(
        default=None, description="A range that follows from earlier evaluations."
    )
    sql: Annotated[str | None, Kind("sql")] = Field(
        default=None,
        description="A select: a row is trouble; it may use $evaluation_id, $batch and $store.",
    )
    python: Annotated[Function | None, Kind("python")] = Field(
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
        return self._kinds[0].name

    @property
    def _kinds(self) -> list[Kind]:
        """What its keys make of it: one kind, unless it is refused."""
        return list(dict.fromkeys(KINDS[key] for key in KINDS if getattr(self, key) is not None))

    def definition(self, folder: Path) -> str:
        """Return the md5 of all that decides the outcome, the text of a function's module too."""
        function = functions.fingerprint(folder, self.python) if self.python else None
        decisive = self.model_dump_json(
            exclude={"name", "open_after", "resolve_after", "hysteresis"}, exclude_defaults=True
        )
        return fingerprints.of(f"{decisive} {function}")

    @model_validator(mode="after")
    def _of_one_kind(self) -> "Check":
        kinds = self._kinds
        if not kinds and self.metric is None:
            others = " or ".join(f"`{key}:`" for key in KINDS if not KINDS[key].of_figures)
            raise ValueError(f"give a metric and its bounds, {others}")
        if not kinds:
            listed = ", ".join(key for key in KINDS if KINDS[key].of_figures)
            raise ValueError(f"give at least one of {listed}")
        if kinds[1:]:
            given = [key for key in KINDS if getattr(self, key) is not None]
            first = [next(key for key in given if KINDS[key] == kind) for kind in kinds]
            raise ValueError(f"a check is of one kind; {' and '.join(first)} are two")
        return self

    @model_validator(mode="after")
    def _complete(self) -> "Check":
        kind = self._kinds[0]
        if kind.of_figures and self.metric is None:
            raise ValueError("name the `metric:` that it looks at")
        for key in ("metric", "feature", "segment"):
            if not kind.of_figures and getattr(self, key) is not None:
                raise ValueError(f"`{key}:` does not go with `{kind.name}:`")
        if self.hysteresis and not kind.has_margin:
            raise ValueError("`hysteresis:` goes with min, soft_min, soft_max and max only")
        return self

    @model_validator(mode="after")
    def _sensible(self) -> "Check":
        ends = [key for key in KINDS if KINDS[key] == RANGE]
        bounds = [bound for key in ends if (bound := getattr(self, key)) is not None]
        if bounds != sorted(bounds):
            raise ValueError("bounds must rise: min <= soft_min <= soft_max <= max")
        if unknown := sorted(names(self.sql or "") - PARAMETERS):
            raise ValueError(
                f"sql: nothing is called ${unknown[0]}; there is $evaluation_id, $batch and $store"
            )
        return self


KINDS = entries(Check, Kind)  # key -> the kind that it makes of a check
