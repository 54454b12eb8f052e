"""The pages in a real browser, opened from disk: what the script does, and what works without."""

import pytest
from visits import OPEN, Visit


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize("pages", ["site_pages", "hostile_pages"])
def test_opens_from_disk_and_says_nothing(browser, request, pages, scripted):
    for name, path in request.getfixturevalue(pages).items():
        with Visit(browser, path, java_script_enabled=scripted) as page:
            assert page.locator("h1").inner_text()
            assert page.locator(".card:visible").count()
            if name in ("index.html", "evaluations"):
                assert page.locator("svg.chart:visible").count() > 3


def test_nothing_is_blank_without_a_script(browser, site_pages):
    """Every card says or draws something below its heading, and no button is dead."""
    for path in site_pages.values():
        with Visit(browser, path, java_script_enabled=False) as page:
            page.evaluate(OPEN)
            for card in page.locator(".card").all():
                assert card.is_visible()
                lines = [line for line in card.inner_text().splitlines() if line.strip()]
                assert len(lines) > 1, (path.name, lines)
            assert page.locator(".js:visible").count() == 0


def test_a_row_opens_its_distribution(browser, site):
    with Visit(browser, site / "index.html") as page:
        bins = page.locator("table.bins").first
        assert not bins.is_visible()
        page.locator("button.open").first.click()
        assert bins.is_visible()
        assert page.locator("button.open").first.get_attribute("aria-expanded") == "true"


def test_without_a_script_a_row_opens_too(browser, site):
    with Visit(browser, site / "index.html", java_script_enabled=False) as page:
        page.locator("tr.more summary").first.click()
        assert page.locator("table.bins").first.is_visible()
        page.locator("label", has_text="Hide stable").locator("input").check()
        assert page.locator("tr.row:visible").count() <= 6


def test_tables_sort_and_rows_keep_their_details(browser, site):
    with Visit(browser, site / "index.html") as page:
        table = page.locator(".features table").first
        names = table.locator("tr.row th bdi")
        before = names.all_inner_texts()
        table.get_by_role("button", name="Feature", exact=True).click()
        assert names.all_inner_texts() == sorted(before)
        first = table.locator("tr.row").first
        details = first.locator("xpath=following-sibling::tr[1]").locator("table.bins")
        assert details.count() == 1
        table.get_by_role("button", name="PSI", exact=True).click()
        figures = [
            float(each.get_attribute("data-v") or "nan")
            for each in table.locator("tr.row td:nth-child(3)").all()
        ]
        assert figures == sorted(figures, reverse=True)


def test_finding_a_feature(browser, site):
    with Visit(browser, site / "index.html") as page:
        page.get_by_label("Find a feature").fill("card_")
        assert page.locator(".features tr.row:visible").count() == 2


def test_a_box_shows_and_hides_a_metric_and_nothing_else_moves(browser, site):
    with Visit(browser, site / "stores" / "mes_for_ground_truth.html") as page:
        chart = {
            title: page.locator(".card", has=page.get_by_role("heading", name=title, exact=True))
            for title in ("Data drift", "Log loss", "Drifted features")
        }
        before = chart["Data drift"].bounding_box()
        assert [each.is_visible() for each in chart.values()] == [True, True, False]
        page.get_by_label("Log loss", exact=True).uncheck()
        page.get_by_label("Drifted features", exact=True).check()
        assert [each.is_visible() for each in chart.values()] == [True, False, True]
        assert chart["Data drift"].bounding_box() == before


def test_without_a_script_further_metrics_unfold(browser, site):
    path = site / "stores" / "mes_for_ground_truth.html"
    with Visit(browser, path, java_script_enabled=False) as page:
        assert not page.get_by_text("Metrics shown").is_visible()
        further = page.get_by_role("heading", name="Drifted features", exact=True)
        assert not further.is_visible()
        page.get_by_text("Further metrics").click()
        assert further.is_visible()


def test_the_theme_can_be_chosen(browser, site):
    with Visit(browser, site / "index.html") as page:
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Theme").click()
        page.get_by_role("button", name="Theme").click()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.get_by_role("button", name="Theme").inner_text() == "Theme: dark"


def test_arrow_keys_read_a_chart(browser, site):
    with Visit(browser, site / "index.html") as page:
        page.locator("figure[tabindex]:visible").first.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("#say").inner_text() == "2017_04: Data drift 0.503 (Error), version 1"


def test_links_lead_to_an_evaluation_and_back(browser, site):
    with Visit(browser, site / "index.html") as page:
        page.get_by_role("link", name="2017_12").first.click()
        assert page.locator("h1").inner_text() == "2017_12 in mes_for_ground_truth"
        page.get_by_role("link", name="Dashboard").click()
        assert page.locator("h1").inner_text() == "Model monitoring"
