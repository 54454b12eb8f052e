"""`models:` of mlmon.yml: what is predicted, from what, and how it is measured."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from mlmon.config.values import (
    LARGEST,
    Class,
    Dotted,
    Figure,
    Function,
    Kind,
    OwnMetric,
    Section,
    Seed,
    Share,
    Task,
    Text,
)

LIFT_AT = 0.4  # the share of the records, by score, in which lift looks for positives
OWN_COLUMNS = {  # of the wide rows that features stand in, see mlmon/models/features.py
    *("_actual", "_batch", "_has_performance", "_key", "_model_version", "_prediction"),
    *("_record_id", "_sample_id", "_sampled_batch", "_sampled_record", "_score", "_target"),
    *("_by_version", "_of_record", "_hash", "_row"),
}


def _newest(text: str) -> str:
    """Return a text that says how many of the newest batches are meant."""
    if not re.fullmatch(r"last [1-9]\d{0,4}( labelled)?", text):
        raise ValueError("give a list of batches, or `last 3` or `last 3 labelled`")
    return text


def _form(value: object) -> str:
    return "newest" if isinstance(value, str) else "named"


Newest = Annotated[str, AfterValidator(_newest)]
Named = Annotated[list[Text], Field(min_length=1)]


class Training(Section):
    """Which batches a model learns from, and how the test part is split off."""

    batches: Annotated[
        Annotated[Named, Tag("named")] | Annotated[Newest, Tag("newest")], Discriminator(_form)
    ] = Field(description="Names of batches, or the newest: `last 3`, `last 3 labelled`.")
    test_size: Share = Field(
        default=0.2, description="The share of the records that is the reference, not learned from."
    )
    seed: Seed = Field(default=1337, description="What chance begins with: split and estimator.")


class CostMatrix(Section):
    """What each kind of decision is worth, per record."""

    tp: Figure = Field(default=1.0, description="Of a positive that is found.")
    fp: Figure = Field(default=-0.3, description="Of a negative that is taken for a positive.")
    fn: Figure = Field(default=0.0, description="Of a positive that is missed.")
    tn: Figure = Field(default=0.0, description="Of a negative that is left alone.")


class Model(Section):
    """What is predicted, from what, and how it is measured."""

    dataset: str = Field(description="The dataset whose records it sees.")
    task: Task = Field(default="binary", description="binary (default), multiclass or regression.")
    target: str = Field(description="The column of the truth.")
    positive_class: Class | None = Field(
        default=None, description="The class whose probability the score is; binary needs it."
    )
    features: Annotated[list[str], Field(min_length=1)] = Field(
        description="The columns that it learns from."
    )
    train: Training = Field(description="What it learns from.")
    activate: Literal["always", "if_better", "never"] = Field(
        default="always",
        description="When a new version becomes the active one: always, if_better or never.",
    )
    estimator: str | None = Field(
        default=None, description="module:function that returns an estimator of your own."
    )
    artifact: str | None = Field(
        default=None, description="A fitted pipeline that you bring, a .skops file."
    )
    trust: Sequence[Dotted] = Field(
        default=(),
        description="Types of installed packages that a model file may hold beside scikit-learn's.",
    )
    kinds: Mapping[str, Kind] = Field(
        default={}, description="Feature: numeric or categorical, where its type says otherwise."
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="The score above which a record is positive; by default where F1 is greatest.",
    )
    confidence: Share = Field(default=0.95, description="Of intervals and tests, between 0 and 1.")
    drift_limit: float = Field(
        default=0.1,
        ge=0,
        le=LARGEST,
        description="The PSI from which a significant change is drift.",
    )
    cost_matrix: CostMatrix = Field(
        default=CostMatrix(), description="The gains that the metric cost_matrix_gain adds up."
    )
    lift_at: float = Field(
        default=LIFT_AT, gt=0, le=1, description="The share of the records that lift looks at."
    )
    metrics: Mapping[OwnMetric, Function] = Field(
        default={}, description="Metrics of your own: name: module:function."
    )

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
