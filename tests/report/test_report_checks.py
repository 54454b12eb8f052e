"""Checks that are no range on the pages: what is said of them, and a result per feature."""

import pytest
from toy_warehouse import DASHBOARDS, Names, filled

from mlmon.report.facts.ask import ask
from mlmon.report.facts.sentence import spelled
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.site import write, write_report
from mlmon.report.tiles.verdict import headline, is_it_ok

BATCHES = ("2017_04", "2017_05")
OWN = "metric = null, value = null, soft_maximum = null, maximum = null"


@pytest.mark.parametrize(
    ("change", "head", "sentence"),
    [
        (
            f"kind = 'python', message = 'too hot', {OWN}",
            "Data Drift < 0.4 does not hold",
            "No. Data Drift < 0.4: too hot on 2017_05.",
        ),
        (
            f"kind = 'sql', message = '3 rows of trouble', {OWN}",
            "Data Drift < 0.4 finds rows of trouble",
            "No. Data Drift < 0.4: 3 rows of trouble on 2017_05.",
        ),
        (
            "kind = 'values', soft_maximum = null, maximum = null",
            "Data drift is none of the values it may have",
            "No. Data drift is ",
        ),
        ("kind = 'typical', soft_maximum = null", "Data drift is not what is typical of it", ""),
        (
            "kind = 'typical', outcome = 'EMPTY', soft_maximum = null, maximum = null",
            "Data drift has too little history to judge",
            "Unknown. Data drift is ",
        ),
    ],
)
def test_the_verdict_of_a_kind(tmp_path, change, head, sentence):
    made = filled(Names(batches=BATCHES))
    made.write(f"update check_results set {change}")
    worst = ask(made.read, "checks").first
    assert headline(worst["outcome"], worst) == head
    counts = ask(made.read, "check_counts").first
    said = is_it_ok(worst["outcome"], worst, counts)
    assert spelled(said[0]).startswith(sentence)
    write(tmp_path / "index.html", dashboard(made.read, {}, "fraud"), "0" * 32)
    assert head.replace("<", "&lt;") in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_result_per_feature(tmp_path):
    made = filled(Names(batches=BATCHES))
    results = made.read("from check_results where evaluation_id like 'drift-01%'")
    made.append(
        "check_results",
        [{**results[0], "feature": "card_age", "outcome": "WARNING", "value": 0.35}],
    )
    rows = ask(made.read, "checks").rows
    assert [(row["check_name"], row["outcome"], row["repeated"]) for row in rows] == [
        ("Data Drift < 0.4", "ERROR", 2),
        ("Data Drift < 0.4, card_age", "WARNING", 1),
    ]
    assert ask(made.read, "check_counts").first["checks"] == 2
    assert len(made.read("from model_status where model = 'fraud'")) == 1
    (row,) = [row for row in ask(made.read, "flow").rows if row["kind"] == "check"]
    assert row["newest"] == "ERROR"
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    store = tmp_path / "mes_for_input_drift.html"
    found = store if store.exists() else next(tmp_path.rglob("mes_for_input_drift.html"))
    page = found.read_text(encoding="utf-8").replace("<wbr>", "")
    assert "Data Drift &lt; 0.4, card_age" in page


def test_a_check_of_values_draws_no_limits():
    made = filled(Names(batches=BATCHES))
    asked = {"store": "mes_for_input_drift", "metric": "data_drift", "feature": None}
    assert {row["outcome"] for row in ask(made.read, "history", **asked).rows} != {"NONE"}
    made.write("update check_results set kind = 'values', soft_maximum = null, maximum = null")
    assert {row["outcome"] for row in ask(made.read, "history", **asked).rows} == {"NONE"}
