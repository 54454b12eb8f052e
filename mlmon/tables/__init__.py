"""The stored tables: columns, types, keys and comments, declared once."""

from mlmon.tables import measured, operation, records
from mlmon.tables.columns import COLUMNS, comment_of
from mlmon.tables.table import Table

TABLES: tuple[Table, ...] = (*operation.TABLES, *records.TABLES, *measured.TABLES)

__all__ = ["COLUMNS", "TABLES", "Table", "comment_of"]
