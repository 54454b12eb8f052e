"""Figures of several things beside each other, one of them the champion: tiles that pages share."""

from collections.abc import Callable, Sequence

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import (
    HALF,
    THIRD,
    Tile,
    absent,
    chart,
    points_caption,
    queries,
    thinned,
    tile,
)
from mlmon.report.tiles.performance import CURVES as AXES
from mlmon.report.tiles.prediction import SCORE, without_empty_ends

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


# ---- Curves of several things in one picture: the tiles of a comparison


DRAWN = 6  # as many as there are colours that can be told apart
CURVES = ("roc_curve", "precision_recall_curve", "calibration_curve")
DENSITY = "score_density"


def curve_tiles(read: Read, items: Sequence[Row], names: dict[str, str]) -> list[Tile]:
    """The curves of the champion and the first others, at most six; `names` are by key."""
    shown = drawn(items)
    keys = [item["key"] for item in shown]
    answers = {
        kind: ask(read, "side_by_side_curves", keys=keys, curve=kind) for kind in (*CURVES, DENSITY)
    }
    made = [overlay(answer, kind, shown, names) for kind, answer in answers.items() if answer.rows]
    if made:
        return made
    return [absent("curves", "Curves", "None of these has a curve to draw.")]


def drawn(items: Sequence[Row]) -> list[Row]:
    """The items whose curves are drawn, in their order, the champion among them."""
    others = [item["key"] for item in items if not item["is_champion"]][: DRAWN - 1]
    return [item for item in items if item["is_champion"] or item["key"] in others]


def said(items: Sequence[Row]) -> str | None:
    """That not all are drawn, where that is so."""
    if len(items) <= DRAWN:
        return None
    return f"Of {len(items)} the champion and the first {DRAWN - 1} others are drawn."


def overlay(answer: Answer, kind: str, shown: Sequence[Row], names: dict[str, str]) -> Tile:
    """One kind of curve, a line per item; of a multiclass model one picture per class."""
    series = {item["key"]: place for place, item in enumerate(shown)}
    task = shown[0]["task"]
    rows = [
        {**row, "series": series[row["key"]], "sample": names[row["key"]]} for row in answer.rows
    ]
    if kind == DENSITY and task == "regression":
        rows = without_empty_ends([{**row, "score": row["x"], "density": row["y"]} for row in rows])
    classes = list(dict.fromkeys(row["class"] for row in rows))
    axis = SCORE.get(task, "Score")
    title, columns = titles(kind, task)
    by_class = len(classes) > 1
    have = [item for item in shown if any(row["key"] == item["key"] for row in rows)]
    return tile(
        kind,
        f"{title} by class" if by_class else title,
        "row" if by_class else "table",
        span=12 if by_class else 6,
        charts=[
            chart(
                "overlay",
                f"{title}{'' if name is None else f', class {words.short(name)}'}: "
                + words.listing([names[item["key"]] for item in have], DRAWN),
                THIRD if by_class else HALF,
                f"Class {words.short(name)}" if by_class else "",
                curve=kind,
                axis=axis,
                rows=[row for row in rows if row["class"] == name],
            )
            for name in classes
        ],
        key=[(f"series-{series[item['key']] + 1}", names[item["key"]]) for item in have],
        numbers=[table(points_caption(rows), filled(columns, rows), thinned(rows))],
        sql=queries(answer),
    )


def titles(kind: str, task: str) -> tuple[str, list[Column]]:
    """What a curve is called, and the columns of its points."""
    first = [Column("sample", "Of"), Column("class", "Class")]
    if kind == DENSITY:
        what = "estimate" if task == "regression" else "score"
        axes = ["Estimate" if task == "regression" else "Score", "Density"]
        title = f"Density of the {what}"
    else:
        title, known = AXES[kind]
        axes = [column.title for column in known[:2]]
    return title, [
        *first,
        *(Column(key, axis, "figure") for key, axis in zip(("x", "y"), axes, strict=True)),
    ]
