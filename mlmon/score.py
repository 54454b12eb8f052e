"""Score: the active version says what it thinks of every record of a batch."""

from collections.abc import Iterator
from typing import Any

from mlmon.config import Config
from mlmon.models import numerals, predictions, versions
from mlmon.models.pipeline import load
from mlmon.sources import batches
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.warehouse import Row, Warehouse

ROWS = 50_000  # records in memory at a time; smaller is slower, larger only bigger


def score(
    warehouse: Warehouse, config: Config, name: str, batch: str, version: Row | None = None
) -> int:
    """Score a batch with the active version (or the given one); return how many records.

    Writes `predictions`, for multiclass `class_probabilities` too. Records already scored by
    this version are left alone. Raises ModelNotTrained, BatchNotFound, SourceError,
    ArtifactError.
    """
    version = version or versions.active(warehouse, name)
    dataset = version["dataset"]
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    if not warehouse.one(known, dataset=dataset, batch=batch):
        raise batches.no_batch(warehouse, config, dataset, batch)
    if not predictions.of_batch(warehouse, version, batch):
        return 0
    numerals.check_records(warehouse, versions.source(version), [batch])
    with warehouse.transaction():
        return _score(warehouse, config, version, batch)


def _score(warehouse: Warehouse, config: Config, version: Row, batch: str) -> int:
    fitted = load(config, version)
    query = sql_of(predictions.unscored_rows(warehouse, version, batch))
    done = 0
    for frame in _frames(warehouse, query):
        outputs = fitted.predict(frame)
        said = predictions.tables(version, version["dataset"], fitted, frame, outputs)
        for table, content in said.items():
            warehouse.insert(table, content)
        done += len(frame)
    return done


def _frames(warehouse: Warehouse, query: str) -> Iterator[Any]:
    """Yield the rows of a query as pandas frames, set aside first: inserts go on meanwhile."""
    warehouse.write(
        f"create or replace temp table mlmon_unscored as"
        f" select *, row_number() over () as _row from ({query})"
    )
    try:
        total = warehouse.value("select count(*) from mlmon_unscored")
        for start in range(0, total, ROWS):
            page = f"from mlmon_unscored where _row > {start} and _row <= {start + ROWS}"
            yield warehouse.frame(page)
    finally:
        warehouse.write("drop table if exists mlmon_unscored")
