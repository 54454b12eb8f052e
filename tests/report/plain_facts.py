"""Whether facts are plain data: what a template and JSON can hold."""

import math
from datetime import date
from typing import Any


def strange(facts: Any, place: str = "") -> list[str]:
    """Return where facts are anything but text, truth, a finite number, a time, list or dict."""
    if isinstance(facts, dict):
        names = [f"{place}.{name}" for name in facts if not isinstance(name, str)]
        parts = [(name, item) for name, item in facts.items() if isinstance(name, str)]
    elif isinstance(facts, list | tuple):
        names, parts = [], [(str(number), item) for number, item in enumerate(facts)]
    elif isinstance(facts, float):
        return [] if math.isfinite(facts) else [place]
    else:
        return [] if facts is None or isinstance(facts, str | bool | int | date) else [place]
    return names + [found for name, item in parts for found in strange(item, f"{place}.{name}")]
