"""The views that depend on a model's columns, and keeping all views up to date."""

import hashlib
import json
from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir

from mlmon import features, views
from mlmon.config import Config
from mlmon.features import Source
from mlmon.views import View
from mlmon.warehouse import Warehouse


def source_of(warehouse: Warehouse, config: Config, model: str) -> Source:
    """Return where a model's records are and the kind of each feature.

    The kinds are those of mlmon.yml, else of the column's type. Raises UnknownName.
    """
    section = config.models[model]
    types = warehouse.columns(section.dataset)
    for name in (section.target, *section.features):
        views.known_column(section.dataset, name, types)
    kinds = {
        name: section.kinds.get(name) or features.kind_of(types[name]) for name in section.features
    }
    dataset = config.datasets[section.dataset]
    return Source(model, section.dataset, dataset.key, section.target, kinds)


def refresh(warehouse: Warehouse, config: Config) -> None:
    """Every view exists as the files, mlmon.yml and the trained versions have it.

    Only those are made again whose definition changed since the last time, and those that read
    one whose columns did.
    """
    made = views.ordered([*views.file_views(), *_generated(warehouse, config)])
    wanted = {view.name: _fingerprint(view) for view in made}
    query = "select value from warehouse_state where name = 'view_fingerprints'"
    known = json.loads(warehouse.value(query) or "{}")
    if known == wanted:
        return
    with warehouse.transaction():
        _drop_strangers(warehouse, set(wanted))
        stale, altered = list[View](), set[str]()
        for view in made:
            if known.get(view.name) == wanted[view.name] and not altered & set(view.reads):
                continue
            before = warehouse.columns(view.name)
            views.create(warehouse, [view])
            stale.append(view)
            if warehouse.columns(view.name) != before:
                altered.add(view.name)
        views.document(warehouse, stale)
        warehouse.write("delete from warehouse_state where name = 'view_fingerprints'")
        value = json.dumps(wanted, sort_keys=True)
        warehouse.append("warehouse_state", [{"name": "view_fingerprints", "value": value}])


def _fingerprint(view: View) -> str:
    text = json.dumps([view.sql, view.comment, dict(view.columns)])
    return hashlib.md5(text.encode()).hexdigest()


def _drop_strangers(warehouse: Warehouse, names: set[str]) -> None:
    """Views that no file and no model stands for any more are gone."""
    query = "select view_name from duckdb_views() where not internal and not temporary"
    for row in warehouse.read(query):
        if row["view_name"] not in names:
            warehouse.ibis.drop_view(row["view_name"])


def _generated(warehouse: Warehouse, config: Config) -> Iterator[View]:
    """Yield the generated views for the datasets and models that exist so far."""
    backend = warehouse.ibis
    sources = [
        source_of(warehouse, config, name)
        for name, section in config.models.items()
        if warehouse.has(section.dataset)
    ]
    sample_batches = ibis.table(_SAMPLE_BATCHES, name="sample_batches")
    records = [
        features.dataset_records(sample_batches, backend.table(name), name, section.key)
        for name, section in config.datasets.items()
        if warehouse.has(name)
    ]
    yield _view("sample_records", records, features.SAMPLE_RECORDS, "sample_batches")
    wide = [(source, sample_rows(warehouse, source)) for source in sources]
    tall = [features.tall(rows, source.kinds) for source, rows in wide]
    yield _view("feature_values", tall, features.FEATURE_VALUES, "sample_records")
    scored = [features.scored(rows) for _, rows in wide]
    yield _view("scored_records", scored, features.SCORED_RECORDS, "sample_records")
    yield from _scored_datasets(warehouse, sources)


def sample_rows(warehouse: Warehouse, source: Source) -> ir.Table:
    """Return the wide rows of every sample of a model."""
    records = ibis.table(features.SAMPLE_RECORDS, name="sample_records")
    backend = warehouse.ibis
    table, predictions = backend.table(source.dataset), backend.table("predictions")
    return features.sample_rows(records, table, predictions, source)


def _scored_datasets(warehouse: Warehouse, sources: Sequence[Source]) -> Iterator[View]:
    """Yield `scored_<dataset>`, and for a further model `scored_<dataset>_<model>`."""
    first: set[str] = set()
    for source in sources:
        name = f"scored_{source.dataset}"
        name += f"_{source.model}" if source.dataset in first else ""
        first.add(source.dataset)
        version = warehouse.one(
            "select classes, positive_class from model_versions where model = $model"
            " order by model_version desc limit 1",
            model=source.model,
        )
        backend = warehouse.ibis
        tables = backend.table(source.dataset), backend.table("predictions")
        classes = (version or {}).get("classes") or []
        expression = features.scored_dataset(
            *tables, source, classes, (version or {}).get("positive_class")
        )
        words = dict.fromkeys(tables[0].columns, f"As in {source.dataset}.")
        words |= {f"proba_{c}": f"Predicted probability of class {c}, 0 to 1." for c in classes}
        comment = (
            f"Records of {source.dataset} with what the newest version of {source.model} said."
        )
        yield View(name, "staging", _sql(expression), comment, (source.key,), (), words)


_SAMPLE_BATCHES = {
    "sample_id": "string",
    "model": "string",
    "model_version": "int32",
    "dataset": "string",
    "seed": "int64",
    "cutoff": "string",
    "has_performance": "boolean",
    "batch": "string",
}
_COMMENTS = {
    "sample_records": "The records of every sample, by the sampling rule.",
    "feature_values": "Every feature of every record of a sample, the score and prediction too.",
    "scored_records": "Every record of a sample with its score, prediction and actual value.",
}
_GRAINS = {
    "sample_records": ("sample_id", "record_id"),
    "feature_values": ("sample_id", "record_id", "feature"),
    "scored_records": ("sample_id", "record_id"),
}
_WORDS = {
    "actual": "The target's value as text; NULL when it is not known yet.",
    "category": "The value of a categorical feature; NULL when missing or numeric.",
    "not_finite": "Whether a number was NaN or infinite, which counts as missing.",
    "number": "The value of a numeric feature; NULL when missing, not finite or categorical.",
}


def _view(name: str, tables: Sequence[ir.Table], schema: dict[str, str], reads: str) -> View:
    sql = _sql(features.union_or_empty(tables, schema))
    return View(name, "staging", sql, _COMMENTS[name], _GRAINS[name], (reads,), _WORDS)


def _sql(expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))
