"""Values and names as DuckDB's SQL spells them, and a query with its values in their places."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Code points that no HTML document may hold, except tab and newline: a query is shown on pages.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)
# What may hold a dollar that names no value, and a name: strings, names in quotes, comments.
PLACES = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$([a-z_][a-z_0-9]*)""", re.DOTALL
)


# A name that DuckDB, where no relation has it, would look for among the files.
FILE_LIKE = re.compile(r"(csv|tsv|json|jsonl|ndjson|parquet|arrow)(\.\w+)?$", re.IGNORECASE)


def quoted(name: str) -> str:
    """Return a name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """Return a value as DuckDB reads it.

    >>> literal("it's"), literal([1, None, True]), literal(0.1)
    ("'it''s'", '[1, null, true]', "'0.1'::double")
    """
    match value:
        case None:
            return "null"
        case str():
            text = "'" + value.replace("'", "''") + "'"
            return FORBIDDEN.sub(lambda found: f"' || chr({ord(found[0])}) || '", text)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return f"'{value}'::double"  # 0.1::double would be a DECIMAL first, and rounded twice
        case datetime():
            return f"'{value.isoformat(' ')}'::timestamp"
        case list() | tuple() | set():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            raise TypeError(f"{type(value).__name__} cannot be spelled in SQL")


def commented(kind: str, relation: str, text: str, columns: Mapping[str, str]) -> str:
    """Return the statements that write the comments of a table or view and of its columns."""
    statements = [f"comment on {kind} {quoted(relation)} is {literal(text)}"] + [
        f"comment on column {quoted(relation)}.{quoted(column)} is {literal(words)}"
        for column, words in columns.items()
    ]
    return ";\n".join(statements)


def spelled(query: str, parameters: Mapping[str, Any]) -> str:
    """Return the query with every `$name` in its place as a literal; raises KeyError.

    >>> spelled("select $a, '$a' -- $a", {"a": "x"})
    "select 'x', '$a' -- $a"
    """
    return PLACES.sub(lambda found: literal(parameters[found[1]]) if found[1] else found[0], query)


def names(query: str) -> set[str]:
    """Return every name that stands as `$name` in the query.

    >>> names("select $a, '$b' -- $c")
    {'a'}
    """
    return {name for name in PLACES.findall(query) if name}
