"""What the columns of a comparison are beside features: the truth, and what the model said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir

from mlmon import categories, category_columns, features
from mlmon.errors import ConfigError, SourceError, UnknownName
from mlmon.records import kind_of
from mlmon.sides import NOTHING, Side


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
