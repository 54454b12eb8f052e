"""Dashboards in mlmon.yml: a tile that cannot be is refused where it stands, with what can."""

import json

import pytest
from test_config import BASE, mistakes

from mlmon.config import Config, parse
from mlmon.config.dashboards import OF_A_STORE, OF_THE_PROJECT, SUBJECTS, Tile

TILES = BASE + "dashboards:\n  default:\n    tiles:\n"
CHART = "{title: a, query: select 1, chart: "


def tile_of(text, folder):
    return parse(f"{TILES}      - {text}\n", folder).dashboards["default"].tiles[-1]


@pytest.mark.parametrize(
    "text",
    [
        "{text: hello, width: 12, title: a}",
        "{title: a, query: select 1}",
        CHART + "{mark: bar}, width: 3}",
        "{metric: my_own_metric, store: truth}",
        "{metric: missing_rate, feature: amount, store: truth, show: history}",
        "{store: truth, show: classification_report}",
        "{model: returns, show: versions}",
        "{show: checks}",
        "{show: evaluations, title: All, width: 8}",
    ],
)
def test_tiles_that_can_be(tmp_path, text):
    assert tile_of(text, tmp_path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "{metric: lift, store: truth, width: 5}",
            "17:45: dashboards.default.tiles.0.width: Input should be 3, 4, 6, 8 or 12",
        ),
        ("{width: 3}", "17:9: dashboards.default.tiles.0: a tile is a `text:`, a `query:` with"),
        ("{chart: {mark: bar}}", "17:9: dashboards.default.tiles.0: a tile is a `text:`"),
        ("{query: select 1}", "17:9: dashboards.default.tiles.0: a `query:` needs a `title:`"),
        ("{text: ''}", "17:16: dashboards.default.tiles.0.text: String should have at least 1"),
        (
            "{metric: lift}",
            "17:9: dashboards.default.tiles.0: a `metric:` needs the `store:` that measures it",
        ),
        (
            "{text: hello, store: truth}",
            "17:9: dashboards.default.tiles.0: `store:` does not go with `text:`; "
            "make it another tile",
        ),
        (
            "{text: hello, show: value}",
            "17:9: dashboards.default.tiles.0: `show: value` does not go with `text:`; "
            "leave it out",
        ),
        (
            "{store: truth, metric: lift, show: features}",
            "17:9: dashboards.default.tiles.0: `show: features` does not go with `metric:`; "
            "write value or history",
        ),
        (
            "{store: truth, show: history}",
            "17:9: dashboards.default.tiles.0: `show: history` does not go with `store:`; "
            "write features or importance",
        ),
        (
            "{store: truth}",
            "17:9: dashboards.default.tiles.0: a `store:` needs `show:`, one of features,",
        ),
        (
            "{store: truth, show: checks}",
            "17:9: dashboards.default.tiles.0: `show: checks` is about the whole project; "
            "leave out `store:`",
        ),
        (
            "{model: refunds, show: versions}",
            "17:17: dashboards.default.tiles.0.model: no model is called 'refunds'",
        ),
        (
            CHART + "{mark: bar, data: {url: x.csv}}}",
            "17:62: dashboards.default.tiles.0.chart.data: leave it out; the rows of the query",
        ),
        (
            CHART + "{mark: bar, usermeta: {}}}",
            "17:66: dashboards.default.tiles.0.chart.usermeta: it is for a page that loads",
        ),
        (
            CHART + "{layer: [{mark: bar}, {mark: image}]}}",
            "17:73: dashboards.default.tiles.0.chart.layer.1.mark: an image would be fetched",
        ),
        (
            CHART + "{mark: {type: image}}}",
            "17:51: dashboards.default.tiles.0.chart.mark: an image would be fetched",
        ),
        (
            CHART + "{mark: bar, encoding: {href: {field: a}}}}",
            "17:73: dashboards.default.tiles.0.chart.encoding.href: a chart names no address",
        ),
        (
            CHART + "{mark: bar, transform: [{lookup: a, from: {data: {url: b}}}]}}",
            "17:99: dashboards.default.tiles.0.chart.transform.0.from.data.url: a chart names",
        ),
        (
            CHART + "{mark: {type: bar, fill: 'url(http://example.org)'}}}",
            "17:69: dashboards.default.tiles.0.chart.mark.fill: a chart names no address",
        ),
        (
            CHART + "{<<: {mark: image}, title: a}}",
            "17:44: dashboards.default.tiles.0.chart.mark: an image would be fetched",
        ),
        (CHART + "3}", "17:44: dashboards.default.tiles.0.chart: Input should be a valid"),
    ],
)
def test_tiles_that_cannot_be(tmp_path, text, line):
    (found,) = mistakes(f"{TILES}      - {text}\n", tmp_path)
    assert found.startswith(f"mlmon.yml:{line}")


@pytest.mark.parametrize("sections", ["[checks, checks]", "[check]"])
def test_sections_that_cannot_be(tmp_path, sections):
    text = f"{BASE}dashboards:\n  default:\n    sections: {sections}\n"
    (line,) = mistakes(text, tmp_path)
    assert line.startswith("mlmon.yml:1")
    assert "dashboards.default" in line


def test_sections_are_all_by_default_and_none_if_wanted(tmp_path):
    config = parse(f"{BASE}dashboards:\n  a: {{}}\n  b: {{sections: []}}\n", tmp_path)
    assert len(config.dashboards["a"].sections) == 7
    assert config.dashboards["b"].sections == []


def test_a_specification_is_what_json_has_of_the_yaml(tmp_path):
    chart = """{$schema: "https://vega.github.io/schema/vega-lite/v6.json", width: 3, height: 1.5,
        title: 2017-01-01, config: {1: .nan}, layer: [{mark: rule, data: {values: [{url: x}]}}]}"""
    found = tile_of(CHART + chart + "}", tmp_path).chart
    assert json.loads(json.dumps(found, allow_nan=False)) == {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 3,
        "height": 1.5,
        "title": "2017-01-01",
        "config": {"1": None},
        "layer": [{"mark": "rule", "data": {"values": [{"url": "x"}]}}],
    }


def test_a_specification_without_an_end_is_refused(tmp_path):
    deep = "[" * 70 + "]" * 70
    (line,) = mistakes(f"{TILES}      - {CHART}{{layer: {deep}}}}}\n", tmp_path)
    assert "it lies too deep" in line


def test_the_schema_describes_every_key_and_names_everything_that_can_be_shown():
    schema = Config.model_json_schema()["$defs"]
    for name in ("Tile", "Dashboard"):
        for key, found in schema[name]["properties"].items():
            assert found.get("description", "").endswith("."), key
    shown = schema["Tile"]["properties"]["show"]["anyOf"][0]["enum"]
    known = [show for _, shows in SUBJECTS.values() for show in shows]
    assert sorted(shown) == sorted([*known, *OF_THE_PROJECT])
    assert set(OF_A_STORE) < set(shown)
    assert set(Tile.model_fields) == set(schema["Tile"]["properties"])
