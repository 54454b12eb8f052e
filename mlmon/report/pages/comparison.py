"""The page of a comparison: evaluations and model versions side by side, one the champion."""

import json
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial

from mlmon.errors import ConfigError, EvaluationNotFound
from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, Subject, ask
from mlmon.report.facts.columns import columns_of
from mlmon.report.facts.links import DASHBOARD, comparison_page, model_page, page_of
from mlmon.report.facts.table import table
from mlmon.report.facts.tile import Facts, Page, Tile, page, section, tile
from mlmon.report.tiles.beside import beside, curve_tiles, drift_tile, how_many_drawn, metric_tile

# ---- What a comparison is of: the evaluations and model versions that somebody named


FEWEST, MOST = 2, 12
BEGINNING = 4  # the fewest characters of an id that name an evaluation
LISTED = 6


def chosen(read: Read, names: Sequence[str], champion: str | None) -> Answer:
    """The things that were named, in that order; the champion is the first unless it is named.

    An item is an evaluation's id, the beginning of one, its name, STORE/BATCH (the newest
    evaluation of it) or MODEL/VERSION. Raises ConfigError, EvaluationNotFound.
    """
    if not FEWEST <= len(names) <= MOST:
        raise ConfigError(
            f"a comparison is of {FEWEST} to {MOST} things, not of {len(names)}; "
            "name each with --compare"
        )
    rows = ask(read, "comparable").rows
    keys = [one_of(rows, text) for text in names]
    twice = [text for place, text in enumerate(names) if keys.index(keys[place]) < place]
    if twice:
        raise ConfigError(f"'{twice[0]}' is named twice; a comparison is of different things")
    best = one_of(rows, champion) if champion else keys[0]
    if best not in keys:
        raise ConfigError(f"the champion '{champion}' is not compared; name it with --compare too")
    answer = ask(read, "items", keys=keys, champion=best)
    first = answer.rows[0]
    for item in answer.rows:
        if item["task"] != first["task"]:
            raise ConfigError(
                f"{whole_name(first)} is of a {first['task']} model, {whole_name(item)} of a "
                f"{item['task']} one; compare things of one task"
            )
    return answer


def one_of(rows: Sequence[Row], text: str) -> str:
    """The key of what is named so: its id, its name, or the label that it answers to.

    Raises ConfigError, EvaluationNotFound.
    """
    fits = [
        row
        for row in rows
        if text in (row["evaluation_id"], row["name"])
        or (row["is_newest"] and row["label"] == text)
    ]
    if not fits and len(text) >= BEGINNING:
        fits = [row for row in rows if (row["evaluation_id"] or "").startswith(text)]
    if len(fits) == 1:
        return str(fits[0]["key"])
    name = words.short(text)
    if fits:
        labels = [f"{words.short(row['label'], 30)} ({row['key'][:8]})" for row in fits]
        those = words.listing(labels, LISTED)
        raise ConfigError(f"'{name}' fits {len(fits)} things: {those}; give one's id")
    labels = list(dict.fromkeys(row["label"] for row in rows))
    beside = [label for label in labels if label.rpartition("/")[0] == text.rpartition("/")[0]]
    near = beside or get_close_matches(text, labels, LISTED, 0.4) or labels
    there = f"; there is {words.listing(near, LISTED)}" if near else "; there is nothing yet"
    raise EvaluationNotFound(f"no evaluation or model version is called '{name}'{there}")


def label(item: Row) -> str:
    """What an item is called in one word: its batch, or the version's number."""
    if item["evaluation_id"] is None:
        return f"Version {item['model_version']}"
    return words.short(item["batch"], 24)


def origin(item: Row) -> str:
    """Where an item comes from."""
    if item["evaluation_id"] is None:
        return f"{words.short(item['model'], 24)}, test part"
    return f"{words.short(item['store'], 24)}, version\N{NO-BREAK SPACE}{item['model_version']}"


def whole_names(items: Sequence[Row]) -> list[str]:
    """Every item's name in a sentence; where two are called alike, with the ids' beginnings."""
    plain = [whole_name(item) for item in items]
    often = Counter(plain)
    return [
        f"{name} [{item['key'][:8]}]" if often[name] > 1 else name
        for name, item in zip(plain, items, strict=True)
    ]


def whole_name(item: Row) -> str:
    """What an item is called in a sentence."""
    if item["evaluation_id"] is None:
        return f"{label(item)} of {words.short(item['model'], 24)} (test part)"
    version = f"version {item['model_version']}"
    return f"{label(item)} in {words.short(item['store'], 24)} ({version})"


# ---- What its page shows


def side_by_side(
    read: Read, project: str, names: Sequence[str], champion: str | None = None
) -> Page:
    """The page that shows the named things side by side.

    Raises ConfigError, EvaluationNotFound.
    """
    items = chosen(read, names, champion)
    best = next(item for item in items.rows if item["is_champion"])
    keys = [item["key"] for item in items.rows]
    figures = ask(read, "side_by_side", keys=keys, champion=best["key"])
    require_common(items.rows, figures.rows)
    return Page(
        comparison_page(whole_names([best])[0], keys, best["key"]),
        json.dumps([items.rows, figures.rows], default=str),
        partial(facts, read, project, items, figures),
    )


def require_common(items: Sequence[Row], figures: Sequence[Row]) -> None:
    """Every item has a figure that the champion has too. Raises ConfigError."""
    metrics: dict[str, set[str]] = {item["key"]: set() for item in items}
    for row in figures:
        if row["value"] is not None:
            metrics[row["key"]].add(row["metric"])
    best = next(item for item in items if item["is_champion"])
    for item, name in zip(items, whole_names(items), strict=True):
        if not metrics[item["key"]] & metrics[best["key"]]:
            champion = whole_names([best])[0]
            raise ConfigError(f"{name} and the champion, {champion}, have no metric in common")


def facts(read: Read, project: str, items: Answer, figures: Answer) -> Facts:
    """Everything the page of a comparison shows."""
    of, rows = Subject(read), items.rows
    names = dict(zip((item["key"] for item in rows), whole_names(rows), strict=True))
    heads = beside(rows, [(label(item), origin(item)) for item in rows])
    drift = of("side_by_side_drift", keys=list(names))
    curves = curve_tiles(of, rows, names)
    best = next(item["key"] for item in rows if item["is_champion"])
    others = [name for key, name in names.items() if key != best]
    models = dict.fromkeys(item["model"] for item in rows)
    return page(
        "side-by-side",
        f"{names[best]} beside {others[0] if len(others) == 1 else f'{len(others)} others'}",
        [
            section("compared", "What is compared", [item_tile(items)], "Compared"),
            section("metrics", "Metrics", [metric_tile(figures, heads, names, "All metrics")]),
            section("curves", "Curves", curves, lead=how_many_drawn(rows)),
            section("drift", "Input drift", [drift_tile(drift, heads, names)], "Drift"),
        ],
        project=project,
        updated=max(item["measured_at"] for item in rows),
        ways=[
            ("Dashboard", DASHBOARD),
            *((f"Model {words.short(model)}", model_page(model)) for model in models),
        ],
    )


def item_tile(items: Answer) -> Tile:
    """What each of the things is, with a link to its page."""
    lines = [
        {
            **item,
            "item": label(item),
            "source": item["store"] or "its own test part",
            "role": "Champion" if item["is_champion"] else "",
            "against": against(item),
            "href": page_of(item) if item["evaluation_id"] else model_page(item["model"]),
        }
        for item in items.rows
    ]
    numbers = table("What is compared", columns_of("items"), lines)
    return tile("items", "Evaluations and model versions", tables=[numbers], sql=[items.sql])


def against(item: Row) -> str:
    """What an item was measured against."""
    if item["evaluation_id"] is not None and not item["against_training"]:
        return words.span(item["reference_batches"])
    test_part = f"the test part of {words.span(item['train_batches'])}"
    return f"nothing; it is {test_part}" if item["evaluation_id"] is None else test_part
