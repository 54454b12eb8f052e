"""The warehouse -> the facts of a feature's page: how it was distributed, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from typing import Any

from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask, ask_parts
from mlmon.report.distributions import distribution_tiles
from mlmon.report.grid import Column, filled, table
from mlmon.report.links import DASHBOARD, feature_page, model_page, page_of
from mlmon.report.page import Facts, Page, page, way
from mlmon.report.said import Said, definitions, told
from mlmon.report.said import name as named
from mlmon.report.tile import (
    LOW,
    STATUS_KEY,
    Chart,
    Section,
    Tile,
    absent,
    badge,
    chart,
    queries,
    section,
    tile,
)

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
