"""The generated expressions: what depends on a model's columns, as ibis; all other SQL is static.

Wide rows carry a model's input columns under their own names and mlmon's columns under names
with an underscore in front (`_record_id`, `_score`, ...), so neither can hide the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import ceil
from typing import Any

import ibis
import ibis.expr.types as ir

NUMERIC = "numeric"
CATEGORICAL = "categorical"

SAMPLE_RECORDS = {
    "sample_id": "string",
    "model": "string",
    "model_version": "int32",
    "dataset": "string",
    "batch": "string",
    "record_id": "string",
    "has_performance": "boolean",
}
FEATURE_VALUES = {
    "sample_id": "string",
    "record_id": "string",
    "feature": "string",
    "number": "float64",
    "category": "string",
    "not_finite": "boolean",
}
SCORED_RECORDS = {
    "sample_id": "string",
    "record_id": "string",
    "score": "float64",
    "prediction": "string",
    "actual": "string",
}


@dataclass(frozen=True)
class Source:
    """Where a model's records are and how their columns are read."""

    model: str
    dataset: str
    key: str
    target: str
    kinds: Mapping[str, str]  # input feature -> numeric or categorical


def kind_of(data_type: str) -> str:
    """Return how a DuckDB type is read unless the model says otherwise."""
    plain = data_type.upper()
    number = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "DATE", "TIME")
    return NUMERIC if any(word in plain for word in number) else CATEGORICAL


def text_of(column: ir.Column) -> ir.StringColumn:
    """Return a column as text: how keys, classes and categories are compared everywhere."""
    return column.cast("string")


def number_of(column: ir.Column) -> ir.FloatingColumn:
    """Return a column as DOUBLE; dates are epoch seconds, text that is no number is missing."""
    kind = column.type()
    if kind.is_timestamp() or kind.is_date():
        return column.cast("timestamp").epoch_seconds().cast("float64")
    return column.try_cast("float64") if kind.is_string() else column.cast("float64")


def hash_of(seed: ir.Value, record: ir.Column) -> ir.StringColumn:
    """Return the first eight hex digits of the md5 of seed and key."""
    return (text_of(seed) + ":" + record).hexdigest("md5").left(8)


def cutoff(fraction: float) -> str:
    """Return the text below which eight hex digits sort when, as a fraction, they are below it.

    >>> cutoff(0.5), cutoff(1.0)
    ('80000000', 'g')
    """
    limit = ceil(fraction * 16**8)
    return "g" if limit >= 16**8 else f"{limit:08x}"


def model_rows(table: ir.Table, source: Source) -> ir.Table:
    """Return the dataset's records as the model sees them: features typed, target as text."""
    columns: dict[str, Any] = {
        "_batch": table["batch"],
        "_record_id": text_of(table[source.key]),
        "_actual": text_of(table[source.target]),
    }
    for name, kind in source.kinds.items():
        columns[name] = (number_of if kind == NUMERIC else text_of)(table[name])
    return table.select(**columns)


def dataset_records(samples: ir.Table, table: ir.Table, dataset: str, key: str) -> ir.Table:
    """Return `sample_records` of one dataset; `samples` has a row per sample and batch."""
    chosen = samples.filter(samples.dataset == dataset)
    records = table.select("batch", record_id=text_of(table[key]))
    joined = chosen.join(records, "batch")
    kept = joined.filter(hash_of(joined.seed, joined.record_id) < joined.cutoff)
    return kept.select(*SAMPLE_RECORDS)


def sample_rows(
    records: ir.Table, table: ir.Table, predictions: ir.Table, source: Source
) -> ir.Table:
    """Return the wide rows of every sample of a model, with score and prediction.

    In a sample without performance no target is looked at: `_actual` is NULL.
    """
    mine = records.filter(records.model == source.model)
    rows = model_rows(table, source)
    scored = predictions.select(
        "model", "model_version", "record_id", _score="score", _prediction="prediction"
    )
    wide = mine.join(
        rows, [mine.batch == rows["_batch"], mine.record_id == rows["_record_id"]]
    ).select(*SAMPLE_RECORDS, "_actual", *source.kinds)  # not drop(): its order is a set's
    joined = wide.left_join(
        scored,
        [
            wide.model == scored.model,
            wide.model_version == scored.model_version,
            wide.record_id == scored.record_id,
        ],
    )
    return joined.select(
        *source.kinds,
        "_score",
        "_prediction",
        _actual=wide.has_performance.ifelse(wide["_actual"], ibis.null("string")),
        _sample_id=wide.sample_id,
        _record_id=wide.record_id,
    )


def tall(rows: ir.Table, kinds: Mapping[str, str]) -> ir.Table:
    """Return `feature_values` of wide rows: a row per record and feature.

    The score and the prediction are features too. NaN and infinities are missing.
    """
    outputs = {"_score": ("score", NUMERIC), "_prediction": ("prediction", CATEGORICAL)}
    named = {name: (name, kind) for name, kind in kinds.items()} | outputs
    branches = [_branch(rows, column, *what) for column, what in named.items()]
    return reduce(ir.Table.union, branches)


def _branch(rows: ir.Table, column: str, feature: str, kind: str) -> ir.Table:
    value = rows[column]
    number: ir.Value = ibis.null("float64")
    category: ir.Value = ibis.null("string")
    strange: ir.Value = ibis.literal(False)
    if kind == NUMERIC:
        strange = (value.isnan() | value.isinf()).fill_null(False)
        number = strange.ifelse(ibis.null("float64"), value)
    else:
        category = value
    return rows.select(
        sample_id=rows["_sample_id"],
        record_id=rows["_record_id"],
        feature=ibis.literal(feature),
        number=number,
        category=category,
        not_finite=strange,
    )


def scored(rows: ir.Table) -> ir.Table:
    """Return `scored_records` of wide rows."""
    return rows.select(
        sample_id=rows["_sample_id"],
        record_id=rows["_record_id"],
        score=rows["_score"],
        prediction=rows["_prediction"],
        actual=rows["_actual"],
    )


def union_or_empty(tables: Sequence[ir.Table], schema: Mapping[str, str]) -> ir.Table:
    """Return all rows of the tables; without tables, none of that schema."""
    if tables:
        return reduce(ir.Table.union, tables)
    nothing = {name: ibis.null(kind) for name, kind in schema.items()}
    return ibis.range(0).unnest().name("n").as_table().select(**nothing)


def scored_dataset(
    table: ir.Table,
    predictions: ir.Table,
    source: Source,
    classes: Sequence[str],
    positive: str | None,
) -> ir.Table:
    """Return what the Score recipe outputs: the records with `proba_<class>` and `prediction`.

    Of several versions that scored a record the newest counts. Regression has no `proba_`.
    """
    mine = predictions.filter(predictions.model == source.model)
    newest = mine.mutate(
        rank=ibis.row_number().over(group_by="record_id", order_by=ibis.desc("model_version"))
    ).filter(lambda t: t["rank"] == 0)
    said = newest.select(_key="record_id", _score="score", prediction="prediction")
    joined = table.join(said, text_of(table[source.key]) == said["_key"])
    probabilities = {
        f"proba_{name}": joined["_score"] if name == positive else 1.0 - joined["_score"]
        for name in (classes if positive else ())
    }
    return joined.select(*table.columns, **probabilities, prediction=joined.prediction)
