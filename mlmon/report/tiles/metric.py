"""The tiles that mlmon.yml asks for: a metric's value, its history, a scenario's last runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Answer, Read, Row, ask
from mlmon.report.facts.links import run_page, store_page
from mlmon.report.facts.sentence import Said, joined, limits, name, told
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import HALF, WIDE, Tile, absent, badge, chart, queries, tile
from mlmon.system.commands import command

HISTORY_COLUMNS = (
    Column("batch", "Batch"),
    Column("value", "Value", "figure"),
    Column("change", "Change", "signed", ""),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
    Column("outcome", "Status", "status"),
    Column("model_version", "Version", "count"),
    Column("evaluated_at", "Evaluated", "moment"),
)
RUN_COLUMNS = (
    Column("started_at", "Started", "moment", href="href"),
    Column("outcome", "Outcome", "status"),
    Column("duration_seconds", "Duration", "duration"),
    Column("trigger", "Trigger"),
    Column("batch", "Batch"),
)
RUNS_WITH_STEPS = 4


def history_of(read: Read, wanted: Mapping[str, Any]) -> Answer:
    """All values of a store's metric, oldest first."""
    return ask(
        read,
        "history",
        store=wanted["store"],
        metric=wanted["metric"],
        feature=wanted.get("feature"),
    )


def title_of(wanted: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """What a tile about a metric is called."""
    name = wanted.get("title") or titles.get(wanted["metric"], wanted["metric"])
    feature = wanted.get("feature")
    return f"{name} of {feature}" if feature and not wanted.get("title") else name


def number(read: Read, wanted: Mapping[str, Any], titles: Mapping[str, str], place: int) -> Tile:
    """The newest value: its status, the change, a sparkline, the limits in words."""
    answer = history_of(read, wanted)
    title, identity = title_of(wanted, titles), f"number-{place}"
    if not answer.rows:
        why = f"{words.short(wanted['store'])} has no value of {words.short(wanted['metric'])}."
        return absent(identity, title, why, span=3)
    newest = answer.rows[-1]
    form = words.share if newest_is_share(wanted["metric"]) else words.figure
    values = [row["value"] for row in answer.rows]
    path = geometry.sparkline(values, 110, 40) if len(values) > 1 else ""
    return tile(
        identity,
        title,
        "number",
        span=3,
        value=newest["value"],
        text=form(newest["value"]),
        badge=badge(newest["outcome"]),
        note=newest["note"] if newest["value"] is None else None,
        change=change_in_words(newest, wanted["metric"]),
        tone=words.tone(newest["outcome"]),
        limits=limits(newest) or "no limit set",
        store=wanted["store"],
        href=store_page(wanted["store"]),
        batch=newest["batch"],
        path=path,
        end=geometry.last_point(path) if path else None,
        told=f"{title} from {answer.rows[0]['batch']} to {newest['batch']}",
        numbers=[history_table(answer, title)],
        sql=queries(answer),
    )


def newest_is_share(metric: str) -> bool:
    """Whether a metric reads better in percent."""
    return metric.endswith(("_share", "_rate"))


def change_in_words(row: Row, metric: str) -> Said:
    """The change since the evaluation before, or why there is none."""
    if row["previous_batch"] is None:
        return ["first evaluation"]
    since: Said = [" since ", name(row["previous_batch"])]
    if row["change"] is None:
        return ["no change known", *since]
    if row["change"] == 0:
        return ["unchanged", *since]
    form = words.points if newest_is_share(metric) else words.signed
    return [told(row["change"], form), *since]


def history_table(answer: Answer, title: str) -> dict[str, Any]:
    """The history as numbers, newest first."""
    rows = answer.rows[::-1]
    if rows[0]["outcome"] == "NONE":
        rows = [{**row, "outcome": None} for row in rows]
    return table(f"{title} by batch, newest first", filled(HISTORY_COLUMNS, rows), rows)


def history(
    read: Read,
    wanted: Mapping[str, Any],
    titles: Mapping[str, str],
    place: int,
    reference: float | None = None,
    span: int = 8,
    sizes: Sequence[tuple[int, int]] | None = None,
) -> Tile:
    """A metric over the batches with its limits and the model versions marked."""
    answer = history_of(read, wanted)
    title, identity = title_of(wanted, titles), f"history-{place}"
    if not answer.rows:
        why = f"{words.short(wanted['store'])} has no value of {words.short(wanted['metric'])}."
        return absent(identity, title, why, span=span)
    newest = answer.rows[-1]
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
        subtitle=wanted["store"],
        charts=[picture],
        badge=badge(newest["outcome"]),
        numbers=[history_table(answer, title)],
        sql=queries(answer),
    )


def last_runs(read: Read, scenario: str, place: int) -> Tile:
    """The last runs of a scenario, the newest with their steps."""
    answer = ask(read, "last_runs", scenario=scenario)
    title, identity = f"{scenario}, last runs", f"runs-{place}"
    if not answer.rows:
        said = f"It has not run yet. To run it by hand: {command('run', scenario)}"
        return absent(identity, title, said, span=4)
    return tile(
        identity,
        title,
        "runs",
        span=4,
        runs=[run(row) for row in answer.rows[:RUNS_WITH_STEPS]],
        strip=[strip(row) for row in answer.rows[::-1]],
        numbers=[runs_table(f"Last runs of {scenario}", answer.rows)],
        sql=queries(answer),
    )


def runs_table(caption: str, rows: Sequence[Row]) -> Table:
    """Runs as a table, each with a link to its page."""
    told = [
        {**row, "outcome": row["outcome"] or "RUNNING", "href": href_of_run(row)} for row in rows
    ]
    return table(caption, filled(RUN_COLUMNS, told), told)


def href_of_run(row: Row) -> str:
    """Where the page of a run lies."""
    return run_page(row["scenario"], row["run_id"])


def run(row: Row) -> dict[str, Any]:
    """One run with its steps."""
    facts: list[Said] = [[name(row[key])] for key in ("trigger", "batch") if row[key]]
    if row["duration_seconds"] is not None:
        facts.append([told(row["duration_seconds"], words.duration)])
    return {
        "badge": badge(row["outcome"] or "RUNNING"),
        "href": href_of_run(row),
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


def strip(row: Row) -> dict[str, str]:
    """One run as a block in the strip of runs, oldest first."""
    outcome = row["outcome"] or "RUNNING"
    return {
        "tone": words.tone(outcome),
        "told": f"{words.moment(row['started_at'])}: {words.STATUS[outcome].lower()}",
    }
