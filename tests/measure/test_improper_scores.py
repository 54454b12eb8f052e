"""Scores that are no probabilities (fault A4): ranks keep their figures, losses have none."""

import math

import pandas as pd
import pytest

import mlmon

TRUTH = [0, 1, 1, 0]
PROPER = [0.1, 0.9, 0.8, 0.2]
LOSSES = ("brier_score_loss", "log_loss", "calibration_loss")
RANKS = ("roc_auc_score", "average_precision_score", "lift")
CALIBRATION = "select count(*) as n from calibration_curve where evaluation_id is not null"


def side(score: list[float]) -> pd.DataFrame:
    columns = {"x": range(4), "truth": TRUTH, "prediction": TRUTH, "score": score}
    return pd.DataFrame(columns)


def compared(reference: list[float], current: list[float]) -> mlmon.Comparison:
    sides = side(reference), side(current)
    return mlmon.compare(*sides, target="truth", classifier_rows=0)


@pytest.mark.parametrize(
    ("score", "range_of"),
    [
        ([10, 90, 80, 20], "from 10.0 to 90.0"),
        ([-4.0, 3.0, 0.5, -1.0], "from -4.0 to 3.0"),
        ([0.1, 0.9, 1.5, math.nan], "from 0.1 to 1.5"),
        ([0.1, 0.9, 0.8, 1.001], "from 0.1 to 1.001"),
    ],
    ids=["percent", "logits", "one row beside NaN", "just above 1"],
)
def test_a4_a_loss_of_scores_that_are_no_probabilities_is_undefined(score, range_of):
    made = compared(PROPER, score)
    notes = made.metrics.filter(made.metrics.evaluation_id.notnull()).to_pandas()
    notes = notes.set_index("metric")["note"]
    for metric in LOSSES:
        assert made.value(metric) is None, metric
        assert range_of in notes[metric], metric
    for metric in RANKS:
        assert made.value(metric) is not None, metric
    assert made.sql(CALIBRATION).to_pandas()["n"].item() == 0


def test_a4_the_reference_alone_leaves_the_current_figures_and_no_change():
    made = compared([10, 90, 80, 20], PROPER)
    assert made.value("brier_score_loss") == pytest.approx(0.025)
    rows = made.table("performance_drift").to_pandas().set_index("metric")
    for metric in LOSSES:
        assert pd.isna(rows["change"][metric])
        assert rows["note"][metric].startswith("in the reference: the scores are no probab")
    assert rows["change"]["roc_auc_score"] == 0


def test_a4_a_rounding_beyond_1_is_a_probability():
    assert compared(PROPER, [-1e-9, 1 + 1e-9, 0.8, 0.2]).value("log_loss") is not None


@pytest.mark.parametrize("factor", [1.0, 3.0, 0.5])
def test_a4_probabilities_of_classes_add_up_to_1(factor):
    rows = {"x": range(3), "truth": list("abc"), "pa": [0.8, 0.1, 0.1], "pb": [0.1, 0.8, 0.1]}
    frame = pd.DataFrame({**rows, "pc": [0.1, 0.1, 0.8]})
    changed = frame.assign(pa=frame["pa"] * factor)
    score = {"a": "pa", "b": "pb", "c": "pc"}
    made = mlmon.compare(frame, changed, target="truth", score=score, classifier_rows=0)
    assert (made.value("log_loss") is None) == (factor != 1)
    assert made.value("roc_auc_score") == 1


def test_a4_in_a_project_too(trained):
    with mlmon.open(trained) as project:
        project.score("returns", batches=["2024_02"])
        project.warehouse.write(
            "update predictions set score = 100 * score where batch > '2024_01'"
        )
        evaluation = project.evaluate("truth", batch="2024_02")
        assert [evaluation.value(metric) for metric in LOSSES] == [None] * 3
        assert None not in [evaluation.value(metric) for metric in RANKS]
        drift = project.table("performance_drift").to_pandas().set_index("metric")["change"]
        assert drift[list(LOSSES)].isna().all()
        assert drift[list(RANKS)].notna().all()
