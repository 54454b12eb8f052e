"""The warehouse -> the facts of a feature's page: how it was distributed, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from typing import Any

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask, ask_parts
from mlmon.report.facts.links import DASHBOARD, feature_page, model_page, page_of
from mlmon.report.facts.sentence import Said, definitions, told
from mlmon.report.facts.sentence import name as named
from mlmon.report.facts.table import Column, Table, filled, outlines, table
from mlmon.report.facts.tile import (
    BARS_KEY,
    LOW,
    STATUS_KEY,
    Chart,
    Facts,
    Page,
    Section,
    Tile,
    absent,
    badge,
    chart,
    page,
    queries,
    section,
    tile,
    way,
)
from mlmon.report.tiles.drift import distribution, label

# ---- A feature's distribution batch by batch: small pictures on the same bins, and their numbers


SAID = "The reference filled, the batch outlined, all to one scale."
SHARES = ("reference_share", "current_share")


def distribution_tiles(figures: Answer, bins: Answer | None) -> list[Tile]:
    """The newest batches side by side, and the newest one large."""
    title = "Distribution by batch"
    if bins is None:
        return [absent("batches", title, "No distribution is known: the batches had no rows.")]
    known = {row["evaluation_id"]: row for row in figures.rows}
    batches = [(known[key], list(rows)) for key, rows in groupby(bins.rows, evaluation)]
    top = max(row[share] for row in bins.rows for share in SHARES)
    last, newest = batches[-1]
    return [
        tile(
            "batches",
            title,
            "pictures",
            span=8,
            pictures=[picture(row, shares, top) for row, shares in batches],
            sentence=SAID,
            numbers=[frame_table(list(frame)) for _, frame in groupby(batches, reference)],
            sql=queries(bins, figures),
        ),
        tile(
            "newest",
            f"Distribution of {words.short(last['batch'])}",
            "distribution",
            span=4,
            bins=distribution(last["feature"], newest)["bins"],
            key=BARS_KEY,
            sql=queries(bins),
        ),
    ]


def evaluation(row: Row) -> Any:
    """Which evaluation a row is of."""
    return row["evaluation_id"]


def reference(batch: tuple[Row, list[Row]]) -> tuple[Any, Any]:
    """On whose bins a batch is told, and against which sample."""
    first = batch[1][0]
    return first["model_version"], first["reference_sample_id"]


def picture(row: Row, bins: list[Row], top: float) -> dict[str, Any]:
    """One batch: the reference filled, the batch outlined, as high as in all pictures beside it."""
    psi = row["population_stability_index"]
    return {
        "batch": row["batch"],
        "href": page_of(row),
        "badge": badge(row["status"]),
        "value": psi,
        "text": words.figure(psi),
        "told": f"{words.short(row['batch'])}: reference filled, batch outlined",
        "histogram": outlines(bins, top),
    }


def frame_table(batches: list[tuple[Row, list[Row]]]) -> Table:
    """The shares of batches that were measured against the same reference, a column each."""
    columns = [
        Column("label", "Value"),
        Column("reference_share", "Reference", "share"),
        *(
            Column(f"of {place}", words.short(row["batch"]), "share")
            for place, (row, _) in enumerate(batches)
        ),
    ]
    rows = [{**bin, "label": label(bin)} for bin in batches[0][1]]
    for place, (_, bins) in enumerate(batches):
        for row, bin in zip(rows, bins, strict=True):
            row[f"of {place}"] = bin["current_share"]
    version = batches[0][0]["model_version"]
    return table(f"Share of rows by value, against version {version}'s reference", columns, rows)


Parts = dict[tuple[Any, ...], Answer]
SUBJECTS = {"numeric": "Number", "categorical": "Category"}
NUMBER_COLUMNS = (
    Column("batch", "Batch", "link"),
    Column("status", "Status", "status"),
    Column("population_stability_index", "PSI", "figure"),
    Column("pvalue_adjusted", "Adjusted p-value", "figure"),
    Column("missing_rate", "Missing", "share", words.NOTHING),
    Column("unseen_rate", "Unseen", "share", words.NOTHING),
    Column("untrained_rate", "Untrained", "share", words.NOTHING),
    Column("out_of_range_rate", "Out of range", "share", words.NOTHING),
    Column("drift_importance", "Drift importance", "share", words.NOTHING),
    Column("model_importance", "Model importance", "share", words.NOTHING),
    Column("mean", "Mean", "figure", words.NOTHING),
    Column("standard_deviation", "Standard deviation", "figure", words.NOTHING),
    Column("minimum", "Minimum", "figure", words.NOTHING),
    Column("maximum", "Maximum", "figure", words.NOTHING),
    Column("jensen_shannon_distance", "Jensen-Shannon", "figure", words.NOTHING),
    Column("hellinger_distance", "Hellinger", "figure", words.NOTHING),
    Column("l_infinity", "L-infinity", "figure", words.NOTHING),
    Column("ks_statistic", "KS", "figure", words.NOTHING),
    Column("ks_pvalue", "KS p-value", "figure", words.NOTHING),
    Column("chi2_statistic", "Chi-square", "figure", words.NOTHING),
    Column("chi2_pvalue", "Chi-square p-value", "figure", words.NOTHING),
    Column("wasserstein_distance", "Wasserstein", "figure", words.NOTHING),
    Column("normalized_wasserstein_distance", "Normalised", "figure", words.NOTHING),
    Column("model_version", "Version", "count"),
    Column("rows", "Rows", "count"),
)
MAIN_COLUMNS = (Column("batch", "Batch"), *NUMBER_COLUMNS[1:8])
MOMENTS = ("mean", "standard_deviation", "minimum", "maximum")
LIMITS = ("minimum", "soft_minimum", "soft_maximum", "maximum")


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of all input features of all models."""
    listed = ask(read, "feature_states").rows
    for model, rows in groupby(listed, key=lambda row: row["model"]):
        figures = cache(
            partial(ask_parts, read, "feature_history", ("feature", "store"), model=model)
        )
        bins = cache(
            partial(ask_parts, read, "feature_distributions", ("feature", "store"), model=model)
        )
        for row in rows:
            yield Page(
                feature_page(model, row["feature"]),
                row["state"],
                partial(feature_facts, figures, bins, row, project),
            )


def feature_facts(
    figures: Callable[[], Parts], bins: Callable[[], Parts], listed: Row, project: str
) -> Facts:
    """Everything a feature's page shows; all features of a model share what was asked."""
    name = listed["feature"]
    stores = {key: answer for key, answer in figures().items() if key[0] == name}
    ways = [
        way("Dashboard", DASHBOARD),
        way(f"Model {words.short(listed['model'])}", model_page(listed["model"])),
    ]
    if not stores:
        said = "It stands in no history: every evaluation with it was made once, aside."
        sections = [section("summary", "Summary", [absent("facts", "No history", said)])]
        return page("feature", name, sections, project=project, ways=ways)
    newest = next(iter(stores.values()))
    last = newest.rows[-1]
    return page(
        "feature",
        name,
        [
            section("summary", "Summary", [summary(newest, listed["model"])], hidden=True),
            *(
                store_section(place, answer, bins().get(key))
                for place, (key, answer) in enumerate(stores.items(), 1)
            ),
        ],
        project=project,
        status=badge(last["status"]),
        updated=last["evaluated_at"],
        ways=[*ways, way(f"Newest: {words.short(last['batch'])}", page_of(last))],
    )


def summary(answer: Answer, model: str) -> Tile:
    """What the feature is, how it is in the reference, and in which batches it drifted."""
    last = answer.rows[-1]
    drifted = [row["batch"] for row in answer.rows if row["status"] == "DRIFTED"]
    facts = [
        ("Model", [named(model), ", version ", told(last["model_version"])]),
        ("Kind", SUBJECTS.get(last["kind"], last["kind"])),
        ("Evaluated", words.span([answer.rows[0]["batch"], last["batch"]])),
        ("Drifted in", words.listing(drifted) if drifted else "no batch"),
        ("Model importance", share(last["model_importance"])),
        ("Drift importance", share(last["drift_importance"])),
        ("Missing in the reference", share(last["reference_missing_rate"])),
        *(
            (f"{moment.capitalize().replace('_', ' ')} in the reference", value)
            for moment in MOMENTS
            if (value := last[f"reference_{moment}"]) is not None
        ),
    ]
    return tile("facts", "The feature", "facts", facts=definitions(facts), sql=queries(answer))


def share(value: float | None) -> Said:
    """A share as a reader wants it, or nothing."""
    return [] if value is None else [told(value, words.share)]


def store_section(place: int, figures: Answer, bins: Answer | None) -> Section:
    """One store's history of the feature."""
    stores = figures.rows[-1]["stores"]
    return section(
        f"store-{place}",
        f"In {words.listing(stores)}",
        [history(figures), *distribution_tiles(figures, bins), numbers(figures)],
        short=words.short(stores[0], 30),
        lead=lead(figures.rows),
    )


def lead(rows: Sequence[Row]) -> Said:
    """Where the feature stands in the newest batch."""
    last = rows[-1]
    text: Said = [named(last["batch"])]
    if last["population_stability_index"] is None:
        return [*text, f": {last['note'] or 'its drift is undefined'}."]
    text.append(f": {words.STATUS[last['status']].lower()}, with a PSI of ")
    text.append(told(last["population_stability_index"]))
    if last["drift_limit"] is not None:
        text += [" (limit ", told(last["drift_limit"], words.plain), ")"]
    if last["pvalue_adjusted"] is not None:
        text += [" and an adjusted p-value of ", told(last["pvalue_adjusted"], words.chance)]
    return [*text, "."]


def history(figures: Answer) -> Tile:
    """The main figures over the batches, those that never were anything but zero left out."""
    rows = figures.rows
    last = rows[-1]
    charts = [
        series(rows, "population_stability_index", "PSI", "limit", maximum="drift_limit"),
        series(rows, "pvalue_adjusted", "Adjusted p-value", "level", soft_minimum="significance"),
    ]
    beyond = "Unseen" if last["kind"] == "categorical" else "Out of range"
    rates = (("missing_rate", "Missing"), ("beyond_rate", beyond))
    never = [title.lower() for key, title in rates if {row[key] for row in rows} == {0}]
    charts += [
        series(rows, key, f"{title}, share of rows", reference=last.get(f"reference_{key}"))
        for key, title in rates
        if any(row[key] for row in rows)
    ]
    return tile(
        "history",
        "Figures by batch",
        "row",
        charts=charts,
        sentence=f"No value was {' or '.join(never)} in any of these batches." if never else None,
        key=STATUS_KEY,
        numbers=[table("Main figures by batch", filled(MAIN_COLUMNS, rows), rows)],
        sql=queries(figures),
    )


def series(
    rows: Sequence[Row],
    key: str,
    title: str,
    limit: str = "",
    reference: float | None = None,
    **limits: str,
) -> Chart:
    """One figure over the batches; `limits` says in which column of the row a limit stands."""
    (name,) = limits or ("maximum",)
    points = [
        {
            **dict.fromkeys(("lower", "upper", *LIMITS)),
            **{each: row[each] for each in ("batch", "position", "model_version", "new_version")},
            **{bound: row[column] for bound, column in limits.items()},
            "value": row[key],
            "outcome": row["status"],
        }
        for row in rows
    ]
    return chart(
        "history",
        f"{title} by batch",
        LOW,
        caption=title,
        rows=points,
        metric=title,
        reference=reference,
        limits={name: limit},
    )


def numbers(figures: Answer) -> Tile:
    """All figures of all batches, each with a way to its evaluation."""
    rows = [{**row, "href": page_of(row)} for row in figures.rows[::-1]]
    title = "All figures by batch"
    columns = filled(NUMBER_COLUMNS, rows)
    return tile(
        "figures",
        title,
        tables=[table(f"{title}, newest first", columns, rows)],
        sql=queries(figures),
    )
