"""The views that depend on a model's columns, and keeping all views up to date."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

import ibis
import ibis.expr.types as ir

from mlmon.config import Config
from mlmon.errors import ConfigError
from mlmon.models import features
from mlmon.models.records import Source, kind_of
from mlmon.models.versions import Version
from mlmon.system import fingerprints
from mlmon.views import files, freshness
from mlmon.views.files import View
from mlmon.warehouse.warehouse import Warehouse

FINGERPRINTS = "view_fingerprints"
BRANCHES = 64  # about so many has the union `feature_values`; to plan 1,000 takes seconds


def source_of(warehouse: Warehouse, config: Config, model: str) -> Source:
    """Return where mlmon.yml says a model's records are, and the kind of each feature.

    The kinds are those of mlmon.yml, else of the column's type. Raises UnknownName, and
    ConfigError for a column of a type that is no feature.
    """
    section = config.models[model]
    types = warehouse.columns(section.dataset)
    kinds: dict[str, str] = {}
    for name in (section.target, *section.features):
        files.known_column(section.dataset, name, types)
    if kind_of(types[section.target]) is None:
        raise ConfigError(
            f"models.{model}.target: {section.target} is {types[section.target]}, which is no "
            "number, category or date; give another column"
        )
    for name in section.features:
        kind = kind_of(types[name])
        if kind is None:
            raise ConfigError(
                f"models.{model}.features: {name} is {types[name]}, which is no number, category "
                "or date; leave it out"
            )
        kinds[name] = section.kinds.get(name) or kind
    dataset = config.datasets[section.dataset]
    return Source(model, section.dataset, dataset.key, section.target, kinds, section.task)


def trained_sources(warehouse: Warehouse) -> list[Source]:
    """Return how the versions read their records, those that do so alike together."""
    alike: dict[tuple[object, ...], list[Source]] = {}
    for row in warehouse.read("from model_versions order by model, model_version"):
        names = ("model", "dataset", "key", "target", "features", "task", "category_format")
        alike.setdefault(tuple(row[name] for name in names), []).append(Version.of(row).source)
    return [
        replace(group[0], versions=tuple(number for one in group for number in one.versions))
        for group in alike.values()
        if warehouse.has(group[0].dataset)
    ]


def refresh(warehouse: Warehouse, config: Config, *, anew: bool = False) -> None:
    """Every view exists as the files, mlmon.yml and the trained versions have it.

    Only those are made again whose definition changed since the last time, and those that read
    one whose columns did; all of them `anew`, because a table's columns changed.
    """
    made = files.ordered([*files.file_views(), *_generated(warehouse, config)])
    wanted = {view.name: _fingerprint(view) for view in made}
    if taken := {*map(str.lower, config.datasets)} & {*map(str.lower, wanted)}:
        raise ConfigError(
            f"mlmon.yml: datasets.{taken.pop()}: this is the name of a view of mlmon's"
        )
    existing = warehouse.views()
    stored = json.loads(freshness.stored(warehouse, FINGERPRINTS) or "{}")
    known = {name: value for name, value in stored.items() if name in existing}
    if known == wanted and not anew:
        return
    with warehouse.transaction():
        # Asked first: a view cannot be described once one that it reads has lost a column.
        described = () if anew else existing & set(wanted)
        columns = {name: warehouse.columns(name) for name in described}
        for name in known:
            if name not in wanted:
                warehouse.drop("view", name)
        stale, altered = list[View](), set[str]()
        for view in made:
            is_same = known.get(view.name) == wanted[view.name] and not altered & set(view.reads)
            if is_same and not anew:
                continue
            before = columns.get(view.name)
            files.create(warehouse, [view])
            stale.append(view)
            if before is not None and warehouse.columns(view.name) != before:
                altered.add(view.name)
        files.document(warehouse, stale)
        freshness.store(warehouse, FINGERPRINTS, json.dumps(wanted, sort_keys=True))


def _fingerprint(view: View) -> str:
    text = json.dumps([view.sql, view.comment, dict(view.columns)])
    return fingerprints.of(text)


def _generated(warehouse: Warehouse, config: Config) -> Iterator[View]:
    """Yield the generated views for the datasets and models that exist so far."""
    backend = warehouse.ibis
    sources = trained_sources(warehouse)
    sample_batches = ibis.table(_SAMPLE_BATCHES, name="sample_batches")
    records = [
        features.dataset_records(sample_batches, backend.table(name), name, section.key)
        for name, section in config.datasets.items()
        if warehouse.has(name)
    ]
    yield _view("sample_records", records, features.SAMPLE_RECORDS, "sample_batches")
    yield _feature_values(warehouse, sources)
    narrow = [(one, sample_rows(warehouse, replace(one, kinds={}))) for one in sources]
    scored = [features.scored(rows, source.task) for source, rows in narrow]
    yield _view("scored_records", scored, features.SCORED_RECORDS, "sample_records")
    yield from _scored_datasets(warehouse, config)


def _feature_values(warehouse: Warehouse, sources: Sequence[Source]) -> View:
    """Return the view of all features; the wide rows that its branches read are named once.

    Compiled as one expression, ibis would walk all of them for every branch.
    """
    if not sources:
        return _view("feature_values", [], features.FEATURE_VALUES, "sample_records")
    size = ceil(sum(len(source.kinds) for source in sources) / BRANCHES) or 1
    parts = []
    for source in sources:
        rows = sample_rows(warehouse, source)
        tall = features.tall(ibis.table(rows.schema(), name="_rows"), source.kinds, size)
        parts.append(f"with _rows as ({_sql(rows)}) select * from ({_sql(tall)})")
    sql = " union all ".join(f"({part})" for part in parts)
    return _described("feature_values", sql, "sample_records")


def sample_rows(warehouse: Warehouse, source: Source) -> ir.Table:
    """Return the wide rows of every sample of a model."""
    records = ibis.table(features.SAMPLE_RECORDS, name="sample_records")
    backend = warehouse.ibis
    table, predictions = backend.table(source.dataset), backend.table("predictions")
    return features.sample_rows(records, table, predictions, source)


def _scored_datasets(warehouse: Warehouse, config: Config) -> Iterator[View]:
    """Yield `scored_<dataset>`, and for a further model `scored_<dataset>_<model>`."""
    first: set[str] = set()
    for model in config.models:
        row = warehouse.one(
            "from model_versions where model = $model and activated_at is not null"
            " order by model_version desc",
            model=model,
        )
        if row is None or not warehouse.has(row["dataset"]):
            continue
        version = Version.of(row)
        dataset = version.dataset
        name = f"scored_{dataset}" + (f"_{model}" if dataset in first else "")
        first.add(dataset)
        table = warehouse.ibis.table(dataset)
        expression = features.scored_dataset(
            table,
            _of_activated(warehouse),
            warehouse.ibis.table("class_probabilities"),
            version,
        )
        words = dict.fromkeys(table.columns, f"As in {dataset}.")
        words |= {
            f"proba_{label}": f"Predicted probability of class {label}, 0 to 1."
            for label in version.classes or []
        }
        words["prediction"] = "Predicted class at the version's threshold, or the estimate."
        comment = f"Records of {dataset} with what {model}'s newest version ever active said."
        yield View(name, "staging", _sql(expression), comment, (version.key,), (), words)


def _of_activated(warehouse: Warehouse) -> ir.Table:
    """Return the predictions of versions that are or were active: of no challenger kept out."""
    known = warehouse.ibis.table("model_versions")
    activated = known.filter(known["activated_at"].notnull())
    return warehouse.ibis.table("predictions").semi_join(activated, ["model", "model_version"])


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
    "prediction": "Predicted class, or the estimate of a regression as text.",
    "number": "The value of a numeric feature; NULL when missing, not finite or categorical.",
}


def _view(name: str, tables: Sequence[ir.Table], schema: dict[str, str], reads: str) -> View:
    return _described(name, _sql(features.union_or_empty(tables, schema)), reads)


def _described(name: str, sql: str, reads: str) -> View:
    return View(name, "staging", sql, _COMMENTS[name], _GRAINS[name], (reads,), _WORDS)


def _sql(expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))
