"""Score: a version says what it thinks of every record of a batch."""

from collections.abc import Iterator
from typing import Any

from mlmon.config import Config
from mlmon.models import numerals, predictions, unscored
from mlmon.models.pipeline import load
from mlmon.models.versions import Version
from mlmon.sources import batches
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.warehouse import Warehouse

ROWS = 50_000  # records in memory at a time; smaller is slower, larger only bigger


def score(warehouse: Warehouse, config: Config, version: Version, batch: str) -> int:
    """Score a batch with a version of its model; return how many records.

    Writes `predictions`, for multiclass `class_probabilities` too. Records already scored by
    this version are left alone. Raises BatchNotFound, SourceError, ArtifactError.
    """
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    if not warehouse.one(known, dataset=version.dataset, batch=batch):
        raise batches.no_batch(warehouse, config, version.dataset, batch)
    total = unscored.of_batch(warehouse, version, batch)
    if total:
        numerals.check_records(warehouse, version.source, [batch])
        with warehouse.transaction():
            _score(warehouse, config, version, batch, total)
    return total


def _score(warehouse: Warehouse, config: Config, version: Version, batch: str, total: int) -> None:
    fitted = load(config, version)
    query = sql_of(predictions.unscored_rows(warehouse, version, batch))
    for frame in _frames(warehouse, query, total):
        outputs = fitted.predict(frame)
        for table, rows in predictions.tables(version, fitted, frame, outputs).items():
            warehouse.insert(table, rows)


def _frames(warehouse: Warehouse, query: str, total: int) -> Iterator[Any]:
    """Yield the rows of a query as pandas frames, set aside first: inserts go on meanwhile."""
    rows = f"select *, row_number() over () as _row from ({query})"
    warehouse.create("temp table", "mlmon_unscored", rows)
    try:
        for start in range(0, total, ROWS):
            page = f"from mlmon_unscored where _row > {start} and _row <= {start + ROWS}"
            yield warehouse.frame(page)
    finally:
        warehouse.drop("table", "mlmon_unscored")
