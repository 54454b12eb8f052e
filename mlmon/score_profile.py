"""The profile pass of scores: `cumulative_scores`, counted from sorted scores.

As in mlmon/profile.py the view of that name is the definition, and a test holds both equal.
`score_counts`, from which the definition starts, is a part of its columns.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlmon.warehouse import Row, Warehouse

# Names are numbers inside: a million rows are grouped by them a dozen times.
NAMES = (
    "create type score_name as enum (select distinct name from (select sample_id as name"
    " from samples union all select unnest(classes) from model_versions union all"
    " select distinct class from class_scores) where name is not null order by name)"
)
CUMULATIVE_SCORES = (
    "create table cumulative_scores (sample_id score_name, class score_name, score double,"
    " tied_positives bigint, tied_negatives bigint, true_positives bigint,"
    " false_positives bigint, positives bigint, negatives bigint)"
)
SCORE_COUNTS = (
    "create view score_counts as select sample_id, class, score, tied_positives as positives,"
    " tied_negatives as negatives from cumulative_scores"
)
COUNTED = ("cumulative_scores", "score_counts")
MEASURED = {  # of one sample and class: the score, and whether the row is of the class
    "binary": "select score, actual = $class as is_positive from scored_records"
    " where sample_id = $id and score is not null and actual is not null",
    "multiclass": "select p.probability as score, r.actual = p.class as is_positive"
    " from class_scores as p inner join scored_records as r"
    " on p.sample_id = r.sample_id and p.record_id = r.record_id where p.class = $class"
    " and r.sample_id = $id and p.probability is not null and r.actual is not null",
}


def count(bench: Warehouse) -> None:
    """`cumulative_scores` and `score_counts` are there, of `scored_records` and `class_scores`."""
    for statement in (NAMES, CUMULATIVE_SCORES, SCORE_COUNTS):
        bench.write(statement)
    version = bench.one("select task, positive_class from model_versions") or {}
    if version.get("task") not in MEASURED:
        return
    query = MEASURED[version["task"]]
    for row in bench.read("select sample_id from samples"):
        for name in _classes(bench, version, row["sample_id"]):
            found = bench.connection.execute(query, {"id": row["sample_id"], "class": name})
            columns = found.fetchnumpy()
            score, positive = (np.ma.getdata(columns[key]) for key in ("score", "is_positive"))
            if len(score):
                rows = _cumulative(row["sample_id"], name, score, positive)
                bench.insert("cumulative_scores", rows)


def _classes(bench: Warehouse, version: Row, sample: str) -> list[str]:
    """Return the classes whose scores are counted: binary the positive one alone."""
    if version["task"] == "binary":
        return [version["positive_class"]]
    query = "select distinct class from class_scores where sample_id = $id order by class"
    return [row["class"] for row in bench.read(query, id=sample)]


def _cumulative(
    sample: str, name: str, score: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_]
) -> pa.Table:
    """Return the rows of one class: one per score, the highest first."""
    order = np.argsort(-score)  # ties are one row, whatever their order
    score, hits = score[order], np.cumsum(positive[order])
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))  # of its ties
    true_positives = hits[last]
    false_positives = last + 1 - true_positives
    key = {
        column: pa.DictionaryArray.from_arrays(np.zeros(len(last), dtype=np.int8), [text])
        for column, text in (("sample_id", sample), ("class", name))
    }
    return pa.table(
        {
            **key,
            "score": score[last],
            "tied_positives": np.diff(true_positives, prepend=0),
            "tied_negatives": np.diff(false_positives, prepend=0),
            "true_positives": true_positives,
            "false_positives": false_positives,
            "positives": np.full(len(last), true_positives[-1]),
            "negatives": np.full(len(last), false_positives[-1]),
        }
    )
