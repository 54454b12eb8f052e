"""Evaluate: a sample of a batch is measured against a reference; the snapshot stays."""

import json
from collections.abc import Mapping

from mlmon.config import Config, Reference
from mlmon.errors import NoTarget, NotScored
from mlmon.evaluations import identity, references, samples
from mlmon.measure import own
from mlmon.measure import snapshot as measure
from mlmon.models import numerals, predictions, versions
from mlmon.system.commands import command
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Row, Warehouse, now


def evaluate(
    warehouse: Warehouse,
    config: Config,
    store: str,
    batch: str,
    *,
    version: Row | None = None,
    against: Reference | None = None,
    name: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Row:
    """The store holds an evaluation of the batch; return its row.

    Writes `samples`, `histograms`, `score_histograms`, `label_histograms`, `evaluations`,
    `evaluation_metrics`, `evaluation_curves`, `diagnostics`. The same store, batch, version,
    reference, settings and data are the same evaluation: nothing is written again. With
    `against` that is the reference instead of the store's, and the evaluation stands aside until
    it is made without. Raises ModelNotTrained, BatchNotFound, EvaluationNotFound, NotScored,
    NoTarget, SourceError.
    """
    section = config.stores[store]
    version = version or versions.active(warehouse, section.model)
    chosen = against or section.reference
    key, rows = identity.of(warehouse, config, store, batch, version, chosen)
    if known := warehouse.one("from evaluations where evaluation_id = $id", id=key):
        if against is None:
            known = _in_history(warehouse, known)
        return _renamed(warehouse, known, name, labels)
    _require_predictions(warehouse, version, batch, rows[1])
    if section.performance:
        _require_target(warehouse, version, store, batch)
    batches = list(dict.fromkeys([*rows[1]["batches"], batch]))
    is_quantity = section.performance and version["task"] == "regression"
    quantity = version["target"] if is_quantity else None
    numerals.check_records(warehouse, versions.source(version), batches, quantity)
    new = {
        "evaluation_id": key,
        "store": store,
        "name": name,
        "batch": batch,
        "is_aside": against is not None,
    }

    def snapshot() -> Row:
        row = _snapshot(warehouse, config, version, new, rows, labels or {})
        finding = {"evaluation_id": key, "code": "reference_changed"}
        changes = references.changes(warehouse, version, chosen)
        warehouse.append("diagnostics", [{**finding, "message": words} for words in changes])
        return row

    return warehouse.attempt(snapshot)


def _snapshot(
    warehouse: Warehouse,
    config: Config,
    version: Row,
    new: Row,
    rows: tuple[Row, Row],
    labels: Mapping[str, str],
) -> Row:
    """The new evaluation is in the warehouse with its figures; return its row."""
    section = config.stores[new["store"]]
    model = config.models[section.model]
    sample, reference = (samples.store(warehouse, row) for row in rows)
    moment = now()
    evaluation = {
        **new,
        "name": new["name"] or f"{moment:%Y-%m-%d %H:%M:%S}",
        "model": section.model,
        "model_version": version["model_version"],
        "dataset": version["dataset"],
        "sample_id": sample["sample_id"],
        "reference_sample_id": reference["sample_id"],
        "rows": sample["rows"],
        "has_performance": section.performance,
        "confidence": model.confidence,
        "drift_limit": model.drift_limit,
        "evaluated_at": moment,
    }
    automatic = _labels(evaluation, version, reference)
    evaluation["labels"] = json.dumps({**automatic, **section.labels, **labels})
    warehouse.append("evaluations", [evaluation])
    measure.measure_evaluation(
        warehouse,
        version,
        evaluation,
        classifier_rows=section.classifier_rows,
        resamples=section.bootstrap,
    )
    own.measure_evaluation(warehouse, config, version, evaluation)
    query = "from evaluations where evaluation_id = $id"
    return warehouse.one(query, id=new["evaluation_id"]) or evaluation


def _in_history(warehouse: Warehouse, known: Row) -> Row:
    """The evaluation, made before, does not stand aside: it is against the store's reference."""
    if known["is_aside"]:
        query = "update evaluations set is_aside = false where evaluation_id = $id"
        warehouse.write(query, id=known["evaluation_id"])
    return {**known, "is_aside": False}


def _renamed(
    warehouse: Warehouse, known: Row, name: str | None, labels: Mapping[str, str] | None
) -> Row:
    """The evaluation, made before, has the name and the labels that are given now."""
    if not name and not labels:
        return known
    merged = {**json.loads(known["labels"]), **(labels or {})}
    warehouse.write(
        "update evaluations set name = $name, labels = $labels where evaluation_id = $id",
        name=name or known["name"],
        labels=json.dumps(merged),
        id=known["evaluation_id"],
    )
    return {**known, "name": name or known["name"], "labels": json.dumps(merged)}


def _require_predictions(warehouse: Warehouse, version: Row, batch: str, reference: Row) -> None:
    """Raise NotScored when a record of the batch or of the reference has no prediction."""
    if reference["role"] == "reference":
        missing = predictions.of_reference(warehouse, version)
    else:
        batches = reference["batches"]
        missing = {name: predictions.of_batch(warehouse, version, name) for name in batches}
    missing[batch] = predictions.of_batch(warehouse, version, batch)
    for name, count in missing.items():
        if count:
            model = version["model"]
            todo = command("score", model, batch=name)
            raise NotScored(
                f"{count} records of batch {name} are not scored by version "
                f"{version['model_version']} of {model}; run `{todo}`"
            )


def _require_target(warehouse: Warehouse, version: Row, store: str, batch: str) -> None:
    target, dataset = version["target"], version["dataset"]
    query = f"select count({quoted(target)}) from {quoted(dataset)} where batch = $batch"
    if not warehouse.value(query, batch=batch):
        raise NoTarget(
            f"no record of batch {batch} has a value in {target}, so performance cannot be "
            f"computed; set `performance: false` in stores.{store} of mlmon.yml"
        )


def _labels(evaluation: Row, version: Row, reference: Row) -> dict[str, str]:
    """Return the labels that every evaluation gets."""
    dataset = evaluation["dataset"]
    return {
        "evaluation:date": f"{evaluation['evaluated_at']:%Y-%m-%dT%H:%M:%SZ}",
        "evaluation:model-name": f"{version['model']} v{version['model_version']}",
        "evaluationDataset:dataset-name": f"{dataset} {evaluation['batch']}",
        "model:name": version["model"],
        "model:algorithm": version["algorithm"],
        "model:date": f"{version['created_at']:%Y-%m-%dT%H:%M:%SZ}",
        "trainDataset:dataset-name": f"{dataset} {', '.join(version['train_batches'])}",
        "testDataset:dataset-name": f"{dataset} {', '.join(reference['batches'])}",
    }
