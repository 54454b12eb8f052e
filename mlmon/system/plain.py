"""A value as plain data: what JSON can hold, whatever DuckDB, numpy or a user's function gave."""

import json
import math
import re
from collections.abc import Mapping, Set
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

# What JSON may hold as it is and a terminal would obey, or no UTF-8 can spell.
RAW = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(value: Any) -> Any:
    """Return the value as None, bool, int, float, str, list or dict with names; NaN is None."""
    match value:
        case None | bool() | int() | str():
            return value
        case Real() | Decimal() if not isinstance(value, Integral):
            number = float(value)
            return number if math.isfinite(number) else None
        case Integral():
            return int(value)
        case Mapping():
            return {_name(key): plain(item) for key, item in value.items()}
        case list() | tuple() | Set():
            return [plain(item) for item in value]
        case bytes() | bytearray():
            return "".join(chr(n) if 31 < n < 127 else f"\\x{n:02X}" for n in value)
    if type(value).__module__ == "numpy":  # its booleans and arrays, which nobody has to load here
        return plain(value.tolist())
    return str(value)


def as_json(value: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """Return the value as JSON that every parser takes and no terminal obeys."""
    text = json.dumps(
        plain(value), indent=indent, sort_keys=sort_keys, ensure_ascii=False, allow_nan=False
    )
    return RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _name(key: Any) -> str:
    """Return the name of a value in an object."""
    found = plain(key)
    return found if isinstance(found, str) else as_json(found)
