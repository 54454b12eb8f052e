"""Compare: two frames or files, no project; the same views in an in-memory warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from mlmon.errors import ConfigError
from mlmon.report.facts import words
from mlmon.system.quiet import quiet, quietly
from mlmon.warehouse import queries
from mlmon.warehouse.warehouse import Row, Warehouse

CLASSIFIER_ROWS = 10_000
KINDS = ("numeric", "categorical")


@quietly
@dataclass(frozen=True)
class Comparison:
    """Every figure of a current sample against a reference; the warehouse is in memory.

    `kinds` says how each compared column was read, `left_out` why others were not compared,
    `notes` what else is to be known of the sides.
    """

    evaluation_id: str
    reference: str
    current: str
    task: str | None
    kinds: Mapping[str, str]
    left_out: Mapping[str, str]
    warehouse: Warehouse
    notes: Sequence[str] = ()

    @property
    def metrics(self) -> Any:
        """Every figure: the view `metrics`, an ibis table."""
        return self.warehouse.ibis.table("metrics")

    @property
    def feature_drift(self) -> Any:
        """A row a feature: the view `feature_drift`, an ibis table."""
        return self.warehouse.ibis.table("feature_drift")

    @property
    def drifted(self) -> list[str]:
        """The features that have drifted: significantly, and enough to matter."""
        query = "select feature from feature_drift where drifted order by pvalue_adjusted, feature"
        return [row["feature"] for row in self.warehouse.read(query)]

    @property
    def summary(self) -> str:
        """What was compared and what has drifted, in a few lines."""
        numeric = sum(kind == "numeric" for kind in self.kinds.values())
        lines = [
            f"{self.current} against {self.reference}: {len(self.kinds)} features, {numeric} "
            f"numeric and {len(self.kinds) - numeric} categorical"
            + (f"; {self.task}" if self.task else "")
        ]
        lines += [f"left out: {column}, {reason}" for column, reason in self.left_out.items()]
        lines += self.notes
        query = "select message from diagnostics where code like 'no_performance%' order by code"
        lines += [row["message"] for row in self.warehouse.read(query)]
        drifted = self.drifted
        if drifted:
            lines.append(f"drifted: {', '.join(drifted)}")
        elif self.warehouse.value("select count(drifted) from feature_drift"):
            lines.append("no feature has drifted")
        else:
            lines.append("drift is not known: no feature has rows on both sides")
        query = "select value, note from metrics where metric = 'data_drift'"
        for row in self.warehouse.read(query):
            if row["value"] is not None:
                lines.append(f"data drift {row['value']:.3f}: {row['note']}")
        return "\n".join(lines)

    def value(self, metric: str, feature: str | None = None) -> float | None:
        """Return a figure; None when it is undefined. Raises KeyError when there is no such one."""
        from mlmon.evaluations.stored import value

        return value(self.warehouse, self.evaluation_id, metric, feature)

    def table(self, name: str) -> Any:
        """Return a table or view of the warehouse as an ibis table."""
        return self.warehouse.ibis.table(name)

    def sql(self, query: str) -> Any:
        """Return the rows of a query, one select that only reads, as an ibis table.

        Raises QueryFailed.
        """
        return queries.table(self.warehouse, query)

    def to_html(self, path: str | Path) -> Path:
        """The page of the comparison is at the path, one file that needs no other; return it."""
        from mlmon.report.site import write_comparison

        return Path(write_comparison(self.warehouse.read, self.evaluation_id, Path(path)))

    def __repr__(self) -> str:
        """Return the comparison on a line."""
        names = f"{words.short(self.current)} against {words.short(self.reference)}"
        task = f", {self.task}" if self.task else ""
        return f"<Comparison of {names}: {words.plural(len(self.kinds), 'feature')}{task}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the main figures of both sides, the features."""
        from mlmon.report.summary import notebook

        title = f"{self.current} against {self.reference}"
        hint = 'comparison.to_html("comparison.html") writes its page'
        return notebook.evaluation(title, self.warehouse.read, self.evaluation_id, hint)


@quiet()
def compare(
    reference: Any,
    current: Any,
    *,
    target: str | None = None,
    prediction: str | None = None,
    score: str | Mapping[str, str] | None = None,
    task: str | None = None,
    positive_class: object = None,
    key: str | None = None,
    features: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    time: str | None = None,
    labels: Any = None,
    kinds: Mapping[str, str] | None = None,
    confidence: float = 0.95,
    drift_limit: float = 0.1,
    classifier_rows: int | None = CLASSIFIER_ROWS,
) -> Comparison:
    """Return every figure of the current rows against the reference's.

    Both are a path (csv, json lines, Parquet) or a pandas, Arrow, polars or ibis table. `target`
    is the column of the truth, `prediction` of the predicted class or estimate, `score` of the
    positive class's probability (multiclass: a mapping of class to column); `key` names a
    record. `task` is binary, multiclass or regression. What is not given is inferred: columns
    called prediction or score, the task from the target's values, the positive class from 0
    and 1 or false and true. `labels` is a path or a table of truths that came later: columns
    called as `key` and `target`; a record's own truth stays.

    All other columns that both sides have are the features, but for those in `exclude`, the
    record's `time`, dates, texts that are all different, and so are integers called id, key or
    uuid or ending in _id; `left_out` names them. `features` lists the features instead, and then
    none is left out. `kinds` maps a feature to numeric or categorical and makes it one.
    `drift_limit` is the PSI from which a significant change is `drifted`.

    All figures are exact, on all rows, but for the domain classifier (`data_drift`), which takes
    at most `classifier_rows` of a side and says so in its note: None takes all, 0 leaves it out.
    Raises SourceError, ConfigError.
    """
    from mlmon.compare import columns, keys_and_dates, sides
    from mlmon.compare import labels as truths
    from mlmon.compare.columns import outcome_of
    from mlmon.compare.measured import measured
    from mlmon.models import numerals
    from mlmon.models.records import TASKS

    settings: Row = {
        "confidence": confidence,
        "drift_limit": drift_limit,
        "classifier_rows": classifier_rows,
    }
    _check(settings, kinds)
    warehouse = Warehouse(comments=False)
    both = sides.read_both(warehouse, reference, current)
    target, prediction, key, time = map(_name, (target, prediction, key, time))
    listed, excluded, wanted = _names(features), _names(exclude), dict(kinds or {})
    notes: list[str] = []
    if labels is not None:
        both, notes = truths.labelled(warehouse, both, labels, key, target)
    sides.check_columns(both, [*listed, *excluded, *wanted])
    chosen = columns.assigned(both, target, prediction, score, key, time, excluded)
    if key is not None:
        for side in both:
            sides.check_key(warehouse, side, key)
    if twice := sorted({*excluded} & {*listed, *wanted}):
        raise ConfigError(f"exclude: column {twice[0]} is listed as a feature too; give it one")
    taken = chosen.columns | {*excluded}
    no_features = {} if listed else keys_and_dates.reasons(warehouse, both, taken | {*wanted})
    found, left_out = sides.kinds(*both, taken, listed, wanted, no_features)
    notes = [*([sides.LIST_IT] if no_features else []), *notes]
    numbers = [*filter(None, [chosen.score]), *chosen.scores.values()]
    numbers += [name for name, kind in found.items() if kind == "numeric"]
    for side in both:
        numerals.check(warehouse, side.role, numbers, {None: side.name})
    outcome = outcome_of(warehouse, both, chosen, task, positive_class)
    is_quantity = outcome.task is not None and TASKS[outcome.task].is_quantity
    for side in both if is_quantity else ():
        quantities = [*filter(None, [chosen.target, chosen.prediction])]
        numerals.check(warehouse, side.role, quantities, {None: side.name})
    with sides.unchanged(both):
        identity = measured(warehouse, both, chosen, outcome, found, left_out, settings)
    before, after = (side.name for side in both)
    return Comparison(
        identity, before, after, outcome.task, found, left_out, warehouse, tuple(notes)
    )


def _names(given: Sequence[str] | None) -> list[str]:
    """Return columns' names as a list; one name alone is a list of one."""
    return [given] if isinstance(given, str) else list(map(str, given or ()))


def _name(column: object) -> str | None:
    """Return a column's name, which pandas may hold as a number, as it is in the data."""
    return None if column is None else str(column)


def _check(settings: Row, kinds: object) -> None:
    """Raise ConfigError at a setting that is not what it must be."""
    if not isinstance(kinds, Mapping | None):
        raise ConfigError(f"kinds: {kinds!r} is no mapping of column to numeric or categorical")
    if kinds and (wrong := [kind for kind in kinds.values() if kind not in KINDS]):
        raise ConfigError(f"kinds: {wrong[0]!r} is not numeric or categorical")
    confidence, limit, rows = settings.values()
    number = int | float
    if not (isinstance(confidence, number) and 0 < confidence < 1):
        raise ConfigError(f"confidence: {confidence!r} is not between 0 and 1")
    if not (isinstance(limit, number) and 0 <= limit < inf):
        raise ConfigError(f"drift_limit: {limit!r} is not a number from 0")
    if rows is not None and not (isinstance(rows, int) and rows >= 0):
        raise ConfigError(f"classifier_rows: {rows!r} is not a whole number from 0, or None")
