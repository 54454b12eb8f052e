"""What a version said about records, and which records it has said nothing about yet."""

from typing import Any

import numpy as np
import pyarrow as pa

from mlmon import features, versions
from mlmon.fitted import Fitted
from mlmon.warehouse import Row, Warehouse, now


def tables(
    identity: Row, dataset: str, fitted: Fitted, rows: Any, outputs: Row
) -> dict[str, pa.Table]:
    """Return, by table, the Arrow rows to insert for `_record_id` and `_batch` of some records."""
    records, batches = list(rows["_record_id"]), list(rows["_batch"])
    said = _table(identity, dataset, batches, records) | {
        "prediction": pa.array(outputs["prediction"], pa.string()),
        "score": pa.array(outputs["score"]),
        "scored_at": pa.array([now()] * len(records), pa.timestamp("us")),
    }
    found = {"predictions": pa.table(said)}
    if fitted.task == "multiclass":
        width = len(fitted.classes)
        repeated = _table(
            identity, dataset, list(np.repeat(batches, width)), list(np.repeat(records, width))
        )
        repeated |= {
            "class": pa.array(list(fitted.classes) * len(records), pa.string()),
            "probability": pa.array(outputs["probabilities"].ravel()),
        }
        found["class_probabilities"] = pa.table(repeated)
    return found


def _table(identity: Row, dataset: str, batches: list[str], records: list[str]) -> dict[str, Any]:
    n = len(records)
    return {
        "model": pa.array([identity["model"]] * n, pa.string()),
        "model_version": pa.array([identity["model_version"]] * n, pa.int32()),
        "dataset": pa.array([dataset] * n, pa.string()),
        "batch": pa.array(batches, pa.string()),
        "record_id": pa.array(records, pa.string()),
    }


def unscored_rows(warehouse: Warehouse, version: Row, batch: str) -> Any:
    """Return the records of a batch that the version has not scored, as the model sees them."""
    table = warehouse.ibis.table(version["dataset"])
    rows = features.model_rows(table, versions.source(version))
    said = warehouse.ibis.table("predictions")
    mine = said.filter(
        said.model == version["model"], said.model_version == version["model_version"]
    )
    wanted = rows.filter(rows["_batch"] == batch)
    return wanted.anti_join(mine, wanted["_record_id"] == mine.record_id)
