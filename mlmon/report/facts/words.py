"""Figures, times and limits in a reader's words. Formatting only: no figure is made here."""

import json
import math
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NO-BREAK SPACE}"
UNDEFINED = "undefined"
NOTHING = "\N{EN DASH}"
ZERO = re.compile(r"(?<![\w.])-0(?![.\d])")
HYPHEN = re.compile(r"(?<![^\s(\[:=<>])-(?=[\d.])")
# Status -> its word, and which of the four looks it has: good, warn, bad or idle.
STATUSES: dict[str, list[str]] = json.loads(Path(__file__).with_name("statuses.json").read_text())
STATUS = {status: word for status, (word, _) in STATUSES.items()}
LIMITS = {
    "minimum": "min",
    "soft_minimum": "soft min",
    "soft_maximum": "soft max",
    "maximum": "max",
}


def tone(status: str | None) -> str:
    """Which of the four looks a status has; any other, and none, is idle."""
    return STATUSES[status][1] if status in STATUSES else "idle"


def figure(value: Any) -> str:
    """A number as a reader wants it: 0.719, 12,345, 1.2 M; or why there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNDEFINED
    size = abs(value)
    if size >= 1_000_000:
        return negative(f"{value / 1_000_000:,.1f}{NARROW}M")
    if isinstance(value, int) or size >= 1000:
        return negative(f"{value:,.0f}")
    if 0 < size < 0.0005:
        return f"< {MINUS if value < 0 else ''}0.001".replace(f"< {MINUS}", f"> {MINUS}")
    return negative(f"{value:.1f}" if size >= 100 else f"{value:.3f}")


def chance(value: Any) -> str:
    """A p-value: never 0.000, for none is nothing."""
    return "< 0.001" if value == 0 else figure(value)


def figure_of(name: str, value: Any) -> str:
    """The figure of a metric or of what a chart is titled."""
    return chance(value) if "pvalue" in name or "p-value" in name else figure(value)


def minus(text: str) -> str:
    """The text with a real minus sign before every number that has one."""
    return HYPHEN.sub(MINUS, ZERO.sub("0", text))


def signed(value: Any) -> str:
    """A change, always with its sign."""
    text = figure(value)
    return f"+{text}" if value and value > 0 and text[0].isdigit() else text


def share(value: Any) -> str:
    """A share as a percentage: 12.1 %."""
    if value is None:
        return UNDEFINED
    percent = 100 * value
    if 0 < abs(percent) < 0.05:
        return f"< 0.1{NARROW}%"
    return negative(f"{percent:.1f}{NARROW}%")


def points(value: Any) -> str:
    """A change of a share, in percentage points."""
    if value is None:
        return UNDEFINED
    return negative(f"{100 * value:+.1f}{NARROW}points")


def plain(value: Any) -> str:
    """A limit as the user wrote it: 0.4, not 0.400."""
    return negative(f"{value:,.10g}")


def whole(value: Any) -> str:
    """A whole number with all its digits: 1,234,567."""
    return negative(f"{value:,}")


def negative(text: str) -> str:
    """The text with a real minus sign, and none before a zero."""
    if text.startswith("-") and not any(digit in text for digit in "123456789"):
        text = text[1:]
    return text.replace("-", MINUS)


def moment(value: Any) -> str:
    """A time: 2 Jan 2018, 06:02."""
    if not isinstance(value, datetime):
        return "" if value is None else str(value)
    return f"{value.day} {value:%b %Y, %H:%M}"


def unbroken(value: Any) -> str:
    """A time on one line."""
    return moment(value).replace(" ", NARROW)


def clock(value: Any) -> str:
    """A time of day, to the second: 06:02:41."""
    return f"{value:%H:%M:%S}" if isinstance(value, datetime) else ""


def zone(value: Any) -> str:
    """The time zone of a time; the warehouse's times bear none and are UTC."""
    if not isinstance(value, datetime):
        return ""
    return value.tzname() or "UTC"


def duration(seconds: Any) -> str:
    """A duration: < 0.1 s, 0.4 s, 34 s, 1 min 52 s, 2 h 5 min."""
    if seconds is None:
        return ""
    if 0 < seconds < 0.05:
        return "< 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def listing(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence; of many, the first few and how many are left."""
    shown = [short(name) for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def short(name: str, most: int = 40) -> str:
    """A name on one line that fits where a picture or a sentence has room for it."""
    line = " ".join(str(name).split())
    return line if len(line) <= most else f"{line[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def plural(count: int, noun: str) -> str:
    """1 feature, 2 features."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def span(names: Sequence[str] | None) -> str:
    """From the first of these names to the last."""
    given = [name for name in names or [] if name is not None]
    if not given:
        return ""
    return given[0] if given[0] == given[-1] else f"{given[0]} to {given[-1]}"
