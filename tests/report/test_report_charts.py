"""The charts: key facts of their Vega-Lite specifications and of the SVG they become."""

import json
from typing import Any

import altair as alt
import pytest
from toy_warehouse import DASHBOARDS, Names, filled, tiles

from mlmon.report.charts.draw import draw, specify
from mlmon.report.facts.ask import ask
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.pages.evaluation import evaluation_page
from mlmon.report.site import pages as every_page


def marks(specification: dict[str, Any]) -> list[tuple[str, str]]:
    """Which mark is drawn of which dataset, from back to front."""
    return [(layer["mark"]["type"], layer["data"]["name"]) for layer in specification["layer"]]


def chart_of(read, tile, *, title="fraud"):
    return tiles(dashboard(read, DASHBOARDS["default"], title))[tile]["charts"][0]


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_specifications_are_such_by_altairs_schema(story, every):
    """The first of every kind, or every one."""
    pages = [dashboard(story, DASHBOARDS["default"], "fraud")]
    pages += [page.facts() for page in every_page(story, "fraud")]
    seen = set()
    for page in pages:
        for section in page["sections"]:
            for chart in (chart for tile in section["tiles"] for chart in tile.get("charts") or []):
                if chart["kind"] in seen and not every:
                    continue
                specification, _ = specify(chart, chart["sizes"][0])
                alt.LayerChart.from_dict(specification, validate=True)
                seen.add(chart["kind"])
    assert seen >= {"history", "importance", "comparison", "density", "decision", "lifetimes"}


def test_history_draws_limits_versions_and_a_line(story):
    specification, data = specify(chart_of(story, "history-2"), (780, 300))
    assert ("line", "points") in marks(specification)
    assert ("rule", "limits") in marks(specification)
    assert [(line["text"], line["tone"]) for line in data["limits"]] == [
        ("soft max 0.3", "warn"),
        ("max 0.4", "bad"),
    ]
    assert {point["tone"] for point in data["points"]} == {"bad"}
    assert data["points"][0]["description"] == "2017_04: Data drift 0.503 (Error), version 1"
    assert data["last"][0]["text"] == "0.583"


def test_history_marks_a_new_model_version(story):
    chart = chart_of(story, "history-0")
    _, data = specify(chart, (780, 300))
    assert data["versions"] == [{"position": 8.5, "text": "version 2"}]
    assert data["limits"][0]["text"] == "reference 0.680"


def test_bars_for_one_or_two_evaluations_a_line_from_three_on():
    for count, mark in ((1, "bar"), (2, "bar"), (3, "line")):
        made = filled(Names(batches=tuple(f"2017_{month:02}" for month in range(4, 4 + count))))
        chart = chart_of(made.read, "history-2")
        assert "clip" not in draw(chart, (780, 300))
        specification, _ = specify(chart, (780, 300))
        kinds = {kind for kind, dataset in marks(specification) if dataset in ("bars", "points")}
        assert mark in kinds
        assert kinds & {"bar", "line"} == {mark}


def test_limits_that_lie_close_have_labels_apart(story):
    chart = chart_of(story, "history-2")
    rows = [{**row, "soft_maximum": 0.399, "maximum": 0.4} for row in chart["facts"]["rows"]]
    _, data = specify({**chart, "facts": {**chart["facts"], "rows": rows}}, (780, 300))
    low, high = (line["place"] for line in data["limits"])
    assert high - low > 0.01


def test_an_undefined_value_leaves_a_gap(story):
    chart = chart_of(story, "history-2")
    rows = [dict(row) for row in chart["facts"]["rows"]]
    rows[4] |= {"value": None, "outcome": "EMPTY"}
    _, data = specify({**chart, "facts": {**chart["facts"], "rows": rows}}, (780, 300))
    assert data["points"][4]["value"] is None
    assert "undefined (No value)" in data["points"][4]["description"]
    assert draw({**chart, "facts": {**chart["facts"], "rows": rows}}, (780, 300))


def test_a_history_of_nothing_but_undefined_values_is_drawn(story):
    chart = chart_of(story, "history-2")
    nothing = {"value": None, "lower": None, "upper": None, "maximum": None, "soft_maximum": None}
    for count in (1, 9):
        rows = [row | nothing for row in chart["facts"]["rows"][:count]]
        assert draw({**chart, "facts": {**chart["facts"], "rows": rows}}, (330, 240))


def test_scatter_has_a_mark_per_feature(story):
    specification, data = specify(chart_of(story, "importance"), (560, 350))
    assert ("point", "features") in marks(specification)
    assert len(data["features"]) == 6
    named = [*data["labels_left"], *data["labels_right"]]
    assert {"signature_provided", "purchase_amount"} <= {label["text"] for label in named}


def test_curves_compare_reference_and_current(story):
    listed = next(
        row for row in ask(story, "evaluations").rows if row["evaluation_id"] == "truth-08-abcdef"
    )
    found = tiles(evaluation_page(story, listed, "fraud"))
    for name in ("roc_curve", "precision_recall_curve", "calibration_curve", "lift_curve"):
        specification, data = specify(found[name]["charts"][0], (350, 250))
        assert {point["sample"] for point in data["curves"]} == {"Reference", "Current"}
        dash = next(layer for layer in specification["layer"] if layer["data"]["name"] == "curves")
        assert dash["encoding"]["strokeDash"]["scale"]["range"] == [[5, 3], [1, 0]]
    density, data = specify(found["density"]["charts"][0], (560, 300))
    assert ("area", "curves") in marks(density)
    assert data["threshold"] == [{"score": 0.13, "text": "threshold 0.130"}]
    _, data = specify(found["decision-chart"]["charts"][0], (780, 300))
    assert {point["series"] for point in data["curves"]} == {0, 1}


def test_no_name_of_the_user_becomes_a_field(hostile):
    specification, _ = specify(chart_of(hostile, "importance"), (560, 350))
    for word in ("<svg", "{{ 7", "alert"):
        assert word not in json.dumps(specification)


def test_the_picture_follows_the_theme_and_names_itself(story):
    picture = draw(chart_of(story, "history-2"), (780, 300))
    assert picture.startswith('<svg class="chart"')
    assert 'aria-label="Data drift by batch, with its limits and the model versions"' in picture
    assert "var(--bad)" in picture
    assert "style=" not in picture
    assert "id=" not in picture
    assert picture.count('role="graphics-symbol"') == 9
