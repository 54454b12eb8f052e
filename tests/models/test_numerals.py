"""Text that is read as numbers is numbers, every value of it, or it is refused (A5)."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shop
from typer.testing import CliRunner

import mlmon
from mlmon.cli import app
from mlmon.errors import SourceError
from mlmon.project import Project

COMMAS = pd.DataFrame({"x": [f"{i},5" for i in range(300)], "y": np.arange(300.0)})
POINTS = COMMAS.assign(x=[f" {i}.5" for i in range(300)])
MIXED = POINTS.assign(x=[*POINTS["x"][:-1], "n/a"])
ALL = r"300 of 300 values of {} are no numbers \(first: '0,5'\)"
ONE = r"1 of 300 values of {} are no numbers \(first: 'n/a'\)"


@pytest.fixture
def shop_of(tmp_path: Path) -> Iterator[Callable[[str, str], Project]]:
    """Return a function that opens a shop whose mlmon.yml has `new` where it had `old`."""
    folder = shop.lay_out(tmp_path)
    with ExitStack() as stack:

        def opened(old: str, new: str) -> Project:
            shop.edit(folder, old, new)
            return stack.enter_context(mlmon.open(folder))

        yield opened


def count(project: Project, relation: str) -> int:
    return int(project.sql(f"select count(*) as n from {relation}").to_pandas()["n"].item())


def test_a5_text_that_is_numbers_is_read():
    made = mlmon.compare(POINTS, POINTS, kinds={"x": "numeric"}, classifier_rows=0)
    assert (made.value("mean", "x"), made.value("missing_rate", "x")) == (150, 0)


@pytest.mark.parametrize(
    ("reference", "current", "message"),
    [
        (COMMAS, COMMAS, "reference: " + ALL),
        (POINTS, COMMAS, "current: " + ALL),
        (POINTS, MIXED, "current: " + ONE),
        (POINTS.assign(x=1.5), MIXED, "current: " + ONE),
        (POINTS, POINTS.assign(x=""), r"current: 300 of 300 values of {} are no numbers"),
    ],
    ids=["both", "the current side", "one value", "beside numbers", "nothing in it"],
)
def test_a5_a_feature_asked_for_as_a_number(reference, current, message):
    with pytest.raises(SourceError, match=message.format("x")):
        mlmon.compare(reference, current, kinds={"x": "numeric"})


@pytest.mark.parametrize(
    "roles",
    [
        {"target": "t", "score": "x"},
        {"target": "t", "prediction": "p", "score": "x"},
        {"target": "x", "prediction": "y", "task": "regression"},
        {"target": "y", "prediction": "x", "task": "regression"},
        {"target": "t", "score": {"a": "x", "b": "y"}},
    ],
    ids=["score", "score beside a prediction", "truth", "estimate", "probability of a class"],
)
@pytest.mark.parametrize(("frame", "message"), [(COMMAS, ALL), (MIXED, ONE)])
def test_a5_truth_and_output_that_are_numbers(roles, frame, message):
    frame = frame.assign(t=["a", "b"] * 150, p=["a", "b"] * 150, z=1.0)
    with pytest.raises(SourceError, match=message.format("x")):
        mlmon.compare(frame, frame, positive_class="a", **roles)


def test_a5_on_the_command_line(tmp_path):
    path = tmp_path / "rows.csv"
    COMMAS.to_csv(path, index=False)
    result = CliRunner().invoke(app, ["compare", str(path), str(path), "--kind", "x=numeric"])
    assert isinstance(result.exception, SourceError)
    assert "300 of 300 values of x are no numbers (first: '0,5')" in str(result.exception)
    assert result.stdout == ""


def priced(month: str, prices: list[str]) -> pd.DataFrame:
    """Return a month's orders with a price that is text."""
    rows = [row.split(",") for row in shop.orders(month)]
    frame = pd.DataFrame(rows, columns=shop.HEADER.split(",")).astype({"amount": float})
    return frame.assign(price=prices)


POINT, COMMA = ([f"{n}{mark}5" for n in range(shop.ROWS)] for mark in ".,")
FEATURE = "features: [price]\n    kinds: {price: numeric}"


def test_a5_at_training(shop_of):
    project = shop_of("features: [amount, kind]", FEATURE)
    project.ingest("orders", priced("2024_01", COMMA), batch="2024_01")
    message = r"batch 2024_01: 200 of 200 values of price are no numbers \(first: '0,5'\)"
    with pytest.raises(SourceError, match=message):
        project.train("returns")
    assert count(project, "model_versions") == 0


def test_a5_in_a_later_batch(shop_of):
    project = shop_of("features: [amount, kind]", FEATURE)
    project.ingest("orders", priced("2024_01", POINT), batch="2024_01")
    project.ingest("orders", priced("2024_02", [*POINT[1:], "5 EUR"]), batch="2024_02")
    project.train("returns")
    message = r"batch 2024_02: 1 of 200 values of price are no numbers \(first: '5 EUR'\)"
    with pytest.raises(SourceError, match=message):
        project.evaluate("truth", batch="2024_02")
    assert count(project, "evaluations") == 0
    assert count(project, "predictions where batch = '2024_02'") == 0


def test_a5_as_the_truth_of_a_regression(shop_of):
    target = "target: price\n    task: regression"
    project = shop_of("target: returned\n    positive_class: back", target)
    project.ingest("orders", priced("2024_01", POINT), batch="2024_01")
    project.ingest("orders", priced("2024_02", [*POINT[1:], "soon"]), batch="2024_02")
    project.train("returns")
    with pytest.raises(SourceError, match="batch 2024_02: 1 of 200 values of price are no num"):
        project.evaluate("truth", batch="2024_02")
    assert project.evaluate("blind", batch="2024_02").value("data_drift") is not None
