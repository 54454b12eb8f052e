"""The warehouse -> the facts of a store's page: its evaluations over time and side by side."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, Subject, ask
from mlmon.report.facts.columns import columns
from mlmon.report.facts.links import DASHBOARD, feature_page, page_of, store_page
from mlmon.report.facts.sentence import Sentence, counted, figure, name
from mlmon.report.facts.table import Column, table
from mlmon.report.facts.tile import (
    LOW,
    LOW_HALF,
    Facts,
    Page,
    Tile,
    absent,
    badge,
    laid_out,
    page,
    tile,
    with_sql,
)
from mlmon.report.tiles import alerts
from mlmon.report.tiles import metric as tiles
from mlmon.report.tiles.listing import listing, parts
from mlmon.system.commands import command

FOLDED = ((350, 150),)
FURTHER = "Further metrics"
SHADES = (
    "Shaded: beyond the drift limit; darker at twice, four times and eight times the limit. "
    "Bold with a cross: drifted, so the change is also more than chance."
)


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of all stores."""
    for about in ask(read, "stores").rows:
        yield Page(store_page(about["store"]), about["state"], partial(store, read, about, project))


def store(read: Read, about: Row, project: str) -> Facts:
    """Everything a store's page shows; `about` is its row of the query `stores`."""
    ways = [("Dashboard", DASHBOARD)]
    if about["evaluation_id"] is not None:
        ways.append((f"Newest: {words.short(about['batch'])}", page_of(about)))
    return page(
        "store",
        about["store"],
        laid_out(PARTS.values(), Subject(read, about, store=about["store"])),
        project=project,
        status=badge(about["status"]),
        updated=about["updated_at"],
        ways=ways,
    )


def lead(of: Subject) -> Sentence:
    """How much the store holds, of what, and what it does not hold."""
    about = of.about
    if not about["evaluations"] + about["aside"]:
        return ["The evaluations that the checks of this store ran on are gone."]
    text: Sentence = [*counted(about["evaluations"], "evaluation"), " of the model "]
    text.append(name(words.short(about["model"])))
    if about["evaluations"]:
        text += [", ", name(words.span([about["first_batch"], about["last_batch"]]))]
    if not about["has_performance"]:
        text.append("; drift only, performance is not computed")
    if about["aside"]:
        once = " measured once against another reference: in the table, not in the charts"
        text += [". Beside them ", figure(about["aside"]), once]
    return [*text, "."]


def over_time(of: Subject) -> Iterator[Tile]:
    """A chart for each metric, those that are usual first and the others folded away.

    The SQL of the lead is below the first of them.
    """
    metrics = [metric for metric in of("store_metrics").rows if metric["in_history"]]
    if not metrics:
        why = "No evaluation of its history has a metric of the whole model."
        yield absent("history", "Nothing to draw", why)
        return
    usual = sum(metric["is_usual"] for metric in metrics)
    first, *others = (metric_tile(of, each, at, usual) for at, each in enumerate(metrics, 1))
    charts = [with_sql(first, of.shown("stores")), *others]
    boxes = [{"tile": x["id"], "title": x["title"], "checked": not x["folded"]} for x in charts]
    yield tile("metrics", "Metrics shown", "picker", boxes=boxes)
    yield from charts


def metric_tile(of: Subject, metric: Row, place: int, usual: int) -> Tile:
    """A metric over the batches; the size depends on how many others stand beside it."""
    folded = place > max(usual, 1)
    span = 6 if not folded and place <= halves(usual) else 4
    sizes = FOLDED if folded else LOW_HALF if span == 6 else LOW
    entry = {**of.parameters, "metric": metric["metric"]}
    own = tiles.history(of, entry, {metric["metric"]: metric["title"]}, place, span, sizes)
    look: Tile = {"title": metric["title"], "subtitle": None, "folded": FURTHER if folded else None}
    return {**own, **look}


def halves(count: int) -> int:
    """How many of so many tiles take half a row, so that thirds fill the other rows."""
    return min(count, {0: 0, 1: 4, 2: 2}[count % 3])


def evaluations(of: Subject) -> Iterator[Tile]:
    """Every evaluation of the store with a link to its page."""
    figures = [
        Column(key, metric["title"], "share" if tiles.is_share(key) else "figure", words.NOTHING)
        for metric in of("store_metrics").rows
        if metric["is_usual"] and (key := metric["metric"])
    ]
    own = listing(
        "store_evaluations",
        lines=lambda _, rows: [
            {**row, "labels": row["labels"] and words.short(row["labels"], 80)} for row in rows
        ],
    )
    yield from replace(own, columns=[*own.columns[:-1], *figures, own.columns[-1]])(of)


def drift_by_batch(of: Subject) -> Iterator[Tile]:
    """PSI of every feature on every batch, the oldest first: what drifted, and since when."""
    answer, title = of("store_drift"), "PSI by feature and batch"
    if not answer.rows:
        why = "No evaluation of this store has an input feature."
        yield absent("feature-drift", title, why)
        return
    features: dict[str, Row] = {}
    for row in answer.rows:
        href = feature_page(row["model"], row["feature"])
        line = features.setdefault(row["feature"], {**row, "href": href})
        line[f"age {row['age']}"] = {
            "value": row["population_stability_index"],
            "mark": "DRIFTED" if row["drifted"] else None,
            "shade": row["shade"],
        }
    batches = {row["age"]: words.short(row["batch"], 16) for row in answer.rows}
    ages = [Column(f"age {age}", batches[age], "shaded") for age in sorted(batches, reverse=True)]
    caption = "PSI of every input feature, what moved most on the newest batch first"
    yield tile(
        "feature-drift",
        title,
        "by-batch",
        sentence=SHADES,
        tables=[table(caption, columns("feature", *ages), features.values())],
        sql=[answer.sql],
    )


def no_check(of: Subject) -> str:
    """The sentence that stands where the checks of the store would."""
    return (
        "No check of this store has run. Limits are set under its checks: in mlmon.yml; "
        f"to run them: {command('check', of.parameters['store'])}"
    )


PARTS = parts(
    "store",
    lead=lead,
    over_time=over_time,
    evaluations=evaluations,
    drift_by_batch=drift_by_batch,
    alerts=alerts.of_store,
    store_checks=listing("store_checks", none=no_check),
)
