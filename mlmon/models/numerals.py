"""Numerals: text that is read as numbers is numbers, every value of it, or it is refused.

What is no number would count as missing, and nobody would be told.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from mlmon.errors import SourceError, printable
from mlmon.models.records import NUMERIC, Source, kind_of
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse

TEXTS = ("VARCHAR", "ENUM")
NUMBERS = ("BOOLEAN", '"NULL"')  # beside those that are numeric unless the model says otherwise


def check(
    warehouse: Warehouse,
    relation: str,
    columns: Sequence[str],
    places: Mapping[str | None, str],
) -> None:
    """Raise SourceError where a value of these columns, or a column's type, is no number.

    Looked at are the records of each batch, None all, and `places` has what the message calls
    them. A missing value is missing, whatever the column.
    """
    types = warehouse.columns(relation)
    for (batch, place), column in product(places.items(), columns):
        kind = types.get(column)
        if kind is None or kind in NUMBERS or kind_of(kind) == NUMERIC:
            continue
        if not kind.startswith(TEXTS):
            raise SourceError(f"{place}: column {column} is {kind}, which is no number")
        _check_text(warehouse, relation, column, place, batch)


def check_records(
    warehouse: Warehouse, source: Source, batches: Sequence[str], quantity: str | None = None
) -> None:
    """Raise SourceError where the batches hold what the model reads as numbers and is none.

    These are its numeric features, and `quantity`: the target of a regression, where it is
    looked at.
    """
    columns = [name for name, kind in source.kinds.items() if kind == NUMERIC]
    named = [*columns, quantity] if quantity else columns
    places: dict[str | None, str] = {
        batch: f"dataset {source.dataset}, batch {batch}" for batch in batches
    }
    check(warehouse, source.dataset, named, places)


def _check_text(
    warehouse: Warehouse, relation: str, column: str, place: str, batch: str | None
) -> None:
    name = quoted(column)
    wrong = f"{name} is not null and try_cast({name}::varchar as double) is null"
    chosen = f"{quoted(relation)} where {'true' if batch is None else 'batch = $batch'}"
    named = {} if batch is None else {"batch": batch}
    query = f"select count({name}) as filled, count(*) filter ({wrong}) as n from {chosen}"
    (row,) = warehouse.read(query, **named)
    if not row["n"]:
        return
    first = warehouse.value(f"select {name}::varchar from {chosen} and {wrong} limit 1", **named)
    raise SourceError(
        f"{place}: {row['n']} of {row['filled']} values of {column} are no numbers (first: "
        f"'{printable(first)}'); write them like 1.5, or do not read them as numbers"
    )
