"""The profile pass of scores: `cumulative_scores`, counted from sorted scores.

As in mlmon/profile.py the view of that name is the definition, and a test holds both equal.
`score_counts`, from which the definition starts, is a part of its columns.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlmon.warehouse import Warehouse

SCHEMAS = {
    "cumulative_scores": "sample_id varchar, class varchar, score double, tied_positives bigint,"
    " tied_negatives bigint, true_positives bigint, false_positives bigint, positives bigint,"
    " negatives bigint",
}
SCORE_COUNTS = (
    "create view score_counts as select sample_id, class, score, tied_positives as positives,"
    " tied_negatives as negatives from cumulative_scores"
)
COUNTED = (*SCHEMAS, "score_counts")
MEASURED = {  # of one sample: class, score, and whether the row is of the class
    "binary": "select m.positive_class as class, r.score,"
    " r.actual = m.positive_class as is_positive"
    " from scored_records as r cross join model_versions as m"
    " where r.sample_id = $id and r.score is not null and r.actual is not null",
    "multiclass": "select p.class, p.probability as score, r.actual = p.class as is_positive"
    " from class_scores as p inner join scored_records as r"
    " on p.sample_id = r.sample_id and p.record_id = r.record_id"
    " where r.sample_id = $id and p.probability is not null and r.actual is not null",
}


def create(bench: Warehouse) -> None:
    """`cumulative_scores` is an empty table of the bench, `score_counts` a view of it."""
    for name, columns in SCHEMAS.items():
        bench.write(f"create table {name} ({columns})")
    bench.write(SCORE_COUNTS)


def count(bench: Warehouse) -> None:
    """`cumulative_scores` is filled, from the bench's `scored_records` and `class_scores`."""
    task = bench.value("select task from model_versions")
    if task not in MEASURED:
        return
    for row in bench.read("select sample_id from samples"):
        sample = row["sample_id"]
        for name, score, positive in _classes(bench, MEASURED[task], sample):
            bench.insert("cumulative_scores", _cumulative(sample, name, score, positive))


def _classes(
    bench: Warehouse, query: str, sample: str
) -> Iterator[tuple[str, npt.NDArray[np.float64], npt.NDArray[np.bool_]]]:
    """Yield per class the scores of a sample's rows, and which rows are of the class."""
    for row in bench.read(f"select distinct class from ({query}) order by class", id=sample):
        one = f"select score, is_positive from ({query}) where class = $class"
        found = bench.connection.execute(one, {"id": sample, "class": row["class"]}).fetchnumpy()
        yield row["class"], np.ma.getdata(found["score"]), np.ma.getdata(found["is_positive"])


def _cumulative(
    sample: str, name: str, score: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_]
) -> pa.Table:
    """Return the rows of one class: one per score, the highest first."""
    order = np.argsort(-score, kind="stable")
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
