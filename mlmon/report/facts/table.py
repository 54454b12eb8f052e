"""Rows -> the table a page shows: every cell has its text and, beside it, the figure itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Row
from mlmon.report.facts.sentence import Said, told

Cell = dict[str, Any]
Table = dict[str, Any]
FORMS: dict[str, Callable[[Any], str]] = {
    "figure": words.figure,
    "signed": words.signed,
    "share": words.share,
    "points": words.points,
    "plain": words.plain,
    "count": words.figure,
    "whole": words.whole,
    "moment": words.moment,
    "time": words.unbroken,
    "clock": words.clock,
    "duration": words.duration,
}
TREND = (110, 30)
MARKED = ("BETTER", "WORSE", "DRIFTED")  # readings that are a mark below a figure
NUMBERS = (
    "figure",
    "signed",
    "share",
    "points",
    "count",
    "whole",
    "duration",
    "against",
    "beside",
    "findings",
    "shaded",
)


@dataclass(frozen=True)
class Column:
    """A column of a table: which key of the row, under which title, in which form.

    `absent` is what stands there for NULL; as it is, NULL is called undefined. `href` is the key
    of the row that says where a cell of FORMS leads; nowhere by itself.

    The form is one of FORMS, `text`, `sentence` (of ours), `code` (what is typed), `status` (a
    shape and a word), `link` (to where the row's `href` says), `against` (below the figure that
    of the row's `reference_<key>`) or one of PICTURES. `aside` stands below the title; a column
    that is `marked` stands out.
    """

    key: str
    title: str
    form: str = "text"
    absent: str = words.UNDEFINED
    href: str = ""
    aside: str = ""
    marked: bool = False

    @property
    def number(self) -> bool:
        """Whether it is a column of figures."""
        return self.form in NUMBERS


def table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Table:
    """A table with its first column as the rows' heading."""
    return {
        "caption": caption,
        "columns": [
            {
                "title": column.title,
                "number": column.number,
                "aside": column.aside,
                "marked": column.marked,
                "status": column.form == "status",
            }
            for column in columns
        ],
        "rows": [
            [complete(cell(column, row), column.marked) for column in columns] for row in rows
        ],
    }


def complete(made: Cell, marked: bool) -> Cell:
    """The cell with every key that one may have; `drawn` is that of what is more than a text."""
    drawn = next((key for key in made if key in DRAWN), None)
    return {**BLANK, **made, "drawn": drawn, "marked": marked}


def cell(column: Column, row: Row) -> Cell:
    """What stands in one place of a table."""
    value = row.get(column.key)
    if column.form in PICTURES:
        return PICTURES[column.form](row, value)
    if column.form in FORMS:
        form = FORMS[column.form]
        if column.form == "figure" and is_chance(column, row):
            form = words.chance
        text = column.absent if value is None else form(value)
        note = row.get("note") if text == words.UNDEFINED else None
        raw = value.isoformat() if isinstance(value, datetime) else value
        href = row.get(column.href)
        return {
            "text": text,
            "value": raw,
            "number": column.number,
            "note": note,
            "href": href,
        }
    if column.form == "against":
        note = [told(row.get(f"reference_{column.key}")), " in reference"]
        return {"text": words.figure(value), "value": value, "number": True, "note": note}
    text = "" if value is None else str(value)
    if column.form == "sentence":
        return {"text": words.minus(text), "value": value}
    if column.form == "status":
        return {"status": value, "value": value, "text": words.STATUS.get(text, text)}
    if column.form == "code":
        return {"command": text} if text else {}
    href = row.get(column.href or "href") if column.form == "link" else None
    return {"text": text, "value": value, "href": href}


def is_chance(column: Column, row: Row) -> bool:
    """Whether a figure is a p-value, by its column's key or by the row's metric."""
    return "pvalue" in column.key or "pvalue" in str(row.get("metric") or "")


def feature(row: Row, value: Any) -> Cell:
    """A feature's name and kind, with a way to the row's `href`."""
    kind = {"numeric": "number", "categorical": "category"}.get(row["kind"], row["kind"])
    return {"text": value, "value": value, "aside": kind, "href": row.get("href")}


def named(row: Row, value: Any) -> Cell:
    """A metric's title and, beside it, the name by which a query asks for it."""
    return {"text": value, "value": value, "aside": row["metric"]}


def trend(row: Row, value: Any) -> Cell:
    """A sparkline of what the figure was so far."""
    values = value or []
    path = geometry.sparkline(values, *TREND) if len(values) > 1 else ""
    told = ", ".join(words.figure(figure) for figure in values[-3:])
    return {
        "trend": path,
        "end": geometry.last_point(path) if path else None,
        "tone": words.tone(row["status"]),
        "told": f"Until now {told}" if path else "",
    }


def histogram(_row: Row, bins: Any) -> Cell:
    """Both samples' shares per bin: the reference filled, the current sample outlined."""
    return {"histogram": outlines(bins)}


def outlines(bins: Sequence[Row], top: float | None = None) -> dict[str, Any]:
    """Both samples' outlines over the bins, `top` (else the largest share) as high as the box."""
    shares = {name: [each[f"{name}_share"] for each in bins] for name in ("reference", "current")}
    top = top or max([share or 0 for each in shares.values() for share in each] or [1])
    return {
        "bins": len(bins),
        **{name: geometry.steps(each, top) for name, each in shares.items()},
    }


def beside(_row: Row, figure: Any) -> Cell:
    """A figure and, below it, what is said of it: `change` in words, `reading` as a status."""
    if figure is None:
        return {"text": words.NOTHING, "number": True}
    value, said = figure["value"], figure["said"]
    status = figure["reading"] if figure["reading"] in MARKED else None
    below = {"text": said, "value": figure["change"], "status": status} if said else None
    note = figure["note"] if value is None else None
    text = words.figure(value)
    return {"text": text, "value": value, "number": True, "note": note, "below": below}


def bar(_row: Row, share: Any) -> Cell:
    """A share as a bar."""
    return {"bar": geometry.place(share or 0, 0, 1)}


def activity(row: Row, value: Any) -> Cell:
    """That a version is active, or what to type to make it so."""
    return {"command": row["command"]} if row["command"] else {"status": value, "text": "Active"}


def known(_row: Row, value: Said | str | None) -> Cell:
    """Who knows of something in a sentence, or what to type to say that somebody does."""
    return {"command": value} if isinstance(value, str) else {"said": value or []}


def links(_row: Row, value: Any) -> Cell:
    """Several links."""
    return {"links": value}


def meter(row: Row, value: Any) -> Cell:
    """Where a value lies against its limits."""
    return {
        "meter": geometry.meter(row, value),
        "tone": words.tone(row["outcome"]),
        "told": f"{words.figure(value)} against {words.limits(row)}",
    }


def findings(row: Row, count: Any) -> Cell:
    """How many findings there are, as a badge, and their codes."""
    if not count:
        return {"text": words.figure(count), "value": count, "number": True}
    text, codes = words.plural(count, "finding"), ", ".join(row["codes"])
    return {"status": "WARNING", "text": text, "value": count, "number": True, "note": codes}


def shaded(_row: Row, found: Any) -> Cell:
    """A figure, darker in steps, with a mark where it has a status; nothing where there is none."""
    if found is None:
        return {"text": words.NOTHING, "number": True}
    return {**found, "text": words.figure(found["value"]), "number": True}


def course(row: Row, _value: Any) -> Cell:
    """When a step ran within its run: a bar on the run's whole time."""
    start, length, whole = (row[f"{of}_seconds"] for of in ("offset", "duration", "run"))
    if start is None or length is None:
        return {}
    told = f"{words.duration(length)} from {words.duration(start)} on"
    return {
        "course": geometry.stretch(start, length, whole),
        "tone": words.tone(row["outcome"]),
        "told": f"{told}, of {words.duration(whole)}",
    }


def said(_row: Row, parts: Said | None) -> Cell:
    """A sentence in parts."""
    return {"said": parts or []}


# Every key a cell may have, so that a template may ask for each.
BLANK: Cell = dict.fromkeys(("value", "note", "href", "aside", "mark", "shade", "below")) | {
    "text": "",
    "number": False,
}
DRAWN = {"status", "trend", "histogram", "meter", "bar", "command", "links", "said", "course"}
PICTURES: dict[str, Callable[[Row, Any], Cell]] = {
    "feature": feature,
    "named": named,
    "trend": trend,
    "histogram": histogram,
    "meter": meter,
    "findings": findings,
    "shaded": shaded,
    "beside": beside,
    "bar": bar,
    "activity": activity,
    "known": known,
    "links": links,
    "course": course,
    "said": said,
}


def filled(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """The columns that hold a value in at least one row; the first one always."""
    return [
        column
        for index, column in enumerate(columns)
        if index == 0 or any(row.get(column.key) is not None for row in rows)
    ]
