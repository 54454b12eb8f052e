"""References: what an evaluation is measured against, when it is not the training's test part.

A batch is sampled as the store samples every batch; an evaluation stands for the records of its
sample. Both are scored by the evaluated version and counted in its bins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mlmon.config import Config, Reference
from mlmon.errors import (
    BatchNotFound,
    ConfigError,
    EvaluationNotFound,
    MlmonError,
    UnknownName,
    others,
)
from mlmon.evaluations import samples, stored
from mlmon.evaluations.samples import Batches, Sample
from mlmon.evaluations.stored import Evaluation
from mlmon.models.versions import Version
from mlmon.sources import batches
from mlmon.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Against:
    """What an evaluation is measured against: the records of a batch, or of an evaluation of it."""

    batch: str
    evaluation: Evaluation | None = None


def of(warehouse: Warehouse, version: Version, reference: Reference | None) -> Against | None:
    """Return what a reference of mlmon.yml is; None is the test part of the training.

    Raises as `evaluation` does.
    """
    if reference is None:
        return None
    return _of(warehouse, version.model, version.dataset, reference)


def _of(warehouse: Warehouse, model: str, dataset: str, reference: Reference) -> Against:
    if reference.batch is not None:
        return Against(reference.batch)
    one = evaluation(warehouse, model, dataset, str(reference.evaluation))
    return Against(one.batch, one)


def by_name(warehouse: Warehouse, version: Version, text: str) -> Against:
    """Return what a text names: a batch, or an evaluation by id, its beginning, or name.

    Raises UnknownName, and ConfigError when it names several or one of another model.
    """
    existing = batches.stored(warehouse, version.dataset)
    named = _mine(version.model, version.dataset, stored.called(warehouse, text))
    if text in existing and named:
        raise ConfigError(
            f"{text} is a batch and also evaluation {stored.listed(named)}; give the evaluation's "
            "id, or `reference: {batch: ...}` in mlmon.yml"
        )
    if text in existing:
        return Against(text)
    try:
        one = evaluation(warehouse, version.model, version.dataset, text)
    except EvaluationNotFound as error:
        raise UnknownName("batch or evaluation", text, existing) from error
    return Against(one.batch, one)


def evaluation(warehouse: Warehouse, model: str, dataset: str, text: str) -> Evaluation:
    """Return the evaluation of the model on the dataset that a text names.

    An id or a name counts before the beginning of an id. Raises EvaluationNotFound, and
    ConfigError when it names several or one of another model or dataset.
    """
    named = stored.matching(warehouse, text)
    if one := stored.only(text, _mine(model, dataset, named)):
        return one
    if named:
        raise ConfigError(
            f"evaluation {text} is of model {named[0].model} on {named[0].dataset}, which "
            f"{model} on {dataset} cannot be measured against"
        )
    raise stored.no_such(text)


def sample(
    warehouse: Warehouse,
    config: Config,
    store: str,
    version: Version,
    existing: Batches,
    against: Against | None,
) -> Sample:
    """Return the reference sample, for None the test part of the training.

    Raises BatchNotFound.
    """
    section = config.stores[store]
    model = config.models[section.model]
    if against is None:
        return samples.reference(model, version, existing)
    if against.batch not in existing:
        raise BatchNotFound(
            f"dataset {version.dataset} has no batch {against.batch}, the reference of {store}"
            f"{others(against.batch, existing)}"
        )
    if against.evaluation is None:
        return samples.drawn(warehouse, model, version, section, existing, against.batch)
    other = against.evaluation.sample_id
    return samples.drawn_as(warehouse, model, version, section, existing, other)


def changes(version: Version, existing: Batches, against: Against | None) -> list[str]:
    """Return a sentence for all that changed in the reference since it was made; None: training."""
    if against is None:
        return [
            f"Training batch {batch} has changed since version {version.model_version} was "
            "trained, and with it the reference; train again."
            for batch, fingerprint in zip(
                version.train_batches, version.train_fingerprints, strict=True
            )
            if batch not in existing or existing[batch].fingerprint != fingerprint
        ]
    one, batch = against.evaluation, existing.get(against.batch)
    if one is None or batch is None or batch.ingested_at <= one.evaluated_at:
        return []
    return [
        f"Batch {one.batch} has changed since evaluation {one.name} was made; the "
        "reference is what the batch holds now."
    ]


def stores_measured_against(
    warehouse: Warehouse, config: Config, dataset: str, batch: str
) -> list[str]:
    """Return the stores that mlmon.yml measures against records of this batch."""
    return [
        name
        for name, section in config.stores.items()
        if section.reference is not None
        and config.models[section.model].dataset == dataset
        and _lies_in(warehouse, section.model, dataset, section.reference) == batch
    ]


def _lies_in(warehouse: Warehouse, model: str, dataset: str, reference: Reference) -> str | None:
    try:
        return _of(warehouse, model, dataset, reference).batch
    except MlmonError:  # names no evaluation: whoever evaluates is told so
        return None


def _mine(model: str, dataset: str, named: Sequence[Evaluation]) -> list[Evaluation]:
    """Return the evaluations of the model on the dataset."""
    return [one for one in named if (one.model, one.dataset) == (model, dataset)]
