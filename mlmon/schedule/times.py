"""Triggers of time: when they are due, in their own time zones."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from mlmon.config import Config, Trigger
from mlmon.warehouse.warehouse import Row

Clock = tuple[int, str]  # every n units


def upcoming(config: Config, after: datetime | None = None) -> list[Row]:
    """Return scenario, trigger, waits_for, time_zone, due of every trigger, the next one first.

    `due` is UTC; it is None, and the row at the end, for what waits for no time.
    """
    moment = after or datetime.now(UTC)
    rows = [
        {
            "scenario": name,
            "trigger": trigger.name,
            "waits_for": waits_for(trigger),
            "time_zone": trigger.time_zone if trigger.expression else None,
            "due": _next(trigger, moment),
        }
        for name, scenario in config.scenarios.items()
        for trigger in scenario.triggers
    ]
    return sorted(rows, key=lambda row: row["due"] or datetime.max)


def _next(trigger: Trigger, after: datetime) -> datetime | None:
    if not trigger.enabled or not trigger.expression:
        return None
    return next(due(trigger, after)).astimezone(UTC).replace(tzinfo=None)


def waits_for(trigger: Trigger) -> str:
    """Return in words what makes a trigger due.

    >>> waits_for(Trigger(name="t", after="Nightly", outcome=["SUCCESS", "WARNING"]))
    'the end of a run of Nightly, SUCCESS or WARNING'
    """
    if not trigger.enabled:
        return "nothing: it is switched off"
    if trigger.every:
        return f"every {trigger.every}{f', {trigger.at}' if trigger.at else ''}"
    if trigger.after:
        ending = f", {' or '.join(trigger.outcome)}" if trigger.outcome else ""
        return f"the end of a run of {trigger.after}{ending}"
    if trigger.new_data:
        return f"new data in {trigger.new_data}"
    return f"cron {trigger.cron}" if trigger.cron else f"another result of: {trigger.sql}"


def due(trigger: Trigger, after: datetime) -> Iterator[datetime]:
    """Yield the moments after `after` at which a trigger of time is due, in its time zone.

    A time of day that summer time skips is due once, by as much later; one that comes twice is
    due the first time. Every n units counts the units since Monday 5 January 1970, so it does
    not matter when the schedule was first looked at.
    """
    number, unit = _clock(trigger)
    start = after.astimezone(UTC)
    for moment in CronSim(str(trigger.expression), start.astimezone(ZoneInfo(trigger.time_zone))):
        # In an hour that comes the second time CronSim starts over with the first.
        if moment.astimezone(UTC) <= start or (moment.fold and unit == "hour" and number > 1):
            continue
        if _count(moment, unit) % number == 0:
            yield moment


def _clock(trigger: Trigger) -> Clock:
    """Return what `every:` counts; a cron expression is due every time."""
    number, unit = (trigger.every or "1 minute").rstrip("s").split()
    return int(number), unit


def _count(moment: datetime, unit: str) -> int:
    """Return how many whole units the wall clock is past Monday 5 January 1970."""
    if unit == "month":
        return moment.year * 12 + moment.month
    elapsed = moment.replace(tzinfo=None) - datetime(1970, 1, 5)
    minutes = elapsed.days * 1440 + elapsed.seconds // 60
    return minutes // {"minute": 1, "hour": 60, "day": 1440, "week": 10080}[unit]
