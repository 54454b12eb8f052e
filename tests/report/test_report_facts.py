"""The facts of the pages: what a reader is told, before anything is drawn."""

import re
from typing import Any

import pytest
from plain_facts import strange
from toy_warehouse import DASHBOARDS, Names, filled, spoken, tiles

from mlmon.report.facts.ask import ask
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.pages.evaluation import evaluation_page

DEFAULT = DASHBOARDS["default"]


def said(answer: dict[str, Any]) -> str:
    """Everything that an answer of the verdict says, as one text."""
    return "".join(spoken(sentence) for sentence in (*answer["sentences"], *answer["points"]))


def page_of(read, evaluation_id):
    listed = next(
        row for row in ask(read, "evaluations").rows if row["evaluation_id"] == evaluation_id
    )
    return evaluation_page(read, listed, "fraud")


def texts(table: dict[str, Any]) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in table["rows"]]


def test_the_verdict_answers_three_questions(story):
    verdict = tiles(dashboard(story, DEFAULT, "fraud"))["verdict"]
    assert verdict["title"] == "Data drift is past its limit"
    assert verdict["badge"] == {"status": "ERROR", "text": "Error"}
    fine, changed, todo = verdict["answers"]
    assert said(fine).startswith("No. Data drift is 0.583 on 2017_12; the limits are soft max 0.3")
    assert "the last 2 evaluations" in said(fine)
    assert "ROC AUC is 0.581 on 2017_12, against 0.680 in the reference: worse." in said(fine)
    assert changed["title"] == "What changed since 2017_11?"
    assert "Data drift 0.577 to 0.583 (+0.006)" in said(changed)
    assert todo["commands"] == [
        "mlmon evaluate mes_for_input_drift --batch 2017_12",
        "mlmon check mes_for_input_drift --batch 2017_12",
    ]


def test_configured_tiles(story):
    found = tiles(dashboard(story, DEFAULT, "fraud"))
    value = found["number-1"]
    assert (value["title"], value["text"], spoken(value["change"])) == (
        "Data drift",
        "0.583",
        "+0.006 since 2017_11",
    )
    assert (spoken(value["limits"]), value["badge"]["status"]) == ("soft max 0.3, max 0.4", "ERROR")
    assert [tile["title"] for key, tile in found.items() if key.startswith("number")] == [
        "Data drift",
        "ROC AUC",
        "Prediction drift",
        "Drifted features",
    ]
    history = found["history-2"]["charts"][0]
    assert [row["value"] for row in history["facts"]["rows"]][:2] == [0.503, 0.541]
    run = found["runs-3"]["runs"][0]
    assert run["badge"]["text"] == "Warning"
    assert [(step["name"], step["word"]) for step in run["steps"]] == [
        ("Build MES", "success"),
        ("Run MES checks", "failed"),
        ("Build model", "success"),
    ]


def test_a_dashboard_nobody_configured_shows_drift_and_scenarios(story):
    found = tiles(dashboard(story, {}, "fraud"))
    assert found["history-1"]["title"] == "Data drift, history"
    assert found["runs-2"]["title"] == "Retrain Model, last runs"


def test_every_tile_with_figures_carries_its_sql(story):
    for page in (dashboard(story, DEFAULT, "fraud"), page_of(story, "truth-08-abcdef")):
        for section in page["sections"]:
            for tile in section["tiles"]:
                if tile["charts"] or tile["tables"] or tile["numbers"]:
                    assert tile["sql"], tile["id"]


def test_the_sql_of_every_tile_runs_as_it_stands(story, hostile):
    for read in (story, hostile):
        key = ask(read, "evaluations").rows[0]["evaluation_id"]
        for page in (dashboard(read, {}, "fraud"), page_of(read, key)):
            for tile in tiles(page).values():
                for query in tile["sql"] or []:
                    assert read(query) or tile["kind"] == "sentence", query


def test_facts_are_plain_data(story, hostile):
    for read in (story, hostile):
        key = ask(read, "evaluations").rows[0]["evaluation_id"]
        for page in (dashboard(read, DEFAULT, "fraud"), page_of(read, key)):
            assert strange(page) == []


def test_what_is_no_plain_data_is_found():
    facts = {"a": [1, None, "x", True, 0.5], 1: 2, "b": (float("nan"), [float("inf")], {1}, b"x")}
    assert strange(facts) == [".1", ".b.0", ".b.1.0", ".b.2", ".b.3"]


def test_drift_table_is_worst_first_and_opens_distributions(story):
    drift = tiles(page_of(story, "drift-08-abcdef"))["features"]["tables"][0]
    psi = [row[2]["value"] for row in drift["rows"]]
    assert psi == sorted(psi, reverse=True)
    assert drift["statuses"][0] == "DRIFTED"
    first = drift["details"][0]
    assert first["title"] == "signature_provided"
    labels = [each["label"] for each in first["bins"]]
    assert labels == ["gas", "internet", "hotel", "other", "missing"]
    shares = [each["current"]["value"] for each in first["bins"]]
    assert sum(shares) == pytest.approx(1)


def test_an_undefined_figure_says_so_and_why(story):
    found = tiles(page_of(story, "drift-04-abcdef"))
    status = dict(
        zip(
            (row[0]["text"] for row in found["features"]["tables"][0]["rows"]),
            found["features"]["tables"][0]["statuses"],
            strict=True,
        )
    )
    assert status["card_age"] == "EMPTY"
    statistics = found["fugacity"]["tables"][1]["rows"]
    ks = next(row for row in statistics if row[0]["text"] == "KS statistic")
    assert ks[0]["aside"] == "ks_statistic"


def test_a_store_without_performance_says_why(story):
    page = page_of(story, "drift-00-abcdef")
    performance = next(part for part in page["sections"] if part["id"] == "performance")
    (only,) = performance["tiles"]
    assert "does not compute performance" in only["sentence"]
    assert "mes_for_input_drift" in only["sentence"]


def test_an_evaluation_with_performance_has_every_screen(story):
    found = tiles(page_of(story, "truth-03-abcdef"))
    assert {
        "facts",
        "diagnostics",
        "checks",
        "features",
        "importance",
        "whole-drift",
        "density",
        "density-by-class",
        "fugacity",
        "performance-drift",
        "roc_curve",
        "precision_recall_curve",
        "lift_curve",
        "calibration_curve",
        "decision-chart",
        "confusion-matrix",
        "metric-table",
        "feature-metrics",
    } <= set(found)
    assert found["diagnostics"]["badge"]["text"] == "1 finding"
    assert [one["sample"] for one in found["confusion-matrix"]["matrices"]] == [
        "Current",
        "Reference",
    ]
    reading = {
        row[0]["text"]: row[-1]["status"] for row in found["performance-drift"]["tables"][0]["rows"]
    }
    assert reading["ROC AUC"] == "STEADY"


def test_performance_reads_worse_when_the_reference_lies_outside_the_interval(story):
    table = tiles(page_of(story, "truth-07-abcdef"))["performance-drift"]["tables"][0]
    reading = {row[0]["text"]: (row[3]["text"], row[-1]["status"]) for row in table["rows"]}
    assert reading["ROC AUC"] == ("\N{MINUS SIGN}0.127", "WORSE")
    assert reading["Log loss"][1] == "BETTER"


def test_neighbours_lead_through_the_store(story):
    page = page_of(story, "truth-03-abcdef")
    hrefs = {way["text"]: way["href"] for way in page["ways"]}
    before = "evaluations/mes_for_ground_truth-2017_06-truth-02"
    assert hrefs["Before: 2017_06"].startswith(before)
    assert "After: 2017_08" in hrefs


def test_a_project_in_which_nothing_happened(empty):
    page = dashboard(empty, DEFAULT, "fraud")
    found = tiles(page)
    assert found["verdict"]["title"] == "Nothing has been evaluated yet"
    assert found["verdict"]["answers"][2]["commands"] == ["mlmon status"]
    assert "no value of data_drift" in found["history-2"]["sentence"]
    assert "mlmon run 'Retrain Model'" in found["runs-3"]["sentence"]
    assert "No batch has been evaluated" in found["evaluation-table"]["sentence"]


@pytest.mark.parametrize("stores", [(False,), (True,)])
def test_a_project_with_one_store(stores):
    made = filled(Names(stores=stores))
    page = dashboard(made.read, {}, "fraud")
    performance = next(part for part in page["sections"] if part["id"].startswith("performance"))
    titles = [tile["title"] for tile in performance["tiles"]]
    if stores == (False,):
        assert titles == ["Performance drift is not available"]
        assert "is unknown" in said(tiles(page)["verdict"]["answers"][0])
    else:
        assert "Confusion matrix" in titles
        assert tiles(page)["verdict"]["title"] == "Nothing is being checked yet"


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_other_tasks(task):
    made = filled(Names(task=task, batches=("2017_04",)))
    page = dashboard(made.read, {}, "fraud")
    assert tiles(page)["verdict"]["answers"][1]["title"] == "What changed?"
    for row in ask(made.read, "evaluations").rows:
        assert evaluation_page(made.read, row, "fraud")["sections"]


def test_no_figure_is_rounded_away(story):
    """Beside the text of every figure stands the figure of the view, as it is."""
    for row in tiles(page_of(story, "truth-08-abcdef"))["metric-table"]["tables"][0]["rows"]:
        value = story(
            "select value from metrics where evaluation_id = 'truth-08-abcdef' "
            "and metric = $metric and feature is null",
            metric=row[0]["aside"],
        )
        assert value == [{"value": row[1]["value"]}]


def test_parameters_become_literals(story):
    answer = ask(story, "history", store="it's", metric="data_drift", feature=None)
    assert "store = 'it''s'" in answer.sql
    assert "is not distinct from null" in answer.sql
    assert not re.search(r"\$[a-z]", answer.sql)


def test_a_check_whose_evaluation_is_gone_still_has_a_verdict():
    made = filled(Names(batches=("2017_04", "2017_05")))
    made.write("delete from evaluations where starts_with(evaluation_id, 'drift-')")
    verdict = tiles(dashboard(made.read, DEFAULT, "fraud"))["verdict"]
    assert "on an evaluation that is gone" in said(verdict["answers"][0])
    assert verdict["answers"][2]["commands"]


def test_two_models_have_their_own_sections():
    made = filled(Names())
    for table in ("model_versions", "evaluations"):
        made.write(
            f"insert into {table} select * replace ('other' as model"
            + (
                ", evaluation_id || 'x' as evaluation_id, 'third' as store"
                if table == "evaluations"
                else ""
            )
            + f") from {table}"
        )
    page = dashboard(made.read, {}, "fraud")
    titles = [section["title"] for section in page["sections"]]
    assert "Input and prediction drift of fraud" in titles
    assert "Model versions of other" in titles
    identities = [section["id"] for section in page["sections"]]
    assert len(identities) == len(set(identities))
