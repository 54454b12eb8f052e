"""Samples: sets of records given by a rule, with the settings that they are measured by."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mlmon.config import Model, Store
from mlmon.models.records import cutoff
from mlmon.models.versions import Version
from mlmon.sources.batches import Batch
from mlmon.system import fingerprints
from mlmon.warehouse.rows import OfRow
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse, now

Batches = Mapping[str, Batch]  # those of the version's dataset, by name


@dataclass(frozen=True)
class Sample(OfRow):
    """A set of records, given by a rule, as table `samples` has it: what every metric measures."""

    sample_id: str
    model: str
    model_version: int
    role: str  # reference: the test part of the training; evaluation: what a store draws
    dataset: str
    batch: str | None  # None of several
    batches: list[str]
    segment: str | None
    rows: int  # 0 until they are counted
    total_rows: int  # of the batches
    method: str
    seed: int
    fraction: float
    cutoff: str
    has_performance: bool
    lift_at: float
    gain_tp: float
    gain_fp: float
    gain_fn: float
    gain_tn: float
    created_at: datetime


def reference(model: Model, version: Version, existing: Batches) -> Sample:
    """Return a version's reference sample: the test part of its training batches."""
    rule = {"method": "ratio", "fraction": version.test_size, "seed": version.seed}
    batches = version.train_batches
    return _sample(model, version, existing, "reference", batches, has_performance=True, **rule)


def drawn(
    warehouse: Warehouse,
    model: Model,
    version: Version,
    section: Store,
    existing: Batches,
    batch: str,
) -> Sample:
    """Return the sample that a store's sampling draws from a batch."""
    sampling, rows = section.sampling, section.sampling.rows or 0
    rule: dict[str, Any] = {"method": sampling.method, "seed": sampling.seed}
    if sampling.method == "all":
        rule["fraction"] = 1.0
    elif sampling.method == "ratio":
        rule["fraction"] = sampling.ratio
    else:
        rule["fraction"] = min(1.0, rows / max(_total(existing, [batch]), 1))
    if sampling.method == "fixed":
        rule["cutoff"] = _hash_at(warehouse, version, batch, sampling.seed, rows)
    performance = section.performance
    return _sample(
        model, version, existing, "evaluation", [batch], has_performance=performance, **rule
    )


def drawn_as(
    warehouse: Warehouse,
    model: Model,
    version: Version,
    section: Store,
    existing: Batches,
    sample_id: str,
) -> Sample:
    """Return the same records as another sample's, for this version and store."""
    names = ("method", "seed", "fraction", "cutoff", "batches")
    other = warehouse.one("from samples where sample_id = $id", id=sample_id) or {}
    rule = {name: other[name] for name in names}
    batches, performance = rule.pop("batches"), section.performance
    return _sample(
        model, version, existing, "evaluation", batches, has_performance=performance, **rule
    )


def store(warehouse: Warehouse, sample: Sample) -> Sample:
    """The sample is in the warehouse, its records counted; return it as it is there."""
    row = warehouse.one("from samples where sample_id = $id", id=sample.sample_id)
    if row:
        return Sample.of(row)
    warehouse.append("samples", [sample.row])
    count = "select count(*) from sample_records where sample_id = $id"
    rows = warehouse.value(count, id=sample.sample_id)
    warehouse.write(
        "update samples set rows = $rows where sample_id = $id", rows=rows, id=sample.sample_id
    )
    return replace(sample, rows=rows)


def _hash_at(warehouse: Warehouse, version: Version, batch: str, seed: int, rows: int) -> str:
    """Return the cutoff below which exactly `rows` records sort, unless hashes are equal."""
    query = (
        f"select md5($seed || ':' || {quoted(version.key)}::varchar)[:8] as hash"
        f" from {quoted(version.dataset)}"
        " where batch = $batch order by hash limit 1 offset $rows"
    )
    return warehouse.value(query, seed=str(seed), batch=batch, rows=rows) or cutoff(1.0)


def _total(existing: Batches, batches: Iterable[str]) -> int:
    return sum(existing[name].rows for name in {*batches} & {*existing})


def _sample(
    model: Model,
    version: Version,
    existing: Batches,
    role: str,
    batches: Sequence[str],
    **rule: Any,
) -> Sample:
    """Return a sample whose id takes in the rule, the settings and what the batches hold."""
    matrix = model.cost_matrix
    row = {
        "model": version.model,
        "model_version": version.model_version,
        "role": role,
        "dataset": version.dataset,
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
    contents = [
        {"batch": name, "fingerprint": existing[name].fingerprint}
        for name in sorted({*batches} & {*existing})
    ]
    identity = json.dumps([row, contents], sort_keys=True)
    return Sample(
        sample_id=fingerprints.of(identity),
        segment=None,
        rows=0,
        total_rows=_total(existing, batches),
        created_at=now(),
        **row,
    )
