"""The columns of tables, as tables.toml has them."""

import tomllib
from pathlib import Path
from typing import Any

from mlmon.report.facts.table import Column

TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("tables.toml").read_text(encoding="utf-8")
)


def columns(*given: str | Column) -> tuple[Column, ...]:
    """The columns of a table, each as tables.toml spells it, by its name there, or one's own."""
    return tuple(
        column
        for each in given
        for column in ([each] if isinstance(each, Column) else spelled(each))
    )


def spelled(text: str) -> list[Column]:
    """One column spelled out, or several by their names."""
    if "|" in text:
        key, title, *others = map(str.strip, text.split("|"))
        return [Column(key, title, *others)]
    return [column for name in text.split() for column in spelled(TABLES["columns"][name])]


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table of tables.toml."""
    return columns(*TABLES["tables"][table])
