"""The generated expressions: what depends on a model's columns, as ibis; all other SQL is static.

Wide rows carry a model's input columns under their own names and mlmon's columns under names
with an underscore in front (`_record_id`, `_score`, ...), which no feature may have.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from mlmon.models.records import CATEGORICAL, NUMERIC, TASKS, Source
from mlmon.models.versions import Version
from mlmon.warehouse import category_columns

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


def text_of(column: ir.Column) -> ir.StringColumn:
    """Return a column as text: how keys are compared everywhere."""
    return column.cast("string")


def category_of(column: ir.Column, source: Source) -> ir.StringColumn:
    """Return a column as categories or classes, spelled as when the source's versions learned."""
    return category_columns.spelled(column) if source.category_format else text_of(column)


def seen_category_of(column: ir.Column, source: Source) -> ir.Column:
    """Return a category as an estimator sees it: text, but true and false as they are."""
    return column if column.type().is_boolean() else category_of(column, source)


def finite(number: ir.FloatingColumn) -> ir.FloatingColumn:
    """Return a number, NULL where it is NaN or infinite: these count as missing."""
    return (number.isnan() | number.isinf()).ifelse(ibis.null("float64"), number)


def number_of(column: ir.Column) -> ir.FloatingColumn:
    """Return a column as DOUBLE; dates are epoch seconds, text that is no number is missing."""
    kind = column.type()
    if kind.is_timestamp() or kind.is_date():
        return column.cast("timestamp").epoch_seconds().cast("float64")
    return column.try_cast("float64") if kind.is_string() else column.cast("float64")


def hash_of(seed: ir.Value, record: ir.Column) -> ir.StringColumn:
    """Return the first eight hex digits of the md5 of seed and key."""
    return (text_of(seed) + ":" + record).hexdigest("md5").left(8)


def model_rows(table: ir.Table, source: Source) -> ir.Table:
    """Return the dataset's records as the model sees them: features typed, target as text."""
    columns: dict[str, Any] = {
        "_batch": table["batch"],
        "_record_id": text_of(table[source.key]),
        "_actual": category_of(table[source.target], source),
    }
    for name, kind in source.kinds.items():
        given = table[name]
        is_number = kind == NUMERIC
        columns[name] = finite(number_of(given)) if is_number else seen_category_of(given, source)
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
    """Return the wide rows of every sample of the source's versions, with score and prediction.

    Numbers are as they stand, so that what is not finite can be counted. In a sample without
    performance no target is looked at: `_actual` is NULL.
    """
    mine = records.filter(
        records.model == source.model, records.model_version.isin(source.versions)
    ).select(
        _sample_id="sample_id",
        _model_version="model_version",
        _sampled_batch="batch",
        _sampled_record="record_id",
        _has_performance="has_performance",
    )
    raw: dict[str, Any] = {
        name: number_of(table[name]) if kind == NUMERIC else category_of(table[name], source)
        for name, kind in source.kinds.items()
    }
    rows = table.select(
        _batch="batch",
        _record_id=text_of(table[source.key]),
        _target=category_of(table[source.target], source),
        **raw,
    )
    said = predictions.filter(predictions.model == source.model).select(
        _by_version="model_version",
        _of_record="record_id",
        _score="score",
        _prediction="prediction",
    )
    wide = mine.join(
        rows,
        [mine["_sampled_batch"] == rows["_batch"], mine["_sampled_record"] == rows["_record_id"]],
    )
    joined = wide.left_join(
        said,
        [
            wide["_model_version"] == said["_by_version"],
            wide["_record_id"] == said["_of_record"],
        ],
    )
    actual = joined["_has_performance"].ifelse(joined["_target"], ibis.null("string"))
    return joined.select(
        *source.kinds, "_score", "_prediction", "_sample_id", "_record_id", _actual=actual
    )


def tall(rows: ir.Table, kinds: Mapping[str, str], size: int = 1) -> ir.Table:
    """Return `feature_values` of wide rows: a row per record and feature.

    The score and the prediction are features too. NaN and infinities are missing. A branch of
    the union has up to `size` features.
    """
    outputs = {"_score": ("score", NUMERIC), "_prediction": ("prediction", CATEGORICAL)}
    named = {name: (name, kind) for name, kind in kinds.items()} | outputs
    branches = []
    for kind in (NUMERIC, CATEGORICAL):
        columns = {feature: name for name, (feature, of) in named.items() if of == kind}
        names = sorted(columns)
        for start in range(0, len(names), size):
            group = {name: columns[name] for name in names[start : start + size]}
            branches.append(_branch(rows, group, kind))
    return union_or_empty(branches, FEATURE_VALUES)


def _branch(rows: ir.Table, columns: Mapping[str, str], kind: str) -> ir.Table:
    """Return the tall rows of features of one kind; `columns` has the column of each, sorted.

    DuckDB passes over a branch that a filter on `feature` cannot meet: it sees that from the
    name, or where there are several from the bounds, as names that are unnested tell it nothing.
    """
    values = _named(rows, columns)
    value = values["value"]
    number: ir.Value = ibis.null("float64")
    category: ir.Value = ibis.null("string")
    strange: ir.Value = ibis.literal(False)
    if kind == NUMERIC:
        strange = (value.isnan() | value.isinf()).fill_null(False)
        number = finite(value)
    else:
        category = value
    return values.select(
        "sample_id",
        "record_id",
        "feature",
        number=number,
        category=category,
        not_finite=strange,
    )


def _named(rows: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """Return `feature` and `value` of the columns for every record."""
    names, values = list(columns), [rows[column] for column in columns.values()]
    key = {"sample_id": rows["_sample_id"], "record_id": rows["_record_id"]}
    if len(names) == 1:
        return rows.select(**key, feature=ibis.literal(names[0]), value=values[0])
    each = rows.select(**key, feature=ibis.array(names).unnest(), value=ibis.array(values).unnest())
    return each.filter(each["feature"] >= names[0], each["feature"] <= names[-1])


def scored(rows: ir.Table, task: str | None) -> ir.Table:
    """Return `scored_records` of wide rows; a score that is NaN or infinite is none.

    Of a regression the prediction is the estimate, as text.
    """
    score = finite(rows["_score"])
    is_quantity = task is not None and TASKS[task].is_quantity
    return rows.select(
        sample_id=rows["_sample_id"],
        record_id=rows["_record_id"],
        score=score,
        prediction=category_columns.spelled(score) if is_quantity else rows["_prediction"],
        actual=rows["_actual"],
    )


def union_or_empty(tables: Sequence[ir.Table], schema: Mapping[str, str]) -> ir.Table:
    """Return all rows of the tables; without tables, none of that schema."""
    if tables:
        return _union(tables)
    nothing = {name: ibis.null(kind) for name, kind in schema.items()}
    return ibis.range(0).unnest().name("n").as_table().select(**nothing)


def _union(tables: Sequence[ir.Table]) -> ir.Table:
    """Return all rows of the tables, joined by halves: ibis and sqlglot recurse into a union."""
    if len(tables) == 1:
        return tables[0]
    half = len(tables) // 2
    return _union(tables[:half]).union(_union(tables[half:]))


def scored_dataset(
    table: ir.Table, predictions: ir.Table, probabilities: ir.Table, version: Version
) -> ir.Table:
    """Return what the Score recipe outputs: the records with `proba_<class>` and `prediction`.

    Of several versions that scored a record the newest counts. Regression: the estimate is the
    prediction. A column of the dataset that bears one of these names stays behind; no column of a
    dataset begins with mlmon_, as those do that are joined to it here.
    """
    said = _newest(predictions.filter(predictions.model == version.model), "record_id")
    said = said.select(
        mlmon_key="record_id",
        mlmon_by="model_version",
        mlmon_score="score",
        mlmon_prediction="prediction",
    )
    joined = table.join(said, text_of(table[version.key]) == said["mlmon_key"])
    added: dict[str, Any] = {}
    if version.task == "binary":
        for name in version.classes or []:
            is_positive = name == version.positive_class
            added[f"proba_{name}"] = (
                joined["mlmon_score"] if is_positive else 1.0 - joined["mlmon_score"]
            )
    if version.task == "multiclass":
        joined, added = _with_probabilities(joined, probabilities, version)
    regression = version.task == "regression"
    added["prediction"] = joined["mlmon_score"] if regression else joined["mlmon_prediction"]
    taken = {name.lower() for name in added}
    kept = [name for name in table.columns if name.lower() not in taken]
    return joined.select(*kept, **added)


def _newest(predictions: ir.Table, record: str) -> ir.Table:
    rank = ibis.row_number().over(group_by=record, order_by=ibis.desc("model_version"))
    return predictions.mutate(_rank=rank).filter(lambda rows: rows["_rank"] == 0)


def _with_probabilities(
    joined: ir.Table, probabilities: ir.Table, version: Version
) -> tuple[ir.Table, dict[str, Any]]:
    """Return the records with a column per class, and those columns under their names."""
    classes = version.classes or []
    mine = probabilities.filter(probabilities.model == version.model)
    names = [f"mlmon_proba_{position}" for position in range(len(classes))]
    wide = mine.group_by(mlmon_of="record_id", mlmon_said_by="model_version").aggregate(
        **{
            column: mine.probability.max(where=mine["class"] == name)
            for column, name in zip(names, classes, strict=True)
        }
    )
    both = joined.left_join(
        wide, [joined["mlmon_key"] == wide["mlmon_of"], joined["mlmon_by"] == wide["mlmon_said_by"]]
    )
    return both, {
        f"proba_{name}": both[column] for column, name in zip(names, classes, strict=True)
    }
