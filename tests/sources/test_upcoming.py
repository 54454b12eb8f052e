"""A14: a wrong date in the future makes a batch, but not the latest one."""

from pathlib import Path

import pytest
from shop import edit, orders, write

import mlmon
from mlmon.errors import BatchNotFound
from mlmon.project import Project

FUTURE = "9001,2099-05-05,10.5,book,kept"


@pytest.fixture
def monthly(evaluated: Path) -> Path:
    """The evaluated shop, in which March came, and one order of 2099."""
    write(evaluated, "2024_03", orders("2024_03", 50))
    write(evaluated, "2099_05", [FUTURE, *orders("2099_05", 60)])
    return evaluated


def latest(project: Project) -> set[str]:
    """Return what every place that knows a latest batch says."""
    read = project.warehouse.read
    queries = (
        "select distinct batch from latest_metrics where store = 'blind'",
        "select distinct batch from latest_checks",
        "select newest_batch from model_status",
        "select status from project_status where kind = 'dataset' or name = 'blind'",
    )
    found = {str(value) for query in queries for row in read(query) for value in row.values()}
    assert "2099_05" not in str(project.summary())
    return found


def test_a14_a_batch_that_starts_after_now_is_not_the_latest(monthly, caplog):
    with mlmon.open(monthly) as project:
        assert project.ingest("orders") == ["2024_03", "2099_05"]
        (warning,) = [line for line in caplog.messages if "2099_05" in line]
        assert "batch 2099_05 starts at 2099-05-01 00:00:00, after now; look at the" in warning
        (found,) = [row for row in project.doctor() if "2099_05" in row["message"]]
        assert (found["rule"], found["outcome"]) == ("a batch has begun", "WARNING")
        assert project.evaluate("blind").batch == "2024_03"
        project.evaluate("blind", batch="2099_05")  # asked for by name
        project.check("blind", batch="2099_05")
        project.check("blind")
        assert latest(project) == {"2024_03"}
        assert project.plan("truth")[-1]["batch"] == "2024_03"
        project.score("returns")
        assert project.warehouse.value("select max(batch) from batches") == "2099_05"


def test_a14_last_batches_of_a_training_have_begun(monthly):
    edit(monthly, 'train: {batches: ["2024_01"]}', "train: {batches: last 2}")
    with mlmon.open(monthly) as project:
        project.ingest("orders")
        assert list(project.train("returns").train_batches) == ["2024_02", "2024_03"]


def test_a14_where_all_are_to_come_one_must_be_named(shop):
    for path in (shop / "landing").iterdir():
        path.unlink()
    write(shop, "2099_05", [FUTURE])
    with mlmon.open(shop) as project:
        project.ingest("orders")
        with pytest.raises(BatchNotFound, match="start after now; name one, as --batch 2099_05"):
            project.score("returns")


def test_a14_a_batch_without_times_goes_by_its_name(shop):
    edit(shop, "key: id, time: day", "key: id")
    write(shop, "9999", [FUTURE])
    with mlmon.open(shop) as project:
        project.ingest("orders")
        query = "select status from project_status where kind = 'dataset'"
        assert project.warehouse.value(query) == "9999"
