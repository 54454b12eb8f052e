"""The warehouse -> the facts of a model's page: its versions, side by side, and what they saw."""

from collections.abc import Iterator, Sequence
from functools import partial

from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, Row, Subject, ask
from mlmon.report.facts.columns import columns
from mlmon.report.facts.links import DASHBOARD, model_page, page_of, store_page
from mlmon.report.facts.sentence import Sentence, figure, name
from mlmon.report.facts.table import Column, table
from mlmon.report.facts.tile import (
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
from mlmon.report.tiles.beside import beside, metric_tile
from mlmon.report.tiles.listing import listing, parts
from mlmon.report.tiles.versions import CONTESTS, versions

LINKED = 36  # links per version and store


def pages(read: Read, project: str) -> Iterator[Page]:
    """The pages of all models that were ever trained."""
    for row in ask(read, "model_states").rows:
        model = row["model"]
        yield Page(model_page(model), row["state"], partial(model_facts, read, model, project))


def model_facts(read: Read, model: str, project: str) -> Facts:
    """Everything a model's page shows."""
    about = next((row for row in ask(read, "models").rows if row["model"] == model), {})
    of = Subject(read, about, model=model)
    times = {
        "model_versions": "created_at",
        "model_evaluations": "evaluated_at",
        "decisions": "decided_at",
    }
    stores = sorted({row["store"] for row in of("model_evaluations").rows})
    return page(
        "model",
        f"Model {model}",
        laid_out(PARTS.values(), of),
        project=project,
        status=badge(about["status"]) if about.get("check_name") else badge("EMPTY", "No checks"),
        updated=max(
            (row[at] for query, at in times.items() for row in of(query).rows), default=None
        ),
        ways=[
            ("Dashboard", DASHBOARD),
            *((words.short(each), store_page(each)) for each in stores),
        ],
    )


def lead(of: Subject) -> Sentence:
    """Which version is active and what the worst check said."""
    about = of.about
    active = about.get("active_version")
    text: Sentence = ["Version ", figure(active), " is active."]
    text = text if active else ["No version is active."]
    if about.get("check_name"):
        word = words.STATUS[about["status"]].lower()
        check, store = name(words.short(about["check_name"])), name(words.short(about["store"]))
        text += [" The worst check of its stores: ", check, " in ", store, f", {word}."]
    return text


def timeline(of: Subject) -> Iterator[Tile]:
    """The timeline of the versions, with the SQL of the lead below it."""
    for own in versions(of):
        yield with_sql(own, of.shown("models"))


def versions_beside(of: Subject) -> Iterator[Tile]:
    """All metrics of the newest versions, each on its own test part; the active one leads."""
    title = "Every version on its own test part"
    samples = of("version_samples").rows
    if not samples:
        yield absent("side-by-side", title, "No version has figures of its test part.")
        return
    active = next((row["key"] for row in samples if row["is_active"]), samples[0]["key"])
    shown = [{**row, "is_champion": row["key"] == active} for row in samples]
    names = {row["key"]: f"Version {row['model_version']}" for row in shown}
    answer = of("side_by_side", keys=list(names), champion=active)
    heads = beside(shown, [(name, "") for name in names.values()])
    own, every = metric_tile(answer, heads, names, title), samples[0]["versions"]
    if every > len(samples):
        own["subtitle"] = f"the active one and the newest others of {every}"
    yield own


def importances(of: Subject) -> Iterator[Tile]:
    """How much each version leans on each feature; the active one's shares as bars."""
    title = "Share of all importance"
    answer = of("feature_importances")
    if not answer.rows:
        yield absent("importances", title, "No importance of a feature is known.")
        return
    shares: dict[str, Row] = {}
    for row in answer.rows:
        shares.setdefault(row["feature"], dict(row))[f"version {row['model_version']}"] = row[
            "share"
        ]
    active = {row["model_version"] for row in answer.rows if row["is_active"]}
    bars = [Column("active_share", "Active version", "bar")] if active else []
    figures = [
        Column(f"version {each}", f"Version {each}", "share", words.NOTHING, marked=each in active)
        for each in sorted({row["model_version"] for row in answer.rows}, reverse=True)
    ]
    heads = columns("feature | Feature", *bars, *figures)
    numbers = table("Importance of each feature in each version", heads, shares.values())
    yield tile("importances", title, tables=[numbers], sql=[answer.sql])


NEWEST = listing(
    "newest_evaluations", lines=lambda _, rows: [row for row in rows if row["is_newest"]]
)
BY_VERSION = listing("evaluations_by_version", lines=lambda _, rows: by_version(rows))


def by_version(rows: Sequence[Row]) -> list[Row]:
    """A row per version and store with the links to its evaluations, the newest first."""
    lines: dict[tuple[int, str], Row] = {}
    for row in rows:
        line = lines.setdefault((-row["model_version"], row["store"]), {**row, "batches": []})
        if len(line["batches"]) < LINKED:
            text = f"{row['batch']} (once)" if row["is_aside"] else row["batch"]
            line["batches"].append({"text": text, "href": page_of(row)})
    return [lines[key] for key in sorted(lines)]


PARTS = parts(
    "model",
    lead=lead,
    timeline=timeline,
    contests=CONTESTS,
    beside=versions_beside,
    importances=importances,
    newest=NEWEST,
    by_version=BY_VERSION,
)
