"""Alerts on the pages: which need somebody, who knows of them, and what happened to them."""

from collections.abc import Iterator
from dataclasses import replace

from mlmon.report.facts import words
from mlmon.report.facts.ask import Row, Subject, ask_parts
from mlmon.report.facts.sentence import Sentence, counted, name, strong
from mlmon.report.facts.tile import Tile
from mlmon.report.tiles.listing import listing
from mlmon.system.commands import command

STANDING = listing(
    "alerts",
    lines=lambda _, rows: [{**row, "acknowledged": acknowledged(row)} for row in rows],
)
RESOLVED, EVENTS = listing("resolved_alerts"), listing("alert_events")


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
            text = ["No alert is open. The last one was resolved on ", when, ": ", *which, "."]
            behind: Tile = {"numbers": resolved["tables"], "tables": None, "sentence": text}
            place: Tile = {"id": STANDING.id, "title": STANDING.title, "kind": "sentence"}
            yield {**resolved, **place, **behind}


def of_store(of: Subject) -> Iterator[Tile]:
    """The alerts of a store, whose name need not stand there, and what happened to its alerts."""
    if of("alert_events").rows:
        here = replace(STANDING, columns=[each for each in STANDING.columns if each.key != "store"])
        mine = ask_parts(of.read, "alerts", ["store"]).get((of.parameters["store"],))
        yield from here.tiles(of, mine) if mine else ()
        yield from EVENTS(of)


def acknowledged(row: Row) -> Sentence | str:
    """Who acknowledged an alert, until when, and what they say; or what to type to do so."""
    if row["state"] == "open":
        return command("ack", row["alert"])
    until = row["acknowledged_until"]
    text: Sentence = [name(row["acknowledged_by"])]
    text += [f" until {words.moment(until)}"] if until else []
    return [*text, ": ", name(row["note"])] if row["note"] else text


def in_words(counts: Row) -> Iterator[Sentence]:
    """How many alerts are open, since when and what about, and how many are acknowledged."""
    if many := counts["open"]:
        since = f", {'' if many == 1 else 'the oldest '}since {words.moment(counts['oldest_at'])}: "
        about = strong(words.listing(counts["open_alerts"]))
        yield [*counted(many, "alert"), f" {'is' if many == 1 else 'are'} open", since, about, "."]
    if many := counts["acknowledged"]:
        about = name(words.listing(counts["acknowledged_alerts"]))
        verb = f" {'is' if many == 1 else 'are'} acknowledged: "
        yield [*counted(many, "alert"), verb, about, "."]
