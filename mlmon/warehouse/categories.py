"""A value as a category or a class: one spelling, whatever type or source it comes from.

True and false are `true` and `false`; a whole number has no point, also where gaps or decimals
gave it one; other numbers have the fewest digits that say which they are; a moment at midnight
is its day, in UTC. Text stands as it is, with its spaces; NaN is no category.

Here a Python value is spelled, in `category_columns` a column: mlmon.yml is read without ibis,
which takes half a second. A test holds both equal.
"""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

FORMAT = 1  # of what is spelled here; versions of before have none: their categories are a cast
DIGITS = 38  # of the largest whole number that DuckDB has in full
FLAGS = {"1": "true", "0": "false"}
MIDNIGHT = " 00:00:00"


def text(value: object) -> str:
    """Return a category or class given in Python as the text that it is in the data."""
    plain = value.item() if hasattr(value, "item") else value  # of numpy
    match plain:
        case bool():
            return FLAGS[str(int(plain))]
        case float() if plain.is_integer() and abs(plain) < 10.0**DIGITS:
            return str(int(plain))
        case Decimal() if plain.is_finite():
            return _decimal(plain)
        case datetime() if plain.tzinfo:
            return _moment(plain.astimezone(UTC).replace(tzinfo=None).isoformat(" "))
        case date():
            return _moment(plain.isoformat().replace("T", " "))
    return _moment(str(value)) if type(value).__name__ == "datetime64" else str(value)


def _decimal(value: Decimal) -> str:
    """Return a decimal as the float that is the same number, else with all its digits."""
    if value == value.to_integral_value():
        return str(int(value))
    same = Decimal(str(float(value))) == value
    return str(float(value)) if same else f"{value.normalize():f}"


def _moment(value: str) -> str:
    """Return a day, or a moment without zeros at its end."""
    moment = re.sub(r"([.]\d*?)0+$", r"\1", value.replace("T", " ")).removesuffix(".")
    return moment.removesuffix(MIDNIGHT)


def among(given: str, classes: Collection[str]) -> str | None:
    """Return which of the classes is meant: itself, the same number, 1 for true or true for 1."""
    if given in classes:
        return given
    try:
        number = text(Decimal(given))
    except (InvalidOperation, ValueError):
        number = given
    flags = FLAGS | {flag: digit for digit, flag in FLAGS.items()}
    meant = [number, given.lower()] if {*classes} <= {*flags} else [number]
    meant += [flags[name] for name in meant if name in flags and {*classes} <= {*flags}]
    return next((name for name in meant if name in classes), None)
