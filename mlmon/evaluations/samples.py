"""Samples: sets of records given by a rule, with the settings that they are measured by."""

import json
from collections.abc import Sequence
from typing import Any

from mlmon.config import Model, Store
from mlmon.models.records import cutoff
from mlmon.system import fingerprints
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Row, Warehouse, now


def reference(warehouse: Warehouse, model: Model, version: Row) -> Row:
    """Return the row of a version's reference sample: the test part of its training batches."""
    rule = {"method": "ratio", "fraction": version["test_size"], "seed": version["seed"]}
    batches = version["train_batches"]
    return _row(warehouse, model, version, "reference", batches, has_performance=True, **rule)


def drawn(warehouse: Warehouse, model: Model, version: Row, section: Store, batch: str) -> Row:
    """Return the row of the sample that a store's sampling draws from a batch."""
    sampling, rows = section.sampling, section.sampling.rows or 0
    total = _total(warehouse, version["dataset"], [batch])
    rule: Row = {"method": sampling.method, "seed": sampling.seed}
    if sampling.method == "all":
        rule["fraction"] = 1.0
    elif sampling.method == "ratio":
        rule["fraction"] = sampling.ratio
    else:
        rule["fraction"] = min(1.0, rows / max(total, 1))
    if sampling.method == "fixed":
        rule["cutoff"] = _hash_at(warehouse, version, batch, sampling.seed, rows)
    return _row(
        warehouse,
        model,
        version,
        "evaluation",
        [batch],
        has_performance=section.performance,
        **rule,
    )


def drawn_as(
    warehouse: Warehouse, model: Model, version: Row, section: Store, sample_id: str
) -> Row:
    """Return the row of the same records as another sample's, for this version and store."""
    names = ("method", "seed", "fraction", "cutoff")
    known = warehouse.one("from samples where sample_id = $id", id=sample_id) or {}
    rule = {name: known[name] for name in names}
    batches, performance = known["batches"], section.performance
    return _row(
        warehouse, model, version, "evaluation", batches, has_performance=performance, **rule
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


def _hash_at(warehouse: Warehouse, version: Row, batch: str, seed: int, rows: int) -> str:
    """Return the cutoff below which exactly `rows` records sort, unless hashes are equal."""
    query = (
        f"select md5($seed || ':' || {quoted(version['key'])}::varchar)[:8] as hash"
        f" from {quoted(version['dataset'])}"
        " where batch = $batch order by hash limit 1 offset $rows"
    )
    return warehouse.value(query, seed=str(seed), batch=batch, rows=rows) or cutoff(1.0)


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
    contents = warehouse.read(
        "select batch, fingerprint from batches where dataset = $dataset"
        " and list_contains($batches, batch) order by batch",
        dataset=version["dataset"],
        batches=list(batches),
    )
    matrix = model.cost_matrix
    row = {
        "model": version["model"],
        "model_version": version["model_version"],
        "role": role,
        "dataset": version["dataset"],
        "batch": batches[0] if len(batches) == 1 else None,
        "batches": list(batches),
        "cutoff": cutoff(rule["fraction"]),
        "lift_at": model.lift_at,
        "gain_tp": matrix.tp,
        "gain_fp": matrix.fp,
        "gain_fn": matrix.fn,
        "gain_tn": matrix.tn,
        **rule,
    }
    identity = json.dumps([row, contents], sort_keys=True)
    return {
        "sample_id": fingerprints.of(identity),
        "total_rows": _total(warehouse, version["dataset"], batches),
        "created_at": now(),
        **row,
    }
