"""The one DuckDB file: connect, transactions, append, read. Nothing else touches a connection."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb

from mlmon.errors import MlmonError, QueryFailed, TransactionLost, WarehouseNotFound, reason
from mlmon.warehouse import rows as fetch
from mlmon.warehouse import schema
from mlmon.warehouse.file import cut, explained, patiently
from mlmon.warehouse.sql import FILE_LIKE, commented, quoted, spelled

Row = fetch.Row
T = TypeVar("T")

_OURS = "database_name in (current_database(), 'temp') and schema_name = 'main' and not internal"


def now() -> datetime:
    """Return the present as a naive UTC timestamp, the only kind the warehouse holds."""
    return datetime.now(UTC).replace(tzinfo=None)


def raised_by_signal(error: BaseException) -> BaseException | None:
    """Return what a signal's handler raised during a query, of which DuckDB makes its own error."""
    return error.__cause__ if str(error) == "Query interrupted" else None


def mend(path: Path) -> list[str]:
    """A log that cannot be replayed ends before what is torn in it; return what was done."""
    done: list[str] = []
    while path.exists():
        try:
            duckdb.connect(str(path), read_only=True).close()
        except duckdb.Error as error:
            if what := cut(path, str(error)):
                done.append(what)
                continue
        break
    return done


class Warehouse:
    """A DuckDB database with mlmon's tables; `path` None is one in memory."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        read_only: bool = False,
        comments: bool = True,
        wait: float = 0,
        files: bool = True,
    ) -> None:
        """Open the file; make it with its tables when it is not there (unless `read_only`).

        While another process holds it, wait for up to so many seconds. Without `files` queries
        reach no other file. Raises WarehouseNotFound, WarehouseLocked.
        """
        self.path = path
        self.read_only = read_only
        self._depth = 0
        self._given_up: dict[object, str] = {}  # queries that failed, and why
        self.connection = patiently(lambda: _connect(path, read_only, files), wait)
        self.connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        self.connection.execute(f"set lock_configuration = {'false' if files else 'true'}")
        self._settle(comments)

    @classmethod
    def scratch(cls) -> Self:
        """Return a database in memory that adds up in one order: the same sums to the last bit."""
        opened = cls(comments=False)
        opened.connection.execute("set threads = 1")
        return opened

    def close(self) -> None:
        """Let the file go."""
        self.connection.close()

    def __enter__(self) -> Self:
        """Return the warehouse."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # Reading ------------------------------------------------------------------

    def read(self, sql: str, /, **parameters: Any) -> list[Row]:
        """Return the rows of a query; `$name` in it is `parameters["name"]`.

        They are spelled, not bound: DuckDB loads pandas, .6 seconds, to bind a value.
        """
        return fetch.rows(self.connection, spelled(sql, parameters) if parameters else sql)

    def one(self, sql: str, /, **parameters: Any) -> Row | None:
        """Return the first row of a query, or None."""
        rows = self.read(sql, **parameters)
        return rows[0] if rows else None

    def value(self, sql: str, /, **parameters: Any) -> Any:
        """Return the first column of the first row of a query, or None."""
        row = self.one(sql, **parameters)
        return next(iter(row.values())) if row else None

    def values(self, sql: str, /, **parameters: Any) -> tuple[Any, ...]:
        """Return the first row of a query, in the order of its columns; empty where there is none.

        Of a thousand columns without names.
        """
        return self._answer(sql, parameters).fetchone() or ()

    def readable(self, sql: str) -> list[Row]:
        """Return the rows of a select as a person reads them."""
        return fetch.readable(self.connection, sql)

    def frame(self, sql: str, /, **parameters: Any) -> Any:
        """Return the rows of a query as a pandas frame."""
        return self._answer(sql, parameters).df()

    def arrays(self, sql: str, /, **parameters: Any) -> dict[str, Any]:
        """Return column -> its values in numpy, masked where one is NULL."""
        return dict(self._answer(sql, parameters).fetchnumpy())

    def arrow(self, sql: str, /, **parameters: Any) -> Any:
        """Return the rows of a query as an Arrow table."""
        return self._answer(sql, parameters).to_arrow_table()

    def reader(self, sql: str, /, **parameters: Any) -> Any:
        """Return the rows of a query as an Arrow reader; read it before anything else runs here."""
        return self._answer(sql, parameters).to_arrow_reader()

    def _answer(self, sql: str, parameters: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(spelled(sql, parameters) if parameters else sql)

    def parse(self, sql: str) -> None:
        """Raise DuckDB's own error, which says where it is, for what is no SQL."""
        self.connection.extract_statements(sql)

    def has(self, relation: str) -> bool:
        """Return whether a table or view of that name exists."""
        query = f"from duckdb_tables() where lower(table_name) = lower($name) and {_OURS}"
        return self.one(query, name=relation) is not None

    def views(self) -> set[str]:
        """Return the names of the views, whoever made them."""
        rows = self.read(f"select view_name from duckdb_views() where {_OURS}")
        return {row["view_name"] for row in rows}

    def columns(self, relation: str) -> dict[str, str]:
        """Return column name -> DuckDB type of a relation, in order; empty when it is not there."""
        try:  # `duckdb_columns()` looks at all there is to answer for one
            if FILE_LIKE.search(relation):
                raise duckdb.CatalogException
            name = f"{quoted(self._name)}.main.{quoted(relation)}"
            rows = self.read(f"select column_name, column_type from (describe {name})")
        except duckdb.CatalogException:
            where = f"{_OURS} and lower(table_name) = lower($name) order by column_index"
            query = "select column_name, data_type as column_type from duckdb_columns()"
            rows = self.read(f"{query} where {where}", name=relation)
        return {row["column_name"]: row["column_type"] for row in rows}

    def every_column(self) -> dict[str, list[str]]:
        """Return relation -> its columns, in order, in one look at the catalogue."""
        rows = self.read(
            "select table_name, list(column_name order by column_index) as columns"
            f" from duckdb_columns() where {_OURS} group by table_name"
        )
        return {row["table_name"]: row["columns"] for row in rows}

    @cached_property
    def _name(self) -> str:
        return str(self.value("select current_database()"))

    @cached_property
    def ibis(self) -> Any:
        """The same connection as an ibis backend."""
        from mlmon.warehouse.engine import (
            Engine,  # half a second that who only reads should not pay
        )

        return Engine.over(self.connection)

    # Writing ------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are committed together or not at all; may be nested.

        What a signal's handler raised during a query comes out as itself: DuckDB makes another
        error of it and leaves the query running, for which the rollback would wait.
        """
        if self._depth == 0:
            self.connection.execute("begin transaction")
        self._depth += 1
        try:
            yield
        except BaseException as error:
            self._depth -= 1
            if self._depth == 0:
                self.connection.interrupt()
                self.connection.execute("rollback")
            if raised := raised_by_signal(error):
                raise raised from None
            raise
        self._depth -= 1
        if self._depth == 0:
            self.connection.execute("commit")

    def attempt(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, done in one transaction; it may be nested.

        DuckDB has no savepoints: a query of `tried` that fails can take the transaction with it.
        The work is then done once more from the start, without that query.
        """
        if self._depth:  # whoever began the transaction starts over
            with self.transaction():
                return work()
        self._given_up = {}
        while True:
            try:
                with self.transaction():
                    return work()
            except TransactionLost:
                continue

    def tried(self, sql: str, /, **parameters: Any) -> list[Row]:
        """Return the rows of a query that may fail: inside `attempt` nothing else is undone.

        Raises QueryFailed, with the first line of the reason.
        """
        key = (sql, tuple(parameters.items()))
        if key in self._given_up:
            raise QueryFailed(self._given_up[key])
        try:
            return self.read(sql, **parameters)
        except (duckdb.Error, UnicodeError, OverflowError) as error:
            why = reason(error)
            try:
                self.connection.execute("select 1")
            except duckdb.TransactionException:
                self._given_up[key] = why
                raise TransactionLost(why) from error
            raise QueryFailed(why) from error

    def write(self, sql: str, /, **parameters: Any) -> int:
        """Run a statement; return how many rows it changed."""
        changed = self.connection.execute(sql, parameters or None).fetchone()
        return int(changed[0]) if changed and isinstance(changed[0], int) else 0

    def create(self, kind: str, name: str, query: str) -> None:
        """The name is the rows of a query, as a view, table, temp view or temp table (`kind`).

        One of this name and kind is replaced, its comments are gone.
        """
        self.connection.execute(f"create or replace {kind} {quoted(name)} as {query}")

    def drop(self, kind: str, name: str) -> None:
        """There is no view or table (`kind`) of this name any more."""
        self.connection.execute(f"drop {kind} if exists {quoted(name)}")

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows; a name that the table does not have raises, one left out is NULL."""
        if not rows:
            return
        import pyarrow as pa

        columns = list(self.columns(table))
        if unknown := {name for row in rows for name in row} - set(columns):
            raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
        frame = pa.table({name: [row.get(name) for row in rows] for name in columns})
        self.insert(table, frame)

    def insert(self, table: str, frame: Any) -> None:
        """Insert an Arrow table or record batch reader whose columns are those of the table."""
        with self.registered(frame) as name:
            self.connection.execute(f"insert into {quoted(table)} by name select * from {name}")

    def load(self, table: str, frame: Any) -> None:
        """There is a table with the rows and columns of an Arrow table or record batch reader."""
        with self.registered(frame) as name:
            self.connection.execute(f"create table {quoted(table)} as from {name}")

    def register(self, name: str, frame: Any) -> None:
        """A frame is a relation of this connection, read where it lies, until it closes."""
        self.connection.register(name, frame)

    @contextmanager
    def registered(self, frame: Any, name: str = "mlmon_frame") -> Iterator[str]:
        """Inside, a frame is a relation of this connection; yields its name."""
        self.register(name, frame)
        try:
            yield name
        finally:
            self.connection.unregister(name)

    def comment(self, kind: str, relation: str, text: str, columns: Mapping[str, str]) -> None:
        """Write the comment of a table or view (`kind`) and of its columns."""
        self.connection.execute(commented(kind, relation, text, columns))

    def _settle(self, comments: bool) -> None:
        """The file has mlmon's tables in today's shape; raises MlmonError where it cannot."""
        version = None
        if self.has("warehouse_state"):
            query = "select try_cast(value as integer) from warehouse_state"
            version = self.value(f"{query} where name = 'schema_version'")
        if version is not None:
            self._migrate(version)
        elif self.read_only or self.one(f"from duckdb_tables() where {_OURS}") or self.views():
            raise MlmonError(
                f"{self.path} is not an mlmon warehouse; give `warehouse:` another path"
            )
        else:
            self._run(schema.created(comments))

    def _migrate(self, version: int) -> None:
        if version > schema.VERSION:
            raise MlmonError(
                f"{self.path} has schema {version}, this mlmon reads {schema.VERSION}; "
                "use the mlmon that wrote it, or a newer one"
            )
        if version == schema.VERSION:
            return
        if self.read_only:
            raise MlmonError(
                f"{self.path} has schema {version}, this mlmon writes {schema.VERSION}; "
                "`mlmon doctor --repair` brings it up to date, for good"
            )
        try:
            self._run(schema.migrated(version))
        except duckdb.Error as error:
            raise MlmonError(
                f"{self.path} cannot be brought from schema {version} to {schema.VERSION}: "
                f"{reason(error)}; nothing was changed, use the mlmon that wrote it"
            ) from error

    def _run(self, statements: Iterable[str]) -> None:
        with self.transaction():
            for statement in statements:
                self.connection.execute(statement)


def _connect(path: Path | None, read_only: bool, files: bool) -> duckdb.DuckDBPyConnection:
    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",  # a name in a query is no variable of ours
        "enable_external_access": "true" if files else "false",
    }
    if path is None:
        return duckdb.connect(":memory:", config=config)
    if read_only and not path.exists():
        raise WarehouseNotFound(f"there is no warehouse at {path}; make it with `mlmon ingest`")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return duckdb.connect(str(path), read_only=read_only, config=config)
    except (duckdb.IOException, duckdb.ConnectionException) as error:
        raise explained(path, str(error)) from error
