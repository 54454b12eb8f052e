"""What a version said about records, and which records it has said nothing about yet."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from mlmon.models import features
from mlmon.models.pipeline import Fitted
from mlmon.models.records import TASKS
from mlmon.models.versions import Version
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse, now


def tables(
    version: Version, fitted: Fitted, rows: Any, outputs: Mapping[str, Any]
) -> dict[str, pa.Table]:
    """Return, by table, the Arrow rows to insert for `_record_id` and `_batch` of some records."""
    records, batches = list(rows["_record_id"]), list(rows["_batch"])
    said = _table(version, batches, records) | {
        "prediction": pa.array(outputs["prediction"], pa.string()),
        "score": pa.array(outputs["score"]),
        "scored_at": pa.array([now()] * len(records), pa.timestamp("us")),
    }
    found = {"predictions": pa.table(said)}
    if TASKS[fitted.task].has_class_scores:
        width = len(fitted.classes)
        repeated = _table(version, list(np.repeat(batches, width)), list(np.repeat(records, width)))
        repeated |= {
            "class": pa.array(list(fitted.classes) * len(records), pa.string()),
            "probability": pa.array(outputs["probabilities"].ravel()),
        }
        found["class_probabilities"] = pa.table(repeated)
    return found


def _table(version: Version, batches: list[str], records: list[str]) -> dict[str, Any]:
    n = len(records)
    return {
        "model": pa.array([version.model] * n, pa.string()),
        "model_version": pa.array([version.model_version] * n, pa.int32()),
        "dataset": pa.array([version.dataset] * n, pa.string()),
        "batch": pa.array(batches, pa.string()),
        "record_id": pa.array(records, pa.string()),
    }


def unscored_rows(warehouse: Warehouse, version: Version, batch: str) -> Any:
    """Return the records of a batch that the version has not scored, as the model sees them."""
    table = warehouse.ibis.table(version.dataset)
    rows = features.model_rows(table, version.source)
    said = warehouse.ibis.table("predictions")
    mine = said.filter(said.model == version.model, said.model_version == version.model_version)
    wanted = rows.filter(rows["_batch"] == batch)
    return wanted.anti_join(mine, wanted["_record_id"] == mine.record_id)


# ---- How many records a version has said nothing about yet


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
