"""Rows on their way in: loaded as they are, then checked against the dataset's schema.

Every check speaks of the first row that fails it: file, row, column, value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

from mlmon.config import Dataset
from mlmon.errors import SourceError, printable
from mlmon.sources import door, formats, frames
from mlmon.sources import files as sources
from mlmon.sources.door import File
from mlmon.sources.files import Source
from mlmon.warehouse import category_columns
from mlmon.warehouse.sql import literal, quoted
from mlmon.warehouse.warehouse import Warehouse

SIZES = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39}
INTEGERS = SIZES | {f"U{kind}": digits for kind, digits in SIZES.items()} | {"UBIGINT": 20}
MOST_DIGITS = 38  # of a DECIMAL
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
def loaded(warehouse: Warehouse, source: Source, found: Sequence[File]) -> Iterator[None]:
    """Inside, the source's rows are a temporary table, numbered as in their files.

    Raises SourceError when a file cannot be read, or is still being written.
    """
    try:
        with door.unchanged(found), sources.explained(source):
            query = sources.relation(warehouse, source) if found else f"from {frames.RELATION}"
            _check_own_names(warehouse, source, query)
            row = f"row_number() over () + {int(source.is_text)} as mlmon_row"
            warehouse.create("temp table", INCOMING, f"select {row}, * from ({query})")
        yield
    finally:
        warehouse.drop("table", INCOMING)


def _check_own_names(warehouse: Warehouse, source: Source, query: str) -> None:
    """Raise SourceError for a column of the source that has a name of mlmon's, in any case."""
    names = [row["column_name"] for row in warehouse.read(f"describe {query}")]
    own = [name for name in names if name.lower().startswith("mlmon_")]
    if len(source.paths) > 1:
        own.remove("mlmon_file")  # of which `relation` lets there be no other
    if own:
        raise SourceError(
            f"{source.name}: column {own[0]}: names that begin with mlmon_ are mlmon's own; rename "
            "it in the source"
        )


def columns(warehouse: Warehouse) -> dict[str, str]:
    """Return column -> type of the incoming rows, as the source has them."""
    types = warehouse.columns(INCOMING)
    return {name: kind for name, kind in types.items() if name not in ("mlmon_row", "mlmon_file")}


def place(warehouse: Warehouse, source: Source, row: int) -> str:
    """Return where an incoming row stands: its file, and its number in it."""
    if len(source.paths) < 2:
        return f"{source.name}: row {row}"
    query = (
        f"select mlmon_file as file, $row - min(mlmon_row) + 1 as row from {INCOMING}"
        f" where mlmon_file = (select mlmon_file from {INCOMING} where mlmon_row = $row)"
        " group by all"
    )
    found = warehouse.read(query, row=row)[0]
    path = source.paths[found["file"]]
    return f"{path.name}: row {found['row'] + formats.is_untyped(path)}"


def frozen_schema(
    warehouse: Warehouse, dataset: Dataset, name: str, source: Source
) -> dict[str, str]:
    """Return column -> type: the frozen one, which the incoming columns must have, or a new one.

    A column of the dataset that had no value so far has the type of the first ones; one of
    decimals or of single precision is widened where the incoming values need it.
    """
    incoming = columns(warehouse)
    if not warehouse.value(f"select count(*) from {INCOMING}"):
        raise SourceError(f"{source.name}: no records; put them there or remove the file")
    frozen = warehouse.columns(name)
    if not frozen:
        return _first_schema(warehouse, dataset, source, incoming)
    frozen.pop("batch")
    if missing := [column for column in frozen if column not in incoming]:
        near = _near(missing[0], incoming)
        raise SourceError(f"{source.name}: column {missing[0]} is missing; {name} has it{near}")
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
    source: Source,
    incoming: dict[str, str],
) -> dict[str, str]:
    """Return the types of the columns that have their first values now."""
    fixed = {"batch", dataset.key, dataset.time, dataset.batching.time}
    stored = warehouse.columns(name)
    open_ = {column: kind for column, kind in stored.items() if column not in fixed}
    wider = {column: _wider(kind, incoming[column]) for column, kind in open_.items()}
    empty = without_values(warehouse, name, open_)
    given = {column: incoming[column] for column in empty}
    filled = set(empty) - set(without_values(warehouse, INCOMING, given))
    first = {column: _type(warehouse, source, column, given[column]) for column in sorted(filled)}
    return {column: kind for column, kind in wider.items() if kind} | first


def _wider(stored: str, given: str) -> str | None:
    """Return the type that also holds what a stored type has no room for; None where it is wide.

    >>> _wider("DECIMAL(3,2)", "DECIMAL(4,3)"), _wider("DECIMAL(3,2)", "TINYINT")
    ('DECIMAL(4,3)', 'DECIMAL(5,2)')
    >>> _wider("FLOAT", "DOUBLE"), _wider("DECIMAL(4,3)", "DECIMAL(3,2)"), _wider("DATE", "DATE")
    ('DOUBLE', None, None)
    """
    if stored == "FLOAT" and given != stored:
        return "DOUBLE"
    if not (old := _digits(stored)) or not (new := _digits(given)):
        return None
    whole, scale = (max(pair) for pair in zip(old, new, strict=True))
    fits = (whole, scale) == old or whole + scale > MOST_DIGITS
    return None if fits else f"DECIMAL({whole + scale},{scale})"


def _digits(kind: str) -> tuple[int, int] | None:
    """Return the digits before and after the point that a decimal or an integer may have."""
    if found := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        width, scale = map(int, found.groups())
        return width - scale, scale
    return (INTEGERS[kind], 0) if kind in INTEGERS else None


def _type(warehouse: Warehouse, source: Source, column: str, kind: str) -> str:
    """Return the type that an incoming column is kept in: of a text file what its values allow."""
    return narrowest(warehouse, column) if source.is_text else stored_type(kind)


def _first_schema(
    warehouse: Warehouse, dataset: Dataset, source: Source, incoming: dict[str, str]
) -> dict[str, str]:
    for role, column in (
        ("key", dataset.key),
        ("time", dataset.time),
        ("time", dataset.batching.time),
    ):
        if column is not None and column not in incoming:
            raise SourceError(
                f"{source.name}: column {column} is missing; it is the dataset's {role}"
                f"{_near(column, incoming)}"
            )
    if own := [column for column in incoming if column.lower() == "batch"]:
        raise SourceError(
            f"{source.name}: column {own[0].lower()} is mlmon's own; rename it in the source"
        )
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


def _near(column: str, columns: Iterable[str]) -> str:
    """Return which column of a source may be meant, in words."""
    names = list(columns)
    plain = {name.strip().lower(): name for name in reversed(names)}
    if column.strip().lower() in plain:
        other = plain[column.strip().lower()]
        what = "its case" if other.strip() == other else "spaces or its case"
        return f"; there is {printable(other)}, the same but for {what}: rename one"
    close = get_close_matches(column, names, 1)
    listed = ", ".join(map(printable, close or names[:5]))
    more = f" and {len(names) - 5} more" if not close and len(names) > 5 else ""
    return f"; there is {listed}{more}"


def stored_type(kind: str) -> str:
    """Return the type that a column of a typed source is kept in: UTC timestamps, plain text."""
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    return "VARCHAR" if kind.startswith("ENUM") else kind


def cast(column: str, kind: str, given: str = "VARCHAR") -> str:
    """Return the SQL of an incoming value, of a `given` type, in its stored type.

    An offset from UTC is applied; what becomes text is spelled as a category.
    """
    if given == kind:
        return quoted(column)
    if kind == "VARCHAR":
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
        n, *filled = warehouse.values(query)
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
    filled, *misfits = warehouse.values(query)
    fitting = [kind for kind, n in zip(CANDIDATES, misfits, strict=False) if n == 0]
    return fitting[0] if filled and fitting else "VARCHAR"


def _misfit(column: str, kind: str) -> str:
    """Return the SQL condition that a value cannot be held by a type without loss."""
    name = quoted(column)
    condition = f"{name} is not null and try_cast({name} as {kind}) is null"
    if kind == "DATE":  # also as a time, which is how its number is found
        moment = f"try_cast({name} as timestamp)"
        whole = f"{moment} is distinct from try_cast(try_cast({name} as date) as timestamp)"
        return f"({condition}) or ({name} is not null and ({moment} is null or {whole}))"
    if kind == "BOOLEAN":  # which DuckDB makes of every number
        return f"({condition}) or coalesce(try_cast({name} as double) not in (0, 1), false)"
    if kind in INTEGERS:
        exact = f"try_cast({name} as double) is distinct from try_cast({name} as {kind})::double"
        text = f"regexp_matches({name}::varchar, '^0[0-9]')"  # 007 is a name, not seven
        return f"({condition}) or ({name} is not null and ({exact} or {text}))"
    if kind == "FLOAT" or kind.startswith("DECIMAL"):
        exact = f"try_cast({name} as double) is distinct from try_cast({name} as {kind})::double"
        return f"({condition}) or ({exact})"
    return condition


def check_values(
    warehouse: Warehouse, source: Source, schema: dict[str, str], times: Iterable[str | None] = ()
) -> None:
    """Raise SourceError at the first value that does not fit its column's type.

    Those of the columns of `times` lie in the years 1 to 9999.
    """
    types = columns(warehouse)
    tests = {
        column: _misfit(column, kind)
        for column, kind in schema.items()
        if kind != types.get(column) or kind == "DATE"
    }
    for column in set(times) - {None}:
        moment = f"try_cast({quoted(str(column))} as timestamp)"
        odd = f"not coalesce(isfinite({moment}) and year({moment}) between 1 and 9999, true)"
        tests[str(column)] = f"({tests.get(str(column), 'false')}) or {odd}"
    if not tests:
        return
    smallest = ", ".join(f"min(mlmon_row) filter ({test})" for test in tests.values())
    rows = warehouse.values(f"select {smallest} from {INCOMING}")
    wrong = [(row, column) for row, column in zip(rows, tests, strict=True) if row is not None]
    if wrong:
        row, column = min(wrong)
        query = f"select {quoted(column)}::varchar from {INCOMING} where mlmon_row = $row"
        value = printable(warehouse.value(query, row=row))
        raise SourceError(
            f"{place(warehouse, source, row)}, column {column}: {value!r} is not {schema[column]}"
        )


def check_keys(
    warehouse: Warehouse,
    dataset: Dataset,
    name: str,
    source: Source,
    kind: str,
    batches: Sequence[str],
) -> None:
    """Raise SourceError when a key is missing, stands twice, or is in another batch.

    `kind` is the key's type, `batches` are those that the incoming rows replace.
    """
    key = cast(dataset.key, kind, columns(warehouse)[dataset.key])

    def refuse(row: int, what: str) -> SourceError:
        return SourceError(f"{place(warehouse, source, row)}, column {dataset.key}: {what}")

    counts = warehouse.one(
        f"select count(*) as n, count({key}) as keys, count(distinct {key}) as different,"
        f" min(mlmon_row) filter ({key} is null) as row from {INCOMING}"
    )
    if counts and counts["row"] is not None:
        raise refuse(counts["row"], "the key is missing")
    if counts and counts["keys"] > counts["different"]:
        row = warehouse.read(
            f"select mlmon_row as row, {key}::varchar as key from {INCOMING} qualify row_number()"
            f" over (partition by {key} order by mlmon_row) = 2 order by mlmon_row limit 1"
        )[0]
        raise refuse(row["row"], f"key {printable(row['key'])} stands there twice")
    if not warehouse.has(name):
        return
    other = warehouse.one(
        f"select mlmon_row as row, {key}::varchar as key, batch from {INCOMING} join"
        f" (select {quoted(dataset.key)} as mlmon_key, batch from {quoted(name)}"
        f" where not list_contains($batches, batch))"
        f" on mlmon_key = {key} order by mlmon_row limit 1",
        batches=list(batches),
    )
    if other:
        what = f"key {printable(other['key'])} is in batch {printable(other['batch'])} already"
        raise refuse(other["row"], what)
