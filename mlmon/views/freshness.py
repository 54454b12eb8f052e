"""What the views in the warehouse were made of, and whether that is still so.

Making views loads ibis and sqlglot; finding that there is nothing to make must not.
"""

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlmon.config import Config
from mlmon.warehouse.metrics import sql_folder
from mlmon.warehouse.warehouse import Warehouse

MADE_OF = "views_made_of"
LIBRARIES = ("duckdb", "ibis-framework", "sqlglot")
CODE = ("models/features.py", "views/*.py", "warehouse/*.py")

State = dict[str, Any]  # view of the project -> what is known of it


def state(warehouse: Warehouse) -> State:
    """Return the views that were made: `text` is the md5 of the file, `reads` what it reads.

    A view that could not be made has `failed`, the reason.
    """
    query = "select value from warehouse_state where name = 'project_views'"
    return dict(json.loads(warehouse.value(query) or "{}"))


def is_current(warehouse: Warehouse, config: Config) -> bool:
    """Return whether nothing that decides the views has changed since `remember`."""
    query = "select value from warehouse_state where name = $name"
    return bool(warehouse.value(query, name=MADE_OF) == fingerprint(warehouse, config))


def remember(warehouse: Warehouse, config: Config) -> None:
    """What the views are made of now is known."""
    with warehouse.transaction():
        warehouse.write("delete from warehouse_state where name = $name", name=MADE_OF)
        value = fingerprint(warehouse, config)
        warehouse.append("warehouse_state", [{"name": MADE_OF, "value": value}])


def fingerprint(warehouse: Warehouse, config: Config) -> str:
    """Return a name for all that decides the views: files, settings, tables, versions, code."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in _files(config):
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())
    said = [config.model_dump_json(), *(version(name) for name in LIBRARIES)]
    said += [str(row) for row in warehouse.read(_IN_THE_WAREHOUSE, made_of=MADE_OF)]
    digest.update("\0".join(said).encode())
    return digest.hexdigest()


# DuckDB sets other quotes and brackets in a view's text once it has read it back from the file,
# and drops the word lambda.
_IN_THE_WAREHOUSE = r"""
    select 'view', view_name, regexp_replace(sql, '\blambda\b|[^\w,.;]', '', 'g')
    from duckdb_views()
    where database_name = current_database() and not internal
    union all
    select 'table', table_name, sql from duckdb_tables()
    where database_name = current_database() and not internal
    union all
    select 'version', model || ' ' || model_version,
        concat_ws(chr(0), dataset, key, target, features)
    from model_versions
    union all
    select 'state', name, value from warehouse_state where name <> $made_of
    order by all
"""


def _files(config: Config) -> Iterator[Path]:
    yield from sorted(sql_folder().glob("*/*.sql"))
    for pattern in CODE:
        yield from sorted(Path(__file__).parents[1].glob(pattern))
    if config.views is not None:
        yield from sorted(path for path in config.path(config.views).rglob("*.sql"))
