"""Rows -> the table a page shows: every cell has its text and, beside it, the figure itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, cast

from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Row
from mlmon.report.facts.links import model_page, page_of, store_page
from mlmon.report.facts.sentence import Sentence, figure, limits, spelled

FORMS: dict[str, Callable[[Any], str]] = {
    "figure": words.figure,
    "signed": words.signed,
    "share": words.share,
    "points": words.points,
    "count": words.figure,
    "whole": words.whole,
    "moment": words.moment,
    "run": words.moment,
    "time": words.unbroken,
    "clock": words.clock,
    "duration": words.duration,
}
HREFS: dict[str, Callable[[Row], str | None]] = {
    "link": lambda row: row.get("href"),
    "run": lambda row: row.get("href"),
    "evaluation": lambda row: None if row.get("batch") is None else page_of(row),
    "store": lambda row: store_page(row["store"]),
    "model": lambda row: model_page(row["model"]),
}
TREND = (110, 30)
MARKED = ("BETTER", "WORSE", "DRIFTED")  # readings that are a mark below a figure
NUMBERS = (
    *("figure", "signed", "share", "points", "count", "whole", "duration"),
    *("against", "beside", "findings", "shaded"),
)


class Cell(TypedDict, total=False):
    """A cell: its text and the value of it; the keys up to `drawn` are in every cell of a table.

    `drawn` is the one of the further keys that says what it shows more than a text.
    """

    text: str
    value: Any
    number: bool
    note: str | Sentence | None
    href: str | None
    aside: str | None
    mark: str | None
    shade: int | None
    below: dict[str, Any] | None
    marked: bool
    drawn: str | None
    status: str | None
    trend: str
    histogram: dict[str, Any]
    meter: dict[str, Any]
    bar: str
    command: str
    links: list[dict[str, str]]
    sentence: Sentence
    course: dict[str, str]
    tone: str
    label: str
    end: tuple[str, str] | None


class Table(TypedDict, total=False):
    """A caption, the heads of the columns, and a list of cells for each row.

    A table of features has a status and the details to be unfolded for each row, too.
    """

    caption: str
    columns: list[dict[str, Any]]
    rows: list[list[Cell]]
    statuses: list[str]
    details: list[dict[str, Any]]


@dataclass(frozen=True)
class Column:
    """A column of a table: which key of the row, under which title, in which form.

    `absent` is what stands there for NULL; as it is, NULL is called undefined and the row's
    `note` says why.

    The form is one of FORMS, `text`, `remark` (of ours), `code` (what is typed), `status` (a
    shape and a word), one of HREFS, `against` (below the figure that of the row's
    `reference_<key>`) or one of PICTURES. `aside` stands below the title; a column that is
    `marked` stands out.
    """

    key: str
    title: str
    form: str = "text"
    absent: str = words.UNDEFINED
    note: str = "note"
    aside: str = ""
    marked: bool = field(default=False, kw_only=True)

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
        "rows": [[cell(column, row) for column in columns] for row in rows],
    }


def filled(caption: str, columns: Sequence[Column], rows: Sequence[Row]) -> Table:
    """The table of those columns that hold a value in at least one row; the first one always."""
    some = {key for row in rows for key, value in row.items() if value is not None}
    return table(caption, [*columns[:1], *(each for each in columns[1:] if each.key in some)], rows)


def cell(column: Column, row: Row) -> Cell:
    """What stands in one place of a table."""
    content = cast("dict[str, Any]", content_of(column, row))
    drawn = next((key for key in content if key in DRAWN), None)
    return cast("Cell", {**BLANK, **content, "drawn": drawn, "marked": column.marked})


def content_of(column: Column, row: Row) -> Cell:
    """What a cell has, by the form of its column."""
    value, form = row.get(column.key), column.form
    if form in PICTURES:
        return PICTURES[form](row, value)
    href = HREFS[form](row) if form in HREFS else None
    if form in FORMS:
        is_chance = form == "figure" and "pvalue" in f"{column.key} {row.get('metric')}"
        spell = words.chance if is_chance else FORMS[form]
        text = column.absent if value is None else spell(value)
        return {
            "text": text,
            "value": value.isoformat() if isinstance(value, datetime) else value,
            "number": column.number,
            "note": row.get(column.note) if text == words.UNDEFINED else None,
            "href": href,
        }
    if form == "against":
        note = [figure(row.get(f"reference_{column.key}")), " in reference"]
        return {"text": words.figure(value), "value": value, "number": True, "note": note}
    text = "" if value is None else str(value)
    if form == "remark":
        return {"text": words.minus(text), "value": value}
    if form == "status":
        return {"status": value, "value": value, "text": words.STATUS.get(text, text)}
    if form == "code":
        return {"command": text} if text else {}
    return {"text": text, "value": value, "href": href}


def feature(row: Row, value: Any) -> Cell:
    """A feature's name and kind, with a way to the row's `href`."""
    kind = {"numeric": "number", "categorical": "category"}.get(row["kind"], row["kind"])
    return {"text": value, "value": value, "aside": kind, "href": row.get("href")}


def trend(row: Row, value: Any) -> Cell:
    """A sparkline of what the figure was so far."""
    values = value or []
    path = geometry.sparkline(values, *TREND) if len(values) > 1 else ""
    newest = ", ".join(words.figure(each) for each in values[-3:])
    return {
        "trend": path,
        "end": geometry.last_point(path) if path else None,
        "tone": words.tone(row["status"]),
        "label": f"Until now {newest}" if path else "",
    }


def outlines(bins: Sequence[Row], top: float | None = None) -> dict[str, Any]:
    """Both samples' outlines over the bins, `top` (else the largest share) as high as the box."""
    shares = {name: [each[f"{name}_share"] for each in bins] for name in ("reference", "current")}
    top = top or max([share or 0 for each in shares.values() for share in each] or [1])
    return {
        "bins": len(bins),
        **{name: geometry.steps(each, top) for name, each in shares.items()},
    }


def beside(_row: Row, item: Any) -> Cell:
    """A figure and, below it, a remark on it: `change` in words, `reading` as a status."""
    if item is None:
        return {"text": words.NOTHING, "number": True}
    value, remark = item["value"], item["remark"]
    status = item["reading"] if item["reading"] in MARKED else None
    below = {"text": remark, "value": item["change"], "status": status} if remark else None
    note = item["note"] if value is None else None
    text = words.figure(value)
    return {"text": text, "value": value, "number": True, "note": note, "below": below}


def meter(row: Row, value: Any) -> Cell:
    """Where a value lies against its limits."""
    return {
        "meter": geometry.meter(row, value),
        "tone": words.tone(row["outcome"]),
        "label": f"{words.figure(value)} against {spelled(limits(row))}",
    }


def findings(row: Row, count: Any) -> Cell:
    """How many findings there are, as a badge, and their codes."""
    if not count:
        return {"text": words.figure(count), "value": count, "number": True}
    text, codes = words.plural(count, "finding"), ", ".join(row["codes"])
    return {"status": "WARNING", "text": text, "value": count, "number": True, "note": codes}


def shaded(_row: Row, item: Any) -> Cell:
    """A figure, darker in steps, with a mark where it has a status; nothing where there is none."""
    if item is None:
        return {"text": words.NOTHING, "number": True}
    return cast("Cell", {**item, "text": words.figure(item["value"]), "number": True})


def course(row: Row, _value: Any) -> Cell:
    """When a step ran within its run: a bar on the run's whole time."""
    start, length, whole = (row[f"{of}_seconds"] for of in ("offset", "duration", "run"))
    if start is None or length is None:
        return {}
    lasting = f"{words.duration(length)} from {words.duration(start)} on"
    return {
        "course": geometry.stretch(start, length, whole),
        "tone": words.tone(row["outcome"]),
        "label": f"{lasting}, of {words.duration(whole)}",
    }


# Every key a cell may have, so that a template may ask for each.
NOTHING = ("value", "note", "href", "aside", "mark", "shade", "below")
BLANK = {**dict.fromkeys(NOTHING), "text": "", "number": False}
DRAWN = {
    *("status", "trend", "histogram", "meter", "bar", "command", "links", "sentence", "course"),
}
PICTURES: dict[str, Callable[[Row, Any], Cell]] = {
    "feature": feature,
    # A metric's title and, beside it, the name by which a query asks for it.
    "named": lambda row, value: {"text": value, "value": value, "aside": row["metric"]},
    "trend": trend,
    "histogram": lambda _, bins: {"histogram": outlines(bins)},
    "meter": meter,
    "findings": findings,
    "shaded": shaded,
    "beside": beside,
    "bar": lambda _, share: {"bar": geometry.place(share or 0, 0, 1)},
    # That a version is active, or what to type to make it so.
    "activity": lambda row, value: (
        {"command": row["command"]} if row["command"] else {"status": value, "text": "Active"}
    ),
    # Who acknowledged something, in a sentence, or what to type to do so.
    "acknowledged": lambda _, value: (
        {"command": value} if isinstance(value, str) else {"sentence": value or []}
    ),
    "links": lambda _, value: {"links": value},
    "course": course,
    "sentence": lambda _, parts: {"sentence": parts or []},
    "limits": lambda row, _: {"sentence": limits(row)},
}
