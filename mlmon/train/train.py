"""Train: a scikit-learn pipeline is fitted on batches and becomes a version of its model.

The test part, split off by the sampling rule, is the version's reference sample: threshold,
importances and bins come from it, and all drift is measured against it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
from sklearn.pipeline import Pipeline

from mlmon.config import Config, Model
from mlmon.evaluations import samples
from mlmon.measure import bins, snapshot
from mlmon.models import artifacts, decisions, features, numerals, predictions, versions
from mlmon.models.pipeline import Fitted, trust_of
from mlmon.models.records import CATEGORICAL, NUMERIC, TASKS, Source, cutoff
from mlmon.models.versions import Version
from mlmon.sources import batches as source_batches
from mlmon.train import batches as training_batches
from mlmon.train import challenge, estimators, importances
from mlmon.views import of_models
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.warehouse import Warehouse, now


def train(
    warehouse: Warehouse,
    config: Config,
    name: str,
    batches: Sequence[str] = (),
    created_by: str = "mlmon train",
) -> Version:
    """A new version is fitted, measured on its test part, and active or kept; return it.

    Writes an artifact, `model_versions`, `activation_decisions`, `feature_importances`, `bins`,
    `samples`, `predictions` of the test part, its histograms, curves and metrics. Raises
    BatchNotFound, SourceError, TrainingError, ArtifactError.
    """
    model = config.models[name]
    chosen = list(batches) or training_batches.resolve(warehouse, model)
    fingerprints = _fingerprints(warehouse, config, model.dataset, chosen)
    source = of_models.source_of(warehouse, config, name)
    quantity = source.target if TASKS[model.task].is_quantity else None
    numerals.check_records(warehouse, source, chosen, quantity)
    frame = _rows(warehouse, source, chosen, model.train.seed)
    is_test = frame["_hash"] < cutoff(model.train.test_size)
    labelled = frame["_actual"].notna()
    train_part, test_part = frame[labelled & ~is_test], frame[is_test]
    pipeline = estimators.fit(config, model, source, train_part)
    fitted = estimators.fit_threshold(model, source, pipeline, test_part)
    folder = config.path(config.warehouse).parent
    artifact = artifacts.save(folder, name, fitted.pipeline, trust_of(config, name))
    with warehouse.transaction():
        version = _store_version(
            warehouse,
            fitted,
            {
                "model": name,
                "algorithm": type(_last_step(pipeline)).__name__,
                "train_batches": chosen,
                "train_fingerprints": fingerprints,
                "train_rows": len(train_part) if not model.artifact else 0,
                "dataset": source.dataset,
                "key": source.key,
                "target": source.target,
                "test_size": model.train.test_size,
                "seed": model.train.seed,
                "created_by": created_by,
                "artifact": artifact.path,
                "sha256": artifact.sha256,
                "versions": json.dumps(artifact.versions),
                "trusted_types": list(artifact.trusted_types),
                "category_format": source.category_format,
            },
        )
        facts = challenge.decide(warehouse, config, version, fitted)
        decisions.record(warehouse, version, created_by, facts)
        of_models.refresh(warehouse, config)
        learned = None if model.artifact else train_part
        _store_reference(warehouse, model, version, fitted, test_part, learned)
    return versions.number(warehouse, name, version.model_version)


def _fingerprints(
    warehouse: Warehouse, config: Config, dataset: str, batches: Sequence[str]
) -> list[str]:
    known = source_batches.stored(warehouse, dataset)
    for batch in batches:
        if batch not in known:
            raise source_batches.no_batch(warehouse, config, dataset, batch)
    return [known[batch].fingerprint for batch in batches]


def _rows(warehouse: Warehouse, source: Source, batches: Sequence[str], seed: int) -> Any:
    """Return the batches' records, ordered by hash so that their order in the files is nothing.

    Those without a target are in the reference like any other; nothing is learned from them.
    """
    rows = features.model_rows(warehouse.ibis.table(source.dataset), source)
    hashed = features.hash_of(ibis.literal(seed), rows["_record_id"])
    chosen = rows.filter(rows["_batch"].isin(list(batches)))
    query = chosen.mutate(_hash=hashed).order_by("_hash", "_record_id")
    return warehouse.frame(sql_of(query))


def _last_step(pipeline: Any) -> Any:
    return pipeline[-1] if isinstance(pipeline, Pipeline) else pipeline


def _store_version(warehouse: Warehouse, fitted: Fitted, facts: Mapping[str, Any]) -> Version:
    """The version is in the warehouse, not active yet; return it."""
    query = "select coalesce(max(model_version), 0) + 1 from model_versions where model = $model"
    number = warehouse.value(query, model=facts["model"])
    warehouse.append(
        "model_versions",
        [
            {
                **facts,
                "model_version": number,
                "task": fitted.task,
                "positive_class": fitted.positive_class,
                "classes": list(fitted.classes),
                "threshold": fitted.threshold,
                "features": json.dumps(dict(fitted.features)),
                "created_at": now(),
                "is_active": False,
            }
        ],
    )
    return versions.number(warehouse, facts["model"], number)


def _store_reference(
    warehouse: Warehouse,
    model: Model,
    version: Version,
    fitted: Fitted,
    test_part: Any,
    learned: Any,
) -> None:
    """The reference sample is in the warehouse: predictions, bins, importances, its figures.

    `learned` are the rows that the estimator was fitted on, None of one that came fitted.
    """
    identity = {"model": version.model, "model_version": version.model_version}
    outputs = fitted.predict(test_part)
    said = predictions.tables(version, fitted, test_part, outputs)
    for table, content in said.items():
        warehouse.insert(table, content)
    reference = test_part.assign(score=outputs["score"], prediction=outputs["prediction"])
    kinds = {**fitted.features, "score": NUMERIC}
    if not TASKS[fitted.task].is_quantity:
        kinds["prediction"] = CATEGORICAL
    warehouse.append(
        "bins",
        [
            {**identity, "feature": name, **row}
            for name, kind in kinds.items()
            for row in bins.freeze(
                kind,
                reference[name],
                learned[name] if learned is not None and name in fitted.features else None,
            )
        ],
    )
    warehouse.append(
        "feature_importances",
        [
            {**identity, **row}
            for row in importances.importances(fitted, fitted.labelled(test_part), model.train.seed)
        ],
    )
    drawn = samples.reference(model, version, source_batches.stored(warehouse, version.dataset))
    sample = samples.store(warehouse, drawn)
    snapshot.measure_reference(warehouse, version, sample, model.confidence)
