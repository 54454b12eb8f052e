"""Samples: sets of records given by a rule, with the settings that they are measured by."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from mlmon import features
from mlmon.config import Model, Sampling
from mlmon.warehouse import Row, Warehouse, now, quoted


def reference(warehouse: Warehouse, model: Model, version: Row) -> Row:
    """Return the row of a version's reference sample: the test part of its training batches."""
    return _row(
        warehouse,
        model,
        version,
        "reference",
        version["train_batches"],
        method="ratio",
        fraction=version["test_size"],
        seed=version["seed"],
    )


def drawn(
    warehouse: Warehouse, model: Model, version: Row, sampling: Sampling, batch: str, key: str
) -> Row:
    """Return the row of the sample that a store's sampling draws from a batch."""
    total = _total(warehouse, model.dataset, [batch])
    if sampling.method == "fixed":
        return _row(
            warehouse,
            model,
            version,
            "evaluation",
            [batch],
            method="fixed",
            seed=sampling.seed,
            **_exactly(warehouse, model.dataset, key, batch, sampling, total),
        )
    fraction = {
        "all": 1.0,
        "ratio": sampling.ratio,
        "random": (sampling.rows or 0) / max(total, 1),
    }[sampling.method]
    return _row(
        warehouse,
        model,
        version,
        "evaluation",
        [batch],
        method=sampling.method,
        fraction=min(1.0, float(fraction or 0)),
        seed=sampling.seed,
    )


def store(warehouse: Warehouse, row: Row) -> Row:
    """The sample is in the warehouse, its records counted; return its row."""
    known = warehouse.one("from samples where sample_id = $id", id=row["sample_id"])
    if known:
        return known
    warehouse.append("samples", [row])
    count = "select count(*) from sample_records where sample_id = $id"
    rows = warehouse.value(count, id=row["sample_id"])
    warehouse.write(
        "update samples set rows = $rows where sample_id = $id", rows=rows, id=row["sample_id"]
    )
    return {**row, "rows": rows}


def _exactly(
    warehouse: Warehouse, dataset: str, key: str, batch: str, sampling: Sampling, total: int
) -> dict[str, Any]:
    """Return fraction and cutoff that keep the `rows` records whose md5 sorts first."""
    query = (
        f"select md5($seed || ':' || {quoted(key)}::varchar)[:8] as hash from {quoted(dataset)}"
        " where batch = $batch order by hash limit 1 offset $rows"
    )
    rows = sampling.rows or 0
    after = warehouse.value(query, seed=str(sampling.seed), batch=batch, rows=rows)
    return {"fraction": min(1.0, rows / max(total, 1)), "cutoff": after or "g"}


def _total(warehouse: Warehouse, dataset: str, batches: Sequence[str]) -> int:
    query = "select sum(rows)::bigint from batches where dataset = $d and list_contains($b, batch)"
    return int(warehouse.value(query, d=dataset, b=list(batches)) or 0)


def _row(
    warehouse: Warehouse,
    model: Model,
    version: Row,
    role: str,
    batches: Sequence[str],
    **rule: Any,
) -> Row:
    fingerprints = warehouse.read(
        "select batch, fingerprint from batches where dataset = $dataset"
        " and list_contains($batches, batch) order by batch",
        dataset=model.dataset,
        batches=list(batches),
    )
    matrix = model.cost_matrix
    row = {
        "model": version["model"],
        "model_version": version["model_version"],
        "role": role,
        "dataset": model.dataset,
        "batch": batches[0] if len(batches) == 1 else None,
        "batches": list(batches),
        "cutoff": features.cutoff(rule["fraction"]),
        "lift_at": model.lift_at,
        "gain_tp": matrix.tp,
        "gain_fp": matrix.fp,
        "gain_fn": matrix.fn,
        "gain_tn": matrix.tn,
        **rule,
    }
    identity = json.dumps([row, fingerprints], sort_keys=True)
    return {
        "sample_id": hashlib.md5(identity.encode()).hexdigest(),
        "total_rows": _total(warehouse, model.dataset, batches),
        "created_at": now(),
        **row,
    }
