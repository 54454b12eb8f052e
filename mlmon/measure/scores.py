"""The profile pass of scores: `cumulative_scores` and `score_sums`, counted from sorted scores.

As in `numbers` the views of these names are the definition, and a test holds both equal.
`score_counts`, from which the definitions start, is a part of the columns of the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlmon.models.records import TASKS
from mlmon.warehouse.sql import literal
from mlmon.warehouse.warehouse import Row, Warehouse

# Names are numbers inside: a million rows are grouped by them a dozen times.
NAMES = (
    "create type score_name as enum (select distinct name from (select sample_id as name"
    " from samples union all select unnest(classes) from model_versions union all"
    " select distinct class from class_scores) where name is not null order by name)"
)
KEY = "sample_id score_name, class score_name"
FEW_SCORES = (
    f"create table few_scores ({KEY}, score double, tied_positives bigint, tied_negatives bigint,"
    " true_positives bigint, false_positives bigint, positives bigint, negatives bigint)"
)
SCORE_SUMS = (
    f"create table score_sums ({KEY}, positives bigint, negatives bigint, scores bigint,"
    " wrong_pairs double, squares_of_positives double, squares_of_negatives double,"
    " precisions double, squared_error double, log_loss_of_positives double,"
    " log_loss_of_negatives double)"
)
SCORE_COUNTS = (
    "select sample_id, class, score, tied_positives as positives, tied_negatives as negatives"
    " from cumulative_scores"
)
COUNTED = ("cumulative_scores", "score_counts", "score_sums")
MEASURED = {  # of one sample and class: the score, and whether the row is of the class
    "binary": "select score, actual = $class as is_positive from scored_records"
    " where sample_id = $id and score is not null and actual is not null"
    " and coalesce(list_contains($classes, actual), true)",
    "multiclass": "select p.probability as score, r.actual = p.class as is_positive"
    " from class_scores as p inner join scored_records as r"
    " on p.sample_id = r.sample_id and p.record_id = r.record_id where p.class = $class"
    " and r.sample_id = $id and p.probability is not null and r.actual is not null"
    " and coalesce(list_contains($classes, r.actual), true)",
}
MANY = 100_000  # different scores of a class that are read where they lie: a copy costs more
LEAST = 2.220446049250313e-16  # a likelihood below this counts as this

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """The different scores of a sample and class, the highest first, with the rows at each."""

    score: Floats
    tied_positives: Integers
    tied_negatives: Integers
    true_positives: Integers
    false_positives: Integers

    @property
    def totals(self) -> dict[str, int]:
        """All rows of the class, and all others."""
        ends = {"positives": self.true_positives, "negatives": self.false_positives}
        return {name: int(counts[-1]) for name, counts in ends.items()}


def count(bench: Warehouse) -> None:
    """The relations of COUNTED are there, of `scored_records` and `class_scores`."""
    for statement in (NAMES, FEW_SCORES, SCORE_SUMS):
        bench.write(statement)
    few: list[pa.Table] = []
    sums: list[Row] = []
    parts = ["from few_scores"]
    for sample, name, scores in _measured(bench):
        key = {"sample_id": sample, "class": name}
        sums.append(key | scores.totals | _sums(scores))
        if len(scores.score) < MANY:
            few.append(_keyed(key, scores))
        else:
            parts.append(_in_place(bench, f"many_scores_{len(parts)}", key, scores))
    if few:
        bench.insert("few_scores", pa.concat_tables(few))
    bench.append("score_sums", sums)
    bench.create("view", "cumulative_scores", " union all ".join(parts))
    bench.create("view", "score_counts", SCORE_COUNTS)


def _measured(bench: Warehouse) -> Iterator[tuple[str, str, Scores]]:
    """Yield sample, class and scores, where there are any with an actual value."""
    version = bench.one("select task, positive_class, classes from model_versions") or {}
    if version.get("task") not in MEASURED:
        return
    query = MEASURED[version["task"]]
    for row in bench.read("select sample_id from samples"):
        for name in _classes(bench, version, row["sample_id"]):
            values = {"id": row["sample_id"], "class": name, "classes": version["classes"]}
            columns = bench.arrays(query, **values)
            score, positive = (np.ma.getdata(columns[key]) for key in ("score", "is_positive"))
            if len(score):
                yield row["sample_id"], name, _cumulative(score, positive)


def _classes(bench: Warehouse, version: Row, sample: str) -> list[str]:
    """Return the classes whose scores are counted: binary the positive one alone."""
    if TASKS[version["task"]].has_positive_class:
        return [version["positive_class"]]
    query = "select distinct class from class_scores where sample_id = $id order by class"
    return [row["class"] for row in bench.read(query, id=sample)]


def _cumulative(score: Floats, positive: npt.NDArray[np.bool_]) -> Scores:
    order = np.argsort(-score)  # ties are one row, whatever their order
    score, hits = score[order], np.cumsum(positive[order], dtype=np.int64)
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))  # of its ties
    true_positives = hits[last]
    false_positives = last + 1 - true_positives
    return Scores(
        score[last],
        np.diff(true_positives, prepend=0),
        np.diff(false_positives, prepend=0),
        true_positives,
        false_positives,
    )


def _sums(scores: Scores) -> dict[str, float | None]:
    """Return the sums of `score_sums` beside the totals."""
    return {"scores": len(scores.score), **_pairs(scores), **_losses(scores)}


def _pairs(scores: Scores) -> dict[str, float | None]:
    """Return what the order of the rows comes to; there may be none of the class, or no others."""
    positives, negatives = scores.totals.values()
    hits, misses = scores.tied_positives, scores.tied_negatives
    above: Floats = scores.false_positives - misses / 2
    below: Floats = positives - scores.true_positives + hits / 2
    precision = scores.true_positives / (scores.true_positives + scores.false_positives)
    return {
        "wrong_pairs": _sum(misses, below),
        "squares_of_positives": _sum(hits, np.square(above / negatives)) if negatives else None,
        "squares_of_negatives": _sum(misses, np.square(below / positives)) if positives else None,
        "precisions": _sum(hits, precision),
    }


def _losses(scores: Scores) -> dict[str, float]:
    """Return what the scores cost as probabilities; beside a prediction they may be any number."""
    score, rest = scores.score, 1 - scores.score
    hits, misses = scores.tied_positives, scores.tied_negatives
    with np.errstate(over="ignore"):
        squared_error = _sum(hits, rest, rest) + _sum(misses, score, score)
    return {
        "squared_error": squared_error,
        "log_loss_of_positives": _sum(hits, -np.log(np.maximum(score, LEAST))),
        "log_loss_of_negatives": _sum(misses, -np.log(np.maximum(rest, LEAST))),
    }


def _sum(rows: Integers, *factors: Floats) -> float:
    """Return the sum over rows of the product of their factors; no row counts nothing."""
    terms = rows.astype(np.float64)
    for factor in factors:
        terms *= factor
    return float(terms.sum())


def _keyed(key: Row, scores: Scores) -> pa.Table:
    """Return rows of `few_scores`."""
    rows = len(scores.score)
    names = {
        column: pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int8), [name])
        for column, name in key.items()
    }
    totals = {name: np.full(rows, value) for name, value in scores.totals.items()}
    return pa.table({**names, **vars(scores), **totals})


def _in_place(bench: Warehouse, relation: str, key: Row, scores: Scores) -> str:
    """Return a query of the rows as they lie in memory, which are a relation of the bench."""
    bench.register(relation, pa.table(vars(scores)))
    names = [f"{literal(name)}::score_name as {column}" for column, name in key.items()]
    totals = [f"{value}::bigint as {name}" for name, value in scores.totals.items()]
    return f"select {', '.join([*names, '*', *totals])} from {relation}"
