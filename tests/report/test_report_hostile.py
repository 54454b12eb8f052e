"""Names that try to break out: every kind of name, with all that ever broke a page in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from toy_warehouse import Names, filled
from visits import Visit, kinds

from mlmon.report.facts.ask import Read
from mlmon.report.site import write_report

NASTY = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>'",
    "&amp;</style></td></table>",
    "{{7*7}}${7*7}",
    "\u202e\u05d0\u05d1 right to left",
    "\U0001f469\u200d\U0001f52c",
    "a\nnew line",
    "'; drop table evaluations; --",
    "x" * 500,
)
# Told by the browser: what would run, and what a name made of the page that is not ours.
FOREIGN = """() => [...document.querySelectorAll(
  "a[href^='javascript:' i], img, iframe, object, embed, form, base,"
  + "link:not([rel=icon], [rel=expect])"
)].map(each => each.outerHTML.slice(0, 80)).concat(
  [...document.querySelectorAll("script")].slice(1).map(each => each.textContent),
  [...document.querySelectorAll("*")].flatMap(each => [...each.attributes])
    .filter(each => each.name.startsWith("on") || each.name === "style")
    .map(each => each.name + "=" + each.value))"""


def nasty(kind: str) -> str:
    """A name of that kind which, wherever it stands, begins or ends what it should not."""
    return f"javascript:alert('{kind}')//{''.join(NASTY)}"


def several(kind: str, count: int) -> tuple[str, ...]:
    return tuple(nasty(f"{kind} {place}") for place in range(count))


EVERY = Names(
    model=nasty("model"),
    labelled=nasty("labelled store"),
    unlabelled=nasty("store"),
    check=nasty("check"),
    scenario=nasty("scenario"),
    steps=several("step", 3),
    features=several("feature", 6),
    batches=several("batch", 2),
    classes=(nasty("class 0"), nasty("class 1")),
    category=nasty("category"),
    label=nasty("label"),
    person=nasty("person"),
    note=nasty("note"),
    metric=nasty("metric"),
)
TILES = [
    {
        "metric": "data_drift",
        "store": EVERY.unlabelled,
        "show": "value",
        "title": nasty("tile"),
    },
    {"metric": EVERY.metric, "store": EVERY.labelled, "show": "value"},
    {"metric": EVERY.metric, "store": EVERY.labelled, "show": "history"},
    {"scenario": EVERY.scenario, "show": "last_runs"},
]


KINDS = (
    *("model", "store", "labelled store", "check", "scenario", "step 2", "project", "title"),
    *("tile", "metric", "label", "category", "feature 5", "batch 1", "class 0", "class 1"),
    *("person", "note"),
)


@pytest.fixture(scope="module")
def nasty_story() -> Iterator[Read]:
    made = filled(EVERY)
    yield made.read
    made.close()


@pytest.fixture(scope="module")
def nasty_site(nasty_story: Read, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    dashboards = {"default": {"title": nasty("title"), "tiles": TILES}}
    return write_report(nasty_story, dashboards, folder, project=nasty("project")).parent


@pytest.mark.parametrize("width", [360, 1280])
def test_no_name_runs_or_widens_the_page(browser, nasty_site, width):
    for path in kinds(nasty_site).values():
        with Visit(browser, path, width) as page:  # and it says nothing, asks for nothing
            assert page.evaluate(FOREIGN) == [], path.name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
            for card in page.locator(".card:visible").all():
                card.hover(position={"x": 4, "y": 4}, force=True)
            assert not page.evaluate("document.body.innerText.includes('49')"), path.name


def test_every_name_stands_on_a_page_as_it_is(browser, nasty_site):
    told = ""
    for path in kinds(nasty_site).values():
        with Visit(browser, path) as page:
            told += page.evaluate("document.documentElement.textContent")
    for kind in KINDS:
        assert nasty(kind) in told, kind
