"""What the columns of a comparison are beside features: the truth, and what the model said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from mlmon import features
from mlmon.errors import ConfigError, UnknownName
from mlmon.sides import Side
from mlmon.warehouse import Warehouse

CLASSES = 20  # more different numbers than this are a quantity, not classes
POSITIVE = {"1": "0", "true": "false", "yes": "no"}  # positive class -> the other one


@dataclass(frozen=True)
class Outcome:
    """How the truth and the model's output are read."""

    task: str | None
    classes: Sequence[str]
    positive_class: str | None
    threshold: float | None
    has_target: bool
    has_score: bool
    has_prediction: bool


@dataclass(frozen=True)
class Roles:
    """Which column is what; `scores` maps a class to the column of its probability."""

    key: str | None
    target: str | None
    prediction: str | None
    score: str | None
    scores: Mapping[str, str]

    @property
    def columns(self) -> set[str]:
        """The columns that have a role."""
        named = {self.key, self.target, self.prediction, self.score, *self.scores.values()}
        return {name for name in named if name is not None}

    def outputs(self, table: ir.Table, outcome: Outcome) -> dict[str, ir.Value]:
        """Return `_score` and `_prediction`."""
        score = table[self.score] if self.score else None
        if outcome.task == "regression":
            score = table[self.prediction] if self.prediction else score
        number = ibis.null("float64") if score is None else features.number_of(score)
        return {"_score": number, "_prediction": self._predicted(table, outcome, number)}

    def _predicted(self, table: ir.Table, outcome: Outcome, score: ir.Value) -> ir.Value:
        if not outcome.has_prediction:
            return ibis.null("string")
        if self.prediction:
            return class_of(table[self.prediction])
        if self.scores:
            given = {
                name: features.number_of(table[column]) for name, column in self.scores.items()
            }
            best = ibis.greatest(*given.values())
            cases = [(value == best, ibis.literal(name)) for name, value in given.items()]
            return ibis.cases(*cases)
        other = next(name for name in outcome.classes if name != outcome.positive_class)
        above = (score > outcome.threshold).ifelse(outcome.positive_class, other)
        return score.notnull().ifelse(above, ibis.null("string"))

    def actual(self, table: ir.Table, outcome: Outcome) -> ir.Value:
        """Return `_actual`: the truth as text, NULL where it is not known."""
        if not self.target or self.target not in table.columns:
            return ibis.null("string")
        column = table[self.target]
        return features.text_of(column) if outcome.task == "regression" else class_of(column)

    def probability_columns(self) -> dict[str, str]:
        """Return class -> name of its column among the wide rows."""
        return {name: f"_proba_{place}" for place, name in enumerate(self.scores)}

    def probabilities(self, table: ir.Table) -> dict[str, ir.Value]:
        """Return the wide rows' columns of the classes' probabilities."""
        columns = zip(self.probability_columns().values(), self.scores.values(), strict=True)
        return {name: features.number_of(table[column]) for name, column in columns}


def class_of(column: ir.Column) -> ir.StringColumn:
    """Return a class as text; 1.0, which a column with gaps makes of 1, is 1."""
    if not column.type().is_floating():
        return features.text_of(column)
    whole = column == column.floor()
    known = column.isnan().ifelse(ibis.null("string"), features.text_of(column))
    return whole.ifelse(features.text_of(column.try_cast("int64")), known)


def assigned(
    sides: tuple[Side, Side],
    target: str | None,
    prediction: str | None,
    score: str | Mapping[Any, str] | None,
    key: str | None,
) -> Roles:
    """Return the roles as given; columns called prediction and score have theirs without a word.

    The target may be missing on one side. Raises UnknownName.
    """
    both = [name for name in sides[0].types if name in sides[1].types]
    named = score.items() if isinstance(score, Mapping) else ()
    scores = {text(name): column for name, column in named}
    plain = score if isinstance(score, str) else None
    if plain is None and not scores and target != "score" and "score" in both:
        plain = "score"
    if prediction is None and target != "prediction" and "prediction" in both:
        prediction = "prediction"
    for kind, name in (("prediction", prediction), ("score", plain), ("key", key)):
        if name is not None and name not in both:
            raise UnknownName(f"column on both sides ({kind})", name, both)
    for column in scores.values():
        if column not in both:
            raise UnknownName("column on both sides (score)", column, both)
    either = {*sides[0].types, *sides[1].types}
    if target is not None and target not in either:
        raise UnknownName("column (target)", target, either)
    return Roles(key, target, prediction, plain, scores)


def text(value: object) -> str:
    """Return a class given in Python as the text that it is in the data."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def outcome_of(
    warehouse: Warehouse,
    sides: tuple[Side, Side],
    roles: Roles,
    task: str | None,
    positive_class: object,
) -> Outcome:
    """Return how truth and output are read; what is not given is inferred from the values.

    Raises ConfigError where that cannot be known.
    """
    if task not in (None, "binary", "multiclass", "regression"):
        raise ConfigError(f"task: {task!r} is not binary, multiclass or regression")
    names = [name for name in (roles.target, roles.prediction) if name]
    task = task or _task(warehouse, sides, roles)
    if task == "regression" or task is None:
        said = bool(roles.prediction or roles.score)
        return Outcome(task, (), None, None, bool(roles.target), said, False)
    found = {*roles.scores} | {
        value for name in names for value in _values(warehouse, sides, name, None)
    }
    classes = sorted(found)
    has_prediction = bool(roles.prediction or roles.scores)
    if task == "multiclass":
        has_target, has_score = bool(roles.target), bool(roles.score)
        return Outcome(task, classes, None, None, has_target, has_score, has_prediction)
    positive = _positive(classes, positive_class) if len(classes) < 3 else classes[0]
    classes = sorted({*classes, positive, *_other(classes, positive)})
    if len(classes) != 2:
        raise ConfigError(
            f"task: binary has two classes, and there is {', '.join(classes[:10])}; "
            "give a score as `score`, or another `task`"
        )
    threshold = None if roles.prediction else 0.5
    said = has_prediction or bool(roles.score)
    return Outcome(task, classes, positive, threshold, bool(roles.target), bool(roles.score), said)


def _positive(classes: Sequence[str], given: object) -> str:
    if given is not None:
        return text(given)
    known = [name for name, other in POSITIVE.items() if {*classes} <= {name, other}]
    if not known:
        raise ConfigError(
            f"positive_class: give the class that the score is the probability of: "
            f"{', '.join(classes[:10])}"
        )
    return known[0]


def _other(classes: Sequence[str], positive: str) -> set[str]:
    """Return a name for the other class when no row has it."""
    if {*classes} - {positive}:
        return set()
    return {POSITIVE.get(positive) or f"not {positive}"}


def _task(warehouse: Warehouse, sides: tuple[Side, Side], roles: Roles) -> str | None:
    """Return the task that the target, or else the prediction, is of."""
    if roles.scores:
        return "multiclass"
    name = roles.target or roles.prediction
    if name is None:
        return "binary" if roles.score else None
    values = _values(warehouse, sides, name, CLASSES + 1)
    kinds = {features.kind_of(side.types[name]) for side in sides if name in side.types}
    if kinds == {features.NUMERIC} and (len(values) > CLASSES or any("." in v for v in values)):
        return "regression"
    return "binary" if len(values) <= 2 else "multiclass"


def _values(
    warehouse: Warehouse, sides: tuple[Side, Side], name: str, most: int | None
) -> list[str]:
    """Return the different values of a column of both sides, as classes."""
    tables = [
        (table := warehouse.ibis.table(side.role)).select(value=class_of(table[name]))
        for side in sides
        if name in side.types
    ]
    both = reduce(ir.Table.union, tables).distinct()
    known = both.filter(both.value.notnull())
    query = str(ibis.to_sql(known.limit(most) if most else known, dialect="duckdb"))
    return [row["value"] for row in warehouse.read(query)]
