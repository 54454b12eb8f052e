"""Tiles of the user's own: texts, queries and charts, and that none of them breaks the page."""

import logging
import re
from datetime import datetime
from pathlib import Path

import html5lib
import pytest
from plain_facts import strange
from toy_board import DRIFT, HEAT, LINES, QUERY, board
from toy_warehouse import Names, filled, tiles

from mlmon.report.charts import own as own_chart
from mlmon.report.charts.draw import draw
from mlmon.report.facts import words
from mlmon.report.facts.ask import in_zone
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.render import markdown_in


@pytest.fixture(scope="module")
def made():
    with filled(Names()) as warehouse:
        yield warehouse


def tile_of(made, zone="UTC", **entry):
    read, tried = in_zone(made.read, zone), in_zone(made.tried, zone)
    page = dashboard(read, {"tiles": [entry], "sections": []}, "fraud", tried)
    return page["sections"][0]["tiles"][-1]


def texts(table):
    return [[cell["text"] for cell in row] for row in table["rows"]]


# Text ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** `c`", "<p>a <strong>b</strong> <code>c</code></p>\n"),
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>\n"),
        ("<div>\nx", "<p>&lt;div&gt;\nx</p>\n"),
        ("![an *alt* <i>](http://e.org/x.png)", "<p>an alt &lt;i&gt;</p>\n"),
        ("a&#x8;b", "<p>a\ufffdb</p>\n"),
        ("```sql\nselect '<'\n```", "<pre tabindex=\"0\"><code>select '&lt;'\n</code></pre>\n"),
    ],
)
def test_markdown_is_what_a_page_may_hold(text, html):
    assert markdown_in.html(text, 2) == html


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=1", True),
        ("HTTP://example.org", True),
        ("mailto:team@example.org", True),
        ("evaluations/x.html#roc", True),
        ("#checks", True),
        ("../other/index.html", True),
        ("javascript:alert(1)", False),
        ("JaVaScript&#58;alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("ftp://example.org", False),
        ("//example.org/x", False),
        ("vbscript:x", False),
    ],
)
def test_a_link_leads_to_the_web_to_mail_or_to_a_page_beside(url, kept):
    assert ("<a " in markdown_in.html(f"[x]({url})", 2)) is kept
    if ":" in url and " " not in url:
        assert ("<a " in markdown_in.html(f"<{url}>", 2)) is (kept and "#x" not in url)


@pytest.mark.parametrize(
    ("text", "above", "levels"),
    [
        ("# a\n## b\n# c", 2, "343"),
        ("# a\n#### b\n##### c", 3, "456"),
        ("### a\n# b\n## c", 2, "334"),
        ("# a\n## b\n### c\n#### d", 3, "4566"),
        ("a\n===\nb\n---", 2, "34"),
    ],
)
def test_headings_stand_below_the_tile_and_none_is_skipped(text, above, levels):
    assert "".join(re.findall(r"<h(\d)>", markdown_in.html(text, above))) == levels


def test_a_table_in_a_text_has_no_inline_style():
    html = markdown_in.html("| a | b |\n|:--|--:|\n| 1 | 2 |", 2)
    assert "style" not in html
    assert '<td class="n">2</td>' in html


# Queries ------------------------------------------------------------------------


def test_a_query_is_a_table_whose_every_figure_is_in_its_sql(made):
    shown = tile_of(made, title="Rows", query=QUERY)
    (numbers,) = shown["tables"]
    assert (shown["title"], shown["subtitle"], shown["sql"]) == ("Rows", "18 rows", [QUERY])
    assert [column["number"] for column in numbers["columns"]] == [
        *(False, False, True, False, True, True)
    ]
    assert texts(numbers)[1] == [
        *(
            "2017_12",
            "mes_for_input_drift",
            "9,995",
            "2\u00a0Jan\u00a02018,\u00a006:13",
            words.NOTHING,
        ),
        "1,428",
    ]
    rows = made.read(shown["sql"][0])
    for row, cells in zip(rows, numbers["rows"], strict=True):
        figures = [cell["value"] for cell in cells if cell["number"]]
        assert figures == [row["rows"], row["labelled_rows"], row["seventh"]]


def test_of_many_rows_it_shows_200_and_says_how_many_there_are(made):
    shown = tile_of(made, title="Many", query="from range(1234) order by 1 desc;")
    assert shown["subtitle"] == "the first 200 of 1,234 rows"
    assert len(shown["tables"][0]["rows"]) == 200
    assert texts(shown["tables"][0])[0] == ["1,233"]
    assert tile_of(made, title="a", query="from range(200)")["subtitle"] == "200 rows"
    assert tile_of(made, title="a", query="from range(1)")["subtitle"] == "1 row"
    none = tile_of(made, title="None", query="from range(0)")
    assert none["sentence"] == "The query has no rows."


def test_times_are_in_the_zone_and_the_types_of_duckdb_all_have_a_text(made):
    query = """select timestamp '2018-01-02 06:00' as a, timestamptz '2018-01-02 06:00:00+00' as b,
        date '2018-01-02' as c, true as d, [1, null] as e, {x: 1} as f, 12345678 as g, 1.5 as h,
        'nan'::double as i, interval 1 day as j, null as k, 'infinity'::timestamp as l, 1 as a,
        [now()] is not null as m, -7 as n, '' as o, 'ab'::blob as p"""
    shown = tile_of(made, "Asia/Tokyo", title="Types", query=query)
    (row,) = texts(shown["tables"][0])
    assert row[:11] == [
        *("2\u00a0Jan\u00a02018,\u00a015:00", "2\u00a0Jan\u00a02018,\u00a015:00", "2018-01-02"),
        *(
            "true",
            f"1, {words.NOTHING}",
            "x: 1",
            "12,345,678",
            "1.500",
            "undefined",
            "1 day, 0:00:00",
            words.NOTHING,
        ),
    ]
    assert row[12:15] == ["1", "true", "\N{MINUS SIGN}7"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select * from nowhere", "Table with name nowhere does not exist"),
        ("drop table evaluations", "Expected a single SELECT statement"),
        ("select 1; drop table evaluations", "Expected a single SELECT statement"),
        ("select 1) ; drop table evaluations; select (1", "syntax error"),
        ("copy evaluations to 'x.csv'", "Expected a single SELECT statement"),
        ("with a as (delete from evaluations returning *) from a", "A CTE needs a SELECT"),
        ("attach 'x.duckdb'", "Expected a single SELECT statement"),
        ("select 'a'::int", "Could not convert string 'a' to INT32"),
        ("select $name", "parameter"),
        ("select error('one\ntwo')", "one"),
        ("select '\ud800'", "surrogates"),
        (" ", "Expected a single SELECT statement"),
    ],
)
def test_a_query_that_fails_is_a_sentence_and_a_warning(made, caplog, query, reason):
    with caplog.at_level(logging.WARNING):
        shown = tile_of(made, title="Mine", query=query)
    assert shown["sentence"].startswith("Nothing to show: ")
    assert reason in shown["sentence"]
    (warning,) = caplog.messages
    assert warning.startswith("mlmon: the tile Mine: ")
    assert "\n" not in warning
    assert made.value("select count(*) from evaluations") == 18


# Charts -------------------------------------------------------------------------


def chart_of(made, specification, query=DRIFT, **entry):
    shown = tile_of(made, title="Mine", query=query, chart=specification, **entry)
    return shown["charts"][0]


def test_a_chart_draws_the_rows_in_the_look_of_the_others(made):
    chart = chart_of(made, LINES, width=8)
    assert chart["sizes"] == [(780, 300), (330, 240)]
    assert chart["facts"]["rows"][0]["evaluated_at"] == "2018-01-02T06:05:00"
    drawn = draw(chart, (780, 300))
    assert drawn.startswith('<svg class="chart" width="780" height="300"')
    assert 'stroke="var(--series-1)"' in drawn
    assert drawn.count('<path aria-label="evaluated_at') == 18
    shown = tile_of(made, title="Mine", query=DRIFT, chart=LINES)
    assert shown["numbers"][0]["caption"] == "Mine, 18 rows"


def test_the_users_own_settings_win():
    stated = {**LINES, "width": 300, "config": {"legend": {"labelFontSize": 20}}}
    found = own_chart.specify(stated, 780, 300)
    assert (found["width"], found["height"]) == (300, 300)
    assert found["config"]["legend"]["labelFontSize"] == 20
    assert found["config"]["legend"]["titleColor"] == "var(--muted)"
    parts = {"hconcat": [LINES, LINES]}
    assert "width" not in own_chart.specify(parts, 780, 300)


def test_dates_are_iso_and_what_json_does_not_know_is_null(made):
    query = "select date '2018-01-02' as day, 'nan'::double as x, 1.5::decimal(3, 1) as y"
    rows = chart_of(made, {"mark": "point"}, query)["facts"]["rows"]
    assert rows == [{"day": "2018-01-02T00:00:00", "x": None, "y": 1.5}]
    assert datetime.fromisoformat(rows[0]["day"]).hour == 0


def test_no_style_link_script_or_address_passes(made):
    specification = {
        **HEAT,
        "mark": {**HEAT["mark"], "clip": True, "fontStyle": "italic"},
        "params": [{"name": "p", "value": "x"}],
    }
    query = """select '</text><script>alert(1)</script>" onload="x' as batch,
        '&lt;img src=x&gt;' as store, 1 as value"""
    drawn = draw(chart_of(made, specification, query), (560, 300))
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(f"<!doctype html><title>x</title>{drawn}")
    for each in tree.iter():
        assert each.tag not in ("script", "image", "a", "use", "foreignObject", "style")
        assert not {"style", "href", "src"} & {str(name) for name in each.attrib}
        assert not any(str(name).startswith("on") for name in each.attrib)
    told = [str(each.get("aria-label")) for each in tree.iter()]
    assert any('</text><script>alert(1)</script>" onload="x' in label for label in told)
    assert "</text><script>alert(8)</script>" in "".join(tree.itertext())
    assert not re.search(r"url\((?!#own-1-560-\d)", drawn)


def test_the_same_chart_is_the_same_text_and_two_share_no_identity(made):
    entry = {"title": "Map", "query": DRIFT, "chart": HEAT}
    page = dashboard(made.read, {"tiles": [entry, entry], "sections": []}, "fraud", made.tried)
    one, other = (tile["charts"][0] for tile in page["sections"][0]["tiles"][1:])
    assert draw(one, (560, 300)) == draw(one, (560, 300))
    found = [set(re.findall(r' id="([^"]+)"', draw(each, (560, 300)))) for each in (one, other)]
    assert found[0]
    assert not found[0] & found[1]


@pytest.mark.parametrize(
    ("specification", "reason"),
    [
        ({"mark": "baar"}, "mark: 'baar' is not what Vega-Lite takes there"),
        ({"mark": "bar", "encodng": {}}, "('encodng' was unexpected)"),
        ({}, "'mark' is a required property"),
        (
            {"mark": "bar", "transform": [{"calculate": "nosuch(1)", "as": "x"}]},
            "Unrecognized function: nosuch",
        ),
        ({"mark": {"type": "image", "url": "file:///etc/passwd"}}, "mark: an image"),
        ({"layer": [{"mark": "bar", "data": {"url": "x.csv"}}]}, "layer.0.data.url: a chart names"),
    ],
)
def test_a_specification_that_cannot_be_drawn_says_why(made, specification, reason):
    chart = chart_of(made, specification, "select 1 as x")
    with pytest.raises(own_chart.Undrawable, match=re.escape(reason)):
        draw(chart, (560, 300))


def test_too_many_rows_are_not_drawn(made):
    shown = tile_of(made, title="Many", query="from range(5001)", chart={"mark": "point"})
    assert shown["sentence"].startswith("Nothing to show: 5,001 rows are too many to draw")


# The page -----------------------------------------------------------------------


def test_the_page_says_what_is_wrong_and_shows_the_rest(board: Path):
    page = (board / "index.html").read_text(encoding="utf-8")
    assert "Nothing to show: Catalog Error: Table with name nowhere does not exist!" in page
    assert "The chart cannot be drawn: mark: &#39;baar&#39; is not what Vega-Lite" in page
    assert page.count('aria-label="Drift as a map"') == 3  # a wide and a narrow one, and one
    assert "&lt;script&gt;alert(6)&lt;/script&gt;" in page


@pytest.mark.parametrize("specification", [None, {"mark": "bar"}])
def test_b3_a_tile_of_nan_and_infinity_is_plain_data(made, specification):
    query = "select 'nan'::double as a, map {1: '-inf'::float} as b, 1.5 as c, now() as d"
    shown = tile_of(made, title="Mine", query=query, chart=specification)
    assert "sentence" not in shown or shown["sentence"] is None
    assert strange(shown) == []


def test_every_tile_has_its_own_identity_and_facts_are_plain_data(made):
    page = dashboard(made.read, board(Names()), "fraud", made.tried)
    found = [tile["id"] for tile in page["sections"][0]["tiles"]]
    assert len(found) == len(set(found)) == len(tiles(page)) - 2
    assert strange(page) == []
