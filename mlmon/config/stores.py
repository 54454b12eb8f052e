"""`stores:` of mlmon.yml: what is evaluated, on which sample, with which checks."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.checks import Check
from mlmon.config.values import Reference, Section, Text


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


class Store(Section):
    """An evaluation store: what is evaluated, on which sample, and its checks.

    Without a `reference:` it is measured against the test part of the training.
    """

    model: str
    reference: Reference | None = None
    sampling: Sampling = Sampling()
    performance: bool = True
    bootstrap: Annotated[int, Field(ge=100)] | None = None  # resamples, for intervals
    classifier_rows: Annotated[int, Field(ge=0)] | None = None  # a side; None all, 0 leaves it out
    labels: Mapping[str, Text] = {}
    checks: Sequence[Check] = ()

    @model_validator(mode="after")
    def _named_once(self) -> "Store":
        names = [check.name for check in self.checks]
        if len(set(names)) < len(names):
            raise ValueError("checks: two have the same name")
        return self
