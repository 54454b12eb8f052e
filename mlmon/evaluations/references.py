"""References: what an evaluation is measured against, when it is not the training's test part.

A batch is sampled as the store samples every batch; an evaluation stands for the records of its
sample. Both are scored by the evaluated version and counted in its bins.
"""

from collections.abc import Sequence

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
from mlmon.warehouse.warehouse import Row, Warehouse


def meant(warehouse: Warehouse, version: Row, text: str) -> Reference:
    """Return what a text names: a batch, or an evaluation by id, its beginning, or name.

    Raises UnknownName, and ConfigError when it names several or one of another model.
    """
    query = "select batch from batches where dataset = $dataset"
    batches = [row["batch"] for row in warehouse.read(query, dataset=version["dataset"])]
    named = _mine(version, stored.called(warehouse, text))
    if text in batches and named:
        raise ConfigError(
            f"{text} is a batch and also evaluation {stored.listed(named)}; give the evaluation's "
            "id, or `reference: {batch: ...}` in mlmon.yml"
        )
    if text in batches:
        return Reference(batch=text)
    try:
        return Reference(evaluation=evaluation(warehouse, version, text)["evaluation_id"])
    except EvaluationNotFound as error:
        raise UnknownName("batch or evaluation", text, batches) from error


def evaluation(warehouse: Warehouse, version: Row, text: str) -> Row:
    """Return the evaluation of the version's model and dataset that a text names.

    An id or a name counts before the beginning of an id. Raises EvaluationNotFound, and
    ConfigError when it names several or one of another model or dataset.
    """
    rows = stored.matching(warehouse, text)
    if row := stored.only(text, _mine(version, rows)):
        return row
    if rows:
        raise ConfigError(
            f"evaluation {text} is of model {rows[0]['model']} on {rows[0]['dataset']}, which "
            f"{version['model']} on {version['dataset']} cannot be measured against"
        )
    raise stored.no_such(text)


def sample(
    warehouse: Warehouse, config: Config, store: str, version: Row, reference: Reference | None
) -> Row:
    """Return the row of the reference sample, for None the test part of the training.

    Raises BatchNotFound, EvaluationNotFound, ConfigError.
    """
    section = config.stores[store]
    model = config.models[section.model]
    if reference is None:
        return samples.reference(warehouse, model, version)
    batch = batch_of(warehouse, version, reference)
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    if not warehouse.one(known, dataset=version["dataset"], batch=batch):
        query = "select batch from batches where dataset = $dataset"
        names = [row["batch"] for row in warehouse.read(query, dataset=version["dataset"])]
        raise BatchNotFound(
            f"dataset {version['dataset']} has no batch {batch}, the reference of {store}"
            f"{others(batch, names)}"
        )
    if reference.batch is not None:
        return samples.drawn(warehouse, model, version, section, batch)
    found = evaluation(warehouse, version, str(reference.evaluation))
    return samples.drawn_as(warehouse, model, version, section, found["sample_id"])


def changes(warehouse: Warehouse, version: Row, reference: Reference | None) -> list[str]:
    """Return a sentence for all that changed in the reference since it was made; None: training."""
    if reference is None:
        return _training_changes(warehouse, version)
    if reference.evaluation is None:
        return []
    found = evaluation(warehouse, version, reference.evaluation)
    query = (
        "select 1 from batches where dataset = $dataset and batch = $batch and ingested_at > $made"
    )
    made, names = found["evaluated_at"], {name: found[name] for name in ("dataset", "batch")}
    if not warehouse.one(query, made=made, **names):
        return []
    return [
        f"Batch {found['batch']} has changed since evaluation {found['name']} was made; the "
        "reference is what the batch holds now."
    ]


def _training_changes(warehouse: Warehouse, version: Row) -> list[str]:
    """Return a sentence for every training batch that is not what the version was trained on."""
    query = "select batch, fingerprint from batches where dataset = $dataset"
    rows = warehouse.read(query, dataset=version["dataset"])
    today = {row["batch"]: row["fingerprint"] for row in rows}
    then = zip(version["train_batches"], version["train_fingerprints"], strict=True)
    return [
        f"Training batch {batch} has changed since version {version['model_version']} was "
        "trained, and with it the reference; train again."
        for batch, fingerprint in then
        if today.get(batch) != fingerprint
    ]


def batch_of(warehouse: Warehouse, version: Row, reference: Reference) -> str:
    """Return the batch that the reference's records are in; raises as `evaluation` does."""
    if reference.batch is not None:
        return reference.batch
    return str(evaluation(warehouse, version, str(reference.evaluation))["batch"])


def stores_measured_against(
    warehouse: Warehouse, config: Config, dataset: str, batch: str
) -> list[str]:
    """Return the stores that mlmon.yml measures against records of this batch."""
    return [
        name
        for name, section in config.stores.items()
        if section.reference is not None
        and config.models[section.model].dataset == dataset
        and _lies_in(warehouse, {"model": section.model, "dataset": dataset}, section.reference)
        == batch
    ]


def _lies_in(warehouse: Warehouse, version: Row, reference: Reference) -> str | None:
    try:
        return batch_of(warehouse, version, reference)
    except MlmonError:  # names no evaluation: whoever evaluates is told so
        return None


def _mine(version: Row, found: Sequence[Row]) -> list[Row]:
    """Return the evaluations of the version's model and dataset."""
    names = ("model", "dataset")
    return [row for row in found if all(row[name] == version[name] for name in names)]
