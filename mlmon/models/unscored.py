"""How many records a version has said nothing about yet; asked without loading ibis."""

from mlmon.models.versions import Version
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse


def of_batch(warehouse: Warehouse, version: Version, batch: str) -> int:
    """Return how many records of a batch the version has not scored."""
    query = (
        f"select count(*) from {quoted(version.dataset)} as records"
        " anti join predictions on predictions.model = $model"
        " and predictions.model_version = $version"
        f" and predictions.record_id = records.{quoted(version.key)}::varchar"
        " where records.batch = $batch"
    )
    named = {"model": version.model, "version": version.model_version, "batch": batch}
    return int(warehouse.value(query, **named))


def of_reference(warehouse: Warehouse, version: Version) -> dict[str, int]:
    """Return, by training batch, how many records of the reference the version has not scored.

    It has scored them all when it was trained; a batch that was replaced since needs it again.
    """
    if _all_as_trained(warehouse, version):
        return {}
    rows = warehouse.read(
        "select sample_records.batch, count(distinct sample_records.record_id) as missing"
        " from samples join sample_records using (sample_id)"
        " anti join predictions on predictions.model = samples.model"
        " and predictions.model_version = samples.model_version"
        " and predictions.record_id = sample_records.record_id"
        " where samples.role = 'reference' and samples.model = $model"
        " and samples.model_version = $version group by all order by all",
        model=version.model,
        version=version.model_version,
    )
    return {row["batch"]: row["missing"] for row in rows}


def _all_as_trained(warehouse: Warehouse, version: Version) -> bool:
    """Return whether the training's batches have as many predictions as the reference has records.

    Those of the reference are the only ones that training makes. A batch that is replaced loses
    its own and has all of its records scored again, so the hashes need not be looked at.
    """
    query = (
        "select count(*) = (select sum(rows) from samples where role = 'reference'"
        " and model = $model and model_version = $version)"
        " from predictions where model = $model and model_version = $version"
        " and list_contains($batches, batch)"
    )
    named = {"model": version.model, "version": version.model_version}
    return bool(warehouse.value(query, **named, batches=version.train_batches))
