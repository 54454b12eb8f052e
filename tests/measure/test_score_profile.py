"""The profile pass of scores counts what the views say: ties, unknown classes, nothing labelled."""

import math
from typing import Any

import pytest
from hypothesis import given
from test_oracles_performance import Chosen, Scored, chosen, put, put_chosen, put_scored, scored
from view_bench import Bench, examples

from mlmon.measure import scores
from mlmon.warehouse.warehouse import Warehouse

TABLES = ("samples", "model_versions", "scored_records", "class_scores")
RELATIONS = {
    "cumulative_scores": "sample_id, class, score",
    "score_counts": "class, score",
    "score_sums": "sample_id, class",
}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(RELATIONS)


def assert_counted(bench: Bench) -> None:
    with Warehouse(comments=False) as made:
        for table in TABLES:
            rows = bench.con.execute(f"from {table}").to_arrow_table()
            with made.registered(rows) as frame:
                made.write(f"create or replace table {table} as from {frame}")
        scores.count(made)
        for name, order in RELATIONS.items():
            found = made.read(f"from {name} order by {order}")
            expected = bench.rows(name, f"true order by {order}")
            assert len(found) == len(expected), name
            for one, other in zip(found, expected, strict=True):
                assert one.keys() == other.keys(), name
                assert not [key for key in one if not same(one[key], other[key])], (one, other)


def same(found: Any, expected: Any) -> bool:
    """Return whether two cells are equal; sums of numbers to the rounding of their order."""
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=1e-12)
    return type(found) is type(expected) and bool(found == expected)


@pytest.fixture(params=["few", "many"])
def where_scores_lie(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "many":
        monkeypatch.setattr(scores, "MANY", 2)


@pytest.mark.usefixtures("where_scores_lie")
@examples
@given(scored())
def test_binary(bench: Bench, given: Scored) -> None:
    put_scored(bench, given)
    assert_counted(bench)


@pytest.mark.usefixtures("where_scores_lie")
@examples
@given(chosen())
def test_multiclass(bench: Bench, given: Chosen) -> None:
    put_chosen(bench, given)
    assert_counted(bench)


@pytest.mark.usefixtures("where_scores_lie")
def test_a_class_with_a_quote(bench: Bench) -> None:
    version = {"task": "binary", "positive_class": "it's", "classes": ["it's", 'not "it"']}
    put(bench, version, {"score": [0.1, 0.2, 0.2, 0.9], "actual": [*version["classes"], None, "?"]})
    assert_counted(bench)


@pytest.mark.usefixtures("where_scores_lie")
def test_scores_that_are_no_probabilities(bench: Bench) -> None:
    version = {"task": "binary", "positive_class": "yes", "classes": ["no", "yes"]}
    score = [-3.0, -0.0, 0.0, 1.5, 40.0, 1e200]
    put(bench, version, {"score": score, "actual": ["no", "yes", "no", "yes", "no", "no"]})
    assert_counted(bench)
