"""Whatever happened to a file: taken whole, or refused in one line and nothing half written."""

import csv
import gzip
import io
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import mutations
import pytest
from shop import dataset

from mlmon.config import Config
from mlmon.errors import SourceError, printable
from mlmon.ingest import delete_batch, ingest
from mlmon.warehouse.warehouse import Warehouse

SECTION = 'path: "in/{{batch}}.{}", key: id, time: day'
STATE = (
    "select (select count(*) from batches), (select md5(string_agg(b::varchar, '')) from batches b)"
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Warehouse]]:
    folder = tmp_path_factory.mktemp("mutations")
    (folder / "in").mkdir()
    with Warehouse(folder / "mlmon.duckdb", comments=False) as warehouse:
        yield folder, warehouse


def state(warehouse: Warehouse) -> list[object]:
    """Return what may not change when a file is refused."""
    query = "select table_name from duckdb_tables() where temporary or table_name = 'orders'"
    tables = warehouse.read(query)
    rows = warehouse.read("from orders order by all") if warehouse.has("orders") else []
    return [
        tables,
        rows,
        *warehouse.read("from batches order by all"),
        *warehouse.read("from source_files"),
    ]


def outcome(warehouse: Warehouse, config: Config, path: Path) -> str:
    """Return whether the file was taken or refused, having seen that it was done rightly."""
    before = state(warehouse)
    try:
        written = ingest(warehouse, config, "orders", ["02"])
    except SourceError as error:
        message = str(error)
        assert message.startswith(path.name), message
        assert len(message.splitlines()) == 1, message
        assert printable(message, len(message)) == message
        assert state(warehouse) == before, message
        return "refused"
    assert written == ["02"]
    rows = warehouse.value("select count(*) from orders where batch = '02'")
    assert rows == warehouse.value("select rows from batches where batch = '02'")
    if ".csv" in path.name:
        assert rows == records(path)
    return "taken"


def records(path: Path) -> int:
    """Return how many records Python's own reader finds in a text file."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    lines = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    return sum(1 for line in lines if line) - 1


@pytest.mark.parametrize("count", [120, pytest.param(2000, marks=pytest.mark.slow)])
def test_mutated_files(opened, count):
    folder, warehouse = opened
    counts: Counter[tuple[str, str, str]] = Counter()
    chance = random.Random(count)
    for when in ("first", "later"):
        for ending in mutations.ENDINGS:
            config = dataset(folder, SECTION.format(ending))
            if when == "later":
                (folder / f"in/01.{ending}").write_bytes(mutations.good(ending, 1))
                assert ingest(warehouse, config, "orders", ["01"]) == ["01"]
            path, content = folder / f"in/02.{ending}", mutations.good(ending, 1000)
            for _ in range(count // 8):
                path.write_bytes(mutations.mutated(chance, ending, content))
                result = outcome(warehouse, config, path)
                counts[when, ending, result] += 1
                if result == "taken":
                    delete_batch(warehouse, config, "orders", "02")
                    if when == "first":
                        warehouse.write("drop table orders")
            path.unlink()
            if when == "later":
                delete_batch(warehouse, config, "orders", "01")
                warehouse.write("drop table orders")
                (folder / f"in/01.{ending}").unlink()
    print(f"\n{sum(counts.values())} mutated files")
    for (when, ending, result), n in sorted(counts.items()):
        print(f"  {when} {ending} {result}: {n}")
    assert sum(counts.values()) == count
