"""The shape of the file: the statements that make it, and those that bring an older one to it."""

from collections.abc import Iterator
from pathlib import Path

from mlmon.warehouse.comments import comment_of
from mlmon.warehouse.sql import commented, quoted
from mlmon.warehouse.tables import TABLES, Table

MIGRATIONS = Path(__file__).parent / "migrations"  # N.sql makes schema N out of N - 1
VERSION = max(int(file.stem) for file in MIGRATIONS.glob("*.sql"))


def created(comments: bool) -> Iterator[str]:
    """Yield the statements that make the tables of an empty file."""
    for table in TABLES:
        columns = ", ".join(
            f"{quoted(name)} {kind}{' not null' if name in table.required else ''}"
            for name, kind in table.columns.items()
        )
        yield f"create table {quoted(table.name)} ({columns})"
        if comments:
            yield _commented(table)
    yield f"insert into warehouse_state values ('schema_version', '{VERSION}')"


def migrated(version: int) -> Iterator[str]:
    """Yield the statements that bring a file of an older schema to today's, forward only."""
    for number in range(version + 1, VERSION + 1):
        yield (MIGRATIONS / f"{number}.sql").read_text(encoding="utf-8")
    for table in TABLES:
        yield _commented(table)
    yield f"update warehouse_state set value = '{VERSION}' where name = 'schema_version'"


def _commented(table: Table) -> str:
    words = {name: comment_of(table.name, name) or "" for name in table.columns}
    return commented("table", table.name, table.comment, words)
