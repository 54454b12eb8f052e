"""The page of a comparison: what was named, its figures beside the champion's, its curves."""

from pathlib import Path

import html5lib
import pytest
from shop import edit
from test_report_model import shown
from toy_warehouse import Names, filled, tiles

import mlmon
from mlmon.errors import ConfigError, EvaluationNotFound
from mlmon.report.charts.draw import draw, specify
from mlmon.report.pages.comparison import side_by_side

TRUTH = "mes_for_ground_truth/2017_"


def facts(read, *wanted: str, champion: str | None = None):
    return side_by_side(read, "fraud", wanted, champion).facts()


def test_the_items_stand_in_their_order_and_the_champion_is_marked(story):
    page = facts(story, "truth-03", f"{TRUTH}12", "fraud/1", champion="fraud/1")
    assert page["title"] == "Version 1 of fraud (test part) beside 2 others"
    found = tiles(page)
    items = found["items"]["tables"][0]["rows"]
    assert [row[0]["text"] for row in items] == ["2017_07", "2017_12", "Version 1"]
    assert [row[2]["text"] for row in items] == ["", "", "Champion"]
    assert items[2][0]["href"] == "models/fraud.html"
    columns = found["side-by-side"]["tables"][0]["columns"]
    assert [column["aside"] for column in columns[1:]] == [
        "mes_for_ground_truth, version\N{NO-BREAK SPACE}1",
        "mes_for_ground_truth, version\N{NO-BREAK SPACE}2",
        "champion, fraud, test part",
    ]
    assert [column["marked"] for column in columns] == [False, False, False, True]


def test_differences_are_the_champions_and_read_by_direction_and_interval(story):
    table = tiles(facts(story, f"{TRUTH}04", f"{TRUTH}05", f"{TRUTH}11"))["side-by-side"]["tables"]
    rows = {row[0]["aside"]: row for row in table[0]["rows"]}
    auc, loss, share = (
        rows[name] for name in ("roc_auc_score", "log_loss", "drifted_feature_share")
    )
    assert auc[1]["below"] is None
    assert auc[2]["below"]["text"] == "\N{MINUS SIGN}0.013", "within the interval: no reading"
    assert auc[2]["below"]["status"] is None
    assert auc[3]["below"]["text"] == "\N{MINUS SIGN}0.131 worse"
    assert loss[3]["below"]["status"] == "BETTER", "less loss is better"
    assert share[2]["below"]["status"] == "WORSE", "no interval: more than a tenth away"


def test_a_value_within_either_interval_is_no_difference():
    made = filled(Names(batches=("2017_04", "2017_05")))
    for lower, upper, status in ((0.0, 1.0, None), (0.67, 0.68, "WORSE"), (None, None, None)):
        made.write(
            "update evaluation_metrics set lower = $lower, upper = $upper"
            " where evaluation_id = 'truth-01-abcdef' and metric = 'roc_auc_score'",
            lower=lower,
            upper=upper,
        )
        made.write(
            "update evaluation_metrics set lower = null, upper = null"
            " where evaluation_id = 'truth-00-abcdef' and metric = 'roc_auc_score'"
        )
        (table,) = tiles(facts(made.read, f"{TRUTH}04", f"{TRUTH}05"))["side-by-side"]["tables"]
        row = next(row for row in table["rows"] if row[0]["aside"] == "roc_auc_score")
        assert row[2]["below"]["status"] == status


def test_every_figure_of_a_tile_is_in_the_rows_of_its_sql(story):
    for tile in tiles(facts(story, f"{TRUTH}04", f"{TRUTH}12", "fraud/1", "drift-05")).values():
        rows = [row for query in tile["sql"] for row in story(query)]
        known = {value for row in rows for value in row.values() if not isinstance(value, list)}
        assert shown(tile) <= known, tile["id"]


def test_at_most_six_curves_are_drawn_the_champions_among_them(story):
    wanted = [f"{TRUTH}{month:02}" for month in range(4, 12)]
    page = facts(story, *wanted, champion=wanted[-1])
    assert page["sections"][2]["lead"] == ("Of 8 the champion and the first 5 others are drawn.")
    found = tiles(page)
    for kind in ("roc_curve", "precision_recall_curve", "calibration_curve", "score_density"):
        picture = found[kind]["charts"][0]
        _, data = specify(picture, picture["sizes"][0])
        assert {point["series"] for point in data["curves"]} == set(range(6))
        assert found[kind]["key"][-1] == ("series-6", "2017_11 in mes_for_ground_truth (version 1)")
        assert "var(--series-6)" in draw(picture, picture["sizes"][0])


def test_drift_is_of_evaluations_only(story):
    drift = tiles(facts(story, "truth-07", "fraud/1"))["drift"]
    assert [column["title"] for column in drift["tables"][0]["columns"]] == ["Feature", "2017_11"]
    assert drift["sentence"].endswith("Version 1 of fraud (test part) has none.")
    first = drift["tables"][0]["rows"][0]
    assert (first[0]["text"], first[1]["below"]["text"]) == ("signature_provided", "drifted")
    assert (
        "is a figure of an evaluation"
        in tiles(facts(story, "fraud/1", "fraud/2"))["drift"]["sentence"]
    )


@pytest.mark.parametrize(
    ("wanted", "champion", "said"),
    [
        (["fraud/1"], None, "a comparison is of 2 to 12 things, not of 1"),
        ([], "fraud/1", "not of 0"),
        ([f"{TRUTH}04"] * 13, None, "not of 13"),
        (["fraud/1", "truth-00", f"{TRUTH}04"], None, f"'{TRUTH}04' is named twice"),
        (["fraud/1", "fraud/2"], "truth-00", "the champion 'truth-00' is not compared"),
        (["fraud/1", "truth-0"], None, "'truth-0' fits 9 things: mes_for_ground_truth/2017_04"),
        (["fraud/1", "evaluation of 2017_04"], None, "fits 2 things"),
    ],
)
def test_wrong_usage_is_one_line(story, wanted, champion, said):
    with pytest.raises(ConfigError) as raised:
        side_by_side(story, "fraud", wanted, champion)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fraud/7", "is called 'fraud/7'; there is fraud/"),
        (f"{TRUTH}03", "there is mes_for_ground_truth/2017_04, "),
        ("tru", "there is"),
        ("", "there is"),
    ],
)
def test_what_is_unknown_is_told_with_what_there_is(story, text, said):
    with pytest.raises(EvaluationNotFound) as raised:
        side_by_side(story, "fraud", ["fraud/1", text])
    assert said in str(raised.value)


def test_a_store_and_batch_are_its_newest_evaluation_that_is_not_aside():
    made = filled(Names(batches=("2017_04", "2017_05")))
    made.write(
        "insert into evaluations select * replace ('again-00' as evaluation_id,"
        " evaluated_at + interval 1 day as evaluated_at)"
        " from evaluations where evaluation_id = 'truth-00-abcdef'"
    )
    made.write(
        "insert into evaluation_metrics select * replace ('again-00' as evaluation_id)"
        " from evaluation_metrics where evaluation_id = 'truth-00-abcdef'"
    )

    def href() -> str:
        page = facts(made.read, f"{TRUTH}04", f"{TRUTH}05")
        return str(tiles(page)["items"]["tables"][0]["rows"][0][0]["href"])

    assert href().endswith("again-00.html")
    made.write("update evaluations set is_aside = true where evaluation_id = 'again-00'")
    assert href().endswith("truth-00.html")
    names = [
        column["title"]
        for column in tiles(facts(made.read, "again-00", "truth-00"))["side-by-side"]["tables"][0][
            "columns"
        ]
    ]
    assert names == ["Metric", "2017_04", "2017_04"]


def test_of_different_tasks_or_without_a_common_metric():
    made = filled(Names(batches=("2017_04",)))
    made.write("update model_versions set task = 'regression' where model_version = 2")
    with pytest.raises(ConfigError, match=r"a binary model, Version 2 .* of a regression one"):
        side_by_side(made.read, "fraud", ["fraud/1", "fraud/2"])
    with pytest.raises(ConfigError, match="have no metric in common"):
        side_by_side(made.read, "fraud", ["fraud/1", "drift-00"])


def test_curves_of_a_multiclass_model_are_by_class_and_a_regressions_estimate_has_a_density():
    made = filled(Names(batches=("2017_04", "2017_05"), task="multiclass"))
    for table in ("evaluation_metrics", "evaluation_curves"):
        column = "feature" if table == "evaluation_metrics" else "class"
        for name in ("low", "high"):
            made.write(
                f"insert into {table} select * replace ('{name}' as \"{column}\") from {table}"
                f' where "{column}" is null and '
                + ("metric = 'roc_auc_score'" if column == "feature" else "curve = 'roc_curve'")
            )
    made.write("delete from evaluation_curves where curve = 'roc_curve' and class is null")
    roc = tiles(facts(made.read, f"{TRUTH}04", f"{TRUTH}05"))["roc_curve"]
    assert [picture["caption"] for picture in roc["charts"]] == ["Class high", "Class low"]
    made.write("update model_versions set task = 'regression'")
    assert tiles(facts(made.read, f"{TRUTH}04", f"{TRUTH}05"))["score_density"]["title"] == (
        "Density of the estimate"
    )


def test_a_real_project(evaluated: Path):
    edit(evaluated, 'train: {batches: ["2024_01"]}', 'train: {batches: ["2024_01", "2024_02"]}')
    with mlmon.open(evaluated) as project:
        project.train("returns")
        index = project.report()
        wanted = ["returns/1", "returns/2", "truth/2024_02"]
        path = project.report(compare=wanted, champion="returns/2")
        assert path.parent == index.parent / "comparisons"
        stamp = path.stat().st_mtime_ns
        assert project.report(compare=wanted, champion="returns/2") == path
        assert path.stat().st_mtime_ns == stamp, "nothing changed"
        assert project.report() == index
        assert path.is_file(), "a later report leaves it"
        other = project.report(compare=wanted)
        assert other != path
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
            path.read_text(encoding="utf-8")
        )
        for link in tree.iter("a"):
            target = link.get("href").partition("#")[0]
            assert not target or (path.parent / target).resolve().is_file()
        text = path.read_text(encoding="utf-8")
        (row,) = project.warehouse.read(
            "select a.value - b.value as change from evaluation_metrics as a,"
            " evaluation_metrics as b inner join samples as s on b.sample_id = s.sample_id"
            " inner join evaluations as e on e.store = 'truth' and e.batch = '2024_02'"
            " where a.evaluation_id = e.evaluation_id and s.role = 'reference'"
            " and s.model_version = 2 and a.metric = b.metric and b.evaluation_id is null"
            " and a.metric = 'log_loss'"
        )
        assert f'data-v="{row["change"]}"' in text
