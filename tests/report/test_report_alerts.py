"""Alerts and activation decisions on the pages: what is open, who knows, what was decided, why."""

import shlex
from datetime import datetime, timedelta
from typing import Any

import pytest
import toy_alerts
from toy_warehouse import DASHBOARDS, HOSTILE, START, Names, filled, spoken, tiles

from mlmon.check.alerts import acknowledge, called, listed
from mlmon.report.facts.ask import Read, ask, printable
from mlmon.report.facts.links import model_page, page_of, store_page
from mlmon.report.pages import model, store
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.site import write_report
from mlmon.report.summary.digest import summarised
from mlmon.warehouse.warehouse import Warehouse

TRUTH, DRIFT = "mes_for_ground_truth", "mes_for_input_drift"
TWO = Names(batches=("2017_04", "2017_05"))
NO_MORE = "update alerts set state = 'resolved', resolved_at = opened_at + interval 1 hour"


def board(read: Read) -> dict[str, Any]:
    return dashboard(read, DASHBOARDS["default"], "fraud")


def of_store(read: Read, name: str) -> dict[str, Any]:
    (about,) = (row for row in ask(read, "stores").rows if row["store"] == name)
    return store.store(read, about, "fraud")


def of_model(read: Read, name: str = "fraud") -> dict[str, Any]:
    return model.model_facts(read, name, "fraud")


def sections(page: dict[str, Any]) -> list[str]:
    return [section["id"] for section in page["sections"]]


def columns(tile: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The cells of a tile's only table, by the titles of their columns."""
    (table,) = tile["tables"] or tile["numbers"]
    titles = [column["title"] for column in table["columns"]]
    return {title: [row[place] for row in table["rows"]] for place, title in enumerate(titles)}


def texts(tile: dict[str, Any], title: str) -> list[str]:
    return [cell["text"] for cell in columns(tile)[title]]


def more(made: Warehouse, count: int, **facts: Any) -> None:
    """So many alerts more, one a minute, each opened and resolved a second later."""
    for number in range(count):
        at = START + timedelta(days=1, minutes=number)
        toy_alerts.alert(
            made,
            [("opened", at), ("resolved", at + timedelta(seconds=1))],
            store=DRIFT,
            check_name=f"check {number}",
            state="resolved",
            resolved_at=at + timedelta(seconds=1),
            last_evaluation_id="drift-00-abcdef",
            message="over",
            **facts,
        )


# Alerts on the dashboard ------------------------------------------------------------


def test_open_alerts_stand_first_and_worst_first(story):
    page = board(story)
    assert sections(page)[:2] == ["status", "alerts"]
    told = tiles(page)["alert-table"]
    rows = story("from alerts where state <> 'resolved' order by outcome")
    assert len(rows) == 2
    cells = columns(told)
    assert texts(told, "Check") == ["Data Drift < 0.4", "PSI, purchase_amount"]
    assert [cell["status"] for cell in cells["Severity"]] == [row["outcome"] for row in rows]
    assert [cell["value"] for cell in cells["Since"]] == [
        row["opened_at"].isoformat() for row in rows
    ]
    assert [cell["value"] for cell in cells["Seen in a row"]] == [row["repeated"] for row in rows]
    assert texts(told, "Newest result") == [row["message"] for row in rows]
    assert {cell["href"] for cell in cells["Store"]} == {store_page(DRIFT)}
    opened = {"store": DRIFT, "batch": "2017_11", "evaluation_id": "drift-07-abcdef"}
    assert {cell["href"] for cell in cells["Opened on"]} == {page_of(opened)}


def test_who_acknowledged_it_until_when_and_what_they_say(story):
    waiting, known = columns(tiles(board(story))["alert-table"])["Acknowledged"]
    assert waiting["command"].startswith("mlmon ack ")
    assert spoken(known["sentence"]) == "ann until 31 Mar 2018, 23:59: a new shop since 2017_11"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("note = null", "ann until 31 Mar 2018, 23:59"),
        ("acknowledged_until = null", "ann: a new shop since 2017_11"),
        ("note = null, acknowledged_until = null", "ann"),
    ],
)
def test_what_was_not_said_is_left_out(change, said):
    with filled(TWO) as made:
        made.write(f"update alerts set {change}")
        cell = columns(tiles(board(made.read))["alert-table"])["Acknowledged"][1]
        assert spoken(cell["sentence"]) == said


def test_the_command_acknowledges_that_alert_even_if_another_is_called_alike():
    with filled(TWO) as made:
        made.write("update alerts set alert_id = '01234567' || right(alert_id, 24)")
        (cell, _) = columns(tiles(board(made.read))["alert-table"])["Acknowledged"]
        mlmon, ack, name = shlex.split(cell["command"])
        assert (mlmon, ack, len(name)) == ("mlmon", "ack", 32)
        acknowledge(made, called(made, name), "bob")
        assert {row["acknowledged_by"] for row in listed(made)} == {"ann", "bob"}
        assert "mlmon ack" not in str(board(made.read))


def test_an_alert_whose_evaluation_is_gone_leads_nowhere():
    with filled(TWO) as made:
        made.write("update alerts set evaluation_id = 'gone' where outcome = 'ERROR'")
        gone, known = columns(tiles(board(made.read))["alert-table"])["Opened on"]
        assert (gone["text"], gone["href"]) == ("", None)
        assert known["href"]


def test_the_ten_resolved_last_stand_below():
    with filled(TWO) as made:
        more(made, 12)
        told = tiles(board(made.read))["resolved-alerts"]
        assert texts(told, "Check") == [f"check {number}" for number in range(11, 1, -1)]
        assert spoken(told["sentence"]) == "The newest 10 of 13 resolved ones."


def test_without_an_open_alert_it_is_one_line():
    with filled(TWO) as made:
        made.write(NO_MORE)
        page = board(made.read)
        (told,) = next(each["tiles"] for each in page["sections"] if each["id"] == "alerts")
        assert spoken(told["sentence"]).startswith("No alert is open. The last one was resolved on")
        assert told["tables"] is None
        assert len(columns(told)["Check"]) == 3
        assert "alert" not in str(tiles(page)["verdict"]["answers"])


def test_without_any_alert_it_is_nothing(empty):
    assert "alerts" not in sections(board(empty))
    with filled(TWO) as made:
        made.write("delete from alerts")
        made.write("delete from alert_events")
        assert "alerts" not in sections(board(made.read))
        assert "alerts" not in sections(of_store(made.read, DRIFT))


def test_the_section_stands_where_mlmon_yml_wants_it(story):
    page = dashboard(story, {"sections": ["checks", "alerts"]}, "fraud")
    assert sections(page) == ["status", "checks", "alerts"]
    assert sections(dashboard(story, {"sections": ["checks"]}, "fraud")) == ["status", "checks"]


# In words ---------------------------------------------------------------------------


def test_the_verdict_and_the_summary_name_them(story):
    said = [
        "1 alert is open, since 2 Jan 2018, 06:27: Data Drift < 0.4.",
        "1 alert is acknowledged: PSI of purchase_amount.",
    ]
    page = dashboard(story, {"sections": []}, "fraud")
    told = [spoken(each) for each in tiles(page)["verdict"]["answers"][0]["sentences"]]
    assert told[1:3] == said
    summary = summarised(page)
    assert " ".join(said) in " ".join(summary.text.split())
    assert r"**Data Drift &lt; 0.4**" in summary.markdown
    assert "PSI of purchase_amount" in summary.markdown


def test_of_many_the_verdict_names_the_worst():
    with filled(TWO) as made:
        more(made, 4, outcome="WARNING")
        made.write("update alerts set state = 'open'")
        told = tiles(board(made.read))["verdict"]["answers"][0]["sentences"]
        assert spoken(told[1]) == (
            "7 alerts are open, the oldest since 2 Jan 2018, 06:20: "
            "Data Drift < 0.4, PSI of card_age, PSI of purchase_amount and 4 more."
        )


# Alerts of a store ------------------------------------------------------------------


def test_a_store_tells_the_life_of_its_alerts(story):
    page = of_store(story, DRIFT)
    assert texts(tiles(page)["alert-table"], "Check") == [
        "Data Drift < 0.4",
        "PSI, purchase_amount",
    ]
    assert "Store" not in columns(tiles(page)["alert-table"])
    told = tiles(page)["alert-events"]
    rows = story("from alert_events order by happened_at desc")
    assert sorted(texts(told, "What")) == [
        *("Acknowledged", "Escalated", "Opened", "Opened", "Opened", "Resolved")
    ]
    assert texts(told, "What")[0] == "Acknowledged"
    assert [cell["value"] for cell in columns(told)["When"]] == [
        row["happened_at"].isoformat() for row in rows
    ]
    assert sorted(texts(told, "Message")) == sorted(row["message"] for row in rows)
    assert told["sentence"] is None
    assert "alerts" not in sections(of_store(story, TRUTH))


def test_of_many_events_the_newest_fifty_are_told():
    with filled(TWO) as made:
        more(made, 30)
        told = tiles(of_store(made.read, DRIFT))["alert-events"]
        assert len(columns(told)["When"]) == 50
        assert spoken(told["sentence"]) == "The newest 50 of 66 events."


def test_the_alerts_of_a_store_are_those_of_its_own_sql(hostile):
    name = printable(HOSTILE.unlabelled)
    told = tiles(of_store(hostile, name))["alert-table"]
    (query,) = told["sql"]
    assert [printable(row["check_name"]) for row in hostile(query)] == texts(told, "Check")
    assert {row["store"] for row in hostile(query)} == {HOSTILE.unlabelled}


# Decisions --------------------------------------------------------------------------


def test_decisions_newest_first_with_their_reasons(story):
    told = tiles(of_model(story))["decisions"]
    rows = story("from activation_decisions order by position desc")
    cells = columns(told)
    assert texts(told, "Decision") == ["Activated", "Kept inactive", "Activated"]
    assert texts(told, "Reason") == [row["reason"] for row in rows]
    assert texts(told, "By") == ["ann", "mlmon train", "mlmon train"]
    assert [cell["value"] for cell in cells["Version"]] == [2, 2, 1]
    assert [cell["value"] for cell in cells["Active before"]] == [1, 1, None]
    assert [cell["value"] for cell in cells["When"]] == [
        row["decided_at"].isoformat() for row in rows
    ]


def test_a_contest_has_its_figures(story):
    told = tiles(of_model(story))["contests"]
    (row,) = story("from activation_decisions where rows is not null")
    (shown,) = zip(*columns(told).values(), strict=True)
    of = dict(zip(columns(told), shown, strict=True))
    for title, key in (("New", "challenger_value"), ("Active", "champion_value"), ("Gain", "gain")):
        assert of[title]["value"] == row[key]
    assert of["Records"]["value"] == row["rows"]
    said = of["Interval of the gain"]["sentence"]
    assert spoken(said) == "\N{MINUS SIGN}0.004 to +0.026 (95.0\N{NO-BREAK SPACE}%)"
    assert [part["value"] for part in said if isinstance(part, dict)] == [
        row["lower"],
        row["upper"],
        row["confidence"],
    ]
    assert (of["Metric"]["text"], of["Batches"]["text"]) == ("ROC AUC", "2017_04")


def test_a_contest_that_could_not_be_measured_has_no_interval():
    with filled(TWO) as made:
        made.write(
            "update activation_decisions set metric = null, lower = null, upper = null, gain = null"
        )
        told = columns(tiles(of_model(made.read))["contests"])
        assert "Records" in told
        assert "Interval of the gain" not in told


def test_without_a_decision_there_is_no_section():
    with filled(TWO) as made:
        made.write("delete from activation_decisions")
        assert "decisions" not in sections(of_model(made.read))


# Freshness --------------------------------------------------------------------------


def known_as(note: str) -> dict[str, Any]:
    return {"until": datetime(2999, 1, 1), "note": note}


def written(made: Warehouse, folder: Any) -> dict[str, int]:
    write_report(made.read, DASHBOARDS, folder, project="fraud")
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*.html")
    }


def test_an_acknowledgement_is_news_for_the_dashboard_and_the_store(tmp_path):
    with filled(TWO) as made:
        before = written(made, tmp_path)
        (alert, *_) = [row for row in listed(made) if row["state"] == "open"]
        acknowledge(made, [alert], "bob", **known_as("of course"))
        after = written(made, tmp_path)
        changed = {path for path in after if after[path] != before[path]}
        assert changed == {"index.html", store_page(DRIFT)}
        for path in changed:
            assert "of course" in (tmp_path / path).read_text(encoding="utf-8")
        assert written(made, tmp_path) == after


def test_a_decision_is_news_for_the_model(tmp_path):
    with filled(TWO) as made:
        before = written(made, tmp_path)
        (last, *_) = made.read("from activation_decisions order by position desc")
        made.append("activation_decisions", [{**last, "position": 4, "reason": "a whim"}])
        after = written(made, tmp_path)
        assert {path for path in after if after[path] != before[path]} == {model_page("fraud")}
        assert "a whim" in (tmp_path / model_page("fraud")).read_text(encoding="utf-8")
