"""The pages for everyone: no accessibility violation, by keyboard alone, in any colours."""

from itertools import product
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page
from visits import OPEN, Visit

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]})
  .then(found => found.violations.map(each => each.id + ": " + each.nodes[0].html))"""
LOOKS = [(1280, "light"), (360, "dark")]
OTHER_LOOKS = [each for each in product((360, 1280), ("light", "dark")) if each not in LOOKS]
CONTROLS = "a[href], button, input, summary, [tabindex='0']"
# The names of the controls that may be reached now, and of the one that has the focus.
NAMED = f"""() => {{
  const every = [...document.querySelectorAll("{CONTROLS}")];
  every.forEach((each, place) => {{ each.dataset.place = place; }});
  return every.filter(each => each.checkVisibility({{visibilityProperty: true}})
    && !each.closest("details:not([open]) > :not(summary)")).map(each => each.dataset.place);
}}"""
FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const look = getComputedStyle(at), header = document.querySelector("header");
  return {
    place: at.dataset.place,
    html: at.outerHTML.slice(0, 120),
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 1,
    hidden: !header.contains(at) && !at.matches(".skip")
      && box.bottom <= header.getBoundingClientRect().bottom,
  };
}"""
DRAWN = """chip => [
  getComputedStyle(chip.querySelector("svg.icon")).stroke,
  getComputedStyle(chip.closest(".card, header")).backgroundColor,
]"""
# The contrast of two colours of the stylesheet, as WCAG measures it.
CONTRAST = """pairs => {
  const swatch = document.createElement("i"), canvas = document.createElement("canvas");
  document.body.append(swatch);
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  const light = name => {
    swatch.style.color = `var(--${name})`;
    pen.fillStyle = getComputedStyle(swatch).color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return pairs.map(pair => pair.map(light).sort((a, b) => b - a))
    .map(([high, low]) => (high + 0.05) / (low + 0.05));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds; the policy forbids script tags, so it is handed over as code."""
    page.evaluate(OPEN)
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, RULES)
    return found


@pytest.mark.parametrize(
    ("width", "theme"),
    [*LOOKS, *(pytest.param(*each, marks=pytest.mark.slow) for each in OTHER_LOOKS)],
)
def test_no_accessibility_violation(browser, site_pages, width, theme):
    for path in site_pages.values():
        with Visit(browser, path, width, color_scheme=theme) as page:
            assert violations(page) == [], path.name


@pytest.mark.slow
def test_no_accessibility_violation_beside_hostile_names(browser, hostile_pages):
    for path in hostile_pages.values():
        with Visit(browser, path, 360) as page:
            assert violations(page) == [], path.name


@pytest.mark.slow
def test_no_accessibility_violation_in_a_comparison(browser, comparisons):
    for (width, theme), path in zip([*LOOKS, OTHER_LOOKS[0]], comparisons, strict=True):
        with Visit(browser, path, width, color_scheme=theme) as page:
            assert violations(page) == [], path.name


def test_a_violation_would_be_found(browser, site):
    with Visit(browser, site / "index.html") as page:
        page.evaluate("document.querySelector('#theme').replaceChildren()")
        assert "button-name" in str(violations(page))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_of_charts_stand_out(browser, site, theme):
    """Axe-core does not judge text in pictures: it stands on a card in one of these colours."""
    tones = ["good", "warn", "bad", "idle"]
    texts = ["text", "muted", "accent", *tones, *(f"series-{each}" for each in range(1, 7))]
    pairs = [(each, "card") for each in texts] + [(each, f"{each}-back") for each in tones]
    with Visit(browser, site / "index.html", color_scheme=theme) as page:
        measured = page.evaluate(CONTRAST, pairs)
        low = {pair: ratio for pair, ratio in zip(pairs, measured, strict=True) if ratio < 4.5}
        assert low == {}
        assert page.evaluate(CONTRAST, [["reference", "card"]])[0] >= 3


@pytest.mark.parametrize("width", [360, 1280])
def test_every_control_is_reached_by_tab_and_shows_its_focus(browser, site_pages, width):
    for path in site_pages.values():
        with Visit(browser, path, width) as page:
            expected = page.evaluate(NAMED)
            reached = []
            for _ in expected:
                page.keyboard.press("Tab")
                at = page.evaluate(FOCUS)
                assert at["outlined"], (path.name, at["html"])
                assert not at["hidden"], (path.name, at["html"])
                reached.append(at["place"])
            assert reached == sorted(reached, key=int)
            assert set(reached) == set(expected)


def test_the_skip_link_leads_to_the_content(browser, site):
    with Visit(browser, site / "index.html") as page:
        page.keyboard.press("Tab")
        link = page.locator("a.skip")
        assert link.bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_escape_closes_what_a_mark_says(browser, site):
    with Visit(browser, site / "index.html") as page:
        tip = page.locator("#tip.on")
        page.locator("svg.sparkline:visible").first.hover()
        assert tip.count() == 1
        page.keyboard.press("Escape")
        assert tip.count() == 0
        page.locator("figure[tabindex]:visible").first.focus()
        page.keyboard.press("ArrowRight")
        assert tip.count() == 1
        page.keyboard.press("Escape")
        assert tip.count() == 0


def test_nothing_moves_for_whoever_does_not_want_it(browser, site):
    with Visit(browser, site / "index.html", reduced_motion="reduce") as page:
        moving = """() => [document.documentElement, ...document.querySelectorAll("*")]
          .flatMap(each => [null, "::before"].map(part => getComputedStyle(each, part)))
          .filter(look => look.scrollBehavior === "smooth" || look.animationName !== "none"
            || parseFloat(look.transitionDuration) > 0).length"""
        assert page.evaluate(moving) == 0
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(moving) > 0


def test_forced_colours_keep_every_status(browser, site):
    """Where the system chooses the colours, shape and word still tell a status."""
    with Visit(browser, site / "index.html", forced_colors="active") as page:
        for chip in page.locator(".chip:visible").all():
            assert chip.inner_text().strip()
            line, back = chip.evaluate(DRAWN)
            assert line != back
        shapes = {each.get_attribute("href") for each in page.locator(".chip use").all()}
        assert len(shapes) >= 3
