"""What a version said about records, as the rows of `predictions` and `class_probabilities`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from mlmon.models import features
from mlmon.models.pipeline import Fitted
from mlmon.models.records import TASKS
from mlmon.models.versions import Version
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
