"""Evaluate: a sample of a batch is measured against a reference; the snapshot stays."""

from collections.abc import Mapping
from dataclasses import replace

from mlmon.config import Config
from mlmon.errors import NoTarget
from mlmon.evaluations import samples, stored
from mlmon.evaluations.request import Request
from mlmon.evaluations.samples import Sample
from mlmon.evaluations.stored import Evaluation
from mlmon.measure import own
from mlmon.measure import snapshot as measure
from mlmon.models import numerals
from mlmon.models.versions import Version
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse, now


def evaluate(warehouse: Warehouse, config: Config, request: Request) -> Evaluation:
    """The store holds the evaluation that is asked for; return it.

    Writes `samples`, `histograms`, `score_histograms`, `label_histograms`, `evaluations`,
    `evaluation_metrics`, `evaluation_curves`, `diagnostics`. What was evaluated before is not
    measured again: it has the name and labels that are given now, and is in the store's history
    if it is asked for against the store's reference. Raises NoTarget, SourceError.
    """
    if request.existing:
        return _again(warehouse, request, request.existing)
    version, batch = request.version, request.batch.name
    quantity = None
    if config.stores[request.store].performance:
        _require_target(warehouse, request)
        quantity = version.target if version.task == "regression" else None
    batches = dict.fromkeys([*request.reference.batches, batch])
    numerals.check_records(warehouse, version.source, list(batches), quantity)
    return warehouse.attempt(lambda: _snapshot(warehouse, config, request))


def _snapshot(warehouse: Warehouse, config: Config, request: Request) -> Evaluation:
    """The evaluation is in the warehouse with its figures; return it."""
    section, version = config.stores[request.store], request.version
    model = config.models[section.model]
    sample = samples.store(warehouse, request.sample)
    reference = samples.store(warehouse, request.reference)
    moment = now()
    evaluation = Evaluation(
        evaluation_id=request.key,
        store=request.store,
        name=request.name or f"{moment:%Y-%m-%d %H:%M:%S}",
        model=version.model,
        model_version=version.model_version,
        dataset=version.dataset,
        batch=request.batch.name,
        sample_id=sample.sample_id,
        reference_sample_id=reference.sample_id,
        rows=sample.rows,
        labelled_rows=None,
        has_performance=section.performance,
        confidence=model.confidence,
        drift_limit=model.drift_limit,
        is_aside=request.is_aside,
        labels={},
        evaluated_at=moment,
    )
    automatic = _labels(evaluation, version, reference)
    evaluation = replace(evaluation, labels={**automatic, **section.labels, **request.labels})
    warehouse.append("evaluations", [evaluation.row])
    measure.measure_evaluation(
        warehouse,
        version,
        evaluation,
        classifier_rows=section.classifier_rows,
        resamples=section.bootstrap,
    )
    own.measure_evaluation(warehouse, config, version, evaluation)
    finding = {"evaluation_id": request.key, "code": "reference_changed"}
    warehouse.append("diagnostics", [{**finding, "message": each} for each in request.changes])
    return stored.by_id(warehouse, request.key) or evaluation


def _again(warehouse: Warehouse, request: Request, existing: Evaluation) -> Evaluation:
    """The evaluation, made before, has the place, the name and the labels that are given now."""
    given = replace(
        existing,
        is_aside=existing.is_aside and request.is_aside,
        name=request.name or existing.name,
        labels={**existing.labels, **request.labels},
    )
    if given != existing:
        row = given.row
        warehouse.write(
            "update evaluations set is_aside = $is_aside, name = $name, labels = $labels"
            " where evaluation_id = $id",
            **{column: row[column] for column in ("is_aside", "name", "labels")},
            id=request.key,
        )
    return given


def _require_target(warehouse: Warehouse, request: Request) -> None:
    target, batch = request.version.target, request.batch
    query = f"select count({quoted(target)}) from {quoted(batch.dataset)} where batch = $batch"
    if not warehouse.value(query, batch=batch.name):
        raise NoTarget(
            f"no record of batch {batch.name} has a value in {target}, so performance cannot be "
            f"computed; set `performance: false` in stores.{request.store} of mlmon.yml"
        )


def _labels(evaluation: Evaluation, version: Version, reference: Sample) -> Mapping[str, str]:
    """Return the labels that every evaluation gets."""
    dataset = evaluation.dataset
    return {
        "evaluation:date": f"{evaluation.evaluated_at:%Y-%m-%dT%H:%M:%SZ}",
        "evaluation:model-name": f"{version.model} v{version.model_version}",
        "evaluationDataset:dataset-name": f"{dataset} {evaluation.batch}",
        "model:name": version.model,
        "model:algorithm": version.algorithm,
        "model:date": f"{version.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "trainDataset:dataset-name": f"{dataset} {', '.join(version.train_batches)}",
        "testDataset:dataset-name": f"{dataset} {', '.join(reference.batches)}",
    }
