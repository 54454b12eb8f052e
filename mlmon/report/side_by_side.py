"""The page of a comparison: evaluations and model versions side by side, one the champion."""

import json
from collections.abc import Sequence
from functools import partial

from mlmon.errors import ConfigError
from mlmon.report import items as named
from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask
from mlmon.report.beside import beside, drift_tile, metric_tile, metrics
from mlmon.report.grid import Column, table
from mlmon.report.links import DASHBOARD, comparison_page, model_page, page_of
from mlmon.report.overlays import curve_tiles, said
from mlmon.report.page import Facts, Page, page, way
from mlmon.report.tile import Tile, queries, section, tile

ITEM_COLUMNS = (
    Column("item", "Compared", "link"),
    Column("source", "Of"),
    Column("role", "Role"),
    Column("model", "Model"),
    Column("model_version", "Version", "count"),
    Column("rows", "Rows", "count"),
    Column("labelled_rows", "With a label", "count", words.NOTHING),
    Column("against", "Measured against"),
    Column("measured_at", "Measured", "moment"),
)


def side_by_side(
    read: Read, project: str, wanted: Sequence[str], champion: str | None = None
) -> Page:
    """The page that shows the named things side by side.

    Raises ConfigError, EvaluationNotFound.
    """
    items = named.chosen(read, wanted, champion)
    best = next(item for item in items.rows if item["is_champion"])
    keys = [item["key"] for item in items.rows]
    figures = metrics(read, keys, best["key"])
    require_common(items.rows, figures.rows)
    return Page(
        comparison_page(named.whole_names([best])[0], keys, best["key"]),
        json.dumps([items.rows, figures.rows], default=str),
        partial(facts, read, project, items, figures),
    )


def require_common(items: Sequence[Row], figures: Sequence[Row]) -> None:
    """Every item has a figure that the champion has too. Raises ConfigError."""
    known = {
        item["key"]: {
            row["metric"]
            for row in figures
            if row["key"] == item["key"] and row["value"] is not None
        }
        for item in items
    }
    best = next(item for item in items if item["is_champion"])
    for item, name in zip(items, named.whole_names(items), strict=True):
        if not known[item["key"]] & known[best["key"]]:
            champion = named.whole_names([best])[0]
            raise ConfigError(f"{name} and the champion, {champion}, have no metric in common")


def facts(read: Read, project: str, items: Answer, figures: Answer) -> Facts:
    """Everything the page of a comparison shows."""
    names = dict(
        zip((item["key"] for item in items.rows), named.whole_names(items.rows), strict=True)
    )
    titles = [(named.label(item), named.origin(item)) for item in items.rows]
    columns = beside(items.rows, titles)
    drift = ask(read, "side_by_side_drift", keys=list(names))
    models = list(dict.fromkeys(item["model"] for item in items.rows))
    return page(
        "side-by-side",
        title(items.rows, names),
        [
            section("compared", "What is compared", [item_tile(items)], short="Compared"),
            section("metrics", "Metrics", [metric_tile(figures, columns, names, "All metrics")]),
            section(
                "curves", "Curves", curve_tiles(read, items.rows, names), lead=said(items.rows)
            ),
            section("drift", "Input drift", [drift_tile(drift, columns, names)], short="Drift"),
        ],
        project=project,
        updated=max(item["measured_at"] for item in items.rows),
        ways=[
            way("Dashboard", DASHBOARD),
            *(way(f"Model {words.short(model)}", model_page(model)) for model in models),
        ],
    )


def title(items: Sequence[Row], names: dict[str, str]) -> str:
    """The champion and who challenges it."""
    best = next(item["key"] for item in items if item["is_champion"])
    others = [name for key, name in names.items() if key != best]
    those = others[0] if len(others) == 1 else f"{len(others)} others"
    return f"{names[best]} beside {those}"


def item_tile(items: Answer) -> Tile:
    """What each of the things is, with a link to its page."""
    told = [
        {
            **item,
            "item": named.label(item),
            "source": item["store"] or "its own test part",
            "role": "Champion" if item["is_champion"] else "",
            "against": against(item),
            "href": page_of(item) if item["evaluation_id"] else model_page(item["model"]),
        }
        for item in items.rows
    ]
    return tile(
        "items",
        "Evaluations and model versions",
        tables=[table("What is compared", ITEM_COLUMNS, told)],
        sql=queries(items),
    )


def against(item: Row) -> str:
    """What an item was measured against."""
    if item["evaluation_id"] is None:
        return f"nothing; it is the test part of {words.span(item['train_batches'])}"
    if item["against_training"]:
        return f"the test part of {words.span(item['train_batches'])}"
    return words.span(item["reference_batches"])
