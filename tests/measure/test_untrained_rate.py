"""What nothing trained on had, beside what is not in the reference: counted by hand (D3)."""

import hashlib

import pandas as pd
import pytest
import shop

import mlmon
from mlmon.models.records import cutoff
from mlmon.project import Project

IS_TEST = {True: "hat", False: "coat"}  # a kind that only the test part has, and only the rest


def orders(month: str) -> pd.DataFrame:
    rows = [row.split(",") for row in shop.orders(month)]
    return pd.DataFrame(rows, columns=shop.HEADER.split(",")).astype({"amount": float})


def is_test(key: str) -> bool:
    return hashlib.md5(f"1337:{key}".encode()).hexdigest()[:8] < cutoff(0.2)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A shop whose training's two parts each have a kind of their own; a month has more."""
    first, second = orders("2024_01"), orders("2024_02")
    for place in range(60):
        first.loc[place, "kind"] = IS_TEST[is_test(first["id"][place])]
    for place, kind in enumerate([*["coat"] * 7, *["hat"] * 5, *["ring"] * 3, "belt", None, None]):
        second.loc[place, "kind"] = kind
    with mlmon.open(shop.lay_out(tmp_path_factory.mktemp("untrained"))) as opened:
        opened.ingest("orders", first, batch="2024_01")
        opened.ingest("orders", second, batch="2024_02")
        opened.train("returns")
        yield opened


def figure(project: Project, metric: str, sample: str = "evaluation_id is not null") -> tuple:
    query = f"select value, note from evaluation_metrics where metric = '{metric}'"
    (row,) = project.warehouse.read(f"{query} and feature = 'kind' and {sample}")
    return row["value"], row["note"]


def test_d3_the_rows_whose_value_training_never_saw(project):
    evaluation = project.evaluate("truth", batch="2024_02")
    first, second = (
        project.warehouse.frame("select id, kind from orders where batch = $batch", batch=month)
        for month in shop.MONTHS
    )
    reference = first[first["id"].astype(str).map(is_test)]["kind"]
    unseen = ~second["kind"].isin(reference) & second["kind"].notna()
    untrained = ~second["kind"].isin(first["kind"]) & second["kind"].notna()
    assert (unseen.sum(), untrained.sum()) == (11, 4)
    assert evaluation.value("unseen_rate", "kind") == unseen.mean()
    assert evaluation.value("untrained_rate", "kind") == untrained.mean()
    assert figure(project, "untrained_rate", "evaluation_id is null") == (0, None)
    rows = project.warehouse.read(
        "select feature from evaluation_metrics where metric = 'untrained_rate'"
    )
    assert {row["feature"] for row in rows} == {"kind"}
    messages = [row["message"] for row in project.warehouse.read("from diagnostics")]
    assert "kind has 11 rows with a value that the reference does not have." in messages
    assert "kind is missing in 2 rows, and in none of the reference." in messages


def test_d3_of_a_version_that_did_not_store_it(project):
    project.warehouse.write("update bins set trained = null")
    evaluation = project.evaluate("blind", batch="2024_02")
    assert evaluation.value("untrained_rate", "kind") is None
    chosen = f"evaluation_id = '{evaluation.id}'"
    note = "what was trained on was not stored; train again"
    assert figure(project, "untrained_rate", chosen) == (None, note)
    assert evaluation.value("unseen_rate", "kind") == 11 / 200


def test_d3_where_nothing_was_trained():
    frame = pd.DataFrame({"kind": ["book", "shoe"] * 50})
    made = mlmon.compare(frame, frame.replace("shoe", "toy"), classifier_rows=0)
    assert (made.value("unseen_rate", "kind"), made.value("untrained_rate", "kind")) == (0.5, None)
