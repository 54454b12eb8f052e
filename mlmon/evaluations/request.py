"""Requests: an evaluation that is asked for, with all that it is made of, found out once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from mlmon.config import Config
from mlmon.evaluations import own_metrics, references, samples, stored
from mlmon.evaluations.references import Against
from mlmon.evaluations.samples import Sample
from mlmon.evaluations.stored import Evaluation
from mlmon.models.records import CATEGORICAL
from mlmon.models.versions import Version
from mlmon.sources import batches
from mlmon.sources.batches import Batch
from mlmon.system import fingerprints
from mlmon.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Request:
    """An evaluation that is asked for: who is handed it looks nothing up again.

    `key` is its id: the same inputs and settings have the same one, made before or not. With
    `is_aside` it is not measured against the store's reference, and stands aside from its history.
    """

    store: str
    batch: Batch
    version: Version
    sample: Sample
    reference: Sample
    key: str
    existing: Evaluation | None  # the evaluation, where it was made before
    changes: tuple[str, ...] = ()  # sentences: what of the reference is not as it was
    is_aside: bool = False
    name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        warehouse: Warehouse,
        config: Config,
        store: str,
        batch: str,
        version: Version,
        against: Against | None,
        *,
        is_aside: bool = False,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Self:
        """Return the request for an evaluation of a batch that is there and scored.

        Raises BatchNotFound.
        """
        existing = batches.stored(warehouse, version.dataset)
        if batch not in existing:
            raise batches.no_batch(warehouse, config, version.dataset, batch)
        section = config.stores[store]
        model = config.models[section.model]
        sample = samples.drawn(warehouse, model, version, section, existing, batch)
        reference = references.sample(warehouse, config, store, version, existing, against)
        fingerprint, both = existing[batch].fingerprint, (sample, reference)
        settings = _settings(warehouse, config, store, version, both)
        parts = [store, version.model, version.model_version, fingerprint, settings]
        key = fingerprints.of(json.dumps(parts))
        return cls(
            store=store,
            batch=existing[batch],
            version=version,
            sample=sample,
            reference=reference,
            key=key,
            existing=stored.by_id(warehouse, key),
            changes=tuple(references.changes(version, existing, against)),
            is_aside=is_aside,
            name=name,
            labels=labels or {},
        )


def _settings(
    warehouse: Warehouse, config: Config, store: str, version: Version, both: Sequence[Sample]
) -> list[Any]:
    """Return what the figures depend on beside the batch.

    A setting at its default is left out: a new one puts no evaluation out of date.
    """
    section = config.stores[store]
    model = config.models[section.model]
    settings: list[Any] = [section.performance, model.confidence, model.drift_limit]
    settings += [sample.sample_id for sample in both]
    settings += own_metrics.settings(warehouse, config, section.model)
    settings += [{"bootstrap": section.bootstrap}] if section.bootstrap else []
    if section.classifier_rows is not None:
        settings.append({"classifier_rows": section.classifier_rows})
    return settings + _mended(warehouse, version)


def _mended(warehouse: Warehouse, version: Version) -> list[Any]:
    """Return what makes it another evaluation where a migration mended the version's bins.

    Before, a boolean feature of a version without a category format was in the bin `other`.
    """
    if version.category_format is not None:
        return []
    types = warehouse.columns(version.dataset)
    mended = [
        name
        for name, kind in version.features.items()
        if kind == CATEGORICAL and types.get(name) == "BOOLEAN"
    ]
    return [{"mended": mended}] if mended else []
