"""Acknowledgements: somebody knows of an alert, until when, and what they say of it."""

from datetime import datetime, time

from mlmon import alerts
from mlmon.errors import ConfigError, UnknownName
from mlmon.warehouse import Row, Warehouse, now


def acknowledge(
    warehouse: Warehouse,
    chosen: list[Row],
    by: str,
    until: datetime | None = None,
    note: str | None = None,
) -> list[Row]:
    """The alerts are acknowledged by somebody, until a time if one is given; return them.

    Writes `alerts`, `alert_events`. At the first check after `until` they are open again.
    """
    moment = now()
    if until is not None and until <= moment:
        raise ConfigError(f"--until {until:%Y-%m-%d %H:%M} has passed; give a time to come, in UTC")
    end = f" until {until:%Y-%m-%d %H:%M}" if until else ""
    said = f"acknowledged by {by}{end}" + (f": {note}" if note else "")
    known = {
        "state": "acknowledged",
        "acknowledged_at": moment,
        "acknowledged_by": by,
        "acknowledged_until": until,
        "note": note,
    }
    made = [{**alert, **known} for alert in chosen]
    with warehouse.transaction():
        for alert in made:
            alerts.keep(warehouse, alert)
        rows = [alerts.event(alert, "acknowledged", moment, said) for alert in made]
        warehouse.append("alert_events", rows)
    return made


def called(warehouse: Warehouse, text: str) -> list[Row]:
    """Return the one alert whose id starts with this. Raises UnknownName, ConfigError."""
    query = "from alerts where $text <> '' and starts_with(alert_id, $text)"
    found = warehouse.read(query, text=text)
    if not found:
        raise UnknownName("alert", text, [row["alert_id"][:8] for row in alerts.listed(warehouse)])
    if found[1:]:
        raise ConfigError(
            f"{len(found)} alerts have an id that starts with {text}; give more of it"
        )
    if found[0]["state"] == "resolved":
        raise ConfigError(f"alert {text} is resolved; there is nothing to acknowledge")
    return found


def of_check(warehouse: Warehouse, store: str, check: str) -> list[Row]:
    """Return the alerts of a check that are not resolved. Raises UnknownName for none."""
    mine = [row for row in alerts.listed(warehouse) if row["store"] == store]
    found = [row for row in mine if row["check_name"] == check]
    if not found:
        names = {row["check_name"] for row in mine}
        raise UnknownName(f"check with an alert in {store}", check, names)
    return found


def moment(text: str) -> datetime:
    """Return the time, UTC, that a text says; a day alone is its end. Raises ConfigError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--until {text}: give it as 2025-12-31 or 2025-12-31T06:00") from error
    if found.tzinfo is not None:
        raise ConfigError(f"--until {text}: give it in UTC, without an offset")
    is_day = len(text) <= len("2025-12-31")
    return datetime.combine(found, time(23, 59, 59)) if is_day else found
