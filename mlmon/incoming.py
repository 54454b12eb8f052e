"""Rows on their way in: loaded as they are, then checked against the dataset's schema.

Every check speaks of the first row that fails it: file, row, column, value.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from mlmon import category_columns, sources
from mlmon.config import Dataset
from mlmon.errors import SourceError
from mlmon.literals import literal, quoted
from mlmon.warehouse import Warehouse

INTEGERS = tuple(
    f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")
)
INTEGERS = (*INTEGERS, "INTEGER", "UINTEGER")
# The types a text column may be given, and how its values are written then: 007, 2017_01 and
# seventeen digits are names, not numbers, though DuckDB would cast them.
CANDIDATES = {
    "BIGINT": r"[+-]?(0|[1-9][0-9]*)",
    "DOUBLE": r"[+-]?(0|[1-9][0-9]{0,15})?([.][0-9]*)?(e[+-]?[0-9]+)?|[+-]?(nan|inf|infinity)",
    "BOOLEAN": "true|false",
    "DATE": "[0-9]+[-/][0-9]+[-/][0-9]+",
    "TIMESTAMP": "[0-9].*",
}
INCOMING = "mlmon_incoming"


@contextmanager
def loaded(warehouse: Warehouse, source: sources.Source) -> Iterator[None]:
    """Inside, the source's rows are a temporary table, numbered as in the file."""
    query = sources.relation(warehouse, source) if source.paths else "select * from mlmon_frame"
    first = 2 if source.paths and source.paths[0].name.lower().endswith(sources.CSV) else 1
    try:
        warehouse.connection.execute(
            f"create or replace temp table {INCOMING} as "
            f"select row_number() over () + {first - 1} as mlmon_row, * from ({query})"
        )
    except duckdb.Error as error:
        raise sources.explain(source, error) from error
    try:
        yield
    finally:
        warehouse.connection.execute(f"drop table if exists {INCOMING}")


def frozen_schema(
    warehouse: Warehouse, dataset: Dataset, name: str, source: sources.Source
) -> dict[str, str]:
    """Return column -> type: the frozen one, which the incoming columns must have, or a new one.

    A column of the dataset that had no value so far has the type of the first ones.
    """
    incoming = warehouse.columns(INCOMING)
    incoming.pop("mlmon_row")
    if not warehouse.value(f"select count(*) from {INCOMING}"):
        raise SourceError(f"{source.name}: no records; put them there or remove the file")
    frozen = warehouse.columns(name)
    if not frozen:
        return _first_schema(warehouse, dataset, source, incoming)
    frozen.pop("batch")
    if missing := [column for column in frozen if column not in incoming]:
        raise SourceError(f"{source.name}: column {missing[0]} is missing; {name} has it")
    extra = [column for column in incoming if column not in frozen]
    if extra and not dataset.ignore_extra_columns:
        raise SourceError(
            f"{source.name}: column {extra[0]} is not in {name}; remove it, or set "
            f"`ignore_extra_columns: true`"
        )
    return frozen | _first_types(warehouse, dataset, name, source, incoming)


def _first_types(
    warehouse: Warehouse,
    dataset: Dataset,
    name: str,
    source: sources.Source,
    incoming: dict[str, str],
) -> dict[str, str]:
    """Return the types of the columns that have their first values now."""
    fixed = {"batch", dataset.key, dataset.time, dataset.batching.time}
    stored = warehouse.columns(name)
    open_ = {column: kind for column, kind in stored.items() if column not in fixed}
    empty = without_values(warehouse, name, open_)
    given = {column: incoming[column] for column in empty}
    filled = set(empty) - set(without_values(warehouse, INCOMING, given))
    return {column: _type(warehouse, source, column, given[column]) for column in sorted(filled)}


def _type(warehouse: Warehouse, source: sources.Source, column: str, kind: str) -> str:
    """Return the type that an incoming column is kept in: of a text file what its values allow."""
    read_as_text = bool(source.paths) and source.paths[0].name.lower().endswith(sources.CSV)
    return narrowest(warehouse, column) if read_as_text else stored_type(kind)


def _first_schema(
    warehouse: Warehouse, dataset: Dataset, source: sources.Source, incoming: dict[str, str]
) -> dict[str, str]:
    for role, column in (
        ("key", dataset.key),
        ("time", dataset.time),
        ("time", dataset.batching.time),
    ):
        if column is not None and column not in incoming:
            raise SourceError(
                f"{source.name}: column {column} is missing; it is the dataset's {role}"
            )
    if "batch" in {column.lower() for column in incoming}:
        raise SourceError(f"{source.name}: column batch is mlmon's own; rename it in the source")
    empty = without_values(warehouse, INCOMING, incoming)
    schema = {
        column: "VARCHAR" if column in empty else _type(warehouse, source, column, kind)
        for column, kind in incoming.items()
    }
    for column in {dataset.time, dataset.batching.time} - {None}:
        kind = schema[str(column)]
        if kind == "VARCHAR":
            kind = "TIMESTAMP" if column in empty else narrowest(warehouse, str(column))
        if not kind.startswith(("DATE", "TIMESTAMP")):
            raise SourceError(f"{source.name}: column {column} is {kind}, not a date or timestamp")
        schema[str(column)] = "TIMESTAMP"
    return schema


def stored_type(kind: str) -> str:
    """Return the type that a column of a typed source is kept in: UTC timestamps, plain text."""
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    return "VARCHAR" if kind.startswith("ENUM") else kind


def cast(column: str, kind: str, given: str = "VARCHAR") -> str:
    """Return the SQL of an incoming value, of a `given` type, in its stored type.

    An offset from UTC is applied; what becomes text is spelled as a category.
    """
    if kind == "VARCHAR" and given != kind:
        return category_columns.sql(column, given)
    through = "timestamptz::timestamp" if kind == "TIMESTAMP" else kind
    return f"{quoted(column)}::{through}"


def without_values(warehouse: Warehouse, relation: str, columns: Mapping[str, str]) -> list[str]:
    """Return those of the columns, by their types, in which no row has a value; NaN is none.

    Without rows that is nothing to go by.
    """
    left = dict(columns)
    for rows in (f"(from {quoted(relation)} limit 1000)", quoted(relation)):
        if not left:
            break
        counts = ", ".join(_filled(column, kind) for column, kind in left.items())
        query = f"select count(*), {counts} from {rows}"
        n, *filled = warehouse.connection.execute(query).fetchone() or (0,)
        left = {
            name: left[name] for name, count in zip(left, filled, strict=True) if n and not count
        }
    return list(left)


def _filled(column: str, kind: str) -> str:
    """Return the SQL that counts a column's values."""
    name = quoted(column)
    return f"count({f'nullif(isnan({name}), true)' if kind in ('FLOAT', 'DOUBLE') else name})"


def narrowest(warehouse: Warehouse, column: str) -> str:
    """Return the first type that holds every value of a text column; VARCHAR when none does."""
    tests = ", ".join(
        f"count(*) filter (({_misfit(column, kind)}) or not "
        f"regexp_full_match(trim({quoted(column)}::varchar), {literal(f'(?i){form}')}))"
        for kind, form in CANDIDATES.items()
    )
    query = f"select count({quoted(column)}), {tests} from {INCOMING}"
    filled, *misfits = warehouse.connection.execute(query).fetchone() or (0,)
    fitting = [kind for kind, n in zip(CANDIDATES, misfits, strict=False) if n == 0]
    return fitting[0] if filled and fitting else "VARCHAR"


def _misfit(column: str, kind: str) -> str:
    """Return the SQL condition that a value cannot be held by a type without loss."""
    name = quoted(column)
    condition = f"{name} is not null and try_cast({name} as {kind}) is null"
    if kind == "DATE":
        whole = (
            f"try_cast({name} as timestamp) is distinct from try_cast({name} as date)::timestamp"
        )
        return f"({condition}) or ({name} is not null and {whole})"
    if kind == "BOOLEAN":  # which DuckDB makes of every number
        return f"({condition}) or coalesce(try_cast({name} as double) not in (0, 1), false)"
    if kind in INTEGERS:
        exact = f"try_cast({name} as double) is distinct from try_cast({name} as {kind})::double"
        text = f"regexp_matches({name}::varchar, '^0[0-9]')"  # 007 is a name, not seven
        return f"({condition}) or ({name} is not null and ({exact} or {text}))"
    return condition


def check_values(warehouse: Warehouse, source: sources.Source, schema: dict[str, str]) -> None:
    """Raise SourceError at the first value that does not fit its column's type."""
    kinds = {column: kind for column, kind in schema.items() if kind != "VARCHAR"}
    if not kinds:
        return
    tests = ", ".join(f"min(mlmon_row) filter ({_misfit(*pair)})" for pair in kinds.items())
    rows = warehouse.connection.execute(f"select {tests} from {INCOMING}").fetchone() or ()
    wrong = [(row, column) for row, column in zip(rows, kinds, strict=True) if row is not None]
    if wrong:
        row, column = min(wrong)
        query = f"select {quoted(column)}::varchar from {INCOMING} where mlmon_row = $row"
        value = warehouse.value(query, row=row)
        raise SourceError(
            f"{source.name}: row {row}, column {column}: {value!r} is not {kinds[column]}"
        )


def check_keys(
    warehouse: Warehouse,
    dataset: Dataset,
    name: str,
    source: sources.Source,
    kind: str,
    batches: Sequence[str],
) -> None:
    """Raise SourceError when a key is missing, stands twice, or is in another batch.

    `kind` is the key's type, `batches` are those that the incoming rows replace.
    """
    key = f"{quoted(dataset.key)}::{kind}"
    place = f"{source.name}: row {{row}}, column {dataset.key}:"
    if row := warehouse.one(f"select mlmon_row as row from {INCOMING} where {key} is null limit 1"):
        raise SourceError(f"{place.format(**row)} the key is missing")
    row = warehouse.one(
        f"select mlmon_row as row, {key} as key from {INCOMING} qualify row_number()"
        f" over (partition by {key} order by mlmon_row) = 2 order by mlmon_row limit 1"
    )
    if row:
        raise SourceError(f"{place.format(**row)} key {row['key']} stands there twice")
    if not warehouse.has(name):
        return
    row = warehouse.one(
        f"select mlmon_row as row, {key} as key, batch from {INCOMING} join"
        f" (select {quoted(dataset.key)} as mlmon_key, batch from {quoted(name)}"
        f" where not list_contains($batches, batch))"
        f" on mlmon_key = {key} order by mlmon_row limit 1",
        batches=list(batches),
    )
    if row:
        raise SourceError(
            f"{place.format(**row)} key {row['key']} is in batch {row['batch']} already"
        )
