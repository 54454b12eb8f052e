"""Another reference: a store is measured against a batch or an evaluation, always or once."""

import json

import html5lib
import pytest
from same import assert_same
from shop import edit, orders, write

import mlmon
from mlmon.cli import main
from mlmon.errors import (
    BatchInUse,
    BatchNotFound,
    ConfigError,
    EvaluationNotFound,
    NotScored,
    UnknownName,
)
from mlmon.project import Project

TRUTH = "truth: {model: returns}"
DISTANCES = (
    "population_stability_index",
    "jensen_shannon_distance",
    "hellinger_distance",
    "l_infinity",
    "ks_statistic",
    "wasserstein_distance",
    "chi2_statistic",
)
TABLES = (
    "evaluations",
    "evaluation_metrics",
    "evaluation_curves",
    "diagnostics",
    "samples",
    "histograms",
    "score_histograms",
    "label_histograms",
)


def against(reference: str) -> str:
    return f"truth: {{model: returns, reference: {{{reference}}}}}"


def contents(project: Project) -> dict[str, list[dict]]:
    return {table: project.warehouse.read(f"from {table} order by all") for table in TABLES}


def row_of(project: Project, evaluation: mlmon.Evaluation) -> dict:
    found = project.warehouse.one("from evaluations where evaluation_id = $id", id=evaluation.id)
    assert found
    return found


def figures(project: Project, evaluation: mlmon.Evaluation) -> list[dict]:
    return project.warehouse.read(
        "select metric, feature, value, lower, upper, note from metrics where evaluation_id = $id"
        " order by all",
        id=evaluation.id,
    )


def findings(project: Project, evaluation: mlmon.Evaluation) -> dict[str, str]:
    query = "select code, message from diagnostics where evaluation_id = $id"
    return {row["code"]: row["message"] for row in project.warehouse.read(query, id=evaluation.id)}


def blank(folder, month: str) -> None:
    """Nobody knows yet which orders of the month come back."""
    write(folder, month, [line.rsplit(",", 1)[0] + "," for line in orders(month)])


# What it is measured against -------------------------------------------------------


def test_a_batch_in_mlmon_yml(trained):
    edit(trained, TRUTH, against('batch: "2024_01"'))
    with mlmon.open(trained) as project:
        made = project.evaluate("truth", batch="2024_02")
        row = row_of(project, made)
        reference = project.warehouse.one(
            "from samples where sample_id = $id", id=row["reference_sample_id"]
        )
        assert (reference["role"], reference["batches"]) == ("evaluation", ["2024_01"])
        assert (reference["rows"], reference["model_version"]) == (200, 1)
        assert not row["is_aside"]
        assert made.labels["testDataset:dataset-name"] == "orders 2024_01"
        # the other way round, the two sides change places
        back = project.evaluate("truth", batch="2024_01", against="2024_02")
        for metric in ("ks_statistic", "population_stability_index", "l_infinity"):
            for feature in ("amount", "kind", "score"):
                if (metric, feature) != ("ks_statistic", "kind"):
                    there, here = made.value(metric, feature), back.value(metric, feature)
                    assert there == pytest.approx(here, rel=1e-9)
                    assert there > 0
        said = project.warehouse.read(
            "select metric, reference, current, change from performance_drift"
            " where evaluation_id = $id",
            id=made.id,
        )
        theirs = {
            row["metric"]: row["value"] for row in figures(project, back) if not row["feature"]
        }
        assert len(said) > 10
        for row in said:
            assert row["reference"] == theirs[row["metric"]]
            assert row["current"] == made.value(row["metric"])


def test_a_batch_against_itself_does_not_drift(trained):
    with mlmon.open(trained) as project:
        made = project.evaluate("truth", batch="2024_02", against="2024_02")
        row = row_of(project, made)
        assert row["sample_id"] == row["reference_sample_id"]
        assert "same_records" in findings(project, made)
        zero = [one for one in figures(project, made) if one["metric"] in DISTANCES]
        assert len(zero) > 15
        assert all(one["value"] == pytest.approx(0, abs=1e-12) for one in zero)
        assert made.value("drifted_feature_share") == 0
        read = project.warehouse.read
        for view in ("performance_drift", "prediction_drift"):
            changes = read(f"select change from {view} where evaluation_id = $id", id=made.id)
            assert changes
            assert all(one["change"] in (0, None) for one in changes)
        shares = read("from feature_distribution where evaluation_id = $id", id=made.id)
        assert shares
        assert all(one["reference_share"] == one["current_share"] for one in shares)
        curves = read(
            "select evaluation_id is null as is_reference, count(*) as points from roc_curve"
            " where sample_id = $id group by all",
            id=row["sample_id"],
        )
        assert len({one["points"] for one in curves}) == 1
        assert len(curves) == 2


def test_an_evaluation_is_its_sample(trained):
    """An evaluation of another store, of its own sample, gives what that sample gives."""
    edit(
        trained,
        "blind:\n    model: returns",
        "blind:\n    model: returns\n    sampling: {method: fixed, rows: 120}",
    )
    with mlmon.open(trained) as project:
        blind = project.evaluate("blind", batch="2024_01", name="January")
        made = project.evaluate("truth", batch="2024_02", against="January")
        reference = project.warehouse.one(
            "from samples where sample_id = $id", id=row_of(project, made)["reference_sample_id"]
        )
        assert (
            (reference["rows"], reference["has_performance"]) == (blind.rows, True) == (120, True)
        )
        query = "select record_id from sample_records where sample_id = $id order by all"
        records = [
            project.warehouse.read(query, id=row[f"{side}sample_id"])
            for row, side in ((row_of(project, blind), ""), (row_of(project, made), "reference_"))
        ]
        assert records[0] == records[1] != []
    edit(trained, TRUTH, "truth: {model: returns, sampling: {method: fixed, rows: 120}}")
    with mlmon.open(trained) as project:
        by_batch = project.evaluate("truth", batch="2024_01", against="2024_01")
        again = project.evaluate("truth", batch="2024_01", against="January")
        assert by_batch.id == again.id


def test_an_evaluation_and_its_batch_are_the_same_reference(evaluated):
    with mlmon.open(evaluated) as project:
        january = project.evaluate("truth", batch="2024_01")
        made = project.evaluate("truth", batch="2024_02", against="2024_01")
        before = contents(project)
        for said in (january.id, january.id[:8], january.id[:1] + january.id[1:20]):
            assert project.evaluate("truth", batch="2024_02", against=said).id == made.id
        assert contents(project) == before
    edit(evaluated, TRUTH, against(f'evaluation: "{january.id[:10]}"'))
    with mlmon.open(evaluated) as project:
        assert project.evaluate("truth").id == made.id


def test_the_evaluated_version_scores_the_reference(evaluated):
    edit(evaluated, TRUTH, against('evaluation: "then"'))
    with mlmon.open(evaluated) as project:
        then = project.evaluate("truth", batch="2024_01", against="2024_01", name="then")
        assert then.model_version == 1
        project.train("returns", batches=["2024_02"])
        commands = [step["command"] for step in project.plan("truth")]
        assert commands == [
            "mlmon score returns --batch 2024_01",
            "mlmon score returns --batch 2024_02",
            "mlmon evaluate truth --batch 2024_02",
        ]
        made = project.evaluate("truth")
        row = row_of(project, made)
        query = "select model_version from samples where sample_id = $id"
        assert made.model_version == 2
        assert project.warehouse.value(query, id=row["reference_sample_id"]) == 2
        assert findings(project, made).keys().isdisjoint({"reference_changed"})


def test_the_live_views_say_what_was_kept(trained):
    edit(trained, TRUTH, against('batch: "2024_01"'))
    with mlmon.open(trained) as project:
        made = project.evaluate("truth")
        row, read = row_of(project, made), project.warehouse.read
        for metric in (*DISTANCES, "normalized_wasserstein_distance"):
            live = read(
                f"select feature, value, note from {metric} where evaluation_id = $id order by all",
                id=made.id,
            )
            kept = [
                {name: one[name] for name in ("feature", "value", "note")}
                for one in figures(project, made)
                if one["metric"] == metric
            ]
            assert live
            assert_same(live, kept)
        for metric in ("roc_auc_score", "log_loss", "lift", "missing_rate", "mean"):
            live = read(
                f"select value from {metric} where sample_id = $id order by all",
                id=row["reference_sample_id"],
            )
            kept = read(
                "select value from evaluation_metrics where sample_id = $id and metric = $metric"
                " and evaluation_id is null order by all",
                id=row["reference_sample_id"],
                metric=metric,
            )
            assert live
            assert_same(live, kept)
        matrix = read(
            "select sum(rows)::bigint as n from confusion_matrix"
            " where sample_id = $id and evaluation_id is null",
            id=row["reference_sample_id"],
        )
        assert matrix == [{"n": 200}]


def test_a_reference_without_any_target(trained):
    blank(trained, "2024_03")
    with mlmon.open(trained) as project:
        made = project.evaluate("truth", batch="2024_02", against="2024_03")
        rows = project.warehouse.read(
            "from performance_drift where evaluation_id = $id", id=made.id
        )
        assert {row["metric"] for row in rows} >= {"roc_auc_score", "log_loss"}
        for row in rows:
            assert (row["reference"], row["change"]) == (None, None)
            assert row["note"].startswith("in the reference: ")
        assert made.value("roc_auc_score") is not None
        assert made.value("population_stability_index", "amount") > 0
        page = project.report(evaluation=made.id)
        assert "in the reference: " in next(
            text
            for path in page.parent.rglob("*.html")
            if made.id in (text := path.read_text(encoding="utf-8")) and "Note" in text
        )


def test_a_store_without_performance(evaluated):
    edit(
        evaluated,
        "blind:\n    model: returns",
        'blind:\n    model: returns\n    reference: {batch: "2024_01"}',
    )
    with mlmon.open(evaluated) as project:
        made = project.evaluate("blind")
        query = "select count(*) from {} where evaluation_id = $id"
        assert made.value("data_drift") is not None
        for view, rows in (("performance_drift", 0), ("prediction_drift", 2)):
            assert project.warehouse.value(query.format(view), id=made.id) == rows


def test_a_batch_that_changed_is_a_finding(evaluated):
    with mlmon.open(evaluated) as project:
        february = project.evaluate("blind", batch="2024_02", name="February")
        write(evaluated, "2024_02", orders("2024_02", 150))
        made = project.evaluate("blind", batch="2024_01", against="February")
        assert (
            "Batch 2024_02 has changed since evaluation February"
            in (findings(project, made)["reference_changed"])
        )
        rows = "select rows from samples where sample_id = $id"
        row = row_of(project, made)
        assert project.warehouse.value(rows, id=row["reference_sample_id"]) == 150
        assert february.rows == 200


def test_a_training_batch_that_changed_matters_only_to_its_own_reference(trained):
    with mlmon.open(trained) as project:
        write(trained, "2024_01", orders("2024_01", 150))
        project.ingest("orders")
        made = project.evaluate("truth", batch="2024_02", against="2024_02")
        assert "reference_changed" not in findings(project, made)
        assert "reference_changed" in findings(project, project.evaluate("truth"))


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_any_task(shop, task):
    target = {"regression": "amount", "multiclass": "kind"}[task]
    features = {"regression": "kind", "multiclass": "amount"}[task]
    edit(shop, "target: returned\n    positive_class: back", f"target: {target}\n    task: {task}")
    edit(shop, "[amount, kind]", f"[{features}]")
    edit(shop, TRUTH, against('batch: "2024_01"'))
    metric = {"regression": "r2_score", "multiclass": "accuracy_score"}[task]
    with mlmon.open(shop) as project:
        project.ingest("orders")
        project.train("returns")
        made = project.evaluate("truth", batch="2024_02")
        there = project.evaluate("truth", batch="2024_01", against="2024_02")
        reference = project.warehouse.value(
            "select reference from performance_drift"
            " where evaluation_id = $id and metric = $metric",
            id=made.id,
            metric=metric,
        )
        assert reference == there.value(metric) is not None
        query = "select count(*) from prediction_drift where evaluation_id = $id"
        assert project.warehouse.value(query, id=made.id) > 0
        assert project.report(evaluation=made.id).is_file()


# What is out of date upstream ------------------------------------------------------


def test_the_reference_is_read_and_scored_first(trained):
    write(trained, "2024_03", orders("2024_03"))
    edit(trained, TRUTH, against('batch: "2024_03"'))
    with mlmon.open(trained) as project:
        before = contents(project)
        assert [step["command"] for step in project.plan("truth", batch="2024_02")] == [
            "mlmon ingest orders --batch 2024_03",
            "mlmon score returns --batch 2024_02",
            "mlmon score returns --batch 2024_03",
            "mlmon evaluate truth --batch 2024_02",
        ]
        assert project.plan("blind", batch="2024_02", against="2024_03")[-1]["command"] == (
            "mlmon evaluate blind --batch 2024_02 --against 2024_03"
        )
        assert contents(project) == before
        with pytest.raises(BatchNotFound, match="no batch 2024_03, the reference of truth"):
            project.evaluate("truth", batch="2024_02", only_this=True)
        project.ingest("orders")
        project.score("returns", batches=["2024_02"])
        with pytest.raises(NotScored, match=r"200 records of batch 2024_03 .* --batch 2024_03"):
            project.evaluate("truth", batch="2024_02", only_this=True)
        assert contents(project) == before
        made = project.evaluate("truth", batch="2024_02")
        assert [step["verb"] for step in project.plan("truth", batch="2024_02")] == ["evaluate"]
        assert project.evaluate("truth", batch="2024_02", only_this=True).id == made.id


def test_a_file_that_was_never_read_can_be_measured_against(trained):
    write(trained, "2024_03", orders("2024_03"))
    with mlmon.open(trained) as project:
        made = project.evaluate("blind", batch="2024_02", against="2024_03")
        assert made.labels["testDataset:dataset-name"] == "orders 2024_03"


# Names that do not fit -------------------------------------------------------------


def test_what_nobody_knows(evaluated):
    with mlmon.open(evaluated) as project:
        before = contents(project)
        with pytest.raises(
            UnknownName, match="no batch or evaluation is called 'zz'; there is 2024_01, 2024_02"
        ):
            project.evaluate("truth", against="zz")
        with pytest.raises(UnknownName):
            project.evaluate("truth", against="")
        assert contents(project) == before
    edit(evaluated, TRUTH, against("evaluation: zz"))
    with mlmon.open(evaluated) as project:
        with pytest.raises(EvaluationNotFound, match="no evaluation has the id or the name 'zz'"):
            project.evaluate("truth")
        with pytest.raises(EvaluationNotFound):
            project.plan("truth")
        assert contents(project) == before


def test_what_may_be_several(evaluated):
    with mlmon.open(evaluated) as project:
        project.evaluate("truth", batch="2024_01", name="January")
        project.evaluate("blind", batch="2024_01", name="January")
        with pytest.raises(ConfigError, match=r"'January' may be evaluation .* or .*blind|truth"):
            project.evaluate("truth", against="January")
        ids = [row["evaluation_id"] for row in contents(project)["evaluations"]]
        project.warehouse.write(
            "update evaluations set evaluation_id = 'beef' || evaluation_id[5:]"
        )
        with pytest.raises(ConfigError, match="'bee' may be evaluation beef"):
            project.evaluate("truth", against="bee")
        assert len(ids) == 4
        project.evaluate("blind", batch="2024_02", name="2024_02")
        with pytest.raises(ConfigError, match="2024_02 is a batch and also evaluation"):
            project.evaluate("truth", against="2024_02")


def test_an_evaluation_of_another_model(evaluated):
    text = (evaluated / "mlmon.yml").read_text(encoding="utf-8")
    other = text[text.index("  returns:\n") : text.index("stores:")]
    other = other.replace("returns:", "refunds:").replace("[amount, kind]", "[amount]")
    edit(evaluated, "stores:\n", f"{other}stores:\n  money: {{model: refunds}}\n")
    with mlmon.open(evaluated) as project:
        project.train("refunds")
        theirs = project.evaluate("money", name="theirs")
        for said in (theirs.id[:9], "theirs"):
            with pytest.raises(ConfigError, match="is of model refunds on orders, which returns"):
                project.evaluate("truth", against=said)
        project.warehouse.write("update evaluations set dataset = 'parcels' where store = 'blind'")
        moved = project.warehouse.value("select evaluation_id from evaluations where store='blind'")
        with pytest.raises(ConfigError, match="of model returns on parcels"):
            project.evaluate("truth", against=moved)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("", "give one of `batch:` or `evaluation:`"),
        ("batch: a, evaluation: b", "give one of `batch:` or `evaluation:`"),
        ("month: a", "Extra inputs are not permitted"),
    ],
)
def test_mistakes_in_mlmon_yml(shop, reference, said):
    edit(shop, TRUTH, against(reference))
    with pytest.raises(ConfigError, match=r"mlmon\.yml:13:\d+: stores\.truth\.reference") as caught:
        mlmon.open(shop)
    assert said in str(caught.value)


# Once, and aside -------------------------------------------------------------------


def test_once_is_not_the_history(evaluated):
    with mlmon.open(evaluated) as project:
        plain = project.evaluate("blind")
        aside = project.evaluate("blind", against="2024_02")
        assert (plain.id != aside.id, aside.evaluated_at > plain.evaluated_at) == (True, True)
        (checked,) = project.check("blind")
        assert checked.evaluation_id == plain.id
        (checked,) = project.check("blind", batch="2024_02")
        assert checked.evaluation_id == plain.id
        history = project.warehouse.read(
            "select evaluation_id, is_aside from evaluation_history join evaluations"
            " using (evaluation_id, store, batch) where store = 'blind' and batch = '2024_02'"
            " order by is_aside"
        )
        assert history == [
            {"evaluation_id": plain.id, "is_aside": False},
            {"evaluation_id": aside.id, "is_aside": True},
        ]
        assert aside.value("data_drift") is not None
        index = project.report()
        pages = {
            path.name: path.read_text(encoding="utf-8") for path in index.parent.rglob("*.html")
        }
        beside, usual = (
            "".join(html5lib.parse(page, namespaceHTMLElements=False).itertext())
            for each in (aside, plain)
            for page in [text for name, text in pages.items() if each.id[:8] in name]
        )
        assert "2024_02 (200 rows) against 2024_02 as version 1 scores it (200 rows)" in beside
        assert "2024_02, once: in no history and no check" in beside
        assert "against the reference of version 1" in usual
        assert "the test part of 2024_01" in usual
        assert "Once against" in pages["index.html"]


def test_a_batch_that_was_only_measured_once_is_not_checked(trained):
    with mlmon.open(trained) as project:
        project.evaluate("blind", batch="2024_01")
        project.evaluate("blind", batch="2024_02", against="2024_01")
        (checked,) = project.check("blind")
        query = "select batch from evaluations where evaluation_id = $id"
        assert project.warehouse.value(query, id=checked.evaluation_id) == "2024_01"
        with pytest.raises(EvaluationNotFound, match="no evaluation of batch 2024_02"):
            project.check("blind", batch="2024_02")


def test_what_was_aside_is_the_history_once_mlmon_yml_says_so(evaluated):
    with mlmon.open(evaluated) as project:
        aside = project.evaluate("truth", against="2024_01")
        assert row_of(project, aside)["is_aside"]
    edit(evaluated, TRUTH, against('batch: "2024_01"'))
    with mlmon.open(evaluated) as project:
        assert project.evaluate("truth").id == aside.id
        assert not row_of(project, aside)["is_aside"]
        assert project.evaluate("truth", against="2024_01").id == aside.id
        assert not row_of(project, aside)["is_aside"]


# Deleting --------------------------------------------------------------------------


def test_deleting_leaves_what_is_measured_against_it(evaluated):
    with mlmon.open(evaluated) as project:
        start = contents(project)
        first = project.evaluate("truth", batch="2024_01")
        made = project.evaluate("truth", batch="2024_02", against=first.id)
        before = contents(project)
        drift = project.warehouse.read("from performance_drift where evaluation_id = $i", i=made.id)
        project.delete_evaluation(first.id)
        after = contents(project)
        for table in ("histograms", "samples", "score_histograms", "label_histograms"):
            assert after[table] == before[table]
        assert drift == project.warehouse.read(
            "from performance_drift where evaluation_id = $i", i=made.id
        )
        assert project.evaluate("truth", batch="2024_01").id == first.id
        project.delete_evaluation(made.id)
        for table, rows in contents(project).items():
            assert len(rows) == len(start[table]), table


def test_a_reference_that_nothing_uses_any_more_is_gone(trained):
    with mlmon.open(trained) as project:
        before = contents(project)
        made = project.evaluate("truth", batch="2024_02", against="2024_01")
        assert len(contents(project)["samples"]) == len(before["samples"]) + 2
        project.delete_evaluation(made.id)
        assert contents(project) == before


@pytest.mark.parametrize("reference", ['batch: "2024_02"', "evaluation: February"])
def test_a_batch_that_is_a_reference_stays(evaluated, reference):
    with mlmon.open(evaluated) as project:
        project.evaluate("blind", batch="2024_02", name="February")
    edit(evaluated, TRUTH, against(reference))
    with mlmon.open(evaluated) as project:
        with pytest.raises(BatchInUse, match=r"2024_02 is the reference of store truth; give"):
            project.delete_batch("orders", "2024_02")
        assert project.warehouse.value("select count(*) from batches") == 2


# The command line and older files --------------------------------------------------


def test_the_command_line(evaluated, monkeypatch, capsys):
    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["mlmon", *words, "-C", str(evaluated)])
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capsys.readouterr()
        return int(str(ending.value.code or 0)), out, err

    once = ("evaluate", "truth", "--against", "2024_01", "--format", "json")
    code, out, _ = typed(*once)
    (row,) = json.loads(out)
    assert 0 <= row["roc_auc_score"] <= 1
    assert (code, row["against"]) == (0, ["2024_01"])
    code, out, _ = typed(*once, "--dry-run")
    assert [step["command"] for step in json.loads(out)] == [
        "mlmon evaluate truth --batch 2024_02 --against 2024_01"
    ]
    code, out, err = typed("evaluate", "truth", "--against", "nothing")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "no batch or evaluation is called 'nothing'; there is 2024_01, 2024_02" in err
