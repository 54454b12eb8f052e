"""Alerts on the pages: which need somebody, who knows of them, and what happened to them."""

from collections.abc import Iterator
from dataclasses import replace

from mlmon.report.facts import words
from mlmon.report.facts.ask import Row, Subject, ask_parts
from mlmon.report.facts.columns import columns
from mlmon.report.facts.sentence import Sentence, counted, name, strong
from mlmon.report.facts.table import Column
from mlmon.report.facts.tile import Part, Tile
from mlmon.report.tiles.listing import Listing
from mlmon.system.commands import command

OPEN = "Open alerts"
STANDING = Listing(
    "alerts",
    "alert-table",
    OPEN,
    "Alerts that are not resolved, worst first",
    columns(
        "check_name severity store",
        Column("opened_at", "Since", "time"),
        Column("batch", "Opened on", "evaluation"),
        Column("repeated", "Seen in a row", "count"),
        Column("message", "Newest result", "remark"),
        Column("acknowledged", "Acknowledged", "acknowledged"),
    ),
    lines=lambda _, rows: [{**row, "acknowledged": acknowledged(row)} for row in rows],
    kind="wordy",
)
RESOLVED = Listing(
    "resolved_alerts",
    "resolved-alerts",
    "Resolved lately",
    "Alerts that were resolved last",
    columns(
        "check_name severity store",
        Column("opened_at", "Opened", "time"),
        Column("resolved_at", "Resolved", "time"),
        "message",
    ),
    kind="wordy",
    every="resolved",
    noun="resolved ones",
    whole=True,
)
EVENTS = Listing(
    "alert_events",
    "alert-events",
    "What happened to alerts",
    "Events of alerts, newest first",
    columns(
        Column("happened_at", "When", "time"),
        Column("event", "What", "status"),
        "check_name severity",
        Column("batch", "Newest batch", "evaluation"),
        "message",
    ),
    kind="wordy",
    every="events",
)


def of_project(of: Subject) -> Iterator[Tile]:
    """The alerts that are not resolved and those resolved last; without any, none in one line."""
    yield from STANDING(of)
    for resolved in RESOLVED(of):
        if of("alerts").rows:
            yield resolved
        else:
            last = of("resolved_alerts").first
            which = [
                name(words.short(last["check_name"])),
                " in ",
                name(words.short(last["store"])),
            ]
            when = words.moment(last["resolved_at"])
            said = ["No alert is open. The last one was resolved on ", when, ": ", *which, "."]
            behind: Tile = {"numbers": resolved["tables"], "tables": None, "sentence": said}
            yield {**resolved, "id": "alert-table", "title": OPEN, "kind": "sentence", **behind}


def of_store(of: Subject) -> Iterator[Tile]:
    """The alerts of a store, whose name need not stand there, and what happened to its alerts."""
    if of("alert_events").rows:
        here = replace(STANDING, columns=[each for each in STANDING.columns if each.key != "store"])
        mine = ask_parts(of.read, "alerts", ["store"]).get((of.parameters["store"],))
        yield from here.tiles(of, mine) if mine else ()
        yield from EVENTS(of)


ALERTS = Part("alerts", "Alerts", [of_project])
ALERTS_OF_STORE = Part("alerts", "Alerts", [of_store])


def acknowledged(row: Row) -> Sentence | str:
    """Who acknowledged an alert, until when, and what they say; or what to type to do so."""
    if row["state"] == "open":
        return command("ack", row["alert"])
    until = row["acknowledged_until"]
    text: Sentence = [name(row["acknowledged_by"])]
    text += [f" until {words.moment(until)}"] if until else []
    return [*text, ": ", name(row["note"])] if row["note"] else text


def in_words(counts: Row) -> list[Sentence]:
    """How many alerts are open, since when and what about, and how many are acknowledged."""
    sentences: list[Sentence] = []
    if counts["open"]:
        since = f", {'' if counts['open'] == 1 else 'the oldest '}since "
        verb = " is open" if counts["open"] == 1 else " are open"
        about = strong(words.listing(counts["open_alerts"]))
        when = words.moment(counts["oldest_at"])
        sentences.append([*counted(counts["open"], "alert"), verb, since, when, ": ", about, "."])
    if counts["acknowledged"]:
        verb = " is acknowledged: " if counts["acknowledged"] == 1 else " are acknowledged: "
        about = name(words.listing(counts["acknowledged_alerts"]))
        sentences.append([*counted(counts["acknowledged"], "alert"), verb, about, "."])
    return sentences
