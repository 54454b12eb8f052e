"""The profile pass of scores counts what the views say: ties, unknown classes, nothing labelled."""

import pytest
from hypothesis import given
from test_oracles_performance import Chosen, Scored, chosen, put_chosen, put_scored, scored
from view_bench import Bench, examples

from mlmon import score_profile
from mlmon.warehouse import Warehouse

TABLES = ("samples", "model_versions", "scored_records", "class_scores")
RELATIONS = {"cumulative_scores": "sample_id, class, score", "score_counts": "class, score"}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(RELATIONS)


def assert_counted(bench: Bench) -> None:
    with Warehouse(comments=False) as made:
        for table in TABLES:
            rows = bench.con.execute(f"from {table}").to_arrow_table()
            with made.registered(rows) as frame:
                made.write(f"create or replace table {table} as from {frame}")
        score_profile.count(made)
        for name, order in RELATIONS.items():
            found = made.read(f"from {name} order by {order}")
            assert found == bench.rows(name, f"true order by {order}"), name


@examples
@given(scored())
def test_binary(bench: Bench, given: Scored) -> None:
    put_scored(bench, given)
    assert_counted(bench)


@examples
@given(chosen())
def test_multiclass(bench: Bench, given: Chosen) -> None:
    put_chosen(bench, given)
    assert_counted(bench)
