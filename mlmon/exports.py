"""Files for others: tables as parquet or csv, and a consistent copy of the whole warehouse."""

import os
from collections.abc import Iterable
from pathlib import Path

from mlmon.errors import ConfigError
from mlmon.warehouse import Warehouse, literal, quoted


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
