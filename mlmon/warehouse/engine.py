"""DuckDB as ibis has it, without what DuckDB or pandas call deprecated there.

ibis 12 calls methods of DuckDB that have other names by now, and asks pandas for an option that
is to go. Its tables are handed out, so this holds for what their users do with them too.
"""

from collections.abc import Iterator
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from mlmon.system.quiet import quiet

RENAMED = {"fetch_arrow_table": "to_arrow_table"}
RESULTS = ("execute", "sql")  # what returns a thing that has these methods


def sql_of(expression: Any) -> str:
    """Return the SQL of an ibis expression, as DuckDB reads it."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


class _Renamed:
    """A connection or result of DuckDB that also answers to its methods' former names."""

    def __init__(self, given: Any) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        if name == "fetch_record_batch":
            return self._reader
        found = getattr(self._given, RENAMED.get(name, name))
        if name not in RESULTS:
            return found
        return lambda *given, **named: _Renamed(found(*given, **named))

    def _reader(self, rows_per_batch: int) -> Any:
        return self._given.to_arrow_reader(rows_per_batch)


class Engine(Backend):  # type: ignore[misc]  # ibis has no types
    """ibis's backend over a connection of ours."""

    @classmethod
    def over(cls, connection: Any) -> "Engine":
        """Return the backend of a connection."""
        engine: Engine = cls.from_connection(_Renamed(connection))
        return engine

    @quiet()
    def execute(self, *given: Any, **named: Any) -> Any:
        """Return what an expression is in pandas."""
        return super().execute(*given, **named)

    def to_pandas_batches(self, *given: Any, **named: Any) -> Iterator[Any]:
        """Yield what an expression is in pandas, frame by frame."""
        frames = super().to_pandas_batches(*given, **named)
        while True:
            with quiet():
                frame = next(frames, None)
            if frame is None:
                return
            yield frame
