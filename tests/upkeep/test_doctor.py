"""The doctor finds what is wrong and mends what can be mended; a backup is the whole of it."""

import shutil

import pytest

import mlmon
from mlmon.errors import ConfigError

SECOND = "insert into {0} from {0} limit 1"
DAMAGES = {
    "a model has one active version": "update model_versions set is_active = false",
    "an evaluation has its figures": "delete from evaluation_metrics"
    " where evaluation_id = (select min(evaluation_id) from evaluations)",
    "a figure belongs to an evaluation": "delete from evaluations where store = 'blind'",
    "a key is there once": SECOND.format("predictions"),
    "an evaluation has its samples": "delete from samples where role <> 'reference'",
    "a run has ended": "insert into scenario_runs by name"
    " select 'r' as run_id, 'Nightly' as scenario, timestamp '2024-01-01' as started_at",
    "a batch has its records": "delete from orders where id = 1001",
    "a time is past": "update evaluations set evaluated_at = timestamp '2999-01-01'",
    "a view answers": "create or replace view mine as select 1; drop table if exists gone;"
    " create table gone (x int); create or replace view mine as from gone; drop table gone",
}
BY_HAND = {"an evaluation has its samples", "a run has ended", "a batch has its records"}
BY_HAND |= {"a time is past", "a view answers"}


def rules(troubles):
    return {row["rule"] for row in troubles}


def test_a_warehouse_that_is_well(evaluated):
    with mlmon.open(evaluated) as project:
        assert project.doctor() == []
        assert project.doctor(repair=True) == []


@pytest.mark.parametrize("rule", DAMAGES)
def test_what_is_wrong_is_found_and_mended_where_it_can_be(evaluated, rule):
    with mlmon.open(evaluated) as project:
        project.warehouse.connection.execute(DAMAGES[rule])
        found = [row for row in project.doctor() if row["rule"] == rule]
        assert found
        assert all(row["message"] and row["advice"] for row in found)
        mended = {row["mended"] for row in project.doctor(repair=True) if row["rule"] == rule}
        assert mended == {rule not in BY_HAND}
        assert (rule in rules(project.doctor())) == (rule in BY_HAND)


def test_after_a_repair_the_evaluation_is_made_again(evaluated):
    rows = "select store, batch, count(*) from metrics group by all order by all"
    with mlmon.open(evaluated) as project:
        before = project.warehouse.read(rows)
        project.warehouse.write(DAMAGES["an evaluation has its figures"])
        lost = project.warehouse.read(
            "select store, batch from evaluations"
            " anti join evaluation_metrics using (evaluation_id)"
        )
        assert len(lost) == 1
        project.doctor(repair=True)
        project.evaluate(lost[0]["store"], batch=lost[0]["batch"])
        assert project.warehouse.read(rows) == before
        assert project.doctor() == []


def test_artifacts_and_drafts(trained):
    folder = trained / "warehouse/models/returns"
    (artifact,) = folder.iterdir()
    content = artifact.read_bytes()
    with mlmon.open(trained) as project:
        stranger = folder / f"{'0' * 16}.skops"
        draft = trained / "warehouse" / ".copy.duckdb.4194305"  # beyond the greatest process id
        for path in (stranger, draft):
            path.write_bytes(b"half")
        assert rules(project.doctor()) == {"a version has its artifact", "a file is whole"}
        assert all(row["mended"] for row in project.doctor(repair=True))
        assert not stranger.exists()
        assert not draft.exists()
        artifact.write_bytes(content + b"more")
        (trouble,) = project.doctor(repair=True)
        assert "is not the file that was written" in trouble["message"]
        assert not trouble["mended"]
        artifact.unlink()
        assert "is not there" in project.doctor()[0]["message"]


def test_a_backup_is_the_warehouse_of_that_time(evaluated, tmp_path):
    with mlmon.open(evaluated) as project:
        copy = project.backup(tmp_path / "copy")
        with pytest.raises(ConfigError, match="is there already"):
            project.backup(copy)
        before = project.warehouse.read("from evaluation_metrics order by all")
        project.warehouse.write("delete from evaluation_metrics")
    shutil.rmtree(evaluated / "warehouse")
    shutil.copytree(copy, evaluated / "warehouse")
    with mlmon.open(evaluated) as project:
        assert project.warehouse.read("from evaluation_metrics order by all") == before
        assert project.doctor() == []
        assert project.score("returns", batches=["2024_02"]) == 0
