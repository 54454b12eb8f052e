"""What the columns of a comparison are beside features: the truth, and what the model said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir

from mlmon.compare.sides import NOTHING, Side
from mlmon.errors import ConfigError, SourceError, UnknownName
from mlmon.models import features
from mlmon.models.records import NUMERIC, TASKS, kind_of
from mlmon.warehouse import categories, category_columns
from mlmon.warehouse.warehouse import Warehouse


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
    time: str | None = None

    @property
    def columns(self) -> set[str]:
        """The columns that have a role."""
        said = (self.prediction, self.score, *self.scores.values())
        named = {self.key, self.target, self.time, *said}
        return {name for name in named if name is not None}

    def outputs(self, table: ir.Table, outcome: Outcome) -> dict[str, ir.Value]:
        """Return `_score` and `_prediction`."""
        score = table[self.score] if self.score else None
        if outcome.task == "regression":
            score = table[self.prediction] if self.prediction else score
        number = ibis.null("float64") if score is None else features.number_of(score)
        known = features.finite(number)
        return {"_score": number, "_prediction": self._predicted(table, outcome, known)}

    def _predicted(self, table: ir.Table, outcome: Outcome, score: ir.Value) -> ir.Value:
        if not outcome.has_prediction:
            return ibis.null("string")
        if self.prediction:
            return category_columns.spelled(table[self.prediction])
        if self.scores:
            given = {
                name: features.finite(features.number_of(table[column]))
                for name, column in self.scores.items()
            }
            best = ibis.greatest(*given.values())
            cases = [(value == best, ibis.literal(name)) for name, value in given.items()]
            complete = reduce(and_, [value.notnull() for value in given.values()])
            return complete.ifelse(ibis.cases(*cases), ibis.null("string"))
        other = next(name for name in outcome.classes if name != outcome.positive_class)
        above = (score > outcome.threshold).ifelse(outcome.positive_class, other)
        return score.notnull().ifelse(above, ibis.null("string"))

    def actual(self, table: ir.Table, outcome: Outcome) -> ir.Value:
        """Return `_actual`: the truth as text, NULL where it is not known."""
        if not self.target or self.target not in table.columns:
            return ibis.null("string")
        column = table[self.target]
        if outcome.task == "regression":
            return features.text_of(features.finite(features.number_of(column)))
        return category_columns.spelled(column)

    def probability_columns(self) -> dict[str, str]:
        """Return class -> name of its column among the wide rows."""
        return {name: f"_proba_{place}" for place, name in enumerate(self.scores)}

    def probabilities(self, table: ir.Table) -> dict[str, ir.Value]:
        """Return the wide rows' columns of the classes' probabilities."""
        columns = zip(self.probability_columns().values(), self.scores.values(), strict=True)
        return {
            name: features.finite(features.number_of(table[column])) for name, column in columns
        }


def assigned(
    sides: tuple[Side, Side],
    target: str | None,
    prediction: str | None,
    score: str | Mapping[Any, str] | None,
    key: str | None,
    time: str | None = None,
    excluded: Collection[str] = (),
) -> Roles:
    """Return the roles as given; columns called prediction and score have theirs without a word.

    Unless they are excluded. The target may be missing on one side. Raises UnknownName,
    ConfigError, SourceError.
    """
    if not isinstance(score, str | Mapping | None):
        raise ConfigError(f"score: {score!r} is no column, nor a mapping of class to column")
    both = [name for name in sides[0].types if name in sides[1].types]
    free = {*both} - {target, key, time, *excluded}
    named = score.items() if isinstance(score, Mapping) else ()
    scores = {categories.text(name): column for name, column in named}
    plain = score if isinstance(score, str) else None
    if plain is None and not scores and "score" in free:
        plain = "score"
    if prediction is None and "prediction" in free:
        prediction = "prediction"
    whole = (("prediction", prediction), ("score", plain), ("key", key), ("time", time))
    for kind, name in whole:
        if name is not None and name not in both:
            raise UnknownName(f"column on both sides ({kind})", name, both)
    for column in scores.values():
        if column not in both:
            raise UnknownName("column on both sides (score)", column, both)
    either = {*sides[0].types, *sides[1].types}
    if target is not None and target not in either:
        raise UnknownName("column (target)", target, either)
    if target is not None and target in (key, time, prediction, plain, *scores.values()):
        raise ConfigError(f"target: column {target} has another role too; give it one of them")
    roles = Roles(key, target, prediction, plain, scores, time)
    if taken := sorted(roles.columns & {*excluded}):
        raise ConfigError(f"exclude: column {taken[0]} has a role; give it one of the two")
    for name in filter(None, (target, prediction, plain, *scores.values())):
        for side in sides:
            kind = side.types.get(name, NOTHING)
            if kind != NOTHING and kind_of(kind) is None:
                raise SourceError(f"{side.name}: column {name}: {kind} is no number or category")
    return roles


# ---- How the truth and the model's output of a comparison are read: the task and its classes


CLASSES = 20  # more different numbers than this are a quantity, not classes
POSITIVE = {"1": "0", "true": "false", "yes": "no"}  # positive class -> the other one
ROUNDING = 1e-6  # a probability may be that much below 0 or above 1


@dataclass(frozen=True)
class Classes:
    """The classes that truth and prediction have, in the reference and on either side."""

    reference: frozenset[str]
    every: frozenset[str]


def outcome_of(
    warehouse: Warehouse,
    sides: tuple[Side, Side],
    roles: Roles,
    task: str | None,
    positive_class: object,
) -> Outcome:
    """Return how truth and output are read; what is not given is inferred from the values.

    The classes are those that the reference has: another one of the current side is unknown, and
    makes no other task of it. Raises ConfigError where that cannot be known, SourceError where
    the data contradict it.
    """
    if task not in (None, *TASKS):
        *others, last = TASKS
        raise ConfigError(f"task: {task!r} is not {', '.join(others)} or {last}")
    if roles.scores and task and not TASKS[task].has_class_scores:
        raise ConfigError(f"score: {task} takes one column, not a column per class")
    given = None if positive_class is None else categories.text(positive_class)
    task = task or _task(warehouse, sides, roles, given)
    if task is None or TASKS[task].is_quantity:
        has_output = bool(roles.prediction or roles.score)
        return Outcome(task, (), None, None, bool(roles.target), has_output, False)
    classes = _classes(warehouse, sides, roles)
    _check_probabilities(warehouse, sides, roles)
    has_prediction = bool(roles.prediction or roles.scores)
    if TASKS[task].has_class_scores:
        every = sorted(classes.every.union(roles.scores))
        if roles.target and not has_prediction and roles.score:
            raise ConfigError(
                f"score: {roles.score} alone is for two classes, and {roles.target} has "
                f"{', '.join(every[:10])}; give a column per class, or the `prediction`"
            )
        known = sorted(classes.reference.union(roles.scores))
        known = known if len(known) > 1 else every
        has_target, has_score = bool(roles.target), bool(roles.score)
        return Outcome(task, known, None, None, has_target, has_score, has_prediction)
    known, positive = _two(classes, given)
    if len(known) != 2:
        raise ConfigError(
            f"task: binary has two classes, and there is {', '.join(known[:10])}; "
            "give a score as `score`, or another `task`"
        )
    threshold = None if roles.prediction else 0.5
    has_output = has_prediction or bool(roles.score)
    return Outcome(
        task, known, positive, threshold, bool(roles.target), bool(roles.score), has_output
    )


def _two(classes: Classes, given: str | None) -> tuple[list[str], str]:
    """Return the classes of a binary task, in order, and the positive one; there may be too many.

    Where the reference has one class only, the positive class may be known from the current side.
    """
    known = classes.reference if len(classes.reference) == 2 else classes.every
    if len(known) > 2 and given in known and len(classes.reference | {given}) == 2:
        known = classes.reference | {given}
    names = sorted(known)
    positive = _positive(names, given) if len(names) < 3 else names[0]
    return sorted({*names, positive, *_other(names, positive)}), positive


def _classes(warehouse: Warehouse, sides: tuple[Side, Side], roles: Roles) -> Classes:
    """Return the classes of truth and prediction; raises where they cannot be the same."""
    names = [name for name in (roles.target, roles.prediction) if name]
    found = {
        (name, side.role): frozenset(_values(warehouse, (side,), name, None))
        for name in names
        for side in sides
        if name in side.types
    }
    every = frozenset[str]().union(*found.values())
    actual = frozenset[str]().union(
        *(found.get((name, side.role), ()) for name in names[:1] for side in sides)
    )
    if roles.scores and names and not actual & {*roles.scores}:
        raise ConfigError(
            f"score: gives {', '.join(roles.scores)}, and {names[0]} has none of these classes"
            f" but {', '.join(sorted(actual)[:10]) or 'none'}"
        )
    flags = [(n, side) for n in names for side in sides if side.types.get(n) == "BOOLEAN"]
    for others in found.values():
        if flags and others and not others & {"true", "false"}:
            name, side = flags[0]
            raise SourceError(
                f"{side.name}: column {name} is BOOLEAN, and there are the classes "
                f"{', '.join(sorted(others)[:10])} too; make truth and prediction alike"
            )
    reference = [found[name, role] for name, role in found if role == sides[0].role]
    return Classes(frozenset[str]().union(*reference), every)


def _check_probabilities(warehouse: Warehouse, sides: tuple[Side, Side], roles: Roles) -> None:
    """Raise SourceError at a score that is no probability, where it alone says the class.

    Beside a prediction, or of several classes the greatest, any number will do; what only a
    probability has (log loss, calibration) is NULL then.
    """
    if not roles.score or roles.prediction:
        return
    for side in sides:
        if (value := _no_probability(warehouse, side, roles.score)) is not None:
            raise SourceError(
                f"{side.name}: column {roles.score}: {value:g} is no probability (0 to 1); give "
                "another column as `score`, or rename this one if it is none"
            )


def _no_probability(warehouse: Warehouse, side: Side, column: str) -> float | None:
    """Return a score of the side that is below 0 or above 1, None when there is none."""
    table = warehouse.ibis.table(side.role)
    score = features.finite(features.number_of(table[column])).name("score")
    query = str(ibis.to_sql(table.select(score), dialect="duckdb"))
    outside = f"score not between {-ROUNDING} and {1 + ROUNDING}"
    value = warehouse.value(f"select max(score) from ({query}) where {outside}")
    return None if value is None else float(value)


def _positive(classes: Sequence[str], given: str | None) -> str:
    if given is not None:
        return categories.among(given, classes) or given
    known = _inferred(classes)
    if known is None:
        raise ConfigError(
            f"positive_class: give the class that the score is the probability of: "
            f"{', '.join(classes[:10])}"
        )
    return known


def _inferred(classes: Collection[str]) -> str | None:
    """Return the class of these two that is surely the positive one."""
    known = [name for name, other in POSITIVE.items() if {*classes} <= {name, other}]
    return known[0] if known else None


def _other(classes: Sequence[str], positive: str) -> set[str]:
    """Return a name for the other class when no row has it."""
    if {*classes} - {positive}:
        return set()
    return {POSITIVE.get(positive) or f"not {positive}"}


def _task(
    warehouse: Warehouse, sides: tuple[Side, Side], roles: Roles, given: str | None
) -> str | None:
    """Return the task that the target, or else the prediction, is of."""
    if roles.scores:
        return "multiclass"
    name = roles.target or roles.prediction
    if name is None:
        if not roles.score or any(
            _no_probability(warehouse, side, roles.score) is not None for side in sides
        ):
            return None
        return "binary"
    values = _values(warehouse, sides, name, CLASSES + 1)
    types = {side.types[name] for side in sides if name in side.types} - {NOTHING}
    kinds = {kind_of(kind) for kind in types}
    if kinds == {NUMERIC} and (len(values) > CLASSES or any(map(_is_fraction, values))):
        return "regression"
    if len(values) <= 2:
        return "binary"
    names = [name for name in (roles.target, roles.prediction) if name in sides[0].types]
    known = {one for name in names for one in _values(warehouse, sides[:1], str(name), 3)}
    two = known if len(known) == 2 or given not in values else known | {str(given)}
    if len(two) != 2:
        return "multiclass"
    is_told = categories.among(given, two) if given is not None else _inferred(two)
    return "binary" if is_told or (roles.score and not roles.prediction) else "multiclass"


def _is_fraction(value: str) -> bool:
    """Return whether a class is a number, and no whole one."""
    try:
        return not float(value).is_integer()
    except ValueError:
        return False


def _values(warehouse: Warehouse, sides: Sequence[Side], name: str, most: int | None) -> list[str]:
    """Return the different values of a column of some sides, as classes."""
    tables = [
        (table := warehouse.ibis.table(side.role).select(name).distinct()).select(
            value=category_columns.spelled(table[name])
        )
        for side in sides
        if name in side.types
    ]
    both = reduce(ir.Table.union, tables).distinct()
    known = both.filter(both.value.notnull())
    query = str(ibis.to_sql(known.limit(most) if most else known, dialect="duckdb"))
    return [row["value"] for row in warehouse.read(query)]
