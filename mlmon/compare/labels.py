"""The labels of a comparison: truths in a file or frame of their own, joined by the key."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from mlmon.compare.sides import NOTHING, Side, check_key, put, read
from mlmon.errors import ConfigError, SourceError, UnknownName, printable
from mlmon.models.records import kind_of
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse

ROLE = "labels"


def labelled(
    warehouse: Warehouse, sides: tuple[Side, Side], labels: Any, key: str | None, target: str | None
) -> tuple[tuple[Side, Side], list[str]]:
    """Return the sides, their records with the truths of `labels`, and how many found theirs.

    A record's own truth stays; labels are for those that have none. Raises ConfigError,
    SourceError, UnknownName: also where labels and records do not belong together.
    """
    if key is None or target is None:
        raise ConfigError("labels: give the key that joins them and the target that they hold")
    both = [name for name in sides[0].types if name in sides[1].types]
    if key not in both:
        raise UnknownName("column on both sides (key)", key, both)
    types = {name: kind for side in sides for name, kind in side.types.items() if kind != NOTHING}
    given = read(warehouse, labels, ROLE, {n: types[n] for n in (key, target) if n in types})
    for name in (key, target):
        if name not in given.types:
            raise UnknownName(f"column of {given.name}", name, given.types)
    truths = _truths(warehouse, given, key, target)
    before, after = (_joined(warehouse, side, given, truths, key, target) for side in sides)
    return (before, after), _matches(warehouse, (before, after), given, truths, key)


def _truths(warehouse: Warehouse, labels: Side, key: str, target: str) -> pa.Table:
    """Return the truth of each key; raises SourceError where a key has two."""
    truth, text = quoted(target), _text(key, labels)
    query = (
        f"select {text} as key, any_value({truth}) as truth, count(distinct {truth}) as n"
        f" from {ROLE} where {text} is not null and {truth} is not null group by all"
    )
    if row := warehouse.one(f"select key from ({query}) where n > 1 order by key limit 1"):
        raise SourceError(
            f"{labels.name}: key {printable(row['key'])} has more than one {target}; keep one"
        )
    table = warehouse.arrow(f"select key, truth from ({query})")
    if not table.num_rows:
        raise SourceError(f"{labels.name}: no row has both {key} and {target}")
    return table


def _joined(
    warehouse: Warehouse, side: Side, labels: Side, truths: pa.Table, key: str, target: str
) -> Side:
    """Return the side with the truths where it has none of its own."""
    check_key(warehouse, side, key)
    own, given = side.types.get(target, NOTHING), labels.types[target]
    if own != NOTHING and kind_of(own) != kind_of(given):
        raise SourceError(
            f"{labels.name}: column {target} is {given}, in {side.name} it is {own}; "
            "make them alike"
        )
    beside, rows = {**side.beside, f"{side.role}_truths": truths}, f"({side.rows})"
    if not isinstance(side.rows, str):
        beside[f"{side.role}_rows"], rows = side.rows, f"{side.role}_rows"
    column, truth = quoted(target), "t.truth" if own == NOTHING else f"t.truth::{own}"
    columns = f"s.* exclude ({column})" if target in side.types else "s.*"
    value = truth if own == NOTHING else f"coalesce(s.{column}, {truth})"
    source = f"{rows} as s left join {side.role}_truths as t on {_text(key, side, 's.')} = t.key"
    made = replace(side, rows=f"select {columns}, {value} as {column} from {source}", beside=beside)
    put(warehouse, made)
    if own != NOTHING:
        _check_agreement(warehouse, side, labels, f"{source} where s.{column} <> {truth}", target)
    return replace(made, types=warehouse.columns(side.role))


def _check_agreement(
    warehouse: Warehouse, side: Side, labels: Side, contradictions: str, target: str
) -> None:
    """Raise SourceError where a record's own truth is not that of the labels."""
    row = warehouse.one(f"select t.key, s.{quoted(target)} as own, t.truth from {contradictions}")
    if row:
        raise SourceError(
            f"{labels.name}: {target} of key {printable(row['key'])} is {printable(row['truth'])}, "
            f"in {side.name} it is {printable(row['own'])}; leave one of the two out"
        )


def _text(key: str, side: Side, owner: str = "") -> str:
    """Return the SQL of a key as text; 1.0, which a column with gaps makes of 1, is 1."""
    column, kind = f"{owner}{quoted(key)}", side.types[key]
    if not kind.startswith(("DOUBLE", "FLOAT", "DECIMAL")):
        return f"{column}::varchar"
    whole = f"try_cast({column} as hugeint)"
    return f"case when {whole} = {column} then {whole}::varchar else {column}::varchar end"


def _matches(
    warehouse: Warehouse, sides: Sequence[Side], labels: Side, truths: pa.Table, key: str
) -> list[str]:
    """Return how many truths are a record's; raises SourceError where none is."""
    keys = [f"select {_text(key, side)} as key from {side.role}" for side in sides]
    count = f"select count(*) from {sides[0].role}_truths"
    found = [int(warehouse.value(f"{count} semi join ({query}) using (key)")) for query in keys]
    if not any(found):
        first = [warehouse.value(f"select min(key) from ({query})") for query in keys]
        raise SourceError(
            f"{labels.name}: no {key} of it is in {sides[0].name} or {sides[1].name} (one is "
            f"{printable(truths['key'][0])}, theirs are {', '.join(map(printable, first))})"
        )
    strangers = warehouse.value(f"{count} anti join ({' union all '.join(keys)}) using (key)")
    words = [f"{n:,} of {side.name}" for n, side in zip(found, sides, strict=True) if n]
    more = f"; {strangers:,} belong to no record" if strangers else ""
    return [f"labels: {len(truths):,} truths, {' and '.join(words)}{more}"]
