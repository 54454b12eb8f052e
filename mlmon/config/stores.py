"""`stores:` of mlmon.yml: what is evaluated, on which sample, with which checks."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, model_validator

from mlmon.config.checks import Check
from mlmon.config.values import Count, Reference, Section, Seed, Text


class Sampling(Section):
    """Which records of a batch are evaluated.

    `random` keeps each with probability rows / total, `ratio` with probability ratio, `fixed`
    keeps exactly `rows` of them; all by the md5 of the seed and the key.
    """

    method: Literal["all", "random", "ratio", "fixed"] = Field(
        default="all", description="all (default), random or fixed with `rows:`, ratio."
    )
    rows: Count | None = Field(
        default=None, description="Of random about so many records, of fixed exactly."
    )
    ratio: float | None = Field(
        default=None, gt=0, le=1, description="Of ratio: the share of the records."
    )
    seed: Seed = Field(default=1337, description="What chance begins with.")

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

    model: str = Field(description="The model whose records and predictions are evaluated.")
    reference: Reference | None = Field(
        default=None, description="What is measured against; by default the training's test part."
    )
    sampling: Sampling = Field(
        default=Sampling(), description="Which records of a batch; by default all."
    )
    performance: bool = Field(
        default=True, description="Whether the truth is known; false: drift only."
    )
    bootstrap: int | None = Field(
        default=None,
        ge=100,
        le=100_000,
        description="Resamples for an interval of every performance metric, 100 to 100,000.",
    )
    classifier_rows: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000_000,
        description="Most rows a side of the domain classifier; by default all, 0 leaves it out.",
    )
    labels: Mapping[str, Text] = Field(
        default={}, description="Tags of every evaluation: name: value."
    )
    checks: Sequence[Check] = Field(default=(), description="What its figures must be.")

    @model_validator(mode="after")
    def _named_once(self) -> "Store":
        names = [check.name for check in self.checks]
        if len(set(names)) < len(names):
            raise ValueError("checks: two have the same name")
        return self
