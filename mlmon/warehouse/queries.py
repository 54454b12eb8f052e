"""A query of the user's own, as a relation that can only read the warehouse.

Everything that runs one goes through `relation`: `mlmon sql`, `project.sql`, `sql:` of checks,
conditions and triggers, `query:` of tiles, the files of `views:`. Three things hold it:

- DuckDB's own parser says that it is one SELECT (`json_serialize_sql` takes nothing else), so that
  nothing can be written, attached, installed, set or run behind a semicolon.
- It runs within DuckDB's `query`, which parses one SELECT again: no bracket and no comment in it
  reaches what stands around it.
- Of that SELECT every table function is on a list, and every relation whose name could be that of
  a file is one that the warehouse has. This is decided on the parsed query, before DuckDB binds it,
  for binding a reader opens its file already.

Settings alone do not do: a project's own connection reads files and writes copies, and
`enable_external_access` cannot be switched back on. `mlmon sql` has a connection of its own, which
has it off besides.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from mlmon.errors import QueryFailed, ReadsFiles, printable, reason
from mlmon.warehouse.sql import literal
from mlmon.warehouse.warehouse import Warehouse

Read = Callable[..., list[dict[str, Any]]]

HARMLESS = """
    duckdb_columns duckdb_constraints duckdb_databases duckdb_dependencies duckdb_functions
    duckdb_indexes duckdb_keywords duckdb_memory duckdb_schemas duckdb_sequences duckdb_settings
    duckdb_tables duckdb_types duckdb_views pragma_database_size pragma_show pragma_storage_info
    pragma_table_info pragma_version
    generate_series icu_calendar_names json_each json_tree pg_timezone_names range repeat
    repeat_row test_all_types unnest
"""
READERS = """
    glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata
    parquet_metadata parquet_scan parquet_schema read_blob read_csv read_csv_auto read_json
    read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto
    read_ndjson_objects read_parquet read_text sniff_csv
"""
FUNCTIONS = frozenset(HARMLESS.split())
FILES = frozenset(READERS.split())  # what `mlmon sql --allow-files` adds; none of them writes
# Functions of values that do more than give one: they write, or plan (and so open) what they read.
REFUSED = frozenset(("getenv", "json_serialize_plan", "nextval", "write_log"))
PLAIN = re.compile(r"\w[\w $-]*")  # no file is found by such a name: it has no ending
RULE = "Expected a single SELECT statement, read-only"  # as DuckDB begins its own refusal
RELATIONS = (
    "select database_name, schema_name, table_name as name from duckdb_tables()"
    " union all select database_name, schema_name, view_name from duckdb_views()"
)


def relation(read: Read, query: str, *, files: bool = False) -> str:
    """Return the query as what stands after `from`; with `files` it may read files as well.

    Nothing of it has run. Raises QueryFailed, with DuckDB's words where it cannot be parsed.
    """
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise QueryFailed(reason(error)) from error
    for node in _nodes(_parsed(read, query)):
        _check(read, node, files)
    return f"query({literal(query)})"


def answer(read: Read, query: str) -> list[dict[str, Any]]:
    """Return the rows of the query. Raises QueryFailed, and what `read` raises."""
    return read(f"from {relation(read, query)}")


def table(warehouse: Warehouse, query: str) -> Any:
    """Return the rows of the query as an ibis table. Raises QueryFailed."""
    found = relation(warehouse.tried, query)
    warehouse.tried(f"describe from {found}")
    try:
        return warehouse.ibis.sql(f"select * from {found}", dialect="duckdb")
    except Exception as error:  # a type that ibis does not know, say
        raise QueryFailed(reason(error)) from error


def _parsed(read: Read, query: str) -> Any:
    """Return the syntax tree of the query as DuckDB sees it; raises QueryFailed."""
    text = read(f"select json_serialize_sql({literal(query)}) as tree")[0]["tree"]
    try:
        tree = json.loads(text)
    except RecursionError as error:
        raise QueryFailed("the query is nested too deep; write it in parts (`with`)") from error
    if tree["error"]:
        raise QueryFailed(_reason(query, tree))
    if len(tree["statements"]) != 1:
        what = f"there are {len(tree['statements'])}" if tree["statements"] else "this is empty"
        raise QueryFailed(f"{RULE}; {what}")
    return tree


def _reason(query: str, tree: dict[str, Any]) -> str:
    """Return why the query is no select, or what its mistake is."""
    if tree["error_type"] != "not implemented":
        return f"{str(tree['error_type']).capitalize()} Error: {tree['error_message']}"
    first = re.search(r"\w+", re.sub(r"--.*|/\*(?s:.*?)\*/", " ", query))
    if re.search(r"\bpivot\b", query, re.IGNORECASE):
        return f"{RULE}; a pivot names its values: `pivot ... on column in ('a', 'b')`"
    return f"{RULE}, no `{printable(first[0].lower() if first else query, 30)}`"


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of the tree, however deep."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left += node.values()
        elif isinstance(node, list):
            left += node


def _check(read: Read, node: dict[str, Any], files: bool) -> None:
    """Raise QueryFailed when what the node stands for may do more than read the warehouse."""
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name in FILES and not files:
            raise ReadsFiles(f"{RULE}, of the warehouse: {name}() reads files")
        if name not in FUNCTIONS | FILES:
            raise QueryFailed(f"{RULE}; {printable(name)}() may do more")
    elif node.get("class") == "FUNCTION" and str(node["function_name"]).lower() in REFUSED:
        raise QueryFailed(f"{RULE}; {node['function_name']}() does more")
    elif node.get("type") in ("BASE_TABLE", "SHOW_REF") and node["table_name"] and not files:
        parts = [str(node[f"{part}_name"]) for part in ("catalog", "schema", "table")]
        _check_name(read, [part.strip('"').lower() for part in parts if part])


def _check_name(read: Read, parts: list[str]) -> None:
    """Raise QueryFailed for a name by which DuckDB would look for a file."""
    if len(parts) == 1 and PLAIN.fullmatch(parts[0]):
        return
    for row in read(RELATIONS):
        catalog, schema, name = (str(value).lower() for value in row.values())
        if parts in ([name], [schema, name], [catalog, name], [catalog, schema, name]):
            return
    shown = printable(".".join(parts))
    raise ReadsFiles(f"{RULE}, of the warehouse, where nothing is called {shown}")
