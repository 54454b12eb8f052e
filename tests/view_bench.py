"""A bench for views: the relations they read as plain tables, the views over them.

As in an evaluation, the profile floor is counted into tables, and the metric views read those.
Every view's text goes through ibis, as it does in a warehouse.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import pandas as pd

from mlmon import views
from mlmon.tables import TABLES

GENERATED = {
    "feature_values": "sample_id varchar, record_id varchar, feature varchar, number double,"
    " category varchar, not_finite boolean",
    "scored_records": "sample_id varchar, record_id varchar, score double, prediction varchar,"
    " actual varchar",
    "class_scores": "sample_id varchar, record_id varchar, class varchar, probability double",
}
METRICS = ("drift", "quality", "performance")
FLOORS = ("profile", *METRICS)

Row = dict[str, Any]


def wanted_views(names: Iterable[str]) -> list[views.View]:
    """Return the named views and those of the floors that they read, readers last."""
    known = {view.name: view for view in views.file_views() if view.floor in FLOORS}
    found = dict[str, views.View]()
    missing = list(names)
    while missing:
        name = missing.pop()
        if name in known and name not in found:
            found[name] = known[name]
            missing.extend(known[name].reads)
    return views.ordered(found.values())


class Bench:
    """An in-memory database with the given views, by default all of the metric floors."""

    def __init__(self, names: Iterable[str] | None = None) -> None:
        if names is None:
            names = [view.name for view in views.file_views() if view.floor in METRICS]
        self.ibis = ibis.duckdb.connect(":memory:")
        self.con = self.ibis.con
        self.con.execute("set threads = 1")
        self.sources = dict(GENERATED)
        for table in TABLES:
            self.sources[table.name] = ", ".join(f"{c} {t}" for c, t in table.columns.items())
        for name, columns in self.sources.items():
            self.con.execute(f"create table {name} ({columns})")
        self.profile = dict[str, str]()
        for view in wanted_views(names):
            expression = self.ibis.sql(view.sql, dialect="duckdb")
            if view.floor == "profile":
                self.profile[view.name] = expression.compile()
                self.ibis.create_table(view.name, schema=expression.schema())
            else:
                self.ibis.create_view(view.name, expression)

    def fill(self, tables: Mapping[str, pd.DataFrame | list[Row]]) -> None:
        """Only the given rows exist, and the profile is counted on them.

        A column that is not given is NULL.
        """
        for name in self.sources:
            self.con.execute(f"truncate {name}")
        for name, given in tables.items():
            rows = given if isinstance(given, list) else None
            if rows is None:
                self.con.register("given", given)
                self.con.execute(f"insert into {name} by name from given")
            for row in rows or ():
                marks = ", ".join("?" * len(row))
                names = ", ".join(f'"{column}"' for column in row)
                self.con.execute(f"insert into {name} ({names}) values ({marks})", [*row.values()])
        for name, sql in self.profile.items():
            self.con.execute(f"truncate {name}")
            self.con.execute(f"insert into {name} {sql}")

    def rows(self, view: str, where: str = "true") -> list[Row]:
        """Return the rows of a view."""
        answer = self.con.execute(f"from {view} where {where}")
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
