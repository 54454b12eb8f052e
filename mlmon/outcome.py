"""How the truth and the model's output of a comparison are read: the task and its classes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir

from mlmon import categories, category_columns, features
from mlmon.errors import ConfigError, SourceError
from mlmon.records import NUMERIC, kind_of
from mlmon.roles import Outcome, Roles
from mlmon.sides import NOTHING, Side
from mlmon.warehouse import Warehouse

TASKS = ("binary", "multiclass", "regression")
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
        raise ConfigError(f"task: {task!r} is not binary, multiclass or regression")
    if roles.scores and task in ("binary", "regression"):
        raise ConfigError(f"score: {task} takes one column, not a column per class")
    given = None if positive_class is None else categories.text(positive_class)
    task = task or _task(warehouse, sides, roles, given)
    if task == "regression" or task is None:
        has_output = bool(roles.prediction or roles.score)
        return Outcome(task, (), None, None, bool(roles.target), has_output, False)
    classes = _classes(warehouse, sides, roles)
    _check_probabilities(warehouse, sides, roles)
    has_prediction = bool(roles.prediction or roles.scores)
    if task == "multiclass":
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
