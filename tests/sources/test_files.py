"""The door for files: any name, the same bytes read and fingerprinted, any fault in one line."""

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shop import dataset

import mlmon
from mlmon.compare import measured as comparison
from mlmon.errors import SourceError, printable
from mlmon.ingest import ingest, ingest_frame
from mlmon.sources import files
from mlmon.warehouse.warehouse import Warehouse

Put = Callable[[Path], object]
IDS = pa.array([1, 2, 3])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose views are made, which takes a while, and without any dataset."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "a.csv").write_text("id\n1\n")
    with Warehouse(folder / "mlmon.duckdb", comments=False) as opened:
        ingest(opened, dataset(folder, "path: a.csv, key: id"), "orders")
        opened.write("drop table orders")
        opened.write("delete from batches")
        opened.write("delete from source_files")
    return folder / "mlmon.duckdb"


@pytest.fixture
def warehouse(empty: Path, tmp_path: Path) -> Iterator[Warehouse]:
    with Warehouse(Path(shutil.copy(empty, tmp_path / "mlmon.duckdb"))) as opened:
        yield opened


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# A3: names ----------------------------------------------------------------------

NAMES = {
    "q[a].csv": "qa.csv",
    "x*.csv": "xy.csv",
    "x?.csv": "xz.csv",
    "[!b].csv": "c.csv",
    "back\\slash.csv": "back/slash.csv",
    "quo'te\".csv": "quote.csv",
    "new\nline.csv": "newline.csv",
    "state=Ohio/~home.csv": "state=Ohio/home.csv",
    "**/deep.csv": "other/deep.csv",
}


@pytest.mark.parametrize(("name", "twin"), NAMES.items(), ids=map(repr, NAMES))
def test_a3_a_file_is_read_by_its_own_name(warehouse, tmp_path, name, twin):
    folder = tmp_path / "pro[1]j*?"
    put(folder / "pro1jxx.csv", "id,v\n9,9\n")
    put(folder / "in" / twin, "id,v,other\n1,twin,2\n")
    own = put(folder / "in" / name, "id,v\n7,own\n")
    config = dataset(folder, f"path: {json.dumps(f'in/{name}')}, key: id")
    ingest(warehouse, config, "orders")
    assert warehouse.read("select id, v from orders") == [{"id": 7, "v": "own"}]
    assert warehouse.value("select batch from batches") == own.stem


def test_a3_files_of_a_pattern_are_batches_of_their_own(warehouse, tmp_path):
    for number, name in enumerate(("a", "[a]", "a*", "?", "{b}", "b[1-9]", "b5")):
        put(tmp_path / f"in[1]/o_{name}.csv", f"id,v\n{number},{name}\n")
    put(tmp_path / "in1/o_z.csv", "id,v\n99,z\n")
    config = dataset(tmp_path, 'path: "in[1]/o_{batch}.csv", key: id')
    assert len(ingest(warehouse, config, "orders")) == 7
    assert warehouse.read("from orders where batch <> v") == []


def test_a3_compare_reads_the_files_that_are_named(tmp_path):
    def frame(values):
        return pa.table({"x": values})

    for name, start in (("q[a]", 0), ("qa", 5000), ("x*", 0), ("xy", 5000)):
        pq.write_table(frame(range(start, start + 300)), tmp_path / f"{name}.parquet")
    same = mlmon.compare(tmp_path / "q[a].parquet", tmp_path / "x*.parquet", classifier_rows=0)
    assert same.value("population_stability_index", "x") == 0
    assert same.value("maximum", "x") == 299


def test_a3_what_cannot_be_spelled_is_refused(warehouse, tmp_path):
    config = dataset(tmp_path, "path: in/*.csv, key: id")
    odd = put(tmp_path / "in/b\\[c.csv", "id\n1\n")
    twin = put(tmp_path / "in/b][c.csv", "id\n2\n")
    with pytest.raises(SourceError, match=r"has \[ or \] for its backslash; rename one"):
        ingest(warehouse, config, "orders")
    twin.unlink()
    assert ingest(warehouse, config, "orders") == ["b\\[c"]
    os.rename(odd, tmp_path / os.fsdecode(b"in/\xff.csv"))
    with pytest.raises(SourceError, match="its path is not UTF-8; rename it"):
        ingest(warehouse, config, "orders")


# A2: files that change while they are read ----------------------------------------


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("3,c\n")


def truncate(path: Path) -> None:
    os.truncate(path, 9)


def replace(path: Path) -> None:
    put(path.with_suffix(".new"), "id,v\n8,x\n9,y\n").replace(path)


def edit_in_secret(path: Path) -> None:
    """Other bytes, the same size and the same time."""
    times = path.stat()
    path.write_text(path.read_text().replace("b", "z"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("change", [append, truncate, replace, edit_in_secret, os.unlink])
@pytest.mark.parametrize("age", [0, 3600], ids=["new", "old"])
def test_a2_a_file_that_changes_while_it_is_read(warehouse, tmp_path, monkeypatch, change, age):
    path = put(tmp_path / "in/1.csv", "id,v\n1,a\n2,b\n")
    past = path.stat().st_mtime - age
    os.utime(path, (past, past))
    config, relation = dataset(tmp_path, "path: 'in/{batch}.csv', key: id"), files.relation

    def interrupted(warehouse, source):
        query = relation(warehouse, source)
        change(path)
        return query

    monkeypatch.setattr(files, "relation", interrupted)
    with pytest.raises(SourceError, match=r"1\.csv: is still being written"):
        ingest(warehouse, config, "orders")
    assert not warehouse.has("orders")
    monkeypatch.undo()
    if path.exists():
        assert ingest(warehouse, config, "orders") == ["1"]
        rows = warehouse.read("select id, v from orders")
        assert rows == duckdb.execute(f"from '{path}'").df().to_dict("records")
        assert ingest(warehouse, config, "orders") == []


def test_a2_compare_refuses_a_file_that_changes_meanwhile(tmp_path, monkeypatch):
    pq.write_table(pa.table({"x": range(300)}), path := tmp_path / "a.parquet")
    shutil.copy(path, tmp_path / "b.parquet")
    measured = comparison.measured

    def interrupted(*arguments):
        answer = measured(*arguments)
        pq.write_table(pa.table({"x": range(5)}), path)
        return answer

    monkeypatch.setattr(comparison, "measured", interrupted)
    with pytest.raises(SourceError, match=r"a\.parquet: is still being written"):
        mlmon.compare(path, tmp_path / "b.parquet", classifier_rows=0)


# B8: what was read is not read again ----------------------------------------------

BY_DAY = "path: 'in/*.csv', key: id, time: day, batches: {time: day, every: day}"
DAYS = ["1,2024-01-01,a", "2,2024-01-01,b", "3,2024-01-02,c"]


def days(folder: Path, lines: list[str]) -> Path:
    return put(folder / "in/days.csv", "\n".join(["id,day,v", *lines, ""]))


def test_b8_a_file_that_did_not_change_is_not_read_again(warehouse, tmp_path, monkeypatch):
    config, path = dataset(tmp_path, BY_DAY), days(tmp_path, DAYS)
    assert ingest(warehouse, config, "orders") == ["2024-01-01", "2024-01-02"]
    with monkeypatch.context() as patched:
        patched.delattr(files, "relation")
        assert ingest(warehouse, config, "orders") == []
        path.touch()
        assert ingest(warehouse, config, "orders") == []
    days(tmp_path, [*DAYS[:2], "3,2024-01-02,z"])
    assert ingest(warehouse, config, "orders") == ["2024-01-02"]


@pytest.mark.parametrize(
    "undo",
    [
        lambda warehouse, config: mlmon.ingest.delete_batch(
            warehouse, config, "orders", "2024-01-02"
        ),
        lambda warehouse, config: ingest_frame(
            warehouse,
            config,
            "orders",
            pd.DataFrame({"id": [3], "day": [pd.Timestamp("2024-01-02")], "v": ["other"]}),
        ),
    ],
    ids=["deleted", "replaced by a frame"],
)
def test_b8_a_batch_that_went_by_another_way_is_read_again(warehouse, tmp_path, undo):
    config = dataset(tmp_path, BY_DAY)
    days(tmp_path, DAYS)
    ingest(warehouse, config, "orders")
    undo(warehouse, config)
    assert ingest(warehouse, config, "orders") == ["2024-01-02"]
    assert warehouse.value("select v from orders where id = 3") == "c"


def test_b8_one_batch_of_a_file_leaves_the_others_to_be_read(warehouse, tmp_path):
    config = dataset(tmp_path, BY_DAY)
    days(tmp_path, DAYS)
    assert ingest(warehouse, config, "orders", ["2024-01-02"]) == ["2024-01-02"]
    assert ingest(warehouse, config, "orders") == ["2024-01-01"]


def test_b8_another_way_to_make_batches_reads_the_file_again(warehouse, tmp_path):
    days(tmp_path, DAYS)
    ingest(warehouse, dataset(tmp_path, BY_DAY), "orders")
    by_month = dataset(tmp_path, BY_DAY.replace("every: day", "every: month"))
    with pytest.raises(SourceError, match="key 1 is in batch 2024-01-01 already"):
        ingest(warehouse, by_month, "orders")


# D10: a file that was renamed -------------------------------------------------------


def test_d10_a_renamed_file_leaves_nothing_to_do(warehouse, tmp_path, caplog):
    config = dataset(tmp_path, "path: 'in/{batch}.csv', key: id")
    path = put(tmp_path / "in/1.csv", "id\n1\n")
    ingest(warehouse, config, "orders")
    renamed = path.rename(tmp_path / "in/2024_01.csv")
    assert ingest(warehouse, config, "orders") == []
    assert "2024_01.csv is batch 1 under another name, nothing is left to do" in caplog.text
    shutil.copy(renamed, path)
    with pytest.raises(SourceError, match=r"2024_01\.csv: it is the same file as 1\.csv, batch 1"):
        ingest(warehouse, config, "orders")


# B7, D4: faults ---------------------------------------------------------------------


def table(**columns: object) -> Put:
    return lambda path: pq.write_table(pa.table({"id": IDS, **columns}), path)


def twins(*names: str) -> Put:
    return lambda path: pq.write_table(pa.table([IDS] * len(names), names=list(names)), path)


def damaged(path: Path) -> None:
    whole = gzip.compress(b"id,x\n" + b"1,2\n" * 500, mtime=0)
    path.write_bytes(whole[:12] + b"\xff\xff\xff" + whole[15:])


def cut_short(path: Path) -> None:
    table()(path)
    path.write_bytes(path.read_bytes()[:-30])


def of_days(*values: int) -> pa.Array:
    return pa.array(values, pa.int32()).cast(pa.date32())


KEYED, TIMED = "key: id", "key: id, time: d"
FAULTS: dict[str, tuple[str, str, str | bytes | Put, str]] = {
    "a damaged archive": (KEYED, "a.csv.gz", damaged, "the archive is damaged, bring it anew"),
    "no archive": (KEYED, "a.csv.gz", "id\n1\n", "cannot be read: Not a gzipped file"),
    "an archive within": (KEYED, "a.csv", gzip.compress(b"id\n1\n"), "end its name in .gz"),
    "CR": (KEYED, "a.csv", "id,x\r1,2\r", "row 1 ends in CR alone"),
    "LF in CRLF": (KEYED, "a.csv", "id,x\r\n1,2\r\n3,4\n5,6\r\n", "row 3: its line ends otherwise"),
    "CRLF in LF": (KEYED, "a.csv", "id,x\n1,2\n3,4\r\n5,6\n", "row 3: its line ends otherwise"),
    "CR in LF": (KEYED, "a.csv", "id,x\n1,2\r3,4\n5,6\n", "row 2: a CR stands alone"),
    "a long header": (KEYED, "a.csv", f"id,{'x' * 200_000}\n1,2\n", "row 1: its names cannot"),
    "a long name": (
        KEYED,
        "a.csv",
        f"id,{'x' * 2000}\n1,2\n",
        "row 1: column 2 has a name of 2,000",
    ),
    "NUL in the header": (KEYED, "a.csv", "id,x\0y\n1,2\n", "row 1, byte 5 is NUL"),
    "NUL in a row": (KEYED, "a.csv", "id,x\n1,2\n2,a\0\n", "row 3, byte 4 is NUL"),
    "an open quote": (KEYED, "a.csv", 'id,"x\n1,2\n', "row 1: its names cannot be told apart"),
    "half a quote": (KEYED, "a.csv", 'id,x\n1,"x"y\n', "row 2: Value with unterminated quote"),
    "UTF-16": (KEYED, "a.csv", "id,x\n1,2\n".encode("utf-16"), "row 1, byte 1 is not UTF-8"),
    "latin-1": (KEYED, "a.csv", b"id,x\n1,2\n2,caf\xe9\n", "row 3, byte 6 is not UTF-8"),
    "only a mark": (KEYED, "a.csv", b"\xef\xbb\xbf", "row 1: it is empty"),
    "an empty row": (KEYED, "a.csv", "\nid\n1\n", "row 1: it is empty"),
    "no bytes": (KEYED, "a.csv", b"", "the file is empty"),
    "no bytes of Parquet": (KEYED, "a.parquet", b"", "too small to be a Parquet file"),
    "Parquet cut short": (KEYED, "a.parquet", cut_short, "No magic bytes found at end"),
    "a name twice": (KEYED, "a.csv", "id,x,X\n1,2,3\n", "row 1: column X stands there twice"),
    "a name twice in Parquet": (KEYED, "a.parquet", twins("id", "x", "X"), "column X stands there"),
    "a name twice in JSON": (KEYED, "a.jsonl", '{"id": 1, "ID": 2}', "column ID stands there"),
    "no name in Parquet": (KEYED, "a.parquet", twins("id", ""), "column 1 has no name"),
    "an early day": (KEYED, "a.parquet", table(d=of_days(1, -(2**31), 3)), "row 2, column d: "),
    "an endless time": (TIMED, "a.parquet", table(d=of_days(1, 2, 2**31 - 1)), "row 3, column d: "),
    "a far time": (TIMED, "a.csv", "id,d\n1,2024-01-01\n2,20240-01-01\n", "row 3, column d: "),
    "2^64": (KEYED, "a.jsonl", '{"id": 18446744073709551616}\n' * 2, "row 2, column id: key"),
    "no object": (KEYED, "a.jsonl", "[1, 2]", "column id is missing"),
    "half an object": (KEYED, "a.jsonl", '{"id": 1}\n{"id', "row 2: it is no JSON"),
    "ours": (KEYED, "a.csv", "id,MLMON_ROW\n1,2\n", "column MLMON_ROW: names that begin with"),
    "our batch": (KEYED, "a.csv", "id,BATCH\n1,2\n", "column batch is mlmon's own"),
    "another case": (
        "key: amount",
        "a.csv",
        "id,Amount\n1,2\n",
        "there is Amount, the same but for",
    ),
    "a space": ("key: amount", "a.csv", "id, amount\n1,2\n", "the same but for spaces"),
    "another name": ("key: amount", "a.csv", "id,amounts\n1,2\n", "there is amounts"),
    "a folder": (KEYED, "a.csv", Path.mkdir, "this is a folder"),
    "a pipe": (KEYED, "a.csv", os.mkfifo, "this is no regular file"),
    "a link to nothing": (KEYED, "a.csv", lambda p: p.symlink_to("b"), "there is no such file"),
    "a link to itself": (KEYED, "a.csv", lambda p: p.symlink_to(p), "Too many levels"),
}


OF_VALUES = {"an early day", "2^64", "no object", "our batch"}  # found once the schema is looked at
OF_READING = [name for name in FAULTS if FAULTS[name][0] == KEYED and name not in OF_VALUES]


@pytest.mark.parametrize(
    ("fault", "is_later"),
    [(name, False) for name in FAULTS] + [(name, True) for name in OF_READING],
)
def test_b7_a_fault_is_one_line(warehouse, tmp_path, fault, is_later):
    section, name, content, words = FAULTS[fault]
    if is_later:
        warehouse.write("create table orders (batch varchar, id bigint, x varchar)")
    path = tmp_path / "in" / name
    path.parent.mkdir()
    if callable(content):
        content(path)
    else:
        put(path, content)
    before = [warehouse.has("orders"), warehouse.value("select count(*) from batches")]
    with pytest.raises(SourceError) as caught:
        ingest(warehouse, dataset(tmp_path, f"path: 'in/*', {section}"), "orders")
    message = str(caught.value)
    assert words in message
    assert name in message
    assert printable(message, len(message)) == message
    assert before == [warehouse.has("orders"), warehouse.value("select count(*) from batches")]


def test_b7_what_is_no_fault(warehouse, tmp_path):
    many = ",".join(f"c{number}" for number in range(200))
    lines = ["\ufeffid," + many, "", "1" + ",2" * 200, "", '2,"a\nb"' + ",2" * 199, ""]
    put(tmp_path / "in/A.CSV.GZ", gzip.compress("\r\n".join(lines).encode()))
    assert ingest(warehouse, dataset(tmp_path, "path: 'in/*', key: id"), "orders") == ["A"]
    assert warehouse.value("select count(*) from orders") == 2


def test_b7_a_fault_in_one_of_several_files_names_that_file(warehouse, tmp_path):
    config = dataset(tmp_path, "path: 'in/*.csv', key: id, batches: {rows: 2}")
    put(tmp_path / "in/a.csv", "id,x\n1,1\n2,2\n")
    second = put(tmp_path / "in/b.csv", "id,x\n3,1\n4,2\n3,2\n")
    with pytest.raises(SourceError, match=r"^b\.csv: row 4, column id: key 3 stands there twice"):
        ingest(warehouse, config, "orders")
    put(second, "id,x\n3,1\n4,2,5\n")
    with pytest.raises(SourceError, match=r"^b\.csv: row 3: "):
        ingest(warehouse, config, "orders")


def test_b7_numbers_that_are_too_large_have_a_column():
    frame = {"id": [1, 2], "x": [2**64, 1]}
    for given in (frame, pd.DataFrame(frame)):
        with pytest.raises(SourceError, match="column x: "):
            mlmon.compare(given, given)


@pytest.mark.parametrize(
    "address", ["s3://bucket/x.parquet", "https://host/x.csv", "gs://b/x.json"]
)
def test_d4_an_address_is_no_file(warehouse, tmp_path, address):
    for path in (address, Path(address)):
        with pytest.raises(SourceError) as caught:
            mlmon.compare(path, path)
        assert str(caught.value).startswith(f"{address}: this is an address")
    with pytest.raises(SourceError, match=f"^{address}: this is an address"):
        ingest(warehouse, dataset(tmp_path, f"path: '{address}', key: id"), "orders")


def test_d4_a_later_file_with_a_name_in_another_case(warehouse, tmp_path):
    config = dataset(tmp_path, "path: 'in/{batch}.csv', key: id")
    put(tmp_path / "in/1.csv", "id,amount\n1,2\n")
    ingest(warehouse, config, "orders")
    put(tmp_path / "in/2.csv", "id,Amount\n2,2\n")
    with pytest.raises(SourceError, match="amount is missing; orders has it; there is Amount, the"):
        ingest(warehouse, config, "orders")
