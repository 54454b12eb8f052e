"""The rows of a query as Python values, whatever the types of its columns.

DuckDB hands over a time with a zone by means of pytz, which nothing here needs: such times come as
naive UTC, as all times of the warehouse do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Self

from mlmon.warehouse.sql import literal, quoted

Row = dict[str, Any]
Casts = Mapping[str, str]  # the type of a value -> the one that it is fetched as

ZONED = "TIMESTAMP WITH TIME ZONE"
NAIVE = {ZONED: "TIMESTAMP"}
# DuckDB's own words where Python has none: a month is not thirty days, and infinity is not the last
# day of the year 9999, by which Python's dates have to stand for it.
WORDS = NAIVE | dict.fromkeys(("INTERVAL", "BLOB"), "VARCHAR")
MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", *NAIVE)
ENDS = (date.min, date.max, datetime.min, datetime.max)


@dataclass(frozen=True)
class OfRow:
    """A frozen class whose fields are columns of a row that may have more of them."""

    @classmethod
    def of(cls, row: Mapping[str, Any], **more: Any) -> Self:
        """Return the row, with more columns or others, as an instance. Raises KeyError."""
        given = {**row, **more}
        return cls(**{field.name: given[field.name] for field in fields(cls)})

    @property
    def row(self) -> Row:
        """The columns again, as a table has them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def rows(connection: Any, sql: str) -> list[Row]:
    """Return the rows of a statement."""
    result = connection.execute(sql)
    if not any(ZONED in str(column[1]) for column in result.description):
        try:
            return _named(result)
        except OverflowError:  # an interval that Python's is too short for
            return _cast(connection, sql, WORDS)
    last = connection.extract_statements(sql)[-1]
    if last.type.name == "SELECT":  # it has changed nothing, so it may run again
        return _cast(connection, last.query, NAIVE)
    return [_naive(row) for row in result.to_arrow_table().to_pylist()]


def readable(connection: Any, sql: str) -> list[Row]:
    """Return the rows of a select as a person reads them: intervals, bytes, infinity in words."""
    found = _cast(connection, sql, WORDS)
    if any(value in ENDS for row in found for value in _values(row)):
        return _cast(connection, sql, NAIVE, WORDS | dict.fromkeys(MOMENTS, "VARCHAR"))
    return found


def _cast(connection: Any, select: str, *steps: Casts) -> list[Row]:
    """Return the rows of a select, the values of its columns cast, one step after the other."""
    source = f"query({literal(select)})"
    columns = connection.execute(f"from {source} limit 0").description
    values = ", ".join(
        f"{_value(f'c{place}', kind, steps)} as {quoted(name) if name else 'c'}"
        for place, (name, kind, *_) in enumerate(columns)
    )
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    return _named(connection.execute(f"select {values} from {source} as found({names})"))


def _value(name: str, kind: Any, steps: Sequence[Casts]) -> str:
    """Return a column as it is cast, if a step has something to cast in it."""
    types = [_cast_type(kind, casts) for casts in ({}, *steps)]
    return "::".join([name, *(new for old, new in pairwise(types) if new != old)])


def _cast_type(kind: Any, casts: Casts) -> str:
    """Return a type as SQL spells it, with those within it replaced."""
    if kind.id not in ("list", "array", "struct", "map", "union"):
        return casts.get(str(kind), str(kind))
    children = [
        (name, _cast_type(child, casts) if hasattr(child, "id") else child)
        for name, child in kind.children
    ]
    match kind.id:
        case "list":
            return f"{children[0][1]}[]"
        case "array":
            return f"{children[0][1]}[{children[1][1]}]"
        case "map":
            return f"MAP({children[0][1]}, {children[1][1]})"
        case "union":  # the first is its tag
            children = children[1:]
    fields = [
        f"{quoted(name or f'v{place}')} {child}"
        for place, (name, child) in enumerate(children, start=1)
    ]
    return f"{kind.id.upper()}({', '.join(fields)})"


def _named(result: Any) -> list[Row]:
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _naive(value: Any) -> Any:
    """Return the value with all times in it without their zone, which is UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dict):
        return {key: _naive(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_naive(item) for item in value]
    return value


def _values(value: Any) -> Iterator[Any]:
    """Yield every value within a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _values(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _values(item)
    else:
        yield value
