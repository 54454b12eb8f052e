"""Alerts: they open when a check is in trouble, escalate, and resolve when it was calm long enough.

Nothing is counted twice: how often a check was in trouble is read from the newest result of each
evaluation, so checking one again changes no count. EMPTY says nothing, neither way.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time

from mlmon.config import Check
from mlmon.errors import ConfigError, UnknownName
from mlmon.system import fingerprints
from mlmon.warehouse.warehouse import Row, Warehouse, now

Key = tuple[str, str | None, str | None]  # check, feature, segment
Change = tuple[Row, list[str]]  # an alert as it is now, and the events that made it so

# A margin may be missed by the rounding of a subtraction: 0.3 - 0.25 is less than 0.05.
SEEN = """
with latest as (
    select
        r.*,
        coalesce(
            least(
                r.value - r.minimum, r.value - r.soft_minimum,
                r.soft_maximum - r.value, r.maximum - r.value
            ) >= $margin * (1 - 1e-9),
            true
        ) as is_inside,
        dense_rank() over (
            order by
                r.is_upcoming, r.batch desc, r.evaluated_at desc, r.evaluation_id desc
        ) as place
    from configured_results as r
    where r.store = $store and r.check_name = $check and r.model is not null and not r.is_aside
    qualify rank() over (partition by r.evaluation_id order by r.checked_at desc) = 1
),
aged as (
    select
        *,
        outcome in ('WARNING', 'ERROR') as is_trouble,
        count(*) filter (outcome <> 'EMPTY') over (
            partition by feature, segment order by place
        ) as age,
        bool_or(place = 1 and outcome <> 'EMPTY') over () as has_figures
    from latest
)
select
    check_name, feature, segment, any_value(metric) as metric,
    arg_min(outcome, age) filter (outcome <> 'EMPTY') as outcome,
    arg_min(message, age) filter (outcome <> 'EMPTY') as message,
    arg_min(evaluation_id, age) filter (outcome <> 'EMPTY') as evaluation_id,
    coalesce(
        min(age) filter (not is_trouble and outcome <> 'EMPTY') - 1, max(age)
    ) as troubles,
    coalesce(
        min(age) filter (is_trouble or not is_inside and outcome <> 'EMPTY') - 1, max(age)
    ) as calm,
    bool_or(is_trouble and place = 1) as is_seen,
    min(place) > 1 and any_value(has_figures) as is_gone
from aged
group by check_name, feature, segment
order by feature nulls first, segment nulls first
"""
RETIRED = """
select
    a.*,
    case
        when c.store is null then concat('check ', a.check_name, ' is no longer in mlmon.yml')
        else concat(
            'check ', a.check_name, ' no longer looks at ',
            concat_ws(' of ', coalesce(a.metric, 'this'), a.feature),
            ' in mlmon.yml'
        )
    end as reason
from alerts as a
left join configured_checks as c on a.store = c.store and a.check_name = c.check_name
where a.state <> 'resolved' and a.alert_id not in (select alert_id from standing_alerts)
order by a.store, a.check_name, a.feature nulls first, a.segment nulls first
"""
TRANSITIONS = """
with run_before as (
    select coalesce(max(checked_at), '-infinity'::timestamp) as checked_at
    from check_results
    where checked_at < list_min($moments)
)

select v.*, a.store, a.check_name, a.metric, a.feature, a.segment, a.state
from alert_events as v
join alerts as a using (alert_id)
cross join run_before as b
where
    list_contains($stores, a.store)
    and list_contains($moments, v.happened_at)
    and v.event <> 'acknowledged'
    or v.event = 'resolved'
    and v.happened_at > b.checked_at
    and v.happened_at < list_max($moments)
    and v.happened_at not in (select checked_at from check_results)
order by a.store, a.check_name, a.feature nulls first, a.segment nulls first, v.event
"""


def follow(
    warehouse: Warehouse, store: str, checks: Sequence[Check], moment: datetime
) -> list[Row]:
    """The store's alerts are what its results make of them; return the events of this moment.

    Writes `alerts`, `alert_events`. An alert whose figure is no more is resolved.
    """
    query = "from standing_alerts where store = $store"
    known = {_key(row): row for row in warehouse.read(query, store=store)}
    return _write(warehouse, _changes(warehouse, store, checks, known, moment), moment)


def retire(warehouse: Warehouse, moment: datetime) -> list[Row]:
    """Alerts of checks that mlmon.yml no longer has are resolved; return the events of it.

    Writes `alerts`, `alert_events`.
    """
    rows = warehouse.read(RETIRED)
    changes = [
        _resolved({name: row[name] for name in row if name != "reason"}, moment, row["reason"])
        for row in rows
    ]
    with warehouse.transaction():
        return _write(warehouse, changes, moment)


def transitions(warehouse: Warehouse, results: Iterable[Row]) -> list[Row]:
    """Return what the check run with these results made of alerts: opened, escalated, resolved ...

    Those that were resolved since the run before because mlmon.yml no longer has their check are
    told with it. Columns: those of the event and store, check_name, metric, feature, segment,
    state.
    """
    rows = list(results)
    return warehouse.read(
        TRANSITIONS,
        stores=sorted({row["store"] for row in rows}) or [""],
        moments=sorted({row["checked_at"] for row in rows}) or [datetime.min],
    )


def listed(warehouse: Warehouse, everything: bool = False) -> list[Row]:
    """Return the alerts that are not resolved (all of them), the newest first."""
    relation = "alerts" if everything else "standing_alerts"
    order = "order by opened_at desc, store, check_name, feature nulls first, segment nulls first"
    return warehouse.read(f"from {relation} {order}")


def keep(warehouse: Warehouse, alert: Row) -> None:
    """The alert stands in its table as it is now."""
    warehouse.write("delete from alerts where alert_id = $id", id=alert["alert_id"])
    warehouse.append("alerts", [alert])


def event(alert: Row, what: str, moment: datetime, message: str | None = None) -> Row:
    """Return the row of something that happened to an alert."""
    return {
        "alert_id": alert["alert_id"],
        "event": what,
        "happened_at": moment,
        "evaluation_id": alert["last_evaluation_id"],
        "outcome": alert["outcome"],
        "message": message or alert["message"],
    }


def _write(warehouse: Warehouse, changes: Iterable[Change], moment: datetime) -> list[Row]:
    """The alerts are as the changes have them; return the events, which are written too."""
    events: list[Row] = []
    for alert, happened in changes:
        keep(warehouse, alert)
        events += [event(alert, what, moment) for what in happened]
    warehouse.append("alert_events", events)
    return events


def _changes(
    warehouse: Warehouse,
    store: str,
    checks: Sequence[Check],
    standing: dict[Key, Row],
    moment: datetime,
) -> Iterator[Change]:
    for check in checks:
        seen = warehouse.read(SEEN, store=store, check=check.name, margin=float(check.hysteresis))
        for row in seen:
            found = standing.get(_key(row))
            change = _next(found, {**row, "store": store}, check, moment)
            if change:
                yield change


def _next(alert: Row | None, seen: Row, check: Check, moment: datetime) -> Change | None:
    """Return what becomes of an alert, None for none, by what was seen last."""
    troubles, calm = seen["troubles"] or 0, seen["calm"] or 0
    if alert is None:
        is_due = troubles >= check.open_after and not seen["is_gone"]
        return _opened(seen, moment) if is_due else None
    if seen["is_gone"]:
        return _resolved(alert, moment, "the newest evaluation has no such figure any more")
    if calm >= check.resolve_after:
        return _resolved({**alert, **_last(seen)}, moment, seen["message"])
    now = {**alert, **_last(seen)}
    happened = []
    if seen["is_seen"]:
        now |= {"last_seen_at": moment, "repeated": troubles}
    if alert["outcome"] == "WARNING" and seen["outcome"] == "ERROR":
        now["outcome"] = "ERROR"
        happened.append("escalated")
    until = alert["acknowledged_until"]
    if alert["state"] == "acknowledged" and until is not None and until <= moment:
        nobody = ("acknowledged_at", "acknowledged_by", "acknowledged_until", "note")
        now |= {"state": "open", **dict.fromkeys(nobody)}
        happened.append("reopened")
    return now, happened


def _opened(seen: Row, moment: datetime) -> Change:
    names = ("store", "check_name", "metric", "feature", "segment", "outcome", "evaluation_id")
    alert = {
        **{name: seen[name] for name in names},
        **_last(seen),
        "state": "open",
        "opened_at": moment,
        "last_seen_at": moment,
        "repeated": seen["troubles"],
    }
    text = repr([alert[name] for name in names] + [moment.isoformat()])
    alert["alert_id"] = fingerprints.of(text)
    return alert, ["opened"]


def _resolved(alert: Row, moment: datetime, message: str) -> Change:
    return {**alert, "state": "resolved", "resolved_at": moment, "message": message}, ["resolved"]


def _last(seen: Row) -> Row:
    """Return what the newest result says."""
    return {"last_evaluation_id": seen["evaluation_id"], "message": seen["message"]}


def _key(row: Row) -> Key:
    return row["check_name"], row["feature"], row["segment"]


# ---- Acknowledgements: somebody knows of an alert, until when, and what they say of it


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
            keep(warehouse, alert)
        rows = [event(alert, "acknowledged", moment, said) for alert in made]
        warehouse.append("alert_events", rows)
    return made


def called(warehouse: Warehouse, text: str) -> list[Row]:
    """Return the one alert whose id starts with this. Raises UnknownName, ConfigError."""
    query = "from alerts where $text <> '' and starts_with(alert_id, $text)"
    found = warehouse.read(query, text=text)
    if not found:
        raise UnknownName("alert", text, [row["alert_id"][:8] for row in listed(warehouse)])
    if found[1:]:
        raise ConfigError(
            f"{len(found)} alerts have an id that starts with {text}; give more of it"
        )
    if found[0]["state"] == "resolved":
        raise ConfigError(f"alert {text} is resolved; there is nothing to acknowledge")
    return found


def of_check(warehouse: Warehouse, store: str, check: str) -> list[Row]:
    """Return the alerts of a check that are not resolved. Raises UnknownName for none."""
    mine = [row for row in listed(warehouse) if row["store"] == store]
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
