"""Figures of several things beside each other, one of them the champion: tiles that pages share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import columns, columns_of
from mlmon.report.facts.table import Column, table
from mlmon.report.facts.tile import (
    HALF,
    THIRD,
    Tile,
    absent,
    chart,
    points,
    tile,
)
from mlmon.report.tiles.performance import CURVES as AXES
from mlmon.report.tiles.prediction import SCORE, score_of, without_empty_ends

READINGS = (
    "Below each figure its difference from the champion's. Better or worse: neither value lies in "
    "the other's interval or, where there is no interval, they are more than a tenth of the "
    "champion's apart."
)
NO_DRIFT = (
    "Drift is a figure of an evaluation: a version on its own test part is what others "
    "are measured against."
)


def beside(items: Sequence[Row], names: Iterable[tuple[str, str]]) -> list[Column]:
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


def metric_tile(
    answer: Answer, heads: Sequence[Column], names: Mapping[str, str], title: str
) -> Tile:
    """A row per metric, a column per item; `names` are the items' names by key."""
    if not answer.rows:
        return absent("side-by-side", title, "No metric was computed for any of them.")
    tall = [
        {
            **row,
            "item": names[row["key"]],
            "reading": None if row["reading"] == "NONE" else row["reading"],
        }
        for row in answer.rows
    ]
    rows = pivot(answer.rows, "metric", difference)
    return tile(
        "side-by-side",
        title,
        sentence=READINGS if len(names) > 1 else None,
        tables=[table(title, [*columns("metric"), *heads], rows)],
        numbers=[table("Every figure with its interval", columns_of("side_by_side"), tall)],
        sql=[answer.sql],
    )


def pivot(rows: Iterable[Row], key: str, remark: Callable[[Row], str | None]) -> list[Row]:
    """A row per value of `key`, with each item's figure under `item <key>`."""
    wide: dict[str, Row] = {}
    for row in rows:
        line = wide.setdefault(row[key], dict(row))
        line[f"item {row['key']}"] = {**row, "remark": remark(row)}
    return list(wide.values())


def difference(row: Row) -> str | None:
    """A figure's difference from the champion's, and whether that is better or worse."""
    if row["change"] is None:
        return None
    if row["change"] == 0:
        return "equal"
    word = f" {row['reading'].lower()}" if row["reading"] in ("BETTER", "WORSE") else ""
    return f"{words.signed(row['change'])}{word}"


def drift_tile(answer: Answer, heads: Sequence[Column], names: Mapping[str, str]) -> Tile:
    """A row per feature, its stability index in each item."""
    if not answer.rows:
        return absent("drift", "Drift by feature", NO_DRIFT)
    nothing = dict.fromkeys(("change", "note"))
    figures = [
        {
            **row,
            **nothing,
            "value": row["population_stability_index"],
            "reading": "DRIFTED" if row["drifted"] else None,
        }
        for row in answer.rows
    ]
    rows = pivot(figures, "feature", lambda row: "drifted" if row["drifted"] else None)
    drift_of = {row["key"] for row in answer.rows}
    shown = [column for column in heads if column.key.removeprefix("item ") in drift_of]
    sentence = "Population stability index, each against its own reference."
    if without := [name for key, name in names.items() if key not in drift_of]:
        verb = "has" if len(without) == 1 else "have"
        sentence += f" {words.listing(without, 4)} {verb} none."
    caption = "Population stability index by feature, the largest first"
    return tile(
        "drift",
        "Drift by feature",
        sentence=sentence,
        tables=[table(caption, [*columns("feature"), *shown], rows)],
        sql=[answer.sql],
    )


# ---- Curves of several things in one picture: the tiles of a comparison


DRAWN = 6  # as many as there are colours that can be told apart
DENSITY = "score_density"
CURVES = ("roc_curve", "precision_recall_curve", "calibration_curve", DENSITY)


def curve_tiles(of: Subject, items: Sequence[Row], names: Mapping[str, str]) -> Iterator[Tile]:
    """The curves of the champion and the first others, at most six; `names` are by key."""
    others = [item["key"] for item in items if not item["is_champion"]][: DRAWN - 1]
    shown = [item for item in items if item["is_champion"] or item["key"] in others]
    keys, any_curve = [item["key"] for item in shown], False
    for kind in CURVES:
        answer = of("side_by_side_curves", keys=keys, curve=kind)
        if answer.rows:
            any_curve = True
            yield overlay(answer, kind, shown, names)
    if not any_curve:
        yield absent("curves", "Curves", "None of these has a curve to draw.")


def how_many_drawn(items: Sequence[Row]) -> str | None:
    """That not all are drawn, where that is so."""
    if len(items) <= DRAWN:
        return None
    return f"Of {len(items)} the champion and the first {DRAWN - 1} others are drawn."


def overlay(answer: Answer, kind: str, shown: Sequence[Row], names: Mapping[str, str]) -> Tile:
    """One kind of curve, a line per item; of a multiclass model one picture per class."""
    series = {item["key"]: place for place, item in enumerate(shown)}
    task = shown[0]["task"]
    rows = [
        {**row, "series": series[row["key"]], "sample": names[row["key"]]} for row in answer.rows
    ]
    if kind == DENSITY and task == "regression":
        rows = without_empty_ends([{**row, "score": row["x"], "density": row["y"]} for row in rows])
    classes = list(dict.fromkeys(row["class"] for row in rows))
    by_class = len(classes) > 1
    if kind == DENSITY:
        what = score_of(shown[0])
        title, axes = f"Density of the {what}", (what.capitalize(), "Density")
    else:
        title, (x, y) = AXES[kind].title, AXES[kind].columns[:2]
        axes = (x.title, y.title)
    heads = (Column("x", axes[0], "figure"), Column("y", axes[1], "figure"))
    every = columns("sample | Of", "class", *heads)
    have = [item for item in shown if any(row["key"] == item["key"] for row in rows)]
    those = words.listing([names[item["key"]] for item in have], DRAWN)
    return tile(
        kind,
        f"{title} by class" if by_class else title,
        "row" if by_class else "table",
        span=12 if by_class else 6,
        charts=[
            chart(
                "overlay",
                f"{title}{'' if name is None else f', class {words.short(name)}'}: {those}",
                THIRD if by_class else HALF,
                f"Class {words.short(name)}" if by_class else "",
                curve=kind,
                axis=SCORE.get(task, "Score"),
                rows=[row for row in rows if row["class"] == name],
            )
            for name in classes
        ],
        key=[(f"series-{series[item['key']] + 1}", names[item["key"]]) for item in have],
        numbers=[points(every, rows)],
        sql=[answer.sql],
    )
