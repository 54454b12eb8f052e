"""What drawing compiles, kept between runs where Python keeps its bytecode, and only if it does."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from mlmon.system.files import own, replacing


def folder() -> Path | None:
    """The folder; None where nothing may be kept."""
    place = Path(cache_from_source(__file__)).parent
    usable = place.is_dir() and os.access(place, os.W_OK) and not sys.dont_write_bytecode
    return place if usable else None


def cached(key: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `make` makes of what it was told, or made in an earlier run; it is plain JSON."""
    place = folder()
    if place is None:
        return make()
    name = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
    file = place / f"{name}.json"
    with suppress(OSError, ValueError):
        stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return stored
    fresh = make()
    # On a full disk, say, it is made again next time.
    with suppress(OSError), replacing(file, own, "what drawing compiles") as draft:
        draft.write_text(json.dumps(fresh), encoding="utf-8")
    return fresh
