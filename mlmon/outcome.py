"""How the truth and the model's output of a comparison are read: the task and its classes."""

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from mlmon import features
from mlmon.errors import ConfigError, SourceError
from mlmon.frames import text
from mlmon.records import NUMERIC, kind_of
from mlmon.roles import Outcome, Roles, class_of
from mlmon.sides import NOTHING, Side
from mlmon.warehouse import Warehouse

TASKS = ("binary", "multiclass", "regression")
CLASSES = 20  # more different numbers than this are a quantity, not classes
POSITIVE = {"1": "0", "true": "false", "yes": "no"}  # positive class -> the other one
ROUNDING = 1e-6  # a probability may be that much below 0 or above 1


def outcome_of(
    warehouse: Warehouse,
    sides: tuple[Side, Side],
    roles: Roles,
    task: str | None,
    positive_class: object,
) -> Outcome:
    """Return how truth and output are read; what is not given is inferred from the values.

    Raises ConfigError where that cannot be known, SourceError where the data contradict it.
    """
    if task not in (None, *TASKS):
        raise ConfigError(f"task: {task!r} is not binary, multiclass or regression")
    if roles.scores and task in ("binary", "regression"):
        raise ConfigError(f"score: {task} takes one column, not a column per class")
    task = task or _task(warehouse, sides, roles)
    if task == "regression" or task is None:
        said = bool(roles.prediction or roles.score)
        return Outcome(task, (), None, None, bool(roles.target), said, False)
    classes = _classes(warehouse, sides, roles)
    _check_probabilities(warehouse, sides, roles)
    has_prediction = bool(roles.prediction or roles.scores)
    if task == "multiclass":
        if roles.target and not has_prediction and roles.score:
            raise ConfigError(
                f"score: {roles.score} alone is for two classes, and {roles.target} has "
                f"{', '.join(classes[:10])}; give a column per class, or the `prediction`"
            )
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


def _classes(warehouse: Warehouse, sides: tuple[Side, Side], roles: Roles) -> list[str]:
    """Return the classes of truth, prediction and scores; raises where they cannot be the same."""
    names = [name for name in (roles.target, roles.prediction) if name]
    actual, *said = [{*_values(warehouse, sides, name, None)} for name in names] or [set()]
    if roles.scores and names and not actual & {*roles.scores}:
        raise ConfigError(
            f"score: gives {', '.join(roles.scores)}, and {names[0]} has none of these classes"
            f" but {', '.join(sorted(actual)[:10]) or 'none'}"
        )
    found = actual.union(*said)
    places = [(name, side) for name in names for side in sides if name in side.types]
    flags = [place for place in places if place[1].types[place[0]] == "BOOLEAN"]
    if flags and (others := found - {"true", "false"}):
        name, side = flags[0]
        raise SourceError(
            f"{side.name}: column {name} is BOOLEAN, and there are the classes "
            f"{', '.join(sorted(others)[:10])} too; make truth and prediction alike"
        )
    return sorted(found.union(roles.scores))


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
        if not roles.score or any(
            _no_probability(warehouse, side, roles.score) is not None for side in sides
        ):
            return None
        return "binary"
    values = _values(warehouse, sides, name, CLASSES + 1)
    types = {side.types[name] for side in sides if name in side.types} - {NOTHING}
    kinds = {kind_of(kind) for kind in types}
    if kinds == {NUMERIC} and (len(values) > CLASSES or any("." in v for v in values)):
        return "regression"
    return "binary" if len(values) <= 2 else "multiclass"


def _values(
    warehouse: Warehouse, sides: tuple[Side, Side], name: str, most: int | None
) -> list[str]:
    """Return the different values of a column of both sides, as classes."""
    tables = [
        (table := warehouse.ibis.table(side.role).select(name).distinct()).select(
            value=class_of(table[name])
        )
        for side in sides
        if name in side.types
    ]
    both = reduce(ir.Table.union, tables).distinct()
    known = both.filter(both.value.notnull())
    query = str(ibis.to_sql(known.limit(most) if most else known, dialect="duckdb"))
    return [row["value"] for row in warehouse.read(query)]
