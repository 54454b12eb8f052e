"""The page of a model: its versions in time and side by side, importances, evaluations."""

from typing import Any

import pytest
from toy_warehouse import HOSTILE, Names, filled, spoken, tiles

from mlmon.report.charts.draw import draw, specify
from mlmon.report.facts.ask import ask
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.pages.model import model_facts, pages


def texts(table: dict[str, Any]) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in table["rows"]]


def shown(tile: dict[str, Any]) -> set[Any]:
    """Every figure that a tile shows, as it stands beside its text."""
    cells = [
        cell
        for table in (*(tile["tables"] or []), *(tile["numbers"] or []))
        for row in table["rows"]
        for cell in row
    ]
    figures = [cell["value"] for cell in cells if cell["number"]]
    return {*figures, *(cell["below"]["value"] for cell in cells if cell["below"])} - {None}


def more_versions(made, count: int) -> None:
    """Version 1 again, so many times, with figures a little worse each time."""
    for version in range(3, 3 + count):
        made.write(
            f"insert into model_versions select * replace ({version} as model_version,"
            f" created_at + to_days({version}) as created_at, false as is_active,"
            f" activated_at + to_days({version}) as activated_at)"
            " from model_versions where model_version = 1"
        )
        made.write(
            f"insert into samples select * replace ('reference{version}' as sample_id,"
            f" {version} as model_version) from samples where sample_id = 'reference1'"
        )
        made.write(
            f"insert into evaluation_metrics select * replace ('reference{version}' as sample_id,"
            f" value - 0.1 * {version} as value)"
            " from evaluation_metrics where sample_id = 'reference1' and evaluation_id is null"
        )


def test_a_models_page_has_its_badge_and_its_parts(story):
    page = model_facts(story, "fraud", "fraud")
    assert page["status"] == {"status": "ERROR", "text": "Error"}
    assert [section["title"] for section in page["sections"]] == [
        "Versions",
        "Activation decisions",
        "Versions side by side",
        "Feature importances",
        "Evaluations of this model",
    ]
    said = spoken(page["sections"][0]["lead"])
    assert said.startswith("Version 2 is active.")
    assert "Data Drift < 0.4 in mes_for_input_drift, error" in said


def test_every_figure_of_a_tile_is_in_the_rows_of_its_sql(story, hostile):
    for read, model in ((story, "fraud"), (hostile, HOSTILE.model)):
        for tile in tiles(model_facts(read, model, "fraud")).values():
            rows = [row for query in tile["sql"] for row in read(query)]
            known = {value for row in rows for value in row.values() if not isinstance(value, list)}
            assert shown(tile) <= known, tile["id"]


def test_what_is_not_active_has_the_command_that_activates_it(hostile):
    table = tiles(model_facts(hostile, HOSTILE.model, "fraud"))["versions"]["tables"][0]
    assert [row[1].get("command") for row in table["rows"]] == [
        None,
        "mlmon activate '<script>alert(1)</script>' 1",
    ]
    assert table["rows"][0][1]["status"] == "ACTIVE"


def test_the_timeline_draws_lives_and_batches(story):
    lives, coverage = tiles(model_facts(story, "fraud", "fraud"))["versions"]["charts"]
    _, data = specify(lives, lives["sizes"][0])
    assert [row["text"] for row in data["rows"]] == ["version 2, active", "version 1"]
    (active, before) = data["bars"]
    assert before["end"] == active["x"], "version 1 ends where version 2 begins"
    assert active["end"] > active["x"]
    assert data["marks"][1]["description"] == (
        "Version 1: made 2 Jan 2018, 06:01, activated 2 Jan 2018, 06:01, replaced 2 Jan 2018, 06:02"
    )
    _, data = specify(coverage, coverage["sizes"][0])
    assert [(bar["row"], bar["x"], bar["end"]) for bar in data["bars"]] == [(0, 9, 9), (1, 1, 9)]
    assert data["marks"][0]["description"] == "Version 2: 2017_12, 1 evaluation"
    for picture in (lives, coverage):
        for size in picture["sizes"]:
            assert "style=" not in draw(picture, size)


def test_the_dashboard_has_the_timeline_and_leads_to_the_model(story):
    tile = tiles(dashboard(story, {}, "fraud"))["versions"]
    assert [picture["kind"] for picture in tile["charts"]] == ["lifetimes", "coverage"]
    assert tile["ways"] == [{"text": "All about fraud", "href": "models/fraud.html"}]


def test_versions_differ_from_the_active_one():
    made = filled(Names())
    more_versions(made, 1)
    tile = tiles(model_facts(made.read, "fraud", "fraud"))["side-by-side"]
    table = tile["tables"][0]
    assert [(column["title"], column["aside"]) for column in table["columns"][1:]] == [
        ("Version 3", ""),
        ("Version 2", "champion"),
        ("Version 1", ""),
    ]
    assert [column["marked"] for column in table["columns"]] == [False, False, True, False]
    found = {row[0]["aside"]: row for row in table["rows"]}
    assert found["roc_auc_score"][1]["below"]["text"] == "\N{MINUS SIGN}0.300 worse"
    assert found["log_loss"][1]["below"]["status"] == "BETTER"
    assert found["log_loss"][2]["below"] is None, "the champion does not differ from itself"
    assert found["log_loss"][3]["below"] == {"text": "equal", "value": 0, "status": None}


def test_of_many_versions_the_active_one_and_the_newest_are_shown():
    made = filled(Names())
    more_versions(made, 12)
    found = tiles(model_facts(made.read, "fraud", "fraud"))
    titles = [column["title"] for column in found["side-by-side"]["tables"][0]["columns"][1:]]
    assert titles == [f"Version {version}" for version in (14, 13, 12, 11, 10, 9, 8, 2)]
    assert found["side-by-side"]["subtitle"] == "the active one and the newest others of 14"
    assert found["versions"]["subtitle"] == "the newest 12 of 14 are drawn"
    assert len(found["versions"]["tables"][0]["rows"]) == 14
    lives = found["versions"]["charts"][0]
    _, data = specify(lives, lives["sizes"][1])
    assert len(data["rows"]) == 12


def test_importances_are_by_version_and_the_active_ones_are_bars(story):
    table = tiles(model_facts(story, "fraud", "fraud"))["importances"]["tables"][0]
    assert [column["title"] for column in table["columns"]] == [
        "Feature",
        "Active version",
        "Version 2",
        "Version 1",
    ]
    assert texts(table)[0][2:] == ["25.0\N{NO-BREAK SPACE}%"] * 2
    assert [row[1]["bar"] for row in table["rows"][:2]] == ["25", "20"]


def test_evaluations_are_links_and_one_that_is_aside_is_no_stores_newest():
    made = filled(Names())
    made.write("update evaluations set is_aside = true where evaluation_id = 'drift-08-abcdef'")
    found = tiles(model_facts(made.read, "fraud", "fraud"))
    newest = found["newest"]["tables"][0]
    assert [row[:2] for row in texts(newest)] == [
        ["mes_for_ground_truth", "2017_12"],
        ["mes_for_input_drift", "2017_11"],
    ]
    listed = found["all"]["tables"][0]["rows"]
    assert [len(row[2]["links"]) for row in listed] == [1, 8, 9]
    assert listed[2][2]["links"][0]["text"] == "2017_12 (once)"


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_a_model_without_evaluations(task):
    made = filled(Names(task=task, batches=()))
    found = tiles(page := model_facts(made.read, "fraud", "fraud"))
    assert page["status"] == {"status": "EMPTY", "text": "No checks"}
    assert "No batch has been evaluated" in found["evaluations"]["sentence"]
    assert len(found["versions"]["charts"]) == 1
    made.write("delete from samples")
    made.write("delete from feature_importances")
    found = tiles(model_facts(made.read, "fraud", "fraud"))
    assert "No version has figures" in found["side-by-side"]["sentence"]
    assert "No importance" in found["importances"]["sentence"]


@pytest.mark.parametrize(
    "change",
    [
        "update model_versions set is_active = model_version = 1",
        "update check_results set outcome = 'WARNING'",
        "delete from evaluations where evaluation_id = 'truth-00-abcdef'",
        "update feature_importances set share = 0.5 where feature = 'card_age'",
        "update evaluation_metrics set value = 0.5 where sample_id = 'reference1'",
    ],
)
def test_the_state_changes_with_what_is_shown(change):
    made = filled(Names())
    (before,) = pages(made.read, "fraud")
    (same,) = pages(made.read, "fraud")
    assert same.state == before.state
    made.write(change)
    (after,) = pages(made.read, "fraud")
    assert after.state != before.state


def test_no_model_no_page(empty):
    assert ask(empty, "model_states").rows == []
    assert list(pages(empty, "fraud")) == []
