"""The page of a scenario's run: what is told of how it ended, and what it made."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from toy_warehouse import START, Names, filled, run, spoken, tiles

import mlmon
from mlmon.report.facts.ask import Read, ask
from mlmon.report.facts.links import page_of, run_page
from mlmon.report.pages.run import pages, run_of_scenario
from mlmon.warehouse.warehouse import Warehouse

NAMES = Names(batches=("2017_04", "2017_05"))


def listed(read: Read, run_id: str = "run1") -> dict[str, Any]:
    return next(row for row in ask(read, "run_states").rows if row["run_id"] == run_id)


def facts(read: Read, run_id: str = "run1") -> dict[str, Any]:
    return run_of_scenario(read, listed(read, run_id), "fraud")


def texts(tile: dict[str, Any], form: str = "tables") -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in tile[form][0]["rows"]]


def verdict(page: dict[str, Any]) -> list[str]:
    """Title, sentences, points and commands of the tile at the top."""
    top = tiles(page)["verdict"]
    told = [top["title"]]
    for answer in top["answers"]:
        for parts in (*answer["sentences"], *answer["points"]):
            told.append(spoken(parts))
        told += answer["commands"]
    return told


def states(made: Warehouse) -> dict[str, str]:
    return {page.path: page.state for page in pages(made.read, "fraud")}


def test_the_outcome_is_told_with_its_reason_and_the_command(story):
    page = facts(story)
    assert page["title"] == "Retrain Model, run of 2 Jan 2018, 06:12"
    assert page["status"] == {"status": "WARNING", "text": "Warning"}
    assert verdict(page) == [
        "Run MES checks failed, and the failure was reset",
        "Of 3 steps, 2 succeeded, 1 failed.",
        "Run MES checks failed: 0.583 is above the maximum 0.4",
        "Build model ran after that and reset the failure, so the run counts as a warning and not "
        "as failed.",
        "Evaluation of 2017_12 in mes_for_input_drift, made by this run",
        "Data Drift < 0.4: error",
        "Version 2 of fraud, trained and active",
        "To run it again:",
        "mlmon run 'Retrain Model'",
    ]


def test_steps_stand_in_order_with_their_time_in_the_run(story):
    (table,) = tiles(facts(story))["step-table"]["tables"]
    shown = [[cell["text"] for cell in row] for row in table["rows"]]
    assert shown[1][:7] == [
        "2",
        "Run MES checks",
        "Failed",
        "check",
        "mes_for_input_drift",
        "06:28:00",
        "1 min 0 s",
    ]
    bars = [row[7] for row in table["rows"]]
    assert [bar["course"] for bar in bars] == [
        {"x": "0.0", "width": "10.5"},
        {"x": "84.2", "width": "5.3"},
        {"x": "89.5", "width": "10.5"},
    ]
    assert bars[1]["label"] == "1 min 0 s from 16 min 0 s on, of 19 min 0 s"


def test_what_it_made_leads_to_the_pages(story):
    found = tiles(facts(story))
    evaluation = next(
        row for row in ask(story, "evaluations").rows if row["evaluation_id"] == "drift-08-abcdef"
    )
    assert found["evaluations"]["tables"][0]["rows"][0][0]["href"] == page_of(evaluation)
    (check,) = found["checks"]["tables"][0]["rows"]
    assert [check[0]["text"], check[2]["value"], spoken(check[4]["sentence"])] == [
        "Data Drift < 0.4",
        0.583,
        "soft max 0.3, max 0.4",
    ]
    assert texts(found["versions"])[0][:3] == ["fraud", "2", "Active"]


def test_every_figure_is_in_the_rows_of_the_tiles_own_sql(story):
    for key, tile in tiles(facts(story)).items():
        known = {
            value
            for query in tile["sql"] or []
            for row in story(query)
            for value in row.values()
            if isinstance(value, int | float)
        }
        for table in (tile["tables"] or []) + (tile["numbers"] or []):
            for row in table["rows"]:
                shown = {
                    cell["value"] for cell in row if cell["number"] and cell["value"] is not None
                }
                assert shown <= known, key


def test_a_run_that_succeeded_and_one_that_failed():
    made = filled(NAMES)
    made.write("update step_runs set outcome = 'SUCCESS'")
    made.write("update scenario_runs set outcome = 'SUCCESS'")
    assert verdict(facts(made.read))[:2] == ["It did what it was to do", "Of 3 steps, 3 succeeded."]
    made.write("update scenario_runs set outcome = 'FAILED'")
    made.write("update step_runs set outcome = 'FAILED', message = null where position = 1")
    made.write("update step_runs set outcome = 'SKIPPED' where position > 1")
    told = verdict(facts(made.read))
    assert told[:3] == [
        "Build MES failed",
        "Of 3 steps, 1 failed, 2 did not run.",
        "Build MES failed.",
    ]
    assert told[-2] == "Mend what failed, then run it again:"


def test_who_reset_a_failure_is_named_only_where_it_is_known():
    made = filled(NAMES)
    made.write(
        "insert into step_runs by name"
        " (select * replace (4 as position) from step_runs where position = 3)"
    )
    assert any("A later step reset the failure" in said for said in verdict(facts(made.read)))


def test_a_run_without_an_end_says_so_and_how_to_finish_it():
    made = filled(NAMES)
    made.write("update scenario_runs set ended_at = null, outcome = null")
    made.write("delete from step_runs where position > 1")
    page = facts(made.read)
    assert page["status"]["text"] == "Not ended"
    told = verdict(page)
    assert told[0] == "It has not ended"
    assert "It was interrupted, or it is still running." in told
    assert "batch 2017_05 that it works with" in told[-2]
    assert told[-1] == "mlmon run 'Retrain Model'"
    made.write("delete from step_runs")
    assert tiles(facts(made.read))["step-table"]["sentence"]


def test_what_was_deleted_since_is_not_claimed():
    made = filled(NAMES)
    before = states(made)
    made.write("delete from evaluations")
    assert states(made) != before
    between = states(made)
    made.write("delete from check_results")
    made.write("delete from model_versions")
    page = facts(made.read)
    assert states(made) != between
    assert "nothing" in tiles(page)
    assert "No evaluation, no check result, no model version" in verdict(page)


def more_runs(made: Warehouse, count: int) -> None:
    for place in range(2, count + 1):
        run(made, NAMES, f"run{place}", START + timedelta(days=place), "above")


def test_runs_lead_to_the_runs_beside_them_and_to_the_newest():
    made = filled(NAMES)
    more_runs(made, 4)
    ways = {way["text"]: way["href"] for way in facts(made.read, "run2")["ways"]}
    assert ways == {
        "Dashboard": "index.html",
        "Before: 2 Jan 2018, 06:05": run_page(NAMES.scenario, "run1"),
        "After: 5 Jan 2018, 06:00": run_page(NAMES.scenario, "run3"),
        "Newest run": run_page(NAMES.scenario, "run4"),
    }
    assert [way["text"] for way in facts(made.read, "run3")["ways"]][2:] == [
        "After: 6 Jan 2018, 06:00"
    ]
    history = tiles(facts(made.read))["runs"]
    assert len(history["strip"]) == 4
    assert history["tables"][0]["rows"][0][0]["href"] == run_page(NAMES.scenario, "run4")


def test_two_hundred_runs_have_pages_and_no_link_leads_further():
    made = filled(NAMES)
    more_runs(made, 203)
    paths = {page.path for page in pages(made.read, "fraud")}
    assert len(paths) == 200
    oldest = facts(made.read, "run4")
    assert {way["href"] for way in oldest["ways"]} - paths == {"index.html"}
    assert len(tiles(oldest)["runs"]["tables"][0]["rows"]) == 50


@pytest.mark.parametrize(
    "change",
    [
        "update scenario_runs set outcome = 'FAILED'",
        "update step_runs set message = 'other' where position = 2",
        "update model_versions set is_active = not is_active",
        "update check_results set value = 0.1",
        "insert into scenario_runs by name (select * replace ('z' as run_id) from scenario_runs)",
    ],
)
def test_a_page_changes_with_what_it_shows(change):
    made = filled(NAMES)
    before = states(made)
    assert states(made) == before
    made.write(change)
    after = states(made)
    assert all(after[path] != state for path, state in before.items())


def test_a_run_of_another_scenario_changes_nothing():
    made = filled(NAMES)
    before = states(made)
    run(
        made,
        Names(batches=NAMES.batches, scenario="Other"),
        "other",
        START + timedelta(days=3),
        "x",
    )
    assert before.items() <= states(made).items()


def test_the_dashboard_leads_to_the_run(site):
    page = html5lib.parse((site / "index.html").read_text(), namespaceHTMLElements=False)
    path = run_page("Retrain Model", "run1")
    assert [link.get("href") for link in page.iter("a")].count(path) == 2
    assert (site / path).is_file()


def test_a_real_run_knows_what_it_made(evaluated: Path):
    with (evaluated / "mlmon.yml").open("a", encoding="utf-8") as file:
        file.write(
            "scenarios:\n  again:\n    steps:\n      - {name: measure, evaluate: blind}\n"
            "      - {name: judge, check: blind}\n      - {name: learn, train: returns}\n"
        )
    with mlmon.open(evaluated) as project:
        project.run("again")
        done = project.run("again")
        project.report()
        read = project.warehouse.read
        page = facts(read, done.run_id if hasattr(done, "run_id") else done.id)
        made = verdict(page)
        assert "Version 3 of returns, trained and active" in made
        assert any("in blind, made by this run" in said for said in made)
        assert "calm: ok" in made
        written = (evaluated / "reports" / "runs").iterdir()
        assert len(list(written)) == 2


def test_two_hundred_hostile_characters_stay_text(hostile_site):
    (path,) = (hostile_site / "runs").iterdir()
    text = "".join(html5lib.parse(path.read_text(), namespaceHTMLElements=False).itertext())
    assert "]]></style><script>alert(2)</script>" in text
    assert "x" * 500 in text
