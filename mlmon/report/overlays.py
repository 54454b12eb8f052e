"""Curves of several things in one picture: the tiles of a comparison."""

from collections.abc import Sequence

from mlmon.report import words
from mlmon.report.ask import Answer, Read, Row, ask
from mlmon.report.grid import Column, filled, table
from mlmon.report.performance import CURVES as AXES
from mlmon.report.points import points_caption, thinned
from mlmon.report.prediction import SCORE, without_empty_ends
from mlmon.report.tile import HALF, THIRD, Tile, absent, chart, queries, tile

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
