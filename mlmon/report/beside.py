"""Figures of several things beside each other, one of them the champion: tiles that pages share."""

from collections.abc import Callable, Sequence

from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask
from mlmon.report.grid import Column, Table, table
from mlmon.report.tile import Tile, absent, queries, tile

READINGS = (
    "Below each figure its difference from the champion's. Better or worse: neither value lies in "
    "the other's interval or, where there is no interval, they are more than a tenth of the "
    "champion's apart."
)
TALL_COLUMNS = (
    Column("title", "Metric", "named"),
    Column("item", "Of"),
    Column("value", "Value", "figure"),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
    Column("change", "Difference", "signed", ""),
    Column("reading", "Reading", "status"),
    Column("note", "Note"),
)
SAID = {"BETTER": "better", "WORSE": "worse"}


def beside(items: Sequence[Row], names: Sequence[tuple[str, str]]) -> list[Column]:
    """A column per item, the champion's marked; a name is a title and what stands below it."""
    return [
        Column(
            f"item {item['key']}",
            title,
            "beside",
            aside=", ".join(filter(None, ["champion" if item["is_champion"] else "", aside])),
            marked=bool(item["is_champion"]),
        )
        for item, (title, aside) in zip(items, names, strict=True)
    ]


def metrics(read: Read, keys: Sequence[str], champion: str) -> Answer:
    """All whole-sample metrics of the items."""
    return ask(read, "side_by_side", keys=list(keys), champion=champion)


def metric_tile(
    answer: Answer, columns: Sequence[Column], names: dict[str, str], title: str
) -> Tile:
    """A row per metric, a column per item; `names` are the items' names by key."""
    if not answer.rows:
        return absent("side-by-side", title, "No metric was computed for any of them.")
    rows = pivot(answer, "metric", difference)
    tall = [
        {
            **row,
            "item": names[row["key"]],
            "reading": None if row["reading"] == "NONE" else row["reading"],
        }
        for row in answer.rows
    ]
    return tile(
        "side-by-side",
        title,
        sentence=READINGS if len(names) > 1 else None,
        tables=[table(title, [Column("title", "Metric", "named"), *columns], rows)],
        numbers=[table("Every figure with its interval", TALL_COLUMNS, tall)],
        sql=queries(answer),
    )


def pivot(answer: Answer, key: str, said: Callable[[Row], str | None]) -> list[Row]:
    """A row per value of `key`, with each item's figure under `item <key>`."""
    found: dict[str, Row] = {}
    for row in answer.rows:
        made = found.setdefault(row[key], dict(row))
        made[f"item {row['key']}"] = {**row, "said": said(row)}
    return list(found.values())


def difference(row: Row) -> str | None:
    """A figure's difference from the champion's, and whether that is better or worse."""
    if row["change"] is None:
        return None
    if row["change"] == 0:
        return "equal"
    word = SAID.get(row["reading"])
    return f"{words.signed(row['change'])}{f' {word}' if word else ''}"


def drift_tile(answer: Answer, columns: Sequence[Column], names: dict[str, str]) -> Tile:
    """A row per feature, its stability index in each item."""
    title = "Drift by feature"
    if not answer.rows:
        said = (
            "Drift is a figure of an evaluation: a version on its own test part is what others "
            "are measured against."
        )
        return absent("drift", title, said)
    told = [
        {
            **row,
            "value": row["population_stability_index"],
            "change": None,
            "note": None,
            "reading": "DRIFTED" if row["drifted"] else None,
        }
        for row in answer.rows
    ]
    rows = pivot(Answer(told, answer.sql), "feature", drifted)
    drift_of = {row["key"] for row in answer.rows}
    shown = [column for column in columns if column.key.removeprefix("item ") in drift_of]
    without = [name for key, name in names.items() if key not in drift_of]
    return tile(
        "drift",
        title,
        sentence=lead(without),
        tables=[drift_table(shown, rows)],
        sql=queries(answer),
    )


def drifted(row: Row) -> str | None:
    """What is said below a stability index."""
    return "drifted" if row["drifted"] else None


def drift_table(columns: Sequence[Column], rows: Sequence[Row]) -> Table:
    """The stability index by feature and item."""
    return table(
        "Population stability index by feature, the largest first",
        [Column("feature", "Feature", "feature"), *columns],
        rows,
    )


def lead(without: Sequence[str]) -> str:
    """What the figures are measured against, and which items have none."""
    said = "Population stability index, each against its own reference."
    if without:
        verb = "has" if len(without) == 1 else "have"
        said += f" {words.listing(without, 4)} {verb} none."
    return said
