"""A metric's value, its history, a scenario's last runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import columns_of
from mlmon.report.facts.links import run_page, store_page
from mlmon.report.facts.sentence import Sentence, figure, joined, limits, name
from mlmon.report.facts.table import Table, filled
from mlmon.report.facts.tile import HALF, WIDE, Sizes, Tile, absent, badge, chart, tile
from mlmon.system.commands import command

Entry = Mapping[str, Any]
RUNS_WITH_STEPS = 4


def values(of: Subject, entry: Entry) -> Answer:
    """All values of a store's metric, oldest first."""
    keys = {key: entry.get(key) for key in ("store", "metric", "feature")}
    return of("history", **keys)


def title_of(entry: Entry, titles: Mapping[str, str]) -> str:
    """What a tile about a metric is called."""
    title = entry.get("title") or titles.get(entry["metric"], entry["metric"])
    feature = entry.get("feature")
    return f"{title} of {feature}" if feature and not entry.get("title") else str(title)


def no_value(entry: Entry) -> str:
    """The sentence that stands where a metric's values would."""
    return f"{words.short(entry['store'])} has no value of {words.short(entry['metric'])}."


def number(of: Subject, entry: Entry, titles: Mapping[str, str], place: int) -> Tile:
    """The newest value: its status, the change, a sparkline, the limits in words."""
    answer = values(of, entry)
    title, identity = title_of(entry, titles), f"number-{place}"
    if not answer.rows:
        return absent(identity, title, no_value(entry), span=3)
    newest = answer.rows[-1]
    form = words.share if is_share(entry["metric"]) else words.figure
    course = [row["value"] for row in answer.rows]
    path = geometry.sparkline(course, 110, 40) if len(course) > 1 else ""
    return tile(
        identity,
        title,
        "number",
        span=3,
        value=newest["value"],
        text=form(newest["value"]),
        badge=badge(newest["outcome"]),
        note=newest["note"] if newest["value"] is None else None,
        change=change(newest, entry["metric"]),
        tone=words.tone(newest["outcome"]),
        limits=limits(newest) or "no limit set",
        store=entry["store"],
        href=store_page(entry["store"]),
        batch=newest["batch"],
        path=path,
        end=geometry.last_point(path) if path else None,
        label=f"{title} from {answer.rows[0]['batch']} to {newest['batch']}",
        numbers=[history_table(answer, title)],
        sql=[answer.sql],
    )


def is_share(metric: str) -> bool:
    """Whether a metric reads better in percent."""
    return metric.endswith(("_share", "_rate"))


def change(row: Row, metric: str) -> Sentence:
    """The change since the evaluation before, or why there is none."""
    if row["previous_batch"] is None:
        return ["first evaluation"]
    since: Sentence = [" since ", name(row["previous_batch"])]
    if row["change"] is None:
        return ["no change known", *since]
    if row["change"] == 0:
        return ["unchanged", *since]
    return [figure(row["change"], words.points if is_share(metric) else words.signed), *since]


def history_table(answer: Answer, title: str) -> Table:
    """The history as numbers, newest first."""
    rows = answer.rows[::-1]
    if rows[0]["outcome"] == "NONE":
        rows = [{**row, "outcome": None} for row in rows]
    return filled(f"{title} by batch, newest first", columns_of("history"), rows)


def history(
    of: Subject,
    entry: Entry,
    titles: Mapping[str, str],
    place: int,
    span: int = 8,
    sizes: Sizes | None = None,
    reference: float | None = None,
) -> Tile:
    """A metric over the batches with its limits and the model versions marked."""
    answer = values(of, entry)
    title, identity = title_of(entry, titles), f"history-{place}"
    if not answer.rows:
        return absent(identity, title, no_value(entry), span=span)
    picture = chart(
        "history",
        f"{title} by batch, with its limits and the model versions",
        sizes or (WIDE if span > 6 else HALF),
        rows=answer.rows,
        metric=title,
        reference=reference,
    )
    return tile(
        identity,
        f"{title}, history",
        span=span,
        subtitle=entry["store"],
        charts=[picture],
        badge=badge(answer.rows[-1]["outcome"]),
        numbers=[history_table(answer, title)],
        sql=[answer.sql],
    )


def last_runs(of: Subject, scenario: str, place: int) -> Tile:
    """The last runs of a scenario, the newest with their steps."""
    answer = of("last_runs", scenario=scenario)
    title, identity = f"{scenario}, last runs", f"runs-{place}"
    if not answer.rows:
        how = f"It has not run yet. To run it by hand: {command('run', scenario)}"
        return absent(identity, title, how, span=4)
    return tile(
        identity,
        title,
        "runs",
        span=4,
        runs=[run(row) for row in answer.rows[:RUNS_WITH_STEPS]],
        strip=strip(answer.rows),
        numbers=[runs_table(f"Last runs of {scenario}", answer.rows)],
        sql=[answer.sql],
    )


def runs_table(caption: str, rows: Sequence[Row]) -> Table:
    """Runs as a table, each with a link to its page."""
    lines = [
        {
            **row,
            "outcome": row["outcome"] or "RUNNING",
            "href": run_page(row["scenario"], row["run_id"]),
        }
        for row in rows
    ]
    return filled(caption, columns_of("runs"), lines)


def run(row: Row) -> dict[str, Any]:
    """One run with its steps."""
    facts: list[Sentence] = [[name(row[key])] for key in ("trigger", "batch") if row[key]]
    if row["duration_seconds"] is not None:
        facts.append([figure(row["duration_seconds"], words.duration)])
    return {
        "badge": badge(row["outcome"] or "RUNNING"),
        "href": run_page(row["scenario"], row["run_id"]),
        "at": words.moment(row["started_at"]),
        "facts": joined(facts),
        "steps": [
            {
                "name": step["step"],
                "status": step["outcome"] or "RUNNING",
                "word": words.STATUS[step["outcome"] or "RUNNING"].lower(),
                "message": step["message"],
            }
            for step in sorted(row["steps"] or [], key=lambda step: step["position"])
        ],
    }


def strip(rows: Sequence[Row]) -> list[dict[str, str]]:
    """The runs as blocks, oldest first."""
    outcomes = [(words.moment(row["started_at"]), row["outcome"] or "RUNNING") for row in rows]
    return [
        {"tone": words.tone(outcome), "label": f"{at}: {words.STATUS[outcome].lower()}"}
        for at, outcome in outcomes[::-1]
    ]
