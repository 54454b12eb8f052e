"""What a page's tiles show, and whether it is what their own SQL gives."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from mlmon.report.facts import words
from mlmon.report.facts.ask import Read, printable


def findings(count: Any) -> str:
    """A number of findings, as a badge says it."""
    return words.plural(count, "finding")


def difference(change: Any) -> str:
    """A change as it stands beside a figure."""
    return "equal" if change == 0 else words.signed(change)


FORMS = (
    *(words.figure, words.share, words.points, words.plain, words.duration),
    *(difference, words.signed, findings),
)
# What says a number without being a figure of the warehouse.
STATIC = re.compile(
    r"\bfewer than 30 records\b"
    r"|\b0\.5 is a coin toss|\b1 is full certainty|\bF1\b|\bR2\b|^\d+ findings?$"
    r"|\band \d+ more\b|^\d+ of the \d+ points that are drawn$"
    r"|(?:^|, )\d+ rows$"
)
TEXT, QUERY = "-text-", "-query-"  # tiles of the user's own
NUMBER = re.compile(
    r"\d+ h \d+ min|\d+ min \d+ s|(?:< )?\d[\d.]* s\b"
    r"|(?:[<>] )?[-+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?(?: (?:%|M\b|points))?"
)
# Sections of a page: the figures of the lead, and of each card its SQL, its figures and the rest
# of what it says. A picture speaks by its labels; the numbers of its axes are Vega's.
READ = """() => {
  for (const joint of document.querySelectorAll("wbr")) joint.remove();
  for (const whole of document.querySelectorAll(".nowrap")) whole.replaceWith(...whole.childNodes);
  document.body.normalize();
  const figures = within => [...within.querySelectorAll("[data-v]")].map(each => {
    const copy = each.cloneNode(true);
    for (const other of copy.querySelectorAll("small, .hidden, [data-v]")) other.remove();
    return [each.dataset.v, copy.textContent.trim()];
  });
  const rest = within => {
    const found = [], walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.parentElement, figure = at.closest("[data-v]");
      if (at.closest("code, svg, script")) continue;
      if (figure && !(at.closest(".note") && figure.contains(at.closest(".note")))) continue;
      found.push(walker.currentNode.data);
    }
    return found;
  };
  const labels = within => [...within.querySelectorAll("[aria-label],[data-tip]")]
    .map(each => each.dataset.tip || each.getAttribute("aria-label"));
  return [...document.querySelectorAll("main section")].map(section => {
    const lead = section.querySelector(":scope > .lead");
    return {
      id: section.id,
      lead: lead ? figures(lead) : [],
      leadRest: lead ? rest(lead) : [],
      cards: [...section.querySelectorAll(".card")].map(card => ({
        id: card.id,
        sql: [...card.querySelectorAll("details.behind pre code")].map(each => each.textContent),
        figures: figures(card),
        rest: rest(card),
        labels: labels(card),
      })),
    };
  });
}"""


class Known:
    """Everything that some queries give: figures, names and times, however deep in a row."""

    def __init__(self, rows: list[Any], queries: list[str]) -> None:
        values = list(flat(rows))
        self.figures = {str(value): value for value in values if isinstance(value, int | float)}
        self.spoken = {
            " ".join(form(value).split()) for value in self.figures.values() for form in FORMS
        }
        names = {printable(value) for value in values if isinstance(value, str)}
        literals = re.findall(r"'((?:[^']|'')*)'", "\n".join(queries))
        names |= {name.replace("''", "'") for name in literals}
        told = {" ".join(name.split()) for name in names}
        told |= {words.short(name, most) for name in names for most in (80, 40, 32, 24, 20, 16, 11)}
        told |= {re.sub(r"(?<![\w.])-(?=\d)", "\N{MINUS SIGN}", name) for name in told}
        times = [value for value in values if isinstance(value, datetime)]
        told |= {form(value) for value in times for form in (words.moment, words.clock)}
        longest = sorted(filter(re.compile(r"\d").search, told), key=len, reverse=True)
        some = "|".join(re.escape(name) for name in longest) or "$^"
        self._names = re.compile(rf"(?<![\w.,])(?:{some})(?![.,]?\w)")

    def shows(self, value: str, text: str) -> bool:
        """Whether a figure is one of these, in a form for a reader."""
        if value not in self.figures:
            return False
        text = text.removesuffix(" better").removesuffix(" worse")
        return text in {form(self.figures[value]) for form in FORMS}

    def without_names(self, text: str) -> str:
        """What is left of a text without the names and times of these queries."""
        left = self._names.sub(" ", STATIC.sub(" ", " ".join(text.split())))
        return re.sub(r"\b[Vv]ersion (\d+)\b", self._version, left)

    def _version(self, found: re.Match[str]) -> str:
        """A version that these queries know is a name; any other number stays."""
        return " " if found[1] in self.figures else found[0]


def flat(value: Any) -> Iterator[Any]:
    """The values in a row, in its lists and in its structs."""
    if isinstance(value, str) and value.startswith('{"'):  # a JSON document, as labels are
        yield from flat(json.loads(value))
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from flat(each)
    else:
        yield value


def wrong(page: Page, read: Read) -> list[str]:
    """Every figure of the page that its tile's own SQL does not give, and why it is wrong.

    A name is one wherever it stands on the page: what is compared is told once.
    """
    sections = page.evaluate(READ)
    every = [query for part in sections for card in part["cards"] for query in card["sql"]]
    rows = {query: read(query) for query in dict.fromkeys(every)}

    def known(queries: list[str]) -> Known:
        return Known([rows[query] for query in queries], queries)

    of_page = known(list(rows))
    found = []
    for section in sections:
        lead, cards = f"{section['id']}, lead", section["cards"]
        of_section = known([query for card in cards for query in card["sql"]])
        found += [f"{lead}: {each}" for each in unshown(section["lead"], of_section)]
        found += [f"{lead}: {each}" for each in loose(section["leadRest"], of_page)]
        for card in cards:
            own = known(card["sql"])
            problems = unshown(card["figures"], own)
            if TEXT not in card["id"]:  # what a user wrote is nobody's figure
                problems += loose(card["rest"], of_page)
            if QUERY not in card["id"]:  # and what a user draws is Vega's to tell
                problems += unheard(card["labels"], own, of_page)
            found += [f"{card['id']}: {each}" for each in problems]
    return found


def unshown(figures: list[tuple[str, str]], known: Known) -> list[str]:
    """The figures that no query gives, or not as they are told."""
    return [
        f"{text!r} is not {value} of the SQL"
        for value, text in figures
        if not known.shows(value, text)
    ]


def loose(texts: list[str], names: Known) -> list[str]:
    """The texts with a number in them that bears no figure."""
    return [
        f"no data-v on the number in {text.strip()!r}"
        for text in texts
        if re.search(r"\d", text) and re.search(r"\d", names.without_names(text))
    ]


def unheard(labels: list[str], known: Known, names: Known) -> list[str]:
    """The labels of pictures that say a number which the SQL does not give."""
    numbers = {label: set(NUMBER.findall(names.without_names(label))) for label in labels}
    return [
        f"{missing} in the picture's {label!r}"
        for label, told in numbers.items()
        if (missing := told - known.spoken)
    ]


def sql_of(page: Page) -> list[str]:
    """Every query that stands on the page."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('details.behind pre code')].map(each => each.textContent)"
    )
    return found


def texts_of(folder: Path) -> list[Path]:
    """Every page in a folder."""
    return sorted(folder.rglob("*.html"))
