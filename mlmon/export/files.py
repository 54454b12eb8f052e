"""Files for others: tables as parquet or csv, and a consistent copy of the whole warehouse."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from mlmon.errors import ConfigError, MlmonError
from mlmon.system.files import Known, appearing, beginning, refuse_strange, replacing
from mlmon.warehouse.sql import literal, quoted
from mlmon.warehouse.warehouse import Warehouse

OPTIONS = {
    "parquet": "format parquet, kv_metadata {written_by_mlmon: 'yes'}",
    "csv": "format csv, header",
}
DATABASE = beginning(rb".{8}DUCK")
COPY = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"


def export(warehouse: Warehouse, format: str, folder: Path, names: Iterable[str]) -> list[Path]:
    """Each named view or table is a file in the folder, replaced as a whole; return the files.

    Formats: parquet, csv. Raises ConfigError.
    """
    if format not in OPTIONS:
        raise ConfigError(
            f"export knows parquet, csv and prometheus, not {format!r}; for MLflow, export_mlflow"
        )
    folder.mkdir(parents=True, exist_ok=True)
    targets = {name: folder / f"{name}.{format}" for name in names}
    exports = {
        name: _is_parquet if format == "parquet" else _csv_of(warehouse, name) for name in targets
    }
    for name, target in targets.items():
        refuse_strange(target, exports[name], f"an export of {name}")
    for name, target in targets.items():
        with replacing(target, exports[name], f"an export of {name}") as draft:
            copied = f"copy (from {quoted(name)}) to {literal(str(draft))}"
            warehouse.write(f"{copied} ({OPTIONS[format]})")
    return list(targets.values())


def _is_parquet(path: Path) -> bool:
    """Return whether a Parquet file's footer says that it is an export."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 8, 0))
        length = int.from_bytes(file.read(4), "little")
        if file.read(4) != b"PAR1" or length > size:
            return False
        file.seek(max(size - 8 - length, 0))
        return b"written_by_mlmon" in file.read(length)


def _csv_of(warehouse: Warehouse, name: str) -> Known:
    """Return what recognizes a csv file by its first column, which is that of a view or table."""
    column = warehouse.read(f"describe (from {quoted(name)})")[0]["column_name"]
    written = [column, '"' + column.replace('"', '""') + '"']
    return beginning(f"({'|'.join(map(re.escape, written))})[,\r\n]".encode())


def backup(warehouse: Warehouse, target: Path) -> Path:
    """A new folder holds a copy of the warehouse and of its artifacts; return it.

    Copied back over the warehouse's folder it is the warehouse of that time. Raises ConfigError
    when the folder is there already.
    """
    if warehouse.path is None:
        raise ConfigError("a warehouse in memory has no folder to copy")
    if os.path.lexists(target):
        raise ConfigError(f"{target} is there already; back up to a new folder")
    with appearing(target) as draft:
        publish(warehouse, draft / warehouse.path.name)
        for row in warehouse.read("select distinct artifact from model_versions"):
            copy = draft / row["artifact"]
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(warehouse.path.parent / row["artifact"], copy)
    return target


def publish(warehouse: Warehouse, target: Path) -> Path:
    """A consistent copy of the warehouse is at the path, replaced as a whole; return it.

    Whoever reads the former copy goes on reading it. The warehouse is held only while its bytes
    are copied. Raises ConfigError when that is the warehouse itself or no database,
    MlmonError when it cannot be copied.
    """
    if warehouse.path is None:
        raise ConfigError("a warehouse in memory cannot be published")
    taken = (warehouse.path.resolve(), _wal(warehouse.path).resolve())
    if target.resolve() in taken or _wal(target).resolve() in taken:
        raise ConfigError(f"{target} is the warehouse itself; publish to another path")
    with replacing(target, DATABASE, "a database of DuckDB") as draft:
        if not warehouse.read_only:
            warehouse.write("checkpoint")  # fails in the middle of a transaction
        _copy(warehouse.path, draft)
        _verify(warehouse, draft)
        _wal(target).unlink(missing_ok=True)  # of someone who wrote into the former copy
    return target


def _copy(source: Path, draft: Path) -> None:
    """The draft is a database file, its write-ahead log beside it if there is one.

    Another process reads them: one that closes a file, whatever it opened it for, gives up every
    lock that it has on it (POSIX), and this one has DuckDB's.
    """
    for path, copy in ((source, draft), (_wal(source), _wal(draft))):
        if path.exists():
            _run(path, copy)


def _verify(warehouse: Warehouse, draft: Path) -> None:
    """The copy opens, and what its log held is in it."""
    warehouse.write(f"attach {literal(str(draft))} as mlmon_copy (read_write)")
    try:
        warehouse.read("from mlmon_copy.warehouse_state")
        warehouse.write("checkpoint mlmon_copy")
    finally:
        warehouse.write("detach mlmon_copy")


def _run(path: Path, copy: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", COPY, str(path), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["stopped"])[-1]
        raise MlmonError(f"{path} cannot be copied to {copy.parent}: {reason}")


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
