"""A bench for views: the relations they read as plain tables, the views over them.

As in an evaluation, the profile floor is counted into tables, and the metric views read those.
Every view's text goes through ibis, as it does in a warehouse.
"""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, settings

from mlmon.views import files
from mlmon.warehouse.tables import TABLES

GENERATED = {
    "feature_values": "sample_id varchar, record_id varchar, feature varchar, number double,"
    " category varchar, not_finite boolean",
    "scored_records": "sample_id varchar, record_id varchar, score double, prediction varchar,"
    " actual varchar",
    "class_scores": "sample_id varchar, record_id varchar, class varchar, probability double",
}
SOURCES = GENERATED | {
    table.name: ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    for table in TABLES
}
METRICS = ("drift", "quality", "performance")
FLOORS = ("profile", *METRICS)

Row = dict[str, Any]

examples = settings(
    max_examples=int(os.environ.get("MLMON_EXAMPLES", 20)),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def metric_views() -> list[str]:
    """Return the names of all views of the floors drift, quality and performance."""
    return [view.name for view in files.file_views() if view.floor in METRICS]


def with_what_they_read(names: Iterable[str]) -> list[files.View]:
    """Return the named views and those of the floors that they read, readers last."""
    known = {view.name: view for view in files.file_views() if view.floor in FLOORS}
    found = dict[str, files.View]()
    missing = list(names)
    while missing:
        name = missing.pop()
        if name in known and name not in found:
            found[name] = known[name]
            missing.extend(known[name].reads)
    return files.ordered(found.values())


class Bench:
    """An in-memory database with the given views and all that they read."""

    def __init__(self, names: Iterable[str]) -> None:
        self.ibis = ibis.duckdb.connect(":memory:")
        self.con = self.ibis.con
        self.con.execute("set threads = 1")
        self.profile = dict[str, str]()
        for name, columns in SOURCES.items():
            self.con.execute(f"create table {name} ({columns})")
        for view in with_what_they_read(names):
            expression = self.ibis.sql(view.sql, dialect="duckdb")
            if view.floor == "profile":
                self.profile[view.name] = expression.compile()
                self.ibis.create_table(view.name, schema=expression.schema())
            else:
                self.ibis.create_view(view.name, expression)

    def fill(self, tables: Mapping[str, pa.Table | list[Row]]) -> None:
        """Only the given rows exist, and the profile is counted on them."""
        for name in SOURCES:
            self.con.execute(f"truncate {name}")
        for name, rows in tables.items():
            self.insert(name, rows)
        for name, sql in self.profile.items():
            self.con.execute(f"truncate {name}")
            self.con.execute(f"insert into {name} {sql}")

    def insert(self, table: str, rows: pa.Table | list[Row]) -> None:
        """The table has the rows too; a column that is not given is NULL."""
        if isinstance(rows, pa.Table):
            self.con.register("given", rows)
            self.con.execute(f"insert into {table} by name from given")
            return
        for row in rows:
            names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            values = list(row.values())
            self.con.execute(f"insert into {table} ({names}) values ({marks})", values)

    def rows(self, view: str, where: str = "true") -> list[Row]:
        """Return the rows of a view."""
        answer = self.con.execute(f"from {view} where {where}")
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def assert_close(found: float | None, expected: float | None, what: str = "") -> None:
    """Assert equality to 1e-9, relative, or that both are undefined."""
    if expected is None or not np.isfinite(expected):
        assert found is None, (what, found, expected)
    else:
        assert found is not None, (what, found, expected)
        assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12), (what, found, expected)


def the(rows: Sequence[Row], **where: Any) -> Row:
    """Return the one row that has the given values; an undefined one says why."""
    (row,) = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert row["value"] is not None or row["note"], row
    return row
