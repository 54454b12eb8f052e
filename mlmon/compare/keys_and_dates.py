"""Columns that are no features by nature: keys, which differ in every row, and dates, which pass.

They differ between any two sides, so nothing is learned from that.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mlmon.compare.sides import NOTHING, Side
from mlmon.models.records import CATEGORICAL, NUMERIC, kind_of
from mlmon.warehouse.sql import literal, quoted
from mlmon.warehouse.warehouse import Warehouse

KEY = "its values are all different, like a key's"
DATE = "it holds dates"
FEWEST = 5  # values of the larger side: fewer texts may all be different by chance
NAME = re.compile(r"(?i:id|key|uuid|.*[_ -]id)|.*[a-z0-9]I[dD]")
FORMATS = [
    day + time
    for day in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
    for time in ("", " %H:%M", " %H:%M:%S")
]


@dataclass(frozen=True)
class Values:
    """How many values a side's column has, different ones, whole numbers, dates."""

    filled: int
    different: int
    whole: int
    dates: int


def reasons(warehouse: Warehouse, sides: Sequence[Side], taken: Collection[str]) -> dict[str, str]:
    """Return why columns of both sides are no features: keys and dates, but for those `taken`."""
    found: dict[str, str] = {}
    columns = [c for c in sides[0].types if c not in taken and all(c in s.types for s in sides)]
    types = {column: {side.types[column] for side in sides} - {NOTHING} for column in columns}
    for column, names in types.items():
        if names and all(map(_is_date, names)):
            found[column] = DATE
    asked = [c for c, names in types.items() if c not in found and _may_be(c, names)]
    counts = [_counts(warehouse, side, asked) for side in sides]
    for column in asked:
        values = [side[column] for side in counts]
        if reason := _reason(values, all(map(_is_number, types[column]))):
            found[column] = reason
    return found


def _may_be(column: str, types: set[str]) -> bool:
    """Return whether a column may turn out a key or dates: a text, a number of such a name.

    A category that is declared as one (ENUM) and a flag are none.
    """
    if types and all(map(_is_number, types)):
        return NAME.fullmatch(column) is not None
    return bool(types) and all(_is_date(name) or name in ("VARCHAR", "UUID") for name in types)


def _is_date(kind: str) -> bool:
    return kind.startswith(("DATE", "TIMESTAMP"))


def _is_number(kind: str) -> bool:
    return kind_of(kind) == NUMERIC and not _is_date(kind)


def _counts(warehouse: Warehouse, side: Side, columns: Sequence[str]) -> Mapping[str, Values]:
    """Return column -> what is counted of it, in one look at the side."""
    if not columns:
        return {}
    parts = [part for column in columns for part in _expressions(column, side.types[column])]
    query = f"select [{', '.join(parts)}] as counts from {side.role}"
    counts = iter(warehouse.value(query))
    return {column: Values(*(next(counts) for _ in range(4))) for column in columns}


def _expressions(column: str, kind: str) -> list[str]:
    """Return the SQL that counts what `Values` has, each a BIGINT."""
    name = quoted(column)
    whole = dates = "0"
    if _is_number(kind):
        whole = f"count(*) filter ({name}::double = trunc({name}::double))"
    elif _is_date(kind):
        dates = f"count({name})"
    elif kind_of(kind) == CATEGORICAL:
        formats = ", ".join(map(literal, FORMATS))
        text = f"trim({name}::varchar)"
        date = f"coalesce(try_cast({text} as timestamp), try_strptime({text}, [{formats}]))"
        dates = f"count({date}) filter (regexp_matches({text}, '[0-9]'))"
    return [f"{each}::bigint" for each in (f"count({name})", f"count(distinct {name})")] + [
        f"({whole})::bigint",
        f"({dates})::bigint",
    ]


def _reason(sides: Sequence[Values], is_number: bool) -> str | None:
    """Return why a column of these values is no feature, None when it may well be one."""
    known = [values for values in sides if values.filled]
    if not known:
        return None
    if not is_number and all(values.dates == values.filled for values in known):
        return DATE
    if any(values.different < values.filled for values in known):
        return None
    if is_number:
        return KEY if all(values.whole == values.filled for values in known) else None
    return KEY if max(values.filled for values in known) >= FEWEST else None
