"""The warehouse -> the facts of a feature's page: how it was distributed, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import groupby
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, Subject, ask, ask_parts
from mlmon.report.facts.columns import columns, columns_of
from mlmon.report.facts.links import DASHBOARD, feature_page, model_page, page_of
from mlmon.report.facts.sentence import Sentence, definitions, figure, name
from mlmon.report.facts.table import Column, Table, filled, outlines, table
from mlmon.report.facts.tile import (
    BARS_KEY,
    LOW,
    STATUS_KEY,
    Chart,
    Facts,
    Page,
    Tile,
    absent,
    badge,
    chart,
    laid_out,
    page,
    section,
    tile,
)
from mlmon.report.tiles.drift import distribution, label
from mlmon.report.tiles.listing import listing, parts

Parts = dict[tuple[Any, ...], Answer]
SUBJECTS = {"numeric": "Number", "categorical": "Category"}
MOMENTS = ("mean", "standard_deviation", "minimum", "maximum")


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of all input features of all models."""
    for model, rows in groupby(ask(read, "feature_states").rows, key=lambda row: row["model"]):
        figures, bins = (
            cache(partial(ask_parts, read, query, ("feature", "store"), model=model))
            for query in ("feature_history", "feature_distributions")
        )
        for row in rows:
            facts = partial(feature_facts, read, figures, bins, row, project)
            yield Page(feature_page(model, row["feature"]), row["state"], facts)


def feature_facts(
    read: Read, figures: Callable[[], Parts], bins: Callable[[], Parts], listed: Row, project: str
) -> Facts:
    """Everything a feature's page shows; all features of a model share what was asked."""
    feature, model = listed["feature"], listed["model"]
    ways = [("Dashboard", DASHBOARD), (f"Model {words.short(model)}", model_page(model))]
    stores = []
    for key, answer in figures().items():
        if key[0] == feature:
            of = Subject(read, answer.rows[-1], model=model)
            of.answer("feature_history", answer)
            of.answer("feature_distributions", bins().get(key, Answer([], "")))
            stores.append(of)
    if not stores:
        why = "It stands in no history: every evaluation with it was made once, aside."
        sections = [section("summary", "Summary", [absent("facts", "No history", why)])]
        return page("feature", feature, sections, project=project, ways=ways)
    sections = laid_out([PARTS["summary"]], stores[0])
    for place, of in enumerate(stores, 1):
        names = of.about["stores"]
        part = replace(PARTS["store"], short=words.short(names[0], 30))
        sections += part.sections(of, place, f" {words.listing(names)}")
    last = stores[0].about
    return page(
        "feature",
        feature,
        sections,
        project=project,
        status=badge(last["status"]),
        updated=last["evaluated_at"],
        ways=[*ways, (f"Newest: {words.short(last['batch'])}", page_of(last))],
    )


def summary(of: Subject) -> Iterator[Tile]:
    """What the feature is, how it is in the reference, and in which batches it drifted."""
    answer, last = of("feature_history"), of.about
    drifted = [row["batch"] for row in answer.rows if row["status"] == "DRIFTED"]
    model: Sentence = [name(of.parameters["model"]), ", version ", figure(last["model_version"])]
    facts: list[tuple[str, Any]] = [
        ("Model", model),
        ("Kind", SUBJECTS.get(last["kind"], last["kind"])),
        ("Evaluated", words.span([answer.rows[0]["batch"], last["batch"]])),
        ("Drifted in", words.listing(drifted) if drifted else "no batch"),
    ]
    for title, key in (
        ("Model importance", "model_importance"),
        ("Drift importance", "drift_importance"),
        ("Missing in the reference", "reference_missing_rate"),
    ):
        facts.append((title, [] if last[key] is None else [figure(last[key], words.share)]))
    for moment in MOMENTS:
        title = f"{moment.capitalize().replace('_', ' ')} in the reference"
        facts.append((title, last[f"reference_{moment}"]))
    yield tile("facts", "The feature", "facts", facts=definitions(facts), sql=[answer.sql])


def lead(of: Subject) -> Sentence:
    """Where the feature stands in the newest batch."""
    last = of.about
    text: Sentence = [name(last["batch"])]
    if last["population_stability_index"] is None:
        return [*text, f": {last['note'] or 'its drift is undefined'}."]
    text.append(f": {words.STATUS[last['status']].lower()}, with a PSI of ")
    text.append(figure(last["population_stability_index"]))
    if last["drift_limit"] is not None:
        text += [" (limit ", figure(last["drift_limit"], words.plain), ")"]
    if last["pvalue_adjusted"] is not None:
        text += [" and an adjusted p-value of ", figure(last["pvalue_adjusted"], words.chance)]
    return [*text, "."]


def history(of: Subject) -> Iterator[Tile]:
    """The main figures over the batches, those that never were anything but zero left out."""
    rows, last = of("feature_history").rows, of.about
    charts = [
        series(rows, "population_stability_index", "PSI", ("maximum", "drift_limit", "limit")),
        series(
            rows, "pvalue_adjusted", "Adjusted p-value", ("soft_minimum", "significance", "level")
        ),
    ]
    beyond = "Unseen" if last["kind"] == "categorical" else "Out of range"
    never = []
    for key, title in (("missing_rate", "Missing"), ("beyond_rate", beyond)):
        if any(row[key] for row in rows):
            reference = last.get(f"reference_{key}")
            charts.append(series(rows, key, f"{title}, share of rows", reference=reference))
        if {row[key] for row in rows} == {0}:
            never.append(title.lower())
    yield tile(
        "history",
        "Figures by batch",
        "row",
        charts=charts,
        sentence=f"No value was {' or '.join(never)} in any of these batches." if never else None,
        key=STATUS_KEY,
        numbers=[filled("Main figures by batch", columns_of("feature_in_short"), rows)],
        sql=[of("feature_history").sql],
    )


def series(
    rows: Sequence[Row],
    key: str,
    title: str,
    limit: tuple[str, str, str] | None = None,
    reference: float | None = None,
) -> Chart:
    """One figure over the batches; `limit` is one, its column of the rows and what it is called."""
    points = [
        {
            **dict.fromkeys(("lower", "upper", *words.LIMITS)),
            **{each: row[each] for each in ("batch", "position", "model_version", "new_version")},
            **({limit[0]: row[limit[1]]} if limit else {}),
            "value": row[key],
            "outcome": row["status"],
        }
        for row in rows
    ]
    names = {limit[0]: limit[2]} if limit else {}
    look = {"metric": title, "reference": reference, "limits": names}
    return chart("history", f"{title} by batch", LOW, title, rows=points, **look)


# ---- A feature's distribution batch by batch: small pictures on the same bins, and their numbers


def distributions(of: Subject) -> Iterator[Tile]:
    """The newest batches side by side, and the newest one large."""
    title, figures, bins = (
        "Distribution by batch",
        of("feature_history"),
        of("feature_distributions"),
    )
    if not bins.rows:
        why = "No distribution is known: the batches had no rows."
        yield absent("batches", title, why)
        return
    by_key = {row["evaluation_id"]: row for row in figures.rows}
    batches = [
        (by_key[key], list(rows))
        for key, rows in groupby(bins.rows, lambda row: row["evaluation_id"])
    ]

    def frame_of(batch: tuple[Row, list[Row]]) -> tuple[Any, Any]:
        first = batch[1][0]
        return first["model_version"], first["reference_sample_id"]

    top = max(max(row["reference_share"], row["current_share"]) for row in bins.rows)
    last, newest = batches[-1]
    yield tile(
        "batches",
        title,
        "pictures",
        span=8,
        pictures=[picture(row, shares, top) for row, shares in batches],
        sentence="The reference filled, the batch outlined, all to one scale.",
        numbers=[frame_table(list(frame)) for _, frame in groupby(batches, frame_of)],
        sql=[bins.sql, figures.sql],
    )
    yield tile(
        "newest",
        f"Distribution of {words.short(last['batch'])}",
        "distribution",
        span=4,
        bins=distribution(last["feature"], newest)["bins"],
        key=BARS_KEY,
        sql=[bins.sql],
    )


def picture(row: Row, bins: list[Row], top: float) -> dict[str, Any]:
    """One batch: the reference filled, the batch outlined, as high as in all pictures beside it."""
    psi = row["population_stability_index"]
    return {
        "batch": row["batch"],
        "href": page_of(row),
        "badge": badge(row["status"]),
        "value": psi,
        "text": words.figure(psi),
        "label": f"{words.short(row['batch'])}: reference filled, batch outlined",
        "histogram": outlines(bins, top),
    }


def frame_table(batches: list[tuple[Row, list[Row]]]) -> Table:
    """The shares of batches that were measured against the same reference, a column each."""
    heads = columns(
        "label | Value",
        "reference_share | Reference | share",
        *(
            Column(f"of {place}", words.short(row["batch"]), "share")
            for place, (row, _) in enumerate(batches)
        ),
    )
    rows = [{**bin, "label": label(bin)} for bin in batches[0][1]]
    for place, (_, bins) in enumerate(batches):
        for row, bin in zip(rows, bins, strict=True):
            row[f"of {place}"] = bin["current_share"]
    version = batches[0][0]["model_version"]
    return table(f"Share of rows by value, against version {version}'s reference", heads, rows)


PARTS = parts(
    "feature",
    summary=summary,
    lead=lead,
    history=history,
    distributions=distributions,
    figures=listing("feature_figures", lines=lambda _, rows: rows[::-1]),
)
