"""Which evaluation it is: the same inputs and settings have the same id, made or not made yet."""

import json
from typing import Any

from mlmon.config import Config, Reference
from mlmon.evaluations import own_metrics, references, samples
from mlmon.models import versions
from mlmon.models.records import CATEGORICAL
from mlmon.sources import batches
from mlmon.system import fingerprints
from mlmon.warehouse.warehouse import Row, Warehouse


def of(
    warehouse: Warehouse,
    config: Config,
    store: str,
    batch: str,
    version: Row,
    reference: Reference | None,
) -> tuple[str, tuple[Row, Row]]:
    """Return the id of an evaluation of the batch, and the rows of its sample and its reference.

    The id is the md5 of store, version, the batch's fingerprint, both samples, and settings.
    Raises BatchNotFound, EvaluationNotFound, ConfigError.
    """
    section = config.stores[store]
    model = config.models[section.model]
    fingerprint = _fingerprint(warehouse, config, version["dataset"], batch)
    rows = (
        samples.drawn(warehouse, model, version, section, batch),
        references.sample(warehouse, config, store, version, reference),
    )
    settings: list[Any] = [section.performance, model.confidence, model.drift_limit]
    settings += [row["sample_id"] for row in rows]
    settings += own_metrics.settings(warehouse, config, section.model)
    settings += [{"bootstrap": section.bootstrap}] if section.bootstrap else []
    if section.classifier_rows is not None:
        settings.append({"classifier_rows": section.classifier_rows})
    settings += _mended(warehouse, version)
    parts = [store, version["model"], version["model_version"], fingerprint, settings]
    return fingerprints.of(json.dumps(parts)), rows


def _mended(warehouse: Warehouse, version: Row) -> list[Any]:
    """Return what makes it another evaluation where a migration mended the version's bins.

    Before, a boolean feature of a version without a category format was in the bin `other`.
    """
    if version["category_format"] is not None:
        return []
    types = warehouse.columns(version["dataset"])
    kinds = versions.kinds(version)
    mended = [
        name for name, kind in kinds.items() if kind == CATEGORICAL and types.get(name) == "BOOLEAN"
    ]
    return [{"mended": mended}] if mended else []


def _fingerprint(warehouse: Warehouse, config: Config, dataset: str, batch: str) -> str:
    row = warehouse.one(
        "select fingerprint from batches where dataset = $dataset and batch = $batch",
        dataset=dataset,
        batch=batch,
    )
    if row is None:
        raise batches.no_batch(warehouse, config, dataset, batch)
    return str(row["fingerprint"])
