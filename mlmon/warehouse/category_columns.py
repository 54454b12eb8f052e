"""Columns as categories or classes, as `categories` spells their values: ibis and SQL."""

import ibis
import ibis.expr.types as ir
import sqlglot
from ibis.backends.sql.datatypes import DuckDBType
from sqlglot import exp

from mlmon.warehouse.categories import DIGITS, MIDNIGHT
from mlmon.warehouse.sql import quoted


def spelled(column: ir.Column) -> ir.StringColumn:
    """Return a column as categories."""
    kind = column.type()
    if kind.is_floating():
        return _float(column)
    if kind.is_decimal() and kind.scale:
        return _decimals(column)
    if kind.is_timestamp():
        moment = column.cast("timestamp") if kind.timezone else column
        return moment.cast("string").re_replace(f"{MIDNIGHT}$", "")
    return column.cast("string")


def sql(column: str, kind: str) -> str:
    """Return the SQL of a column, of a DuckDB type, as categories."""
    if kind == "JSON":
        return f"{quoted(column)} ->> '$'"  # the text itself, without its quotes
    table = ibis.table({column: DuckDBType.from_string(kind)}, name="rows")
    query = ibis.to_sql(table.select(category=spelled(table[column])), dialect="duckdb")
    (value,) = sqlglot.parse_one(str(query), dialect="duckdb").expressions
    for one in value.find_all(exp.Column):
        one.set("table", None)
    return str(value.this.sql(dialect="duckdb"))


def _float(column: ir.Column) -> ir.StringColumn:
    whole = column.try_cast(f"decimal({DIGITS}, 0)")
    some = (whole.cast("float64") == column).ifelse(whole.cast("string"), column.cast("string"))
    return column.isnan().ifelse(None, some)


def _decimals(column: ir.Column) -> ir.StringColumn:
    number = column.cast("float64")
    digits = column.cast("string").re_replace("[.]?0+$", "")
    is_whole = ~digits.contains(".")
    same = number.try_cast(column.type()) == column
    return (is_whole | ~same).ifelse(digits, number.cast("string"))
