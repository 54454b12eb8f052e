"""The page of a store: evaluations over time and side by side, what drifted when, its checks."""

from datetime import datetime
from typing import Any

import pytest
from toy_warehouse import Names, filled, spoken, tiles

from mlmon.report.facts.ask import Read, ask
from mlmon.report.facts.links import page_of, store_page
from mlmon.report.pages.store import halves, pages, store

TRUTH, DRIFT = "mes_for_ground_truth", "mes_for_input_drift"


def facts(read: Read, name: str) -> dict[str, Any]:
    (about,) = (row for row in ask(read, "stores").rows if row["store"] == name)
    return store(read, about, "fraud")


def shown(read: Read, name: str) -> dict[str, dict[str, Any]]:
    return tiles(facts(read, name))


def titles(table: dict[str, Any]) -> list[str]:
    return [column["title"] for column in table["columns"]]


def cells(table: dict[str, Any], title: str) -> list[dict[str, Any]]:
    return [row[titles(table).index(title)] for row in table["rows"]]


def charts(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {tile["title"]: tile for key, tile in found.items() if key.startswith("history-")}


def test_usual_metrics_are_drawn_and_others_folded_away(story):
    labelled, unlabelled = (charts(shown(story, name)) for name in (TRUTH, DRIFT))
    usual = ["Data drift", "ROC AUC", "F1", "Precision", "Log loss"]
    assert list(labelled) == [*usual, "Drifted features", "Data drift p-value"]
    assert [title for title, tile in labelled.items() if not tile["folded"]] == usual
    assert list(unlabelled) == ["Data drift", "Drifted features", "Data drift p-value"]
    assert [bool(tile["folded"]) for tile in unlabelled.values()] == [False, False, True]


def test_the_picker_has_a_box_for_every_chart(story):
    found = shown(story, TRUTH)
    boxes = found["metrics"]["boxes"]
    assert [box["title"] for box in boxes] == list(charts(found))
    assert [found[box["tile"]]["title"] for box in boxes] == [box["title"] for box in boxes]
    assert [box["checked"] for box in boxes] == [True] * 5 + [False] * 2


def test_charts_fill_their_rows():
    for count in range(2, 20):
        assert (halves(count) * 6 + (count - halves(count)) * 4) % 12 == 0


def test_limits_and_status_stand_in_the_chart(story):
    drift = charts(shown(story, DRIFT))["Data drift"]
    newest = drift["charts"][0]["facts"]["rows"][-1]
    assert (newest["soft_maximum"], newest["maximum"], newest["outcome"]) == (0.3, 0.4, "ERROR")
    assert drift["badge"]["status"] == "ERROR"
    assert facts(story, DRIFT)["status"] == {"status": "ERROR", "text": "Error"}
    assert facts(story, TRUTH)["status"] is None


def test_every_figure_of_a_tile_is_in_the_rows_of_its_sql(story, hostile):
    for read in (story, hostile):
        for about in ask(read, "stores").rows:
            for tile in tiles(store(read, about, "fraud")).values():
                known = {
                    value
                    for query in tile["sql"] or []
                    for row in read(query)
                    for value in row.values()
                    if isinstance(value, int | float)
                }
                tables = [*(tile["tables"] or []), *(tile["numbers"] or [])]
                told = [cell["value"] for table in tables for row in table["rows"] for cell in row]
                figures = [value for value in told if isinstance(value, int | float)]
                without = tile["kind"] in ("sentence", "picker") or tile["id"] == "alert-events"
                assert figures or without
                assert set(figures) <= known, tile["id"]


def test_the_table_of_evaluations(story):
    (table,) = shown(story, TRUTH)["evaluation-table"]["tables"]
    assert titles(table) == [
        *("Batch", "Name", "Version", "Rows", "Labelled", "Diagnostics"),
        *("Data drift", "ROC AUC", "F1", "Precision", "Log loss", "Evaluated"),
    ]
    assert [cell["text"] for cell in cells(table, "Batch")][:2] == ["2017_12", "2017_11"]
    assert cells(table, "Batch")[0]["href"] == page_of(
        {"store": TRUTH, "batch": "2017_12", "evaluation_id": "truth-08-abcdef"}
    )
    finding = cells(table, "Diagnostics")[5]
    assert (finding["text"], finding["value"], finding["note"]) == ("1 finding", 1, "imbalanced")
    assert cells(table, "Diagnostics")[0]["value"] == 0
    (unlabelled,) = shown(story, DRIFT)["evaluation-table"]["tables"]
    assert [cell["status"] for cell in cells(unlabelled, "Checks")][:3] == ["ERROR", "ERROR", None]


def test_only_names_and_labels_that_somebody_gave():
    made = filled(Names(batches=("2017_04", "2017_05")))
    made.write("update evaluations set name = strftime(evaluated_at, '%Y-%m-%d %H:%M:%S')")
    made.write(
        """update evaluations set labels = '{"model:name": "fraud", "why": "audit", "a/b\\"": 2}'
        where batch = '2017_05'"""
    )
    (table,) = shown(made.read, TRUTH)["evaluation-table"]["tables"]
    assert "Name" not in titles(table)
    assert [cell["text"] for cell in cells(table, "Labels")] == ['a/b": 2, why: audit', ""]


def test_what_stands_aside_is_in_the_table_only():
    made = filled(Names(batches=("2017_04", "2017_05", "2017_06")))
    made.write("update samples set batches = ['2017_03'] where sample_id = 'reference1'")
    made.write("update evaluations set is_aside = true where batch = '2017_06'")
    found = shown(made.read, TRUTH)
    (table,) = found["evaluation-table"]["tables"]
    assert [cell["text"] for cell in cells(table, "Once against")] == ["2017_03", "", ""]
    assert [len(tile["charts"][0]["facts"]["rows"]) for tile in charts(found).values()] == [2] * 7
    assert titles(found["feature-drift"]["tables"][0]) == ["Feature", "2017_04", "2017_05"]
    page = facts(made.read, TRUTH)
    assert "Beside them 1 measured once" in spoken(page["sections"][0]["lead"])
    assert page["ways"][-1]["text"] == "Newest: 2017_05"
    made.write("update evaluations set is_aside = true")
    found = shown(made.read, TRUTH)
    assert "of its history" in found["history"]["sentence"]
    assert "Data drift" in titles(found["evaluation-table"]["tables"][0])
    assert found["feature-drift"]["kind"] == "sentence"


def test_drift_by_feature_and_batch(story):
    (table,) = shown(story, DRIFT)["feature-drift"]["tables"]
    assert titles(table)[1:] == [f"2017_{month:02}" for month in range(4, 13)]
    newest = [cell["value"] for cell in cells(table, "2017_12")]
    assert newest == sorted(newest, reverse=True)
    assert table["rows"][0][0]["aside"] == "category"
    for row in table["rows"]:
        for cell in row[1:]:
            assert (cell["mark"] == "DRIFTED") == (
                cell["value"] is not None and cell["value"] > 0.1
            )
    undefined = next(row for row in table["rows"] if row[0]["text"] == "card_age")[5]
    assert (undefined["text"], undefined["value"], undefined["shade"]) == ("undefined", None, 0)


@pytest.mark.parametrize(
    ("value", "shade"), [(0.1, 0), (0.11, 1), (0.21, 2), (0.39, 2), (0.41, 3), (0.81, 4), (9.0, 4)]
)
def test_shades_are_steps_beyond_the_limit(value, shade):
    made = filled(Names(batches=("2017_04",)))
    made.write(
        "update evaluation_metrics set value = $value "
        "where metric = 'population_stability_index' and feature = 'card_age'",
        value=value,
    )
    (table,) = shown(made.read, DRIFT)["feature-drift"]["tables"]
    row = next(row for row in table["rows"] if row[0]["text"] == "card_age")
    assert (row[1]["value"], row[1]["shade"], row[1]["mark"]) == (value, shade, None)


def test_the_drift_table_holds_the_newest_24_batches_and_of_each_the_newest_evaluation():
    made = filled(Names(batches=tuple(f"{number:03}" for number in range(30)), stores=(False,)))
    made.write("update evaluations set batch = '029' where batch = '028'")
    answer = ask(made.read, "store_drift", store=DRIFT)
    batches = {row["batch"]: row["evaluation_id"] for row in answer.rows}
    assert sorted(batches) == [*(f"{number:03}" for number in range(5, 28)), "029"]
    assert batches["029"] == "drift-29-abcdef"


def test_checks_with_their_limits_and_results_so_far():
    made = filled(Names())
    result = made.read("from check_results where evaluation_id like 'drift-08%'")[0]
    made.append(
        "check_results",
        [
            {**result, "checked_at": datetime(2018, 1, 1, 0, minute), "evaluation_id": "gone"}
            for minute in range(60)
        ],
    )
    found = shown(made.read, DRIFT)
    (latest,) = found["check-table"]["tables"][0]["rows"]
    assert spoken(latest[-3]["sentence"]) == "soft max 0.3, max 0.4"
    assert latest[-2]["text"] == "2017_12"
    assert latest[-2]["href"].startswith(f"evaluations/{DRIFT}-2017_12")
    (results,) = found["results"]["tables"]
    assert len(results["rows"]) == 50
    assert spoken(found["results"]["sentence"]) == "The newest 50 of 62 results."
    assert results["rows"][2][2]["href"] is None


def test_of_a_check_that_ran_twice_on_an_evaluation_the_last_result_counts():
    made = filled(Names())
    result = made.read("from check_results where evaluation_id like 'drift-08%'")[0]
    again = {"checked_at": datetime(2018, 1, 3), "outcome": "OK"}
    made.append("check_results", [{**result, **again}])
    (table,) = shown(made.read, DRIFT)["evaluation-table"]["tables"]
    assert [cell["status"] for cell in cells(table, "Checks")][:3] == ["OK", "ERROR", None]


def test_a_store_without_checks_says_how_to_have_them(story):
    found = shown(story, TRUTH)
    assert f"mlmon check {TRUTH}" in found["check-table"]["sentence"]
    assert "results" not in found


def test_a_store_whose_evaluations_are_gone_still_has_its_checks():
    made = filled(Names(batches=("2017_04",)))
    made.write("delete from evaluations where evaluation_id like 'drift%'")
    page = facts(made.read, DRIFT)
    assert "are gone" in spoken(page["sections"][0]["lead"])
    assert [way["text"] for way in page["ways"]] == ["Dashboard"]
    assert len(tiles(page)["results"]["tables"][0]["rows"]) == 1


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_other_tasks_and_one_evaluation(task):
    made = filled(Names(task=task, batches=("2017_04",)))
    made.write("update evaluation_metrics set metric = 'r2_score' where metric = 'f1_score'")
    found = charts(shown(made.read, TRUTH))
    assert not found["R2"]["folded"]
    assert len(found["R2"]["charts"][0]["facts"]["rows"]) == 1


def test_no_store_no_page(empty):
    assert list(pages(empty, "fraud")) == []


@pytest.mark.parametrize(
    "change",
    [
        "update check_results set outcome = 'WARNING'",
        "delete from check_results where evaluation_id like 'drift-00%'",
        "update evaluations set is_aside = true where evaluation_id like 'drift-00%'",
        "update evaluations set labels = '{}' where evaluation_id like 'drift-01%'",
        "delete from evaluations where evaluation_id like 'drift-01%'",
    ],
)
def test_the_state_is_that_of_what_the_page_shows(change):
    made = filled(Names(batches=("2017_04", "2017_05")))
    before = {page.path: page.state for page in pages(made.read, "fraud")}
    made.write(change)
    after = {page.path: page.state for page in pages(made.read, "fraud")}
    assert {path for path in after if after[path] != before[path]} == {store_page(DRIFT)}
