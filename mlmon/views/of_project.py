"""The project's own views: the `.sql` files of the folder that `views:` of mlmon.yml names.

They are plain queries: what one reads is found by parsing it. One that reads what is not there
yet, a dataset before its first ingest, waits for it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from mlmon.config import Config
from mlmon.errors import ConfigError, ViewError, reason
from mlmon.system import fingerprints
from mlmon.views import freshness
from mlmon.warehouse import metrics as catalogue
from mlmon.warehouse import queries
from mlmon.warehouse.comments import comment_of
from mlmon.warehouse.tables import TABLES
from mlmon.warehouse.warehouse import Warehouse

OURS = catalogue.views() | {table.name for table in TABLES}

Columns = dict[str, dict[str, str]]  # relation, in lower case -> column -> type


@dataclass(frozen=True)
class File:
    """A file of the folder: a view, and the relations that it reads, in lower case."""

    name: str
    path: str
    text: str
    query: exp.Query
    reads: tuple[str, ...]


def refresh(warehouse: Warehouse, config: Config) -> None:
    """The folder's views are in the warehouse as their files say, and no others of before.

    All or none: raises ViewError for a file that is no view, and then nothing has changed.
    """
    with warehouse.transaction():
        _renew(warehouse, config, {})


def follow(warehouse: Warehouse, config: Config) -> None:
    """The folder's views fit what a verb has just changed; one that cannot be is taken away.

    What the verb did stays; an evaluation says why the view failed, the next command refuses.
    """
    failed: dict[str, str] = {}
    while config.views is not None:
        try:
            with warehouse.transaction():
                _renew(warehouse, config, failed)
            return
        except ViewError as error:
            failed[error.view] = str(error)
        except ConfigError:  # the folder as a whole is wrong: what was made of it stays
            return


def _renew(warehouse: Warehouse, config: Config, failed: Mapping[str, str]) -> None:
    known = freshness.state(warehouse)
    files = _ordered(_files(warehouse, config, failed))
    if not known and not files and not failed:
        return
    for name in set(known) - {file.name for file in files}:
        _drop(warehouse, name)
    columns = _columns(warehouse)
    made: freshness.State = {name: {"failed": reason} for name, reason in failed.items()}
    absent = _promised(config) - set(columns)
    for file in files:
        if absent & set(file.reads):
            absent.add(file.name.lower())
            _drop(warehouse, file.name)
            columns.pop(file.name.lower(), None)
            continue
        entry = _entry(file, columns)
        if known.get(file.name) != entry or file.name.lower() not in columns:
            _create(warehouse, file)
            columns[file.name.lower()] = warehouse.columns(file.name)
        made[file.name] = entry
    if made != known:
        freshness.store(warehouse, freshness.PROJECT_VIEWS, json.dumps(made, sort_keys=True))


def _entry(file: File, columns: Columns) -> dict[str, Any]:
    """Return what is kept of a view: it is made again when its text or what it reads is new."""
    read = {name: columns.get(name) for name in file.reads}
    definition = json.dumps([file.path, file.text, read], sort_keys=True)
    return {
        "definition": fingerprints.of(definition),
        "text": fingerprints.of(file.text),
        "reads": list(file.reads),
    }


def _columns(warehouse: Warehouse) -> Columns:
    rows = warehouse.read(
        "select lower(table_name) as relation, column_name, data_type from duckdb_columns()"
        " where not internal order by table_name, column_index"
    )
    found: Columns = {}
    for row in rows:
        found.setdefault(row["relation"], {})[row["column_name"]] = row["data_type"]
    return found


def _promised(config: Config) -> set[str]:
    """Return the relations, in lower case, that there will be: datasets, and them scored."""
    scored = {f"scored_{model.dataset}" for model in config.models.values()}
    scored |= {f"scored_{model.dataset}_{name}" for name, model in config.models.items()}
    return {name.lower() for name in (*config.datasets, *scored)}


def _drop(warehouse: Warehouse, name: str) -> None:
    if name in warehouse.views():
        warehouse.drop("view", name)


# Reading files ----------------------------------------------------------------


def _files(warehouse: Warehouse, config: Config, failed: Mapping[str, str]) -> Iterator[File]:
    """Yield the files of the folder but the failed ones; raises ViewError, ConfigError."""
    if config.views is None:
        return
    folder = config.path(config.views)
    if not folder.is_dir():
        raise ConfigError(f"mlmon.yml: views: there is no folder '{config.views}'")
    taken = OURS | {*map(str.lower, config.datasets)}
    tables = warehouse.read("select lower(table_name) as name from duckdb_tables()")
    taken |= {row["name"] for row in tables}
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.sql")):
        inner, name = path.relative_to(folder), path.stem
        if name in failed or any(part.startswith(".") for part in inner.parts):
            continue
        shown = (Path(config.views) / inner).as_posix()
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ViewError(name, f"{shown}: a view's name is letters, digits and _; rename it")
        if name.lower() in taken or name.lower().startswith(("scored_", "mlmon_")):
            raise ViewError(name, f"{shown}: {name} is a relation of mlmon's; rename the file")
        if name.lower() in seen:
            raise ViewError(name, f"{shown}: another file is called so too; rename one")
        seen.add(name.lower())
        yield _parse(name, path, shown)


def _parse(name: str, path: Path, shown: str) -> File:
    """Return the view that a file defines: one select, whatever comments it has."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ViewError(name, f"{shown}: byte {error.start} is not UTF-8; save it so") from error
    try:
        parsed = sqlglot.parse(text, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        found = getattr(error, "errors", None) or [{"line": None, "description": str(error)}]
        raise _wrong(name, shown, found[0]["line"], str(found[0]["description"])) from error
    statements = [one for one in parsed if one and not isinstance(one, exp.Semicolon)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ViewError(name, f"{shown}: a view is one select and nothing else")
    query = statements[0]
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    reads = {table.name.lower() for table in query.find_all(exp.Table) if table.name not in own}
    return File(name, shown, text, query, tuple(sorted(reads - {""})))


def _ordered(files: Iterable[File]) -> list[File]:
    """Return the files, each after those that it reads; raises ConfigError."""
    found = {file.name.lower(): file for file in files}
    reads = {name: [one for one in file.reads if one in found] for name, file in found.items()}
    try:
        return [found[name] for name in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        circle = " reads ".join(found[name].path for name in reversed(error.args[1]))
        raise ConfigError(f"{circle}; a view cannot read itself") from error


# Making views -----------------------------------------------------------------


def _create(warehouse: Warehouse, file: File) -> None:
    """The view exists, commented; raises ViewError with file, line and reason."""
    try:
        queries.relation(warehouse.tried, file.text)
        warehouse.read(f"describe {file.text}")  # as it stands, so that an error has its line
        query = file.query.sql(dialect="duckdb")
        queries.relation(warehouse.tried, query)  # as sqlglot spells it, which is what is stored
        warehouse.create("view", file.name, query)
    except Exception as error:  # whatever a user's SQL makes of sqlglot and DuckDB
        line = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
        raise _wrong(file.name, file.path, line and line[1], reason(error)) from error
    _document(warehouse, file)


def _wrong(name: str, path: str, line: object, why: str) -> ViewError:
    return ViewError(name, f"{path}{f':{line}' if line else ''}: {why}")


def _document(warehouse: Warehouse, file: File) -> None:
    """The view and its columns have comments: those of its header, else of what it reads."""
    lines = takewhile(lambda line: line.startswith("--"), file.text.strip().splitlines())
    header = [line[2:].strip() for line in lines]
    said = dict(re.findall(r"^(\w+): (.+)$", "\n".join(header), re.MULTILINE))
    read = warehouse.read(
        "select column_name, comment from duckdb_columns() where comment <> ''"
        " and list_contains($reads, lower(table_name)) order by table_name, column_index desc",
        reads=list(file.reads),
    )
    inherited = {row["column_name"]: row["comment"] for row in read}
    catalogue = warehouse.read("select metric, description from metric_catalogue")
    metrics = {row["metric"]: row["description"] for row in catalogue}
    words = {
        column: said.get(column)
        or inherited.get(column)
        or comment_of(file.name, column)
        or metrics.get(column)
        or f"As {file.path} has it."
        for column in warehouse.columns(file.name)
    }
    comment = next((line for line in header if line), f"The project's view in {file.path}.")
    warehouse.comment("view", file.name, comment, words)
