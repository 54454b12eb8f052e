"""`models:` of mlmon.yml: what is predicted, from what, and how it is measured."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from mlmon.config.values import Class, Function, Kind, OwnMetric, Section, Share, Task, Text

LIFT_AT = 0.4  # the share of the records, by score, in which lift looks for positives
OWN_COLUMNS = {  # of the wide rows that features stand in, see mlmon/features.py
    *("_actual", "_batch", "_has_performance", "_key", "_model_version", "_prediction"),
    *("_record_id", "_sample_id", "_sampled_batch", "_sampled_record", "_score", "_target"),
    *("_by_version", "_of_record", "_hash", "_row"),
}


def _newest(text: str) -> str:
    """Return a text that says how many of the newest batches are meant."""
    if not re.fullmatch(r"last [1-9]\d*( labelled)?", text):
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
    ]
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
    positive_class: Class | None = None
    features: Annotated[list[str], Field(min_length=1)]
    train: Training
    activate: Literal["always", "if_better", "never"] = "always"
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
