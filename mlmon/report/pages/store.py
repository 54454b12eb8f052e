"""The warehouse -> the facts of a store's page: its evaluations over time and side by side."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask, shown
from mlmon.report.facts.links import DASHBOARD, feature_page, page_of, store_page
from mlmon.report.facts.sentence import Said, counted, limits, name, told
from mlmon.report.facts.table import Column, filled, table
from mlmon.report.facts.tile import (
    LOW,
    LOW_HALF,
    Page,
    Tile,
    Way,
    absent,
    badge,
    page,
    queries,
    section,
    tile,
    way,
)
from mlmon.report.tiles import metric as tiles
from mlmon.report.tiles.alerts import section_of_store
from mlmon.report.tiles.lists import CHECK_COLUMNS
from mlmon.system.commands import command

FOLDED = ((350, 150),)
FURTHER = "Further metrics"
BEFORE_METRICS = (
    Column("batch", "Batch", "link"),
    Column("name", "Name"),
    Column("against", "Once against"),
    Column("model_version", "Version", "count"),
    Column("rows", "Rows", "count"),
    Column("labelled_rows", "Labelled", "count", words.NOTHING),
    Column("outcome", "Checks", "status"),
    Column("diagnostics", "Diagnostics", "findings"),
    Column("labels", "Labels"),
)
EVALUATED = Column("evaluated_at", "Evaluated", "moment")
RESULT_COLUMNS = (
    Column("checked_at", "Checked", "moment"),
    Column("check_name", "Check"),
    Column("batch", "Batch", "link"),
    Column("model_version", "Version", "count", words.NOTHING),
    Column("value", "Value", "figure"),
    Column("outcome", "Outcome", "status"),
    Column("message", "Message", "sentence"),
)
SHADES = (
    "Shaded: beyond the drift limit; darker at twice, four times and eight times the limit. "
    "Bold with a cross: drifted, so the change is also more than chance."
)


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of all stores."""
    for about in ask(read, "stores").rows:
        yield Page(store_page(about["store"]), about["state"], partial(store, read, about, project))


def store(read: Read, about: Row, project: str) -> dict[str, Any]:
    """Everything a store's page shows; `about` is its row of the query `stores`."""
    key = about["store"]
    metrics = ask(read, "store_metrics", store=key).rows
    alerts = section_of_store(read, key)
    return page(
        "store",
        key,
        [
            section("over-time", "Over time", over_time(read, key, metrics), lead=lead(about)),
            section("evaluations", "Evaluations", [evaluation_tile(read, key, metrics)]),
            section("drift", "Drift by feature and batch", [drift_tile(read, key)], short="Drift"),
            *([alerts] if alerts else []),
            section("checks", "Checks", [check_tile(read, key), *result_tiles(read, key)]),
        ],
        project=project,
        status=badge(about["status"]),
        updated=about["updated_at"],
        ways=ways(about),
    )


def ways(about: Row) -> list[Way]:
    """Up to the dashboard, and to the newest evaluation."""
    found = [way("Dashboard", DASHBOARD)]
    if about["evaluation_id"] is not None:
        found.append(way(f"Newest: {words.short(about['batch'])}", page_of(about)))
    return found


def lead(about: Row) -> Said:
    """How much the store holds, of what, and what it does not hold."""
    if not about["evaluations"] + about["aside"]:
        return ["The evaluations that the checks of this store ran on are gone."]
    text: Said = [*counted(about["evaluations"], "evaluation"), " of the model "]
    text.append(name(words.short(about["model"])))
    if about["evaluations"]:
        text += [", ", name(words.span([about["first_batch"], about["last_batch"]]))]
    if not about["has_performance"]:
        text.append("; drift only, performance is not computed")
    if about["aside"]:
        once = " measured once against another reference: in the table, not in the charts"
        text += [". Beside them ", told(about["aside"]), once]
    return [*text, "."]


def over_time(read: Read, store: str, metrics: list[Row]) -> list[Tile]:
    """A chart for each metric, those that are usual first and the others folded away.

    The SQL of the lead is below the first of them.
    """
    drawn = [metric for metric in metrics if metric["in_history"]]
    usual = sum(metric["is_usual"] for metric in drawn)
    if not drawn:
        said = "No evaluation of its history has a metric of the whole model."
        return [absent("history", "Nothing to draw", said)]
    made = [metric_tile(read, store, metric, place, usual) for place, metric in enumerate(drawn, 1)]
    made[0]["sql"] = [*(made[0]["sql"] or []), shown("stores")]
    boxes = [
        {"tile": tile["id"], "title": tile["title"], "checked": not tile["folded"]} for tile in made
    ]
    return [tile("metrics", "Metrics shown", "picker", boxes=boxes), *made]


def metric_tile(read: Read, store: str, metric: Row, place: int, usual: int) -> Tile:
    """A metric over the batches; the size depends on how many others stand beside it."""
    folded = place > max(usual, 1)
    span = 6 if not folded and place <= halves(usual) else 4
    sizes = FOLDED if folded else LOW_HALF if span == 6 else LOW
    wanted = {"store": store, "metric": metric["metric"]}
    titles = {metric["metric"]: metric["title"]}
    made = tiles.history(read, wanted, titles, place, span=span, sizes=sizes)
    return {
        **made,
        "title": metric["title"],
        "subtitle": None,
        "folded": FURTHER if folded else None,
    }


def halves(count: int) -> int:
    """How many of so many tiles take half a row, so that thirds fill the other rows."""
    return min(count, {0: 0, 1: 4, 2: 2}[count % 3])


def evaluation_tile(read: Read, store: str, metrics: list[Row]) -> Tile:
    """Every evaluation of the store with a link to its page."""
    answer = ask(read, "store_evaluations", store=store)
    if not answer.rows:
        return absent("evaluation-table", "All evaluations", "No evaluation is left.")
    rows = [
        {**row, "href": page_of(row), "labels": row["labels"] and words.short(row["labels"], 80)}
        for row in answer.rows
    ]
    figures = [
        Column(
            metric["metric"],
            metric["title"],
            "share" if tiles.newest_is_share(metric["metric"]) else "figure",
            words.NOTHING,
        )
        for metric in metrics
        if metric["is_usual"]
    ]
    columns = filled([*BEFORE_METRICS, *figures, EVALUATED], rows)
    return tile(
        "evaluation-table",
        "All evaluations",
        "dense",
        tables=[table("Evaluations, newest batch first", columns, rows)],
        sql=queries(answer),
    )


def drift_tile(read: Read, store: str) -> Tile:
    """PSI of every feature on every batch: what drifted, and since when."""
    answer = ask(read, "store_drift", store=store)
    title = "PSI by feature and batch"
    if not answer.rows:
        said = "No evaluation of this store has an input feature."
        return absent("feature-drift", title, said)
    return tile(
        "feature-drift",
        title,
        "by-batch",
        sentence=SHADES,
        tables=[by_batch(answer)],
        sql=queries(answer),
    )


def by_batch(answer: Answer) -> dict[str, Any]:
    """A row per feature, a column per batch, the oldest first."""
    batches: dict[int, str] = {}
    features: dict[str, Row] = {}
    for row in answer.rows:
        batches[row["age"]] = row["batch"]
        found = features.setdefault(
            row["feature"],
            {
                "feature": row["feature"],
                "kind": row["kind"],
                "href": feature_page(row["model"], row["feature"]),
            },
        )
        found[f"age {row['age']}"] = {
            "value": row["population_stability_index"],
            "mark": "DRIFTED" if row["drifted"] else None,
            "shade": row["shade"],
        }
    columns = [
        Column("feature", "Feature", "feature"),
        *(
            Column(f"age {age}", words.short(batches[age], 16), "shaded")
            for age in sorted(batches, reverse=True)
        ),
    ]
    caption = "PSI of every input feature, what moved most on the newest batch first"
    return table(caption, columns, features.values())


def check_tile(read: Read, store: str) -> Tile:
    """The latest result of every check of the store."""
    answer = ask(read, "store_checks", store=store)
    if not answer.rows:
        said = (
            "No check of this store has run. Limits are set under its checks: in mlmon.yml; "
            f"to run them: {command('check', store)}"
        )
        return absent("check-table", "Latest checks", said)
    rows = [{**linked(row), "limits": limits(row), "note": row["message"]} for row in answer.rows]
    columns = [
        Column("batch", "Batch", "link") if column.key == "batch" else column
        for column in CHECK_COLUMNS
        if column.key != "store"
    ]
    return tile(
        "check-table",
        "Latest checks",
        tables=[table("Latest result of every check, worst first", columns, rows)],
        sql=queries(answer),
    )


def linked(row: Row) -> Row:
    """The row with the way to its evaluation's page, unless the evaluation is gone."""
    return {**row, "href": None if row["batch"] is None else page_of(row)}


def result_tiles(read: Read, store: str) -> list[Tile]:
    """What the checks said so far, the newest first; nothing where none has run."""
    answer = ask(read, "store_results", store=store)
    if not answer.rows:
        return []
    rows = [linked(row) for row in answer.rows]
    listed, known = len(rows), answer.first["results"]
    some: Said = [f"The newest {listed} of ", told(known), " results."]
    said = some if known > listed else None
    numbers = table("Results of all checks, newest first", RESULT_COLUMNS, rows)
    return [tile("results", "Results so far", sentence=said, tables=[numbers], sql=queries(answer))]
