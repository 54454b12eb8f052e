"""Where a model's records are and how their columns are read, in words; no query is made here."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import get_args

from mlmon.config import values
from mlmon.warehouse import categories

NUMERIC = "numeric"
CATEGORICAL = "categorical"
NUMERIC_TYPES = {"DOUBLE", "FLOAT", "REAL", "DECIMAL", "DATE"} | {
    f"{sign}{size}"
    for sign in ("", "U")
    for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
}
CATEGORICAL_TYPES = {"VARCHAR", "BOOLEAN", "UUID", "ENUM"}


@dataclass(frozen=True)
class Task:
    """What is known of a task; how it is learned stands under its name in mlmon/train/tasks.py."""

    is_quantity: bool = False  # truth and estimate are numbers, not classes
    has_positive_class: bool = False  # of two classes; the score is its probability
    has_class_scores: bool = False  # a probability of every class is stored


TASKS: Mapping[str, Task] = {
    "binary": Task(has_positive_class=True),
    "multiclass": Task(has_class_scores=True),
    "regression": Task(is_quantity=True),
}
assert TASKS.keys() == {*get_args(values.Task)}


@dataclass(frozen=True)
class Source:
    """Where a model's records are and how their columns are read."""

    model: str
    dataset: str
    key: str
    target: str
    kinds: Mapping[str, str]  # input feature -> numeric or categorical
    task: str
    versions: tuple[int, ...] = ()  # the model's versions that read it so
    category_format: int | None = categories.FORMAT  # None: of versions before there was one


def kind_of(data_type: str) -> str | None:
    """Return how a DuckDB type is read unless the model says otherwise; None when it cannot be.

    >>> kind_of("DECIMAL(18,3)"), kind_of("ENUM('internet')"), kind_of("INTEGER[]")
    ('numeric', 'categorical', None)
    """
    plain = data_type.upper()
    name = plain.split("(")[0]
    if plain.endswith("]"):
        return None
    if name.startswith("TIMESTAMP") or name in NUMERIC_TYPES:
        return NUMERIC
    return CATEGORICAL if name in CATEGORICAL_TYPES else None


def cutoff(fraction: float) -> str:
    """Return the text below which eight hex digits sort when, as a fraction, they are below it.

    >>> cutoff(0.5), cutoff(1.0)
    ('80000000', 'g')
    """
    limit = ceil(fraction * 16**8)
    return "g" if limit >= 16**8 else f"{limit:08x}"
