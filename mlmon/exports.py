"""Files for others: tables as parquet or csv, and a consistent copy of the whole warehouse."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from mlmon.errors import ConfigError
from mlmon.literals import literal, quoted
from mlmon.warehouse import Warehouse


def export(warehouse: Warehouse, format: str, folder: Path, names: Iterable[str]) -> list[Path]:
    """Each named view or table is a file in the folder, replaced as a whole; return the files.

    Formats: parquet, csv. Raises ConfigError.
    """
    if format not in ("parquet", "csv"):
        raise ConfigError(f"export knows parquet and csv, not {format!r}")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in names:
        draft, target = folder / f".{name}.{os.getpid()}", folder / f"{name}.{format}"
        warehouse.write(f"copy (from {quoted(name)}) to {literal(str(draft))} (format {format})")
        draft.replace(target)
        written.append(target)
    return written


def backup(warehouse: Warehouse, target: Path) -> Path:
    """A new folder holds a copy of the warehouse and of its artifacts; return it.

    Copied back over the warehouse's folder it is the warehouse of that time. Raises ConfigError
    when the folder is there already.
    """
    if warehouse.path is None:
        raise ConfigError("a warehouse in memory has no folder to copy")
    if target.exists():
        raise ConfigError(f"{target} is there already; back up to a new folder")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    publish(warehouse, draft / warehouse.path.name)
    for row in warehouse.read("select distinct artifact from model_versions"):
        copy = draft / row["artifact"]
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(warehouse.path.parent / row["artifact"], copy)
    draft.rename(target)
    return target


def publish(warehouse: Warehouse, target: Path) -> Path:
    """A consistent copy of the warehouse is at the path, replaced as a whole; return it.

    Raises ConfigError when that is the warehouse itself.
    """
    if warehouse.path and target.resolve() == warehouse.path.resolve():
        raise ConfigError(f"{target} is the warehouse itself; publish to another path")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    source = warehouse.value("select current_database()")
    warehouse.write(f"attach {literal(str(draft))} as mlmon_copy (read_write)")
    try:
        warehouse.write(f"copy from database {quoted(source)} to mlmon_copy")
    finally:
        warehouse.write("detach mlmon_copy")
    draft.replace(target)
    return target
