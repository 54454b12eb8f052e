"""Schedules: when a scenario's time triggers are due next."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from mlmon.config import Config, Trigger
from mlmon.errors import ConfigError
from mlmon.warehouse import Row

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def upcoming(config: Config, after: datetime | None = None) -> list[Row]:
    """Return scenario, trigger, schedule, and due (UTC) of every trigger, the next one first.

    Raises ConfigError for a time or time zone that cannot be understood.
    """
    moment = after or datetime.now(UTC)
    rows = [
        {
            "scenario": name,
            "trigger": trigger.name,
            "every": trigger.every,
            "at": trigger.at,
            "time_zone": trigger.time_zone,
            "due": next(due(trigger, moment)).astimezone(UTC).replace(tzinfo=None),
        }
        for name, scenario in config.scenarios.items()
        for trigger in scenario.triggers
    ]
    return sorted(rows, key=lambda row: row["due"])


def due(trigger: Trigger, after: datetime) -> Iterator[datetime]:
    """Yield the moments after `after` at which the trigger is due, in its time zone.

    Every n units counts the units since Monday 5 January 1970, so it does not matter when the
    schedule was first looked at.
    """
    zone = ZoneInfo(trigger.time_zone)
    number, unit = trigger.every.rstrip("s").split()
    for moment in CronSim(cron(trigger), after.astimezone(zone)):
        if _count(moment, unit) % int(number) == 0:
            yield moment


def cron(trigger: Trigger) -> str:
    """Return the cron expression of one unit of the trigger.

    >>> cron(Trigger(name="Weekly", every="1 week", at="Monday 06:00"))
    '0 6 * * 1'
    """
    found = re.fullmatch(
        r"(?:(?P<day>\w+) +)?(?P<hour>\d{1,2}):(?P<minute>\d\d)", trigger.at or "00:00"
    )
    unit = trigger.every.split()[1].rstrip("s")
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ConfigError(f"trigger {trigger.name}: at: {trigger.at!r} is not like `Monday 06:00`")
    minute, hour, day = int(found["minute"]), int(found["hour"]), (found["day"] or "").lower()
    if unit == "week":
        if (day or "monday") not in DAYS:
            raise ConfigError(
                f"trigger {trigger.name}: at: {found['day']} is not a day of the week"
            )
        return f"{minute} {hour} * * {(DAYS.index(day or 'monday') + 1) % 7}"
    if unit == "month":
        if day and not (day.isdigit() and 1 <= int(day) <= 28):
            raise ConfigError(f"trigger {trigger.name}: at: give a day of the month from 1 to 28")
        return f"{minute} {hour} {day or 1} * *"
    if day:
        raise ConfigError(f"trigger {trigger.name}: at: a day belongs to weeks and months only")
    return {"minute": "* * * * *", "hour": f"{minute} * * * *", "day": f"{minute} {hour} * * *"}[
        unit
    ]


def _count(moment: datetime, unit: str) -> int:
    """Return how many whole units the wall clock is past Monday 5 January 1970."""
    if unit == "month":
        return moment.year * 12 + moment.month
    elapsed = moment.replace(tzinfo=None) - datetime(1970, 1, 5)
    minutes = elapsed.days * 1440 + elapsed.seconds // 60
    return minutes // {"minute": 1, "hour": 60, "day": 1440, "week": 10080}[unit]
