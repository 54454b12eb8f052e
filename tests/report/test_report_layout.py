"""Where things stand on a page: at every width, while it loads, and on paper."""

import pytest
from visits import Visit, kinds

WIDTHS = [320, 360, 768, 1360, 2560]  # 320: a window of 1280 enlarged to 400 %
# Layout shifts as they happen; the page's own script runs late, after the first picture.
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(each => each.value)))
  .observe({ type: "layout-shift", buffered: true });
const listen = window.addEventListener.bind(window);
window.addEventListener = (what, does, ...more) => listen(
  what,
  what === "DOMContentLoaded"
    ? () => requestAnimationFrame(() => setTimeout(() => { does(); window.done = true; }, 50))
    : does,
  ...more);
"""
SETTLED = """() => window.done &&
  new Promise(then => requestAnimationFrame(() => requestAnimationFrame(() => then(true))))"""
PAPER = 711, 1039  # pixels of an A4 page within its margins
OVERFULL = """() => [...document.querySelectorAll(".scroll, .card, svg.chart, pre")]
  .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1
    && getComputedStyle(each).display !== "inline")
  .map(each => each.closest(".card").id + ": " + each.textContent.trim().slice(0, 60))"""
BESIDE = """() => [...document.querySelectorAll("svg.chart")].filter(each => each.checkVisibility())
  .flatMap(each => [...each.querySelectorAll("text")].map(text => {
    const box = each.getBoundingClientRect(), mine = text.getBoundingClientRect();
    return [text.textContent, Math.max(box.left - mine.left, mine.right - box.right)];
  })).filter(each => each[1] > 8)"""
CARDS = """() => [...document.querySelectorAll(".card")].filter(each => each.checkVisibility())
  .map(each => ({
    id: each.id,
    height: each.getBoundingClientRect().height,
    cut: getComputedStyle(each).breakInside,
    below: [...each.children].filter(child => !child.matches(".top"))
      .filter(child => child.checkVisibility()).length,
    features: each.matches(".features"),
  }))"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("pages", ["site_pages", "hostile_pages"])
def test_never_wider_than_the_window(browser, request, pages, width):
    for path in request.getfixturevalue(pages).values():
        with Visit(browser, path, width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name


@pytest.mark.parametrize("width", [360, 1280])
def test_texts_of_a_picture_stay_well_within_its_card(browser, request, width):
    """Vega measures texts in one font, the page shows them in another: a card leaves room of 18."""
    folders = [request.getfixturevalue(name) for name in ("site", "hostile_site")]
    pages = [page for folder in folders for page in kinds(folder).values()]
    for path in [*pages, *request.getfixturevalue("comparisons")]:
        with Visit(browser, path, width) as page:
            assert page.evaluate(BESIDE) == [], path.name


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_the_page_loads(browser, site_pages, comparisons, width):
    """Also in a browser that shows it while most of it is still to be read."""
    for path in [*site_pages.values(), *list(comparisons)[:1]]:
        with Visit(browser, path, width, before=SHIFTS, slower=4) as page:
            page.wait_for_function(SETTLED)
            assert page.locator("#theme").is_visible()
            assert sum(page.evaluate("shifts")) < 0.001, path.name


def test_a_shift_would_be_seen(browser, site):
    late = "; addEventListener('DOMContentLoaded', () => document.body.prepend('late'))"
    with Visit(browser, site / "index.html", before=SHIFTS + late) as page:
        page.wait_for_function(SETTLED)
        assert sum(page.evaluate("shifts")) > 0.001


def test_prints_whole_cards_that_fit_the_paper(browser, site_pages, comparisons):
    for path in [*site_pages.values(), *comparisons]:
        with Visit(browser, path, PAPER[0]) as page:
            page.emulate_media(media="print")
            assert page.evaluate("document.documentElement.scrollWidth") <= PAPER[0], path.name
            assert page.evaluate(OVERFULL) == [], path.name
            for card in page.evaluate(CARDS):
                assert card["below"], card
                assert card["cut"] == "avoid" or card["features"], card
                assert card["height"] < PAPER[1] or card["features"], card
            assert page.locator(".js:visible, nav:visible, details.behind:visible").count() == 0


def test_prints_a_few_pages(browser, site_pages, tmp_path):
    for name, path in site_pages.items():
        with Visit(browser, path) as page:
            page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        printed = (tmp_path / "page.pdf").read_bytes()
        assert 1 <= printed.count(b"/Type /Page\n") <= 6, name
        assert b"/MediaBox [0 0 594.95996 841.91998]" in printed, "A4"
