"""The dashboard as mlmon.yml lists it: order, widths, ready tiles, sections."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from toy_warehouse import DASHBOARDS, Names, filled, spoken

import mlmon
from mlmon.config.dashboards import OF_A_STORE, Dashboard
from mlmon.report.pages.dashboard import dashboard

NUMBER = {"metric": "data_drift", "store": "mes_for_input_drift"}
HISTORY = {**NUMBER, "show": "history"}


def chosen(read, *entries):
    """The tiles below the verdict."""
    page = dashboard(read, {"tiles": list(entries), "sections": []}, "fraud")
    (only,) = page["sections"]
    assert only["tiles"][0]["id"] == "verdict"
    return only["tiles"][1:]


def test_the_tutorials_dashboard_has_four_numbers_then_the_history_and_the_last_runs(story):
    page = dashboard(story, DASHBOARDS["default"], "fraud")
    found = [(tile["kind"], tile["span"]) for tile in page["sections"][0]["tiles"]]
    assert found == [("verdict", 12), *[("number", 3)] * 4, ("table", 8), ("runs", 4)]
    assert dashboard(story, Dashboard(**DASHBOARDS["default"]).model_dump(), "fraud") == page


def test_tiles_stand_in_their_order_and_nothing_is_added(story):
    entries = [
        {"text": "one", "width": 4},
        HISTORY,
        NUMBER,
        {"store": "mes_for_ground_truth", "show": "roc_curve"},
        {"show": "checks"},
        NUMBER,
    ]
    found = [tile["id"] for tile in chosen(story, *entries)]
    assert found == ["text-1", "history-2", "number-1", "roc_curve-4", "check-table-5", "number-2"]


def test_the_row_of_numbers_is_filled_up_for_the_usual_tiles_alone(story):
    def kinds(*entries):
        return [tile["kind"] for tile in chosen(story, *entries)]

    assert kinds(NUMBER, HISTORY) == [*["number"] * 4, "table"]
    assert kinds(HISTORY, NUMBER) == [*["number"] * 3, "table", "number"]
    assert kinds({**NUMBER, "width": 3}, HISTORY) == ["number", "table"]
    assert kinds(NUMBER, {"text": "x"}) == ["number", "text"]
    assert kinds(*[NUMBER] * 5) == ["number"] * 5


@pytest.mark.parametrize("width", [3, 4, 6, 8, 12])
def test_every_kind_of_tile_has_the_width_it_is_given(story, width):
    entries = [
        {"text": "x"},
        {"title": "x", "query": "select 1 as x"},
        {"title": "x", "query": "select 1 as x", "chart": {"mark": "point"}},
        NUMBER,
        HISTORY,
        {"scenario": "Retrain Model"},
        {"scenario": "nobody's"},
        *({"store": "mes_for_ground_truth", "show": show} for show in OF_A_STORE),
        {"show": "checks"},
        {"show": "evaluations"},
        {"model": "fraud", "show": "versions"},
    ]
    for made in chosen(story, *({**entry, "width": width} for entry in entries)):
        assert made["span"] == width, made["id"]
        if made["charts"] and len(made["charts"]) == 1:
            first = made["charts"][0]["sizes"][0][0]
            assert first == {3: 250, 4: 350, 6: 560, 8: 780, 12: 1180}[width], made["id"]


def test_a_title_of_ones_own(story):
    (made,) = chosen(story, {**HISTORY, "title": "Mine", "width": 8})
    assert made["title"] == "Mine"
    (made,) = chosen(story, {"show": "checks", "title": "Limits"})
    assert made["title"] == "Limits"


@pytest.mark.parametrize("show", OF_A_STORE)
def test_a_ready_tile_is_of_the_latest_evaluation_and_its_sql_runs(story, show):
    (made,) = chosen(story, {"store": "mes_for_ground_truth", "show": show})
    absent = ("error_distribution", "predicted_vs_actual", "classification_report")
    assert (made["kind"] == "sentence") is (show in absent), made["sentence"]
    assert spoken(made["subtitle"]).startswith("mes_for_ground_truth, 2017_12")
    for query in made["sql"] or []:
        assert "truth-08-abcdef" in query
        assert story(query)


def test_a_ready_tile_says_why_there_is_nothing(story, empty):
    (made,) = chosen(story, {"store": "mes_for_input_drift", "show": "lift_curve"})
    assert "does not compute performance" in made["sentence"]
    (made,) = chosen(empty, {"store": "mine", "show": "features"})
    assert made["sentence"] == "No batch has been evaluated yet: mlmon evaluate mine"
    (made,) = chosen(empty, {"model": "fraud", "show": "versions"})
    assert "not been trained" in made["sentence"]


def test_an_evaluation_aside_is_not_the_latest():
    with filled(Names(batches=("2017_04", "2017_05"))) as made:
        made.write("update evaluations set is_aside = true where batch = '2017_05'")
        (tile,) = chosen(made.read, {"store": "mes_for_ground_truth", "show": "features"})
        assert spoken(tile["subtitle"]) == "mes_for_ground_truth, 2017_04"


def test_both_matrices_stand_where_there_is_room(story):
    entry = {"store": "mes_for_ground_truth", "show": "confusion_matrix"}
    one, two = chosen(story, entry, {**entry, "width": 8})
    assert (len(one["matrices"]), len(two["matrices"])) == (1, 2)


@pytest.mark.parametrize(
    ("sections", "found"),
    [
        (None, ["alerts", "drift-1", "performance-1", "model-1", "checks", "evaluations"]),
        ([], []),
        (["checks", "model"], ["checks", "model-1"]),
        (["performance"], ["performance-1"]),
    ],
)
def test_sections_follow_in_the_order_of_the_file(story, sections, found):
    page = dashboard(story, {"sections": sections}, "fraud")
    assert [section["id"] for section in page["sections"]] == ["status", *found]


QUERIES = """
dashboards:
  default: {tiles: [{title: Orders, query: "select count(*) as orders from orders"}]}
  mine:
    title: My own page
    sections: []
    tiles:
      - {title: Broken, query: "select error('not today') from evaluations"}
      - {title: Orders, query: "select count(*) as orders from orders"}
"""
SCENARIO = """
scenarios:
  Tell: {steps: [{name: Write, report: mine}]}
"""


def test_the_chosen_dashboard_is_written_and_what_fails_is_one_line(evaluated):
    config = evaluated / "mlmon.yml"
    config.write_text(config.read_text(encoding="utf-8") + QUERIES + SCENARIO, encoding="utf-8")
    command = [sys.executable, "-m", "mlmon", "report", "--dashboard", "mine", "-C", str(evaluated)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == "mlmon: the tile Broken: Invalid Input Error: not today\n"
    page = (evaluated / "reports/index.html").read_text(encoding="utf-8")
    assert "My own page" in page
    assert 'data-v="400"' in page
    assert "Nothing to show: Invalid Input Error: not today" in page
    with mlmon.open(evaluated) as project:
        project.report()
        assert "My own page" not in (evaluated / "reports/index.html").read_text(encoding="utf-8")
        assert project.run("Tell").outcome == "SUCCESS"
        assert project.warehouse.value("select count(*) from step_runs") == 1
    assert "My own page" in (evaluated / "reports/index.html").read_text(encoding="utf-8")


def test_the_documented_dashboard_is_one(finished_copy):
    text = (Path(__file__).parents[2] / "docs/dashboards.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(dashboards:.*?)```", text, re.DOTALL)
    config = finished_copy / "mlmon.yml"
    before = config.read_text(encoding="utf-8").split("dashboards:")[0]
    config.write_text(before + found[1], encoding="utf-8")
    with mlmon.open(finished_copy) as project:
        page = project.report("risk").read_text(encoding="utf-8")
    assert "Every Monday" in page
    assert "Nothing to show" not in page
    assert "cannot be drawn" not in page
    assert page.count('aria-label="ROC AUC by month"') == 2
