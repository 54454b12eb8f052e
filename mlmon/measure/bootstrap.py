"""The bootstrap: intervals of performance metrics that have none of their own.

A sample is drawn again from itself, with replacement, many times; every draw is a sample like any
other, so the metric views measure it. The interval of a metric is between the quantiles of its
values (the percentile method; Efron and Tibshirani, An Introduction to the Bootstrap, 13.3).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from mlmon.measure import scores as score_profile
from mlmon.measure.bench import FLOORS, install, transfer
from mlmon.views import files
from mlmon.warehouse.warehouse import Warehouse

SEED = 1337
ROWS = 1_000_000  # drawn at a time
LEAST = 0.9  # of the draws in which a metric must be defined, to have an interval
RECORDS = (
    "create table scored_records as select d.sample_id, d.place::varchar as record_id, r.score,"
    " r.prediction, r.actual from draws as d inner join records as r on d.record = r.record"
)
PROBABILITIES = (
    "create table class_scores as select d.sample_id, d.place::varchar as record_id, p.class,"
    " p.probability from draws as d inner join probabilities as p on d.record = p.record"
)

Key = tuple[str, str | None]  # metric, feature


def intervals(
    measured: Warehouse, sample: str, metrics: Sequence[str], resamples: int, confidence: float
) -> dict[Key, tuple[float, float]]:
    """Return lower and upper ends by metric and feature, of a sample on the bench."""
    records = measured.arrow(
        "select row_number() over (order by record_id) - 1 as record, record_id, score, prediction,"
        " actual from scored_records where sample_id = $id",
        id=sample,
    )
    at_a_time = max(1, ROWS // max(1, len(records)))
    chance = np.random.default_rng(SEED)
    values: dict[Key, list[float]] = defaultdict(list)
    for start in range(0, resamples, at_a_time):
        count = min(at_a_time, resamples - start)
        draws = chance.integers(0, max(1, len(records)), (count, len(records)))
        for key, found in _values(measured, sample, records, draws, metrics).items():
            values[key] += found
    tail = (1 - confidence) / 2
    ends = {
        key: np.quantile(found, [tail, 1 - tail])
        for key, found in values.items()
        if len(found) >= LEAST * resamples
    }
    return {key: (float(lower), float(upper)) for key, (lower, upper) in ends.items()}


def _values(
    measured: Warehouse,
    sample: str,
    records: pa.Table,
    draws: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    metrics: Sequence[str],
) -> Mapping[Key, list[float]]:
    """Return the metrics' defined values over some draws."""
    values: dict[Key, list[float]] = defaultdict(list)
    with Warehouse.scratch() as made:
        transfer(measured, made, "model_versions", "from model_versions")
        made.load("records", records)
        made.load("draws", _drawn(draws))
        settings = "select * replace ($name as sample_id) from samples where sample_id = $id"
        for place in range(len(draws)):
            transfer(measured, made, "samples", settings, id=sample, name=str(place))
        made.write(RECORDS)
        scores = "select record_id, class, probability from class_scores where sample_id = $id"
        made.load("said", measured.arrow(scores, id=sample))
        made.write("create table probabilities as from said inner join records using (record_id)")
        made.write(PROBABILITIES)
        score_profile.count(made)
        install(made, _needed(metrics), score_profile.COUNTED)
        for metric in metrics:
            feature = "feature" if "feature" in made.columns(metric) else "null"
            query = f"select {feature} as feature, value from {metric} where value is not null"
            for row in made.read(query):
                values[metric, row["feature"]].append(row["value"])
    return values


def _drawn(draws: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> pa.Table:
    """Return a row per drawn record: the sample it is drawn for, its place there, the record."""
    count, rows = draws.shape
    return pa.table(
        {
            "sample_id": pa.array(np.repeat(np.arange(count), rows)).cast(pa.string()),
            "place": np.tile(np.arange(rows), count),
            "record": draws.ravel(),
        }
    )


def _needed(metrics: Sequence[str]) -> list[files.View]:
    """Return the metrics' views and those of the bench's floors that they read."""
    known = {view.name: view for view in files.file_views() if view.floor in FLOORS}
    found: dict[str, files.View] = {}
    wanted = list(metrics)
    while wanted:
        name = wanted.pop()
        if name in known and name not in found:
            found[name] = known[name]
            wanted += known[name].reads
    return list(found.values())
