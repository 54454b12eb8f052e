"""What the views in the warehouse were made of, and whether that is still so.

Making views loads ibis and sqlglot; finding that there is nothing to make must not.
"""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlmon.config import Config
from mlmon.system import fingerprints
from mlmon.warehouse.metrics import sql_folder
from mlmon.warehouse.warehouse import Warehouse

MADE_OF, PROJECT_VIEWS = "views_made_of", "project_views"
LIBRARIES = ("duckdb", "ibis-framework", "sqlglot")
CODE = ("models/features.py", "views/*.py", "warehouse/*.py")

State = dict[str, Any]  # view of the project -> what is known of it


def state(warehouse: Warehouse) -> State:
    """Return the views that were made: `text` is the md5 of the file, `reads` what it reads.

    A view that could not be made has `failed`, the reason.
    """
    return dict(json.loads(stored(warehouse, PROJECT_VIEWS) or "{}"))


def is_current(warehouse: Warehouse, config: Config) -> bool:
    """Return whether nothing that decides the views has changed since `remember`."""
    return stored(warehouse, MADE_OF) == fingerprint(warehouse, config)


def remember(warehouse: Warehouse, config: Config) -> None:
    """What the views are made of now is known."""
    store(warehouse, MADE_OF, fingerprint(warehouse, config))


def stored(warehouse: Warehouse, name: str) -> str | None:
    """Return the fact of this name in `warehouse_state`, None when there is none."""
    value: str | None = warehouse.value(
        "select value from warehouse_state where name = $name", name=name
    )
    return value


def store(warehouse: Warehouse, name: str, value: str) -> None:
    """`warehouse_state` has the fact of this name, instead of the one of before."""
    with warehouse.transaction():
        warehouse.write("delete from warehouse_state where name = $name", name=name)
        warehouse.append("warehouse_state", [{"name": name, "value": value}])


def fingerprint(warehouse: Warehouse, config: Config) -> str:
    """Return a name for all that decides the views: files, settings, tables, versions, code."""
    files = [f"{file.name}\0".encode() + file.read_bytes() for file in _files(config)]
    texts = [config.model_dump_json(), *(version(name) for name in LIBRARIES)]
    texts += [str(row) for row in warehouse.read(_IN_THE_WAREHOUSE, made_of=MADE_OF)]
    return fingerprints.of(b"".join([*files, "\0".join(texts).encode()]))


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
