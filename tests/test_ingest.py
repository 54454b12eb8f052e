"""Files and frames become batches, whole or not at all; a mistake is one line with its place."""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from shop import HEADER, dataset, edit, orders, write

import mlmon
from mlmon.config import Config
from mlmon.errors import BatchNotFound, SourceError, WarehouseLocked
from mlmon.ingest import delete_batch, ingest, ingest_frame
from mlmon.warehouse.warehouse import Row, Warehouse

BY_FILE = 'path: "landing/orders_{batch}.csv", key: id, time: day'
GOOD = ["1,2024-01-01,10.5,book,kept", "2,2024-01-02,20.25,toy,back", "3,2024-01-03,,shoe,kept"]
NEXT = ["4,2024-02-01,11.5,book,kept", "5,2024-02-02,21.25,toy,back", "6,2024-02-03,7,shoe,kept"]


@pytest.fixture(scope="module")
def with_views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse without any batch whose views are made already, which takes two seconds."""
    folder = tmp_path_factory.mktemp("views")
    write(folder, "01", GOOD)
    with Warehouse(folder / "mlmon.duckdb") as opened:
        config = dataset(folder, BY_FILE)
        ingest(opened, config, "orders")
        delete_batch(opened, config, "orders", "01")
        opened.write("drop table orders")
    return folder / "mlmon.duckdb"


@pytest.fixture
def warehouse(with_views: Path, tmp_path: Path) -> Iterator[Warehouse]:
    with Warehouse(Path(shutil.copy(with_views, tmp_path))) as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return dataset(tmp_path, BY_FILE)


def contents(warehouse: Warehouse) -> dict[str, list[Row]]:
    """Return every row of every table, and no relation is left over from the work."""
    query = "select table_name from duckdb_tables() where not internal order by all"
    names = [row["table_name"] for row in warehouse.read(query)]
    return {name: warehouse.read(f'from "{name}" order by all') for name in names}


def the_error(warehouse: Warehouse, config: Config, name: str = "orders") -> str:
    """Return the one line that refuses a file; nothing of it was written."""
    before = contents(warehouse)
    with pytest.raises(SourceError) as caught:
        ingest(warehouse, config, name)
    assert contents(warehouse) == before
    assert caught.value.exit_code == 3
    message = str(caught.value)
    assert "\n" not in message
    return message


# What a batch is -------------------------------------------------------------


def test_a_file_is_a_batch(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    assert ingest(warehouse, config, "orders") == ["01"]
    assert warehouse.columns("orders") == {
        "batch": "VARCHAR",
        "id": "BIGINT",
        "day": "TIMESTAMP",
        "amount": "DOUBLE",
        "kind": "VARCHAR",
        "returned": "VARCHAR",
    }
    (batch,) = warehouse.read("from batches")
    assert (batch["dataset"], batch["batch"], batch["rows"]) == ("orders", "01", 3)
    assert batch["source"] == "orders_01.csv"
    assert (str(batch["starts_at"]), str(batch["ends_at"])) == (
        "2024-01-01 00:00:00",
        "2024-01-03 00:00:00",
    )
    assert warehouse.value("select amount from orders where id = 3") is None


def test_the_same_file_again_changes_nothing(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    ingest(warehouse, config, "orders")
    before = contents(warehouse)
    assert ingest(warehouse, config, "orders") == []
    assert contents(warehouse) == before


def test_only_the_batches_asked_for(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    write(tmp_path, "02", NEXT)
    assert ingest(warehouse, config, "orders", ["02"]) == ["02"]
    assert ingest(warehouse, config, "orders") == ["01"]
    with pytest.raises(BatchNotFound, match="no file for batch 03"):
        ingest(warehouse, config, "orders", ["03"])


def predict(warehouse: Warehouse, batch: str, *records: str) -> None:
    row = {"model": "returns", "model_version": 1, "dataset": "orders", "batch": batch}
    warehouse.append("predictions", [{**row, "record_id": record} for record in records])
    probable = {**row, "record_id": records[0], "class": "kept", "probability": 1.0}
    warehouse.append("class_probabilities", [probable])


def test_a_changed_file_replaces_its_batch_and_its_predictions(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    write(tmp_path, "02", NEXT)
    ingest(warehouse, config, "orders")
    predict(warehouse, "01", "1", "2")
    predict(warehouse, "02", "4")
    write(tmp_path, "01", [*GOOD[:1], "9,2024-01-09,1,toy,kept"])
    assert ingest(warehouse, config, "orders") == ["01"]
    assert warehouse.read("select id from orders order by id") == [
        {"id": key} for key in (1, 4, 5, 6, 9)
    ]
    assert warehouse.value("select rows from batches where batch = '01'") == 2
    assert warehouse.value("select list(record_id order by 1) from predictions") == ["4"]
    assert warehouse.value("select list(batch) from class_probabilities") == ["02"]


def test_a_changed_file_that_is_wrong_leaves_its_batch(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    ingest(warehouse, config, "orders")
    predict(warehouse, "01", "1")
    write(tmp_path, "01", [GOOD[0], "2,2024-01-02,much,toy,back"])
    assert "row 3, column amount" in the_error(warehouse, config)


def test_a_batch_can_be_deleted(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    write(tmp_path, "02", NEXT)
    ingest(warehouse, config, "orders")
    predict(warehouse, "01", "1")
    delete_batch(warehouse, config, "orders", "01")
    assert warehouse.value("select list(distinct batch) from orders") == ["02"]
    assert warehouse.value("select list(batch) from batches") == ["02"]
    assert warehouse.value("select count(*) from predictions") == 0
    with pytest.raises(BatchNotFound, match="no batch 01"):
        delete_batch(warehouse, config, "orders", "01")


# The ways to say what a batch is ---------------------------------------------


def test_batches_by_time(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "landing/*.csv", key: id, batches: {time: day, every: month}')
    write(tmp_path, "all", [*GOOD, *NEXT])
    assert ingest(warehouse, config, "orders") == ["2024-01", "2024-02"]
    assert ingest(warehouse, config, "orders") == []
    write(tmp_path, "all", [*GOOD, *NEXT[:2]])
    assert ingest(warehouse, config, "orders") == ["2024-02"]
    assert warehouse.value("select list(rows order by batch) from batches") == [3, 2]


@pytest.mark.parametrize(
    ("every", "names"),
    [
        ("hour", ["2024-01-01T00", "2024-01-02T00", "2024-01-03T00"]),
        ("day", ["2024-01-01", "2024-01-02", "2024-01-03"]),
        ("week", ["2024-W01"]),
        ("year", ["2024"]),
    ],
)
def test_names_of_periods(warehouse, tmp_path, every, names):
    batches = f"batches: {{time: day, every: {every}}}"
    config = dataset(tmp_path, f'path: "landing/*.csv", key: id, {batches}')
    write(tmp_path, "all", GOOD)
    assert ingest(warehouse, config, "orders") == names


def test_a_record_without_a_time_has_no_batch(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "landing/*.csv", key: id, batches: {time: day, every: day}')
    write(tmp_path, "all", [*GOOD, "4,,1,toy,kept"])
    assert "column day: a record without a time" in the_error(warehouse, config)


def test_batches_by_rows(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "landing/*.csv", key: id, batches: {rows: 2}')
    write(tmp_path, "01", GOOD)
    write(tmp_path, "02", NEXT[:2])
    assert ingest(warehouse, config, "orders") == ["000001", "000002", "000003"]
    assert warehouse.value("select list(rows order by batch) from batches") == [2, 2, 1]
    assert ingest(warehouse, config, "orders") == []
    write(tmp_path, "03", NEXT[2:])
    assert ingest(warehouse, config, "orders") == ["000003"]
    assert warehouse.value("select count(*) from orders") == 6


def test_files_of_a_glob_are_batches_by_their_names(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "landing/*.csv", key: id')
    write(tmp_path, "01", GOOD)
    write(tmp_path, "02", NEXT)
    assert ingest(warehouse, config, "orders") == ["orders_01", "orders_02"]


def test_no_file(warehouse, config):
    assert "no file matches landing/orders_{batch}.csv" in the_error(warehouse, config)


# Formats ---------------------------------------------------------------------


def same_rows(warehouse: Warehouse, config: Config) -> None:
    """The batch 01 holds the three good orders, whatever they came as."""
    assert ingest(warehouse, config, "orders") == ["01"]
    rows = warehouse.read(
        "select id, day::date::varchar as day, amount, kind from orders order by id"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, "2024-01-01", 10.5, "book"),
        (2, "2024-01-02", 20.25, "toy"),
        (3, "2024-01-03", None, "shoe"),
    ]


def frame() -> pd.DataFrame:
    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"])
    columns = {"id": [1, 2, 3], "day": days, "amount": [10.5, 20.25, None]}
    return pd.DataFrame(columns | {"kind": ["book", "toy", "shoe"]})


def test_compressed_text(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "orders_{batch}.csv.gz", key: id, time: day')
    text = "\n".join([HEADER, *GOOD])
    (tmp_path / "orders_01.csv.gz").write_bytes(gzip.compress(text.encode()))
    same_rows(warehouse, config)


def test_tabs_and_quotes(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "orders_{batch}.tsv", key: id, time: day')
    lines = [line.replace(",", "\t") for line in [HEADER, *GOOD]]
    (tmp_path / "orders_01.tsv").write_text("\n".join(lines).replace("book", '"book"'))
    same_rows(warehouse, config)


def test_parquet(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "orders_{batch}.parquet", key: id, time: day')
    frame().to_parquet(tmp_path / "orders_01.parquet")
    same_rows(warehouse, config)


def test_json_lines(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "orders_{batch}.jsonl", key: id, time: day')
    text = frame().to_json(orient="records", lines=True, date_format="iso")
    (tmp_path / "orders_01.jsonl").write_text(text)
    same_rows(warehouse, config)


@pytest.mark.parametrize(
    "made",
    [frame, lambda: pa.Table.from_pandas(frame()), lambda: frame().convert_dtypes()],
    ids=["pandas", "arrow", "pandas nullable"],
)
def test_frames(warehouse, config, made):
    assert ingest_frame(warehouse, config, "orders", made(), "01") == ["01"]
    assert ingest_frame(warehouse, config, "orders", made(), "01") == []
    assert warehouse.value("select source from batches") == "frame 01"
    rows = warehouse.read("select id, amount, kind from orders order by id")
    assert [tuple(row.values()) for row in rows] == [
        (1, 10.5, "book"),
        (2, 20.25, "toy"),
        (3, None, "shoe"),
    ]


def test_a_frame_after_a_file_is_cast_to_the_schema(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    ingest(warehouse, config, "orders")
    before = warehouse.columns("orders")
    later = pd.DataFrame(
        {
            "id": ["7", "8"],
            "day": ["2024-03-01", "2024-03-02"],
            "amount": [1, 2],
            "kind": [None, "toy"],
            "returned": ["kept", float("nan")],
        }
    )
    assert ingest_frame(warehouse, config, "orders", later, "03") == ["03"]
    assert warehouse.columns("orders") == before
    rows = warehouse.read("select id, amount, kind, returned from orders where batch = '03'")
    assert [tuple(row.values()) for row in rows] == [
        (7, 1.0, None, "kept"),
        (8, 2.0, "toy", None),
    ]


def test_a_frame_needs_a_batch(warehouse, config):
    with pytest.raises(SourceError, match="needs `batch=`"):
        ingest_frame(warehouse, config, "orders", frame())


def test_a_frame_with_a_mistake(warehouse, config):
    wrong = frame().assign(id=[1, 2, 2])
    with pytest.raises(SourceError, match="frame 01: row 3, column id: key 2 stands there twice"):
        ingest_frame(warehouse, config, "orders", wrong, "01")
    assert not warehouse.has("orders")


# Types -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "2"), "BIGINT"),
        (("1", "2.5"), "DOUBLE"),
        (("1", ""), "BIGINT"),
        (("007", "8"), "VARCHAR"),
        (("12345678901234567890123", "1"), "VARCHAR"),
        (("2017_01", "2017_02"), "VARCHAR"),
        (("-1.5e-3", "+.5"), "DOUBLE"),
        (("true", "FALSE"), "BOOLEAN"),
        (("yes", "no"), "VARCHAR"),
        (("Y", "N"), "VARCHAR"),
        (("2024-01-31", "2024-02-01"), "DATE"),
        (("2024-01-31 10:00", "2024-02-01 11:30:00"), "TIMESTAMP"),
        (("2024-01-31 00:00:00", "2024-02-01"), "TIMESTAMP"),
        (("", ""), "VARCHAR"),
    ],
)
def test_a_column_has_the_narrowest_type_that_loses_nothing(warehouse, tmp_path, values, kind):
    config = dataset(tmp_path, 'path: "landing/orders_{batch}.csv", key: id')
    write(tmp_path, "01", [f"{key},{value}" for key, value in enumerate(values)], "id,what")
    ingest(warehouse, config, "orders")
    assert warehouse.columns("orders")["what"] == kind


# Mistakes --------------------------------------------------------------------


FAULTS = {
    "a missing column": (
        "id,day,kind,returned\n4,2024-02-01,toy,kept\n",
        "column amount is missing",
    ),
    "an extra column": (f"{HEADER},colour\n{NEXT[0]},red\n", "column colour is not in orders"),
    "text for a number": (
        f"{HEADER}\n{NEXT[0]}\n5,2024-02-02,dear,toy,back\n",
        "row 3, column amount: 'dear' is not DOUBLE",
    ),
    "a fraction for a whole number": (
        f"{HEADER}\n4.5,2024-02-02,1,toy,back\n",
        "row 2, column id: '4.5' is not BIGINT",
    ),
    "a day that is none": (
        f"{HEADER}\n{NEXT[0]}\n{NEXT[1]}\n6,2024-02-30,1,toy,back\n",
        "row 4, column day: '2024-02-30' is not TIMESTAMP",
    ),
    "a key twice": (
        f"{HEADER}\n{NEXT[0]}\n{NEXT[1]}\n{NEXT[0]}\n",
        "row 4, column id: key 4 stands there twice",
    ),
    "a key of another batch": (
        f"{HEADER}\n{NEXT[0]}\n{GOOD[1]}\n",
        "row 3, column id: key 2 is in batch 01 already",
    ),
    "no key": (
        f"{HEADER}\n{NEXT[0]}\n,2024-02-02,1,toy,back\n",
        "row 3, column id: the key is missing",
    ),
    "an empty file": ("", "the file is empty"),
    "a header only": (f"{HEADER}\n", "no records"),
    "a value too many": (f"{HEADER}\n{NEXT[0]}\n{NEXT[1]},extra\n", "row 3"),
    "a value too few": (f"{HEADER}\n{NEXT[0]}\n5,2024-02-02\n", "row 3"),
    "an open quote": (f'{HEADER}\n{NEXT[0]}\n5,2024-02-02,1,"toy,back\n', "row 3"),
}


@pytest.mark.parametrize(("text", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_one_line_with_its_place(warehouse, config, tmp_path, text, words):
    write(tmp_path, "01", GOOD)
    ingest(warehouse, config, "orders")
    (tmp_path / "landing/orders_02.csv").write_text(text)
    message = the_error(warehouse, config)
    assert message.startswith("orders_02.csv: ")
    assert words in message


@pytest.mark.parametrize(
    "name",
    [
        "a day that is none",
        "a key twice",
        "no key",
        "an empty file",
        "a header only",
        "a value too many",
        "a value too few",
        "an open quote",
    ],
)
def test_a_fault_in_the_very_first_file_leaves_no_table(warehouse, config, tmp_path, name):
    text, _ = FAULTS[name]
    write(tmp_path, "02", [])
    (tmp_path / "landing/orders_02.csv").write_text(text)
    assert the_error(warehouse, config).startswith("orders_02.csv: ")
    assert not warehouse.has("orders")


@pytest.mark.parametrize(
    ("header", "words"),
    [("id,day,ID", "column ID stands there twice"), ("id,,day", "column 2 has no name")],
)
def test_a_faulty_header(warehouse, config, tmp_path, header, words):
    write(tmp_path, "01", ["1,2024-01-01,2"], header)
    assert the_error(warehouse, config) == f"orders_01.csv: row 1: {words}"


def test_semicolons(warehouse, config, tmp_path):
    lines = [line.replace(",", ";") for line in [HEADER, *GOOD]]
    write(tmp_path, "01", lines[1:], lines[0])
    same_rows(warehouse, config)


def test_wrong_encoding(warehouse, config, tmp_path):
    path = write(tmp_path, "01", GOOD)
    path.write_bytes(path.read_bytes().replace(b"shoe", "Schläppchen".encode("latin-1")))
    assert "orders_01.csv: row 4, byte" in (message := the_error(warehouse, config))
    assert "UTF-8" in message


def test_a_byte_order_mark_is_no_fault(warehouse, config, tmp_path):
    path = write(tmp_path, "01", GOOD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    same_rows(warehouse, config)


def test_line_ends_of_windows(warehouse, config, tmp_path):
    path = write(tmp_path, "01", GOOD)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    same_rows(warehouse, config)


def test_a_broken_archive(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "orders_{batch}.csv.gz", key: id')
    whole = gzip.compress("\n".join([HEADER, *orders("2024_01")]).encode())
    (tmp_path / "orders_01.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert the_error(warehouse, config).startswith("orders_01.csv.gz: cannot be read: ")


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_a_file_that_is_not_what_its_ending_says(warehouse, tmp_path, ending):
    config = dataset(tmp_path, f'path: "orders_{{batch}}.{ending}", key: id')
    (tmp_path / f"orders_01.{ending}").write_text("this is neither\n")
    assert the_error(warehouse, config).startswith(f"orders_01.{ending}: ")


def test_an_unknown_ending(warehouse, tmp_path):
    config = dataset(tmp_path, 'path: "orders_{batch}.xlsx", key: id')
    (tmp_path / "orders_01.xlsx").write_text("x")
    assert "reads csv, json lines and parquet" in the_error(warehouse, config)


def test_extra_columns_can_be_ignored(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    ingest(warehouse, config, "orders")
    write(tmp_path, "02", [f"{line},red" for line in NEXT], f"{HEADER},colour")
    tolerant = dataset(tmp_path, f"{BY_FILE}, ignore_extra_columns: true")
    assert ingest(warehouse, tolerant, "orders") == ["02"]
    assert "colour" not in warehouse.columns("orders")


def test_columns_may_stand_in_another_order(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD)
    ingest(warehouse, config, "orders")
    turned = [",".join(reversed(line.split(","))) for line in [HEADER, *NEXT]]
    write(tmp_path, "02", turned[1:], turned[0])
    assert ingest(warehouse, config, "orders") == ["02"]
    assert warehouse.value("select kind from orders where id = 5") == "toy"


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ('path: "landing/*.csv", key: number', "column number is missing; it is the dataset's key"),
        (
            'path: "landing/*.csv", key: id, time: hour',
            "column hour is missing; it is the dataset's time",
        ),
        ('path: "landing/*.csv", key: id, time: kind', "column kind is VARCHAR, not a date"),
    ],
)
def test_the_key_and_the_time_must_be_there(warehouse, tmp_path, section, words):
    write(tmp_path, "01", GOOD)
    assert words in the_error(warehouse, dataset(tmp_path, section))
    assert not warehouse.has("orders")


def test_a_column_called_batch_is_refused(warehouse, config, tmp_path):
    write(tmp_path, "01", GOOD, HEADER.replace("kind", "Batch"))
    assert "column batch is mlmon's own" in the_error(warehouse, config)


# Two processes ---------------------------------------------------------------


HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"


def test_a_locked_warehouse_names_the_process(shop):
    edit(shop, "project: shop", "project: shop\nlock_wait: 0")
    path = shop / "warehouse/mlmon.duckdb"
    path.parent.mkdir()
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(
            WarehouseLocked, match=rf"held by process {holder.pid}\b.*; wait"
        ) as caught:
            mlmon.open(shop)
        assert "\n" not in str(caught.value)
        holder.communicate("\n")


def test_a_file_that_is_no_warehouse(shop):
    path: Any = shop / "warehouse/mlmon.duckdb"
    path.parent.mkdir()
    path.write_text("this is no database")
    with pytest.raises(mlmon.MlmonError, match=r"mlmon\.duckdb cannot be opened"):
        mlmon.open(shop)
    path.unlink()
    duckdb.connect(str(path)).close()
    with pytest.raises(mlmon.MlmonError, match="not an mlmon warehouse"):
        mlmon.open(shop, read_only=True)
