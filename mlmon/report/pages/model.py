"""The warehouse -> the facts of a model's page: its versions, side by side, and what they saw."""

from collections.abc import Iterator, Sequence
from functools import partial

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask, shown
from mlmon.report.facts.links import DASHBOARD, model_page, page_of, store_page
from mlmon.report.facts.sentence import Said, name, told
from mlmon.report.facts.table import Column, table
from mlmon.report.facts.tile import (
    Facts,
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
from mlmon.report.tiles.beside import beside, metric_tile, metrics
from mlmon.report.tiles.decisions import decision_section
from mlmon.report.tiles.versions import version_tile

NEWEST_COLUMNS = (
    Column("store", "Store", "link", href="store_page"),
    Column("batch", "Newest evaluation", "link"),
    Column("model_version", "Version", "count"),
    Column("rows", "Rows", "count"),
    Column("labelled_rows", "With a label", "count", words.NOTHING),
    Column("evaluated_at", "Evaluated", "moment"),
)
LIST_COLUMNS = (
    Column("model_version", "Version", "count"),
    Column("store", "Store", "link", href="store_page"),
    Column("batches", "Batches, newest first", "links"),
)
LISTED = 36  # links per version and store


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of all models that were ever trained."""
    for row in ask(read, "model_states").rows:
        yield Page(
            model_page(row["model"]),
            row["state"],
            partial(model_facts, read, row["model"], project),
        )


def model_facts(read: Read, model: str, project: str) -> Facts:
    """Everything a model's page shows."""
    about = next((row for row in ask(read, "models").rows if row["model"] == model), {})
    made = ask(read, "model_versions", model=model)
    evaluations = ask(read, "model_evaluations", model=model)
    moments = [row["created_at"] for row in made.rows]
    moments += [row["evaluated_at"] for row in evaluations.rows]
    decisions = ask(read, "decisions", model=model)
    moments += [row["decided_at"] for row in decisions.rows]
    return page(
        "model",
        f"Model {model}",
        [
            section("versions", "Versions", [versions(read, model)], lead=lead(about)),
            *([decision_section(decisions)] if decisions.rows else []),
            section(
                "side-by-side",
                "Versions side by side",
                [versions_beside(read, model)],
                short="Side by side",
            ),
            section(
                "importances", "Feature importances", [importances(read, model)], short="Features"
            ),
            section(
                "evaluations",
                "Evaluations of this model",
                evaluation_tiles(evaluations),
                short="Evaluations",
            ),
        ],
        project=project,
        status=status(about),
        updated=max(moments, default=None),
        ways=[way("Dashboard", DASHBOARD), *store_ways(evaluations)],
    )


def versions(read: Read, model: str) -> Tile:
    """The timeline of the versions, with the SQL of the lead below it."""
    made = version_tile(read, model)
    return {**made, "sql": [*(made["sql"] or []), shown("models")]}


def store_ways(evaluations: Answer) -> list[Way]:
    """The pages of the stores that evaluate the model."""
    stores = sorted({row["store"] for row in evaluations.rows})
    return [way(words.short(store), store_page(store)) for store in stores]


def status(about: Row) -> dict[str, str] | None:
    """The worst latest check of the model's stores as a badge."""
    if not about.get("check_name"):
        return badge("EMPTY", "No checks")
    return badge(about["status"])


def lead(about: Row) -> Said:
    """Which version is active and what the worst check said."""
    active = about.get("active_version")
    text: Said = ["Version ", told(active), " is active."] if active else ["No version is active."]
    if about.get("check_name"):
        word = words.STATUS[about["status"]].lower()
        check, store = name(words.short(about["check_name"])), name(words.short(about["store"]))
        text += [" The worst check of its stores: ", check, " in ", store, f", {word}."]
    return text


def versions_beside(read: Read, model: str) -> Tile:
    """All metrics of the newest versions, each on its own test part; the active one leads."""
    title = "Every version on its own test part"
    samples = ask(read, "version_samples", model=model).rows
    if not samples:
        return absent("side-by-side", title, "No version has figures of its test part.")
    active = next((row["key"] for row in samples if row["is_active"]), samples[0]["key"])
    shown = [{**row, "is_champion": row["key"] == active} for row in samples]
    names = {row["key"]: f"Version {row['model_version']}" for row in shown}
    answer = metrics(read, list(names), active)
    made = metric_tile(answer, beside(shown, [(name, "") for name in names.values()]), names, title)
    every = samples[0]["versions"]
    if every > len(samples):
        made["subtitle"] = f"the active one and the newest others of {every}"
    return made


def importances(read: Read, model: str) -> Tile:
    """How much each version leans on each feature; the active one's shares as bars."""
    title = "Share of all importance"
    answer = ask(read, "feature_importances", model=model)
    if not answer.rows:
        return absent("importances", title, "No importance of a feature is known.")
    versions = sorted({row["model_version"] for row in answer.rows}, reverse=True)
    active = {row["model_version"] for row in answer.rows if row["is_active"]}
    rows: dict[str, Row] = {}
    for row in answer.rows:
        made = rows.setdefault(row["feature"], dict(row))
        made[f"version {row['model_version']}"] = row["share"]
    columns = [
        Column("feature", "Feature"),
        *([Column("active_share", "Active version", "bar")] if active else []),
        *(
            Column(
                f"version {version}",
                f"Version {version}",
                "share",
                words.NOTHING,
                marked=version in active,
            )
            for version in versions
        ),
    ]
    numbers = table("Importance of each feature in each version", columns, rows.values())
    return tile("importances", title, tables=[numbers], sql=queries(answer))


def evaluation_tiles(answer: Answer) -> list[Tile]:
    """The newest evaluation of every store, and all links by version and store."""
    if not answer.rows:
        said = "No batch has been evaluated with this model yet."
        return [absent("evaluations", "Evaluations", said)]
    rows = [
        {**row, "href": page_of(row), "store_page": store_page(row["store"])} for row in answer.rows
    ]
    newest = [row for row in rows if row["is_newest"]]
    made = []
    if newest:
        numbers = table("Newest evaluation of every store", NEWEST_COLUMNS, newest)
        made.append(tile("newest", "Newest of every store", tables=[numbers], sql=queries(answer)))
    listed = table("Evaluations by version and store", LIST_COLUMNS, by_version(rows))
    made.append(tile("all", "All by version", tables=[listed], sql=queries(answer)))
    return made


def by_version(rows: Sequence[Row]) -> list[Row]:
    """A row per version and store with the links to its evaluations, the newest first."""
    found: dict[tuple[int, str], Row] = {}
    for row in rows:
        key = (row["model_version"], row["store"])
        made = found.setdefault(key, {**row, "batches": []})
        if len(made["batches"]) < LISTED:
            text = f"{row['batch']} (once)" if row["is_aside"] else row["batch"]
            made["batches"].append({"text": text, "href": row["href"]})
    return [found[key] for key in sorted(found, key=lambda key: (-key[0], key[1]))]
