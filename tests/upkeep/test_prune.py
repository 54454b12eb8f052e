"""Pruning removes what is old and never what is still needed."""

from datetime import timedelta

import pytest
from shop import edit, orders, write

import mlmon
from mlmon.errors import ConfigError
from mlmon.warehouse.tables import TABLES


def contents(project):
    """Return the number of rows of every table."""
    counts = " union all ".join(
        f"select '{t.name}' as t, count(*) as n from {t.name}" for t in TABLES
    )
    return {row["t"]: row["n"] for row in project.warehouse.read(counts)}


def left(project):
    rows = project.warehouse.read("select store, batch from evaluations order by all")
    return [(row["store"], row["batch"]) for row in rows]


def of(rows):
    return [(row["what"], row["of"], row["batch"]) for row in rows]


OLD = [("evaluation", "blind", "2024_01"), ("evaluation", "truth", "2024_01")]


def test_the_newest_are_kept_with_all_that_is_theirs(evaluated):
    with mlmon.open(evaluated) as project:
        figures = project.warehouse.read(
            "from metrics where batch = '2024_02' order by evaluation_id, metric, feature, segment"
        )
        before = contents(project)
        assert of(project.prune(evaluations=1, dry_run=True)) == OLD
        assert contents(project) == before
        gone = project.prune(evaluations=1)
        assert of(gone) == OLD
        assert all(len(row["id"]) == 32 and row["made_at"] for row in gone)
        assert left(project) == [("blind", "2024_02"), ("truth", "2024_02")]
        after = contents(project)
        assert after["evaluation_metrics"] < before["evaluation_metrics"]
        assert after["histograms"] < before["histograms"]
        assert after["model_versions"] == before["model_versions"]
        assert (
            project.warehouse.read("from metrics order by evaluation_id, metric, feature, segment")
            == figures
        )
        assert project.prune(evaluations=1) == []
        assert contents(project) == after
        assert project.doctor() == []
        project.evaluate("truth", batch="2024_01")
        assert len(left(project)) == 3


def test_by_age_the_newest_of_a_store_stays(evaluated):
    with mlmon.open(evaluated) as project:
        assert project.prune(older_than="1d") == []
        project.warehouse.write("update evaluations set evaluated_at = timestamp '2020-01-01'")
        assert project.prune(older_than="99999d") == []
        assert of(project.prune(older_than="52w")) == OLD
        assert project.prune(older_than="52w") == []


def test_what_mlmon_yml_measures_against_stays(evaluated):
    with mlmon.open(evaluated) as project:
        query = "select evaluation_id from evaluations where store = 'truth' and batch = '2024_01'"
        first = project.warehouse.value(query)
    edit(
        evaluated,
        "  blind:\n    model: returns\n",
        f"  blind:\n    model: returns\n    reference: {{evaluation: {first[:12]}}}\n",
    )
    with mlmon.open(evaluated) as project:
        assert of(project.prune(evaluations=1)) == OLD[:1]
        assert left(project) == [("blind", "2024_02"), ("truth", "2024_01"), ("truth", "2024_02")]
        assert project.evaluate("blind", batch="2024_02").value("data_drift") is not None


def test_the_sample_of_a_reference_stays(evaluated):
    with mlmon.open(evaluated) as project:
        first = project.warehouse.one("from evaluations where store='truth' and batch='2024_01'")
        second = project.evaluate("truth", batch="2024_02", against=first["evaluation_id"])
        project.prune(evaluations=1)
        drift = f"select count(*) from feature_distribution where evaluation_id = '{second.id}'"
        assert project.warehouse.value(drift) > 0
        assert project.doctor() == []


def test_runs_and_predictions(evaluated):
    for month in ("2024_03", "2024_04"):
        write(evaluated, month, orders(month, 40))
    with mlmon.open(evaluated) as project:
        project.ingest("orders")
        project.score("returns", batches=["2024_03", "2024_04"])
        project.warehouse.write(
            "insert into scenario_runs by name select 'r' || day as run_id, 'Weekly' as scenario,"
            " make_timestamp(2024, 1, day, 0, 0, 0) as started_at,"
            " if(day = 1, null, now()::timestamp) as ended_at from range(1, 5) as days(day)"
        )
        project.warehouse.write(
            "insert into step_runs by name select run_id, 0 as position from scenario_runs"
        )
        gone = project.prune(runs=1, predictions=1)
        assert of(gone) == [
            ("run", "Weekly", None),
            ("run", "Weekly", None),
            ("predictions", "returns", "2024_03"),
        ]
        runs = project.warehouse.read("select run_id from scenario_runs order by all")
        assert [row["run_id"] for row in runs] == ["r1", "r4"]  # r1 has not ended
        assert contents(project)["step_runs"] == 2
        scored = project.warehouse.read("select distinct batch from predictions order by all")
        assert [row["batch"] for row in scored] == ["2024_01", "2024_02", "2024_04"]
        assert project.prune(runs=1, predictions=1) == []
        assert project.score("returns", batches=["2024_03"]) == 40


def test_what_is_kept_is_said_in_mlmon_yml(evaluated):
    with mlmon.open(evaluated) as project:
        with pytest.raises(ConfigError, match="nothing says what to keep"):
            project.prune()
        with pytest.raises(ConfigError, match="not both"):
            project.prune(evaluations=1, older_than="1d")
        with pytest.raises(ConfigError, match="is no age"):
            project.prune(older_than="soon")
        with pytest.raises(ConfigError, match="at least one"):
            project.prune(evaluations=0)
    edit(evaluated, "project: shop", "project: shop\nretention: {evaluations: 1, runs: 100}")
    with mlmon.open(evaluated) as project:
        assert of(project.prune(dry_run=True)) == OLD
        assert project.prune(evaluations=2) == []
        assert of(project.prune()) == OLD


def test_an_age():
    from mlmon.upkeep.prune import age

    assert age("365d") == timedelta(days=365)
    assert age("2w") == timedelta(days=14)


def test_the_command(evaluated, run):
    done = run("prune", "--keep-evaluations", 1, "--dry-run", "-C", evaluated, "--format", "csv")
    assert (done.code, len(done.out.splitlines()), done.err) == (0, 3, "2 would go\n")
    assert run("prune", "--keep-evaluations", 1, "-C", evaluated).err == "2 removed\n"
    assert run("prune", "--older-than", "soon", "-C", evaluated).code == 2
