"""Every kind of page at two widths: nothing is cut off, printed over or broken (D12)."""

import pytest
from playwright.sync_api import Browser
from visits import Visit

from mlmon.report.charts.grammar import apart
from mlmon.report.facts import words
from mlmon.report.facts.sentence import spelled
from mlmon.report.render.html import jointed
from mlmon.report.tiles.performance import few_in_words

LOOK = r"""
() => {
  const hidden = "details:not([open]) > :not(summary), .hidden, script, style";
  const seen = each => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && !each.closest(hidden);
  };
  const slides = each => ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
  const found = { cut: [], over: [], broken: [], unseen: [] };
  if (document.documentElement.scrollWidth > innerWidth) found.cut.push("the page");
  for (const each of document.querySelectorAll("body *")) {
    if (each.closest("svg") || !seen(each)) continue;
    let box = each.parentElement;
    while (box && !slides(box)) box = box.parentElement;
    const right = each.getBoundingClientRect().right;
    if (!box && right > innerWidth + 1) found.cut.push(each.tagName + " " + each.textContent);
    if (slides(each) && each.scrollWidth > each.clientWidth + 1
        && !getComputedStyle(each).backgroundImage.includes("gradient"))
      found.cut.push("no hint: " + each.tagName + " " + each.textContent);
  }
  for (const chip of document.querySelectorAll("td > .chip, .top > .chip, .verdict-head > .chip")) {
    if (!seen(chip) || chip.closest(".behind, [data-v], td:has(> .chip) ~ td")) continue;
    const box = chip.getBoundingClientRect();
    if (box.left < 0 || box.right > innerWidth) found.unseen.push(chip.textContent);
  }
  for (const chart of document.querySelectorAll("svg.chart")) {
    if (!seen(chart)) continue;
    const texts = [...chart.querySelectorAll("text")].filter(each => each.textContent.trim())
      .map(each => [each.textContent, each.getBoundingClientRect()]);
    texts.forEach(([one, a], place) => texts.slice(place + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 3) found.over.push(one + " / " + other);
    }));
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest("svg, pre, code") || !seen(text.parentElement)) continue;
    for (const word of text.data.matchAll(/[\p{L}\p{N}]{2,18}(?![\p{L}\p{N}])/gu)) {
      if (/[\p{L}\p{N}]$/u.test(text.data.slice(0, word.index))) continue;
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = [...range.getClientRects()].filter(box => box.width > 0);
      if (new Set(lines.map(box => Math.round(box.top))).size > 1) found.broken.push(word[0]);
    }
  }
  return found;
}
"""
NOTHING: dict[str, list[str]] = {"cut": [], "over": [], "broken": [], "unseen": []}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("pages", ["site_pages", "daily_pages"])
def test_nothing_is_cut_printed_over_or_broken(browser: Browser, request, pages, width):
    found = {}
    for name, path in request.getfixturevalue(pages).items():
        with Visit(browser, path, width) as page:
            found[name] = page.evaluate(LOOK)
            if name == "board":  # it has pictures that their user specified
                found[name]["over"] = []
    assert {name: look for name, look in found.items() if look != NOTHING} == {}


@pytest.mark.parametrize(
    ("kind", "style"),
    [
        ("cut", ".scroll { overflow: visible !important } table { width: 2000px }"),
        ("cut", ".scroll, nav, pre { background: none !important }"),
        ("over", "svg.chart text { font-size: 40px }"),
        ("broken", "p, li, dd, td, th { width: 3em; word-break: break-all }"),
        ("unseen", ".scroll * { position: static !important } tbody bdi { min-width: 400px }"),
    ],
)
def test_what_looks_for_it_finds_it(browser: Browser, site_pages, kind, style):
    """The test above can fail: each fault, made on purpose, is found."""
    with Visit(browser, site_pages["index.html"], 390, bypass_csp=True) as page:
        page.add_style_tag(content=style)
        assert page.evaluate(LOOK)[kind] != []


def test_names_below_an_axis_stand_apart():
    assert apart(["2024-02-29"] * 60, 3.5) == 22
    assert apart(["a"], 100) == 1
    assert apart([], 1) >= 1


def test_a_p_value_is_never_nothing_and_a_minus_is_one_kind():
    assert [words.chance(0.0), words.chance(1e-9), words.chance(0.04)] == [
        "< 0.001",
        "< 0.001",
        "0.040",
    ]
    assert words.figure_of("data_drift_pvalue", 0.0) == words.figure_of("p-value", 0) == "< 0.001"
    assert words.figure_of("data_drift", 0.0) == "0.000"
    minus = words.MINUS
    assert words.minus("-3.2 to -0, below -1") == f"{minus}3.2 to 0, below {minus}1"
    assert words.minus("2024-01-02 a-1 x_-1") == "2024-01-02 a-1 x_-1"


def test_a_calibration_says_which_points_are_few_records():
    rows = [
        {"sample": "Current", "mean_score": 0.85, "positive_share": 1.0, "rows": 10},
        {"sample": "Current", "mean_score": 0.95, "positive_share": 1.0, "rows": 4},
        {"sample": "Current", "mean_score": 0.5, "positive_share": 0.5, "rows": 300},
    ]
    said = spelled(few_in_words("calibration_curve", rows))
    assert said == "Hollow: fewer than 30 records. Current: 10 at 0.850, 4 at 0.950. "
    assert few_in_words("roc_curve", rows) == []


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("transactions, 2017_09", ["transactions, 2017_09"]),
        ("2017_01_02 in the store", ["2017_01_02 in the store"]),
        ("mes_for_ground_truth", ["mes_", "for_", "ground_", "truth"]),
        ("a_feature_12_b", ["a_", "feature_", "12_", "b"]),
        ("HistGradientBoosting", ["Hist", "Gradient", "Boosting"]),
    ],
)
def test_a_name_breaks_at_its_joints_and_a_date_never(name, parts):
    assert jointed(name).split("<wbr>") == parts
