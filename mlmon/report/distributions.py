"""A feature's distribution batch by batch: small pictures on the same bins, and their numbers."""

from itertools import groupby
from typing import Any

from mlmon.report import words
from mlmon.report.ask import Answer, Row
from mlmon.report.drift import distribution, label
from mlmon.report.grid import Column, Table, outlines, table
from mlmon.report.links import page_of
from mlmon.report.tile import BARS_KEY, Tile, absent, badge, queries, tile

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
