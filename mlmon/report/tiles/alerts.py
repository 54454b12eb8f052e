"""Alerts on the pages: which need somebody, who knows of them, and what happened to them."""

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask, ask_parts
from mlmon.report.facts.links import page_of, store_page
from mlmon.report.facts.sentence import Said, counted, name, strong, told
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import Section, Tile, queries, section, tile
from mlmon.system.commands import command

STORE = Column("store", "Store", "link", href="store_page")
STANDING_COLUMNS = (
    Column("check_name", "Check"),
    Column("outcome", "Severity", "status"),
    STORE,
    Column("opened_at", "Since", "time"),
    Column("batch", "Opened on", "link"),
    Column("repeated", "Seen in a row", "count"),
    Column("message", "Newest result", "sentence"),
    Column("known", "Acknowledged", "known"),
)
RESOLVED_COLUMNS = (
    Column("check_name", "Check"),
    Column("outcome", "Severity", "status"),
    STORE,
    Column("opened_at", "Opened", "time"),
    Column("resolved_at", "Resolved", "time"),
    Column("message", "Message", "sentence"),
)
EVENT_COLUMNS = (
    Column("happened_at", "When", "time"),
    Column("event", "What", "status"),
    Column("check_name", "Check"),
    Column("outcome", "Severity", "status"),
    Column("batch", "Newest batch", "link", words.NOTHING),
    Column("message", "Message", "sentence"),
)


def alert_section(read: Read) -> Section | None:
    """The alerts that are not resolved, worst first, and those resolved last; None without any."""
    standing, resolved = ask(read, "alerts"), ask(read, "resolved_alerts")
    if standing.rows:
        made = [standing_tile(standing)]
        made += [resolved_tile(resolved)] if resolved.rows else []
    elif resolved.rows:
        made = [quiet_tile(resolved)]
    else:
        return None
    return section("alerts", "Alerts", made)


def section_of_store(read: Read, store: str) -> Section | None:
    """The alerts of a store and all that happened to its alerts; None if it never had one."""
    events = ask(read, "alert_events", store=store)
    if not events.rows:
        return None
    standing = ask_parts(read, "alerts", ["store"]).get((store,))
    made = [standing_tile(standing, of_store=True)] if standing else []
    return section("alerts", "Alerts", [*made, event_tile(events)])


def standing_tile(answer: Answer, *, of_store: bool = False) -> Tile:
    """What is open or acknowledged; the store's name need not stand on its own page."""
    rows = [{**linked(row), "known": known(row)} for row in answer.rows]
    columns = [column for column in STANDING_COLUMNS if column is not STORE or not of_store]
    return tile(
        "alert-table",
        "Open alerts",
        "wordy",
        tables=[table("Alerts that are not resolved, worst first", filled(columns, rows), rows)],
        sql=queries(answer),
    )


def resolved_tile(answer: Answer) -> Tile:
    """Which alerts were resolved last."""
    few, every = len(answer.rows), answer.first["resolved"]
    some: Said = [f"The newest {few} of ", told(every), " resolved ones."]
    return tile(
        "resolved-alerts",
        "Resolved lately",
        "wordy",
        sentence=some if every > few else None,
        tables=[resolved_table(answer)],
        sql=queries(answer),
    )


def quiet_tile(answer: Answer) -> Tile:
    """That no alert is open, in one line; those resolved last are behind it."""
    last = answer.first
    said: Said = [
        "No alert is open. The last one was resolved on ",
        words.moment(last["resolved_at"]),
        ": ",
        name(words.short(last["check_name"])),
        " in ",
        name(words.short(last["store"])),
        ".",
    ]
    return tile(
        "alert-table",
        "Open alerts",
        "sentence",
        sentence=said,
        numbers=[resolved_table(answer)],
        sql=queries(answer),
    )


def resolved_table(answer: Answer) -> Table:
    """The alerts that were resolved last."""
    rows = [linked(row) for row in answer.rows]
    return table("Alerts that were resolved last", RESOLVED_COLUMNS, rows)


def event_tile(answer: Answer) -> Tile:
    """The life of a store's alerts: opened, escalated, acknowledged, reopened, resolved."""
    rows = [linked(row) for row in answer.rows]
    listed, every = len(rows), answer.first["events"]
    some: Said = [f"The newest {listed} of ", told(every), " events."]
    return tile(
        "alert-events",
        "What happened to alerts",
        "wordy",
        sentence=some if every > listed else None,
        tables=[table("Events of alerts, newest first", filled(EVENT_COLUMNS, rows), rows)],
        sql=queries(answer),
    )


def linked(row: Row) -> Row:
    """The row with the ways to its store and to its evaluation, unless that is gone."""
    gone = row.get("batch") is None
    return {
        **row,
        "store_page": store_page(row["store"]),
        "href": None if gone else page_of(row),
    }


def known(row: Row) -> Said | str:
    """Who acknowledged an alert, until when, and what they say; or what to type to do so."""
    if row["state"] == "open":
        return command("ack", row["alert"])
    until = row["acknowledged_until"]
    said: Said = [name(row["acknowledged_by"])]
    said += [f" until {words.moment(until)}"] if until else []
    return [*said, ": ", name(row["note"])] if row["note"] else said


def in_words(counts: Row) -> list[Said]:
    """How many alerts are open, since when and what about, and how many are acknowledged."""
    said: list[Said] = []
    if counts["open"]:
        since = f", {'' if counts['open'] == 1 else 'the oldest '}since "
        verb = " is open" if counts["open"] == 1 else " are open"
        about = strong(words.listing(counts["open_alerts"]))
        when = words.moment(counts["oldest_at"])
        said.append([*counted(counts["open"], "alert"), verb, since, when, ": ", about, "."])
    if counts["acknowledged"]:
        verb = " is acknowledged: " if counts["acknowledged"] == 1 else " are acknowledged: "
        about = name(words.listing(counts["acknowledged_alerts"]))
        said.append([*counted(counts["acknowledged"], "alert"), verb, about, "."])
    return said
