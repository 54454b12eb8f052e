"""The sides of a comparison: a file or a frame each, as relations that DuckDB can scan.

Parquet files and frames are read where they are, column by column; text files are read once,
every value checked, as `ingest` does.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from mlmon.config.models import OWN_COLUMNS
from mlmon.errors import ConfigError, SourceError, reason
from mlmon.models.records import CATEGORICAL, NUMERIC, kind_of
from mlmon.sources import columns as incoming
from mlmon.sources import door, formats, frames
from mlmon.sources import files as sources
from mlmon.sources.columns import INCOMING
from mlmon.sources.door import File
from mlmon.sources.files import Source
from mlmon.views import files as views
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse

REFERENCE, CURRENT = "reference", "current"
LIST_IT = "to compare keys or dates too, list all features (`--feature`, `features=`)"
NOTHING = '"NULL"'  # the type of a column that has no value at all


@dataclass(frozen=True)
class Side:
    """One side: its role, what messages and pages call it, its rows, its columns' types."""

    role: str
    name: str
    rows: Any  # a query, or an Arrow table
    types: Mapping[str, str]
    file: File | None = None  # that is still to be scanned
    beside: Mapping[str, pa.Table] = field(default_factory=dict)  # relations that `rows` reads


def read_both(warehouse: Warehouse, reference: Any, current: Any) -> tuple[Side, Side]:
    """Return both sides, each a relation of the warehouse under its role.

    A side is a path, or a pandas, Arrow, polars or ibis table. Columns of a text file get the
    reference's types. Raises SourceError.
    """
    before = read(warehouse, reference, REFERENCE, {})
    after = read(warehouse, current, CURRENT, before.types)
    before, after = _flags(warehouse, before, after), _flags(warehouse, after, before)
    if before.name == after.name:
        before, after = (replace(side, name=f"{side.role} {side.name}") for side in (before, after))
    return before, after


def _flags(warehouse: Warehouse, side: Side, other: Side) -> Side:
    """Return a side whose texts True and False are booleans, where the other side's are."""
    texts = [
        name
        for name, kind in side.types.items()
        if kind == "VARCHAR" and other.types.get(name) == "BOOLEAN"
    ]
    flags = [
        name
        for name in texts
        if not warehouse.value(
            f"select count(*) from {side.role} where lower({quoted(name)}) not in ('true', 'false')"
        )
    ]
    if not flags:
        return side
    casts = ", ".join(f"{quoted(name)}::boolean as {quoted(name)}" for name in flags)
    if isinstance(side.rows, str):
        rows: Any = f"select * replace ({casts}) from ({side.rows})"
    else:
        query = f"select * replace ({casts}) from {side.role}"
        rows = warehouse.arrow(query)
    aligned = replace(side, rows=rows, types={**side.types, **dict.fromkeys(flags, "BOOLEAN")})
    put(warehouse, aligned)
    return aligned


def read(warehouse: Warehouse, given: Any, role: str, types: Mapping[str, str]) -> Side:
    """Return a path or frame as a relation under a role; `types` are of a text file's columns."""
    if not isinstance(given, str | os.PathLike):
        return _described(warehouse, Side(role, role, frames.arrow(given, role), {}))
    door.refuse_address(os.fspath(given))
    path = Path(given)
    source, found = Source(path.name, (path,), None), door.watched(path)
    form = formats.format_of(path)
    if form and not form.is_text:
        with door.unchanged([found]):
            scan = sources.relation(warehouse, source)
            return _described(warehouse, Side(role, path.name, scan, {}, found))
    with incoming.loaded(warehouse, source, [found]):
        rows = _typed(warehouse, source, types)
    return _described(warehouse, Side(role, path.name, rows, {}))


def unchanged(sides: Sequence[Side]) -> AbstractContextManager[None]:
    """Inside, the sides are measured; raises SourceError when a file of one changed meanwhile."""
    return door.unchanged([side.file for side in sides if side.file])


def put(warehouse: Warehouse, side: Side) -> None:
    """The side's rows are a relation of this connection, named for its role."""
    for name, table in side.beside.items():
        warehouse.register(name, table)
    if isinstance(side.rows, str):
        warehouse.create("temp view", side.role, side.rows)
    else:
        warehouse.register(side.role, side.rows)


def check_key(warehouse: Warehouse, side: Side, key: str) -> None:
    """Raise SourceError when a record of the side has no key, or two have the same."""
    column = quoted(key)
    if n := warehouse.value(f"select count(*) from {side.role} where {column} is null"):
        raise SourceError(
            f"{side.name}: column {key}: the key is missing in {n} rows; give another"
        )
    query = f"select {column}::varchar as key from {side.role} group by all having count(*) > 1"
    if row := warehouse.one(f"{query} order by key limit 1"):
        raise SourceError(f"{side.name}: column {key}: key {row['key']} stands there twice")


def _described(warehouse: Warehouse, side: Side) -> Side:
    """Return a side with its columns' types; raises SourceError for a file that is not readable."""
    try:
        put(warehouse, side)
    except duckdb.Error as error:
        raise SourceError(f"{side.name}: {reason(error)}") from error
    types = warehouse.columns(side.role)
    if not types:
        raise SourceError(f"{side.name}: has no columns")
    if empty := incoming.without_values(warehouse, side.role, types):
        side = _untyped(side, empty)
        put(warehouse, side)
    return replace(side, types=types | dict.fromkeys(empty, NOTHING))


def _untyped(side: Side, columns: Sequence[str]) -> Side:
    """Return a side of which these columns, which have no value, have no type either."""
    if isinstance(side.rows, str):
        nulls = ", ".join(f"null as {quoted(name)}" for name in columns)
        return replace(side, rows=f"select * replace ({nulls}) from ({side.rows})")
    rows = side.rows
    for name in columns:
        rows = rows.set_column(rows.column_names.index(name), name, pa.nulls(len(rows)))
    return replace(side, rows=rows)


def _typed(warehouse: Warehouse, source: Source, types: Mapping[str, str]) -> pa.Table:
    """Return the rows of a text file, every column in its type."""
    given = incoming.columns(warehouse)
    known = {column: kind for column, kind in types.items() if kind != NOTHING}
    schema = {
        column: known.get(column) or _type(warehouse, source, column, kind)
        for column, kind in given.items()
    }
    incoming.check_values(warehouse, source, schema)
    casts = ", ".join(
        f"{incoming.cast(column, kind, given[column])} as {quoted(column)}"
        for column, kind in schema.items()
    )
    return warehouse.arrow(f"select {casts} from {INCOMING}")


def _type(warehouse: Warehouse, source: Source, column: str, kind: str) -> str:
    """Return the type of a text file's column: in JSON only dates are not what they look like."""
    if not kind.startswith("VARCHAR"):
        return incoming.stored_type(kind)
    narrow = incoming.narrowest(warehouse, column)
    return narrow if source.is_text or narrow in ("DATE", "TIMESTAMP") else kind


def kinds(
    reference: Side,
    current: Side,
    taken: set[str],
    listed: Sequence[str] | None,
    wanted: Mapping[str, str],
    no_features: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the kind of every feature, and why other columns are left out.

    Features are the `listed` columns, else all that are not `taken` by another role, nor
    `no_features`, each with the reason; `wanted` has kinds that the user gave. Raises SourceError
    where the sides disagree.
    """
    found: dict[str, str] = {}
    left_out: dict[str, str] = {}
    both = list(dict.fromkeys([*reference.types, *current.types]))
    chosen = list(listed or [name for name in both if name not in taken])
    if own := [name for name in chosen if name.lower() in OWN_COLUMNS or name.startswith("_proba")]:
        raise ConfigError(f"column {own[0]}: this is a name of mlmon's own; rename it")
    for column in chosen:
        if reason := no_features.get(column) or _unusable(reference, current, column, wanted):
            if listed:
                raise SourceError(f"column {column}: {reason}")
            left_out[column] = reason
            continue
        kinds = [_kind(side, column) for side in (reference, current)]
        found[column] = wanted.get(column) or next(kind for kind in kinds if kind)
    if not found:
        why = "".join(f"; {column}: {reason}" for column, reason in list(left_out.items())[:3])
        why += f"; {LIST_IT}" if no_features else ""
        raise SourceError(f"{reference.name} and {current.name} have no column to compare{why}")
    return found, left_out


def check_columns(sides: Sequence[Side], columns: Sequence[str]) -> None:
    """Raise UnknownName at a column that neither side has."""
    either = {name: "" for side in sides for name in side.types}
    for column in columns:
        views.known_column(" and ".join(side.name for side in sides), column, either)


def _unusable(reference: Side, current: Side, column: str, wanted: Mapping[str, str]) -> str | None:
    """Return why a column cannot be compared, or None; raises SourceError for two kinds."""
    for side in (reference, current):
        if column not in side.types:
            return f"{side.name} does not have it"
    filled = [side for side in (reference, current) if side.types[column] != NOTHING]
    kinds = {kind_of(side.types[column]) for side in filled}
    if not filled and column not in wanted:
        return "it has no value on either side"
    if None in kinds:
        return f"{filled[0].types[column]} is no number, category or date"
    flags = [side.types[column] == "BOOLEAN" for side in filled]
    mixed = any(flags) and NUMERIC in kinds and wanted.get(column) == CATEGORICAL
    if mixed or (column not in wanted and len(kinds) > 1):
        raise SourceError(
            f"{current.name}: column {column} is {current.types[column]}, in {reference.name} it "
            f"is {reference.types[column]}; make them alike, or "
            + ("read it as numeric" if any(flags) else "give its kind")
        )
    return None


def _kind(side: Side, column: str) -> str | None:
    """Return the kind of a side's column; None where it has no value, and so no type."""
    return None if side.types[column] == NOTHING else kind_of(side.types[column])
