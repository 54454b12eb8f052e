"""D1, D2: which columns of a comparison are features, and where the truth comes from."""

import csv
import json
from datetime import date
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import mlmon
from mlmon.cli import app
from mlmon.compare.keys_and_dates import DATE, KEY
from mlmon.errors import ConfigError, MlmonError, SourceError

ROWS = 60


def loans(seed: int) -> pd.DataFrame:
    """Return records with a key, a time, a feature, a truth and a score."""
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": np.arange(ROWS) + 1000 * seed,
            "logged": [f"2024-0{seed}-{1 + n % 28:02d} 10:00:00" for n in range(ROWS)],
            "amount": chance.normal(size=ROWS),
            "repaid": (chance.random(ROWS) < 0.5).astype(int),
            "score": chance.random(ROWS),
        }
    )


REFERENCE, CURRENT = loans(1), loans(2)
UNLABELLED = CURRENT.drop(columns="repaid")
LABELS = CURRENT[["id", "repaid"]]


def compare(reference=REFERENCE, current=CURRENT, **given):
    return mlmon.compare(reference, current, classifier_rows=0, **given)


def findings(comparison):
    query = "select message from diagnostics where code like 'no_performance%'"
    return [row["message"] for row in comparison.warehouse.read(query)]


# D1: what is no feature by nature ------------------------------------------------

LEFT_OUT = {
    KEY: {
        "id": [*range(ROWS)],
        "Order_ID": [*range(ROWS)],
        "customerId": [*range(ROWS)],
        "key": [None, *map(float, range(1, ROWS))],
        "uuid": [UUID(int=n) for n in range(ROWS)],
        "name": [f"r{n}" for n in range(ROWS)],
    },
    DATE: {
        "iso": [f"2024-01-{1 + n % 28:02d}T10:00:00Z" for n in range(ROWS)],
        "german": [f"{1 + n % 28:02d}.03.2024" for n in range(ROWS)],
        "once": [None] * (ROWS - 1) + ["2024-01-01"],
        "day": [date(2024, 1, 1)] * ROWS,
        "moment": pd.date_range("2024-01-01", periods=ROWS, tz="UTC"),
    },
}
STAYS = {
    "amount": np.random.default_rng(0).normal(size=ROWS),  # a float is all different by nature
    "rank": [*range(ROWS)],  # and so may a number be that is not called like a key
    "paid": [*range(ROWS)],
    "id": [0, *range(ROWS - 1)],  # not all different
    "key": np.arange(ROWS) + 0.5,
    "name": [f"r{n // 2}" for n in range(ROWS)],
    "month": ["2024-01"] * ROWS,
    "word": ["epoch"] * ROWS,  # which DuckDB reads as a time
    "sometimes": ["2024-01-01", *["never"] * (ROWS - 1)],
    "is_new": [True, False] * (ROWS // 2),
}


def test_d1_keys_and_dates_are_no_features_and_that_is_said():
    columns = {name: values for group in LEFT_OUT.values() for name, values in group.items()}
    frame = pd.DataFrame({"x": np.arange(ROWS) % 7, **columns})
    made = compare(frame, frame)
    reasons = {name: reason for reason, group in LEFT_OUT.items() for name in group}
    assert made.left_out == reasons
    assert "\nto compare keys or dates too, list all features" in made.summary
    found = made.warehouse.read("from diagnostics where code = 'column_left_out'")
    assert {row["message"] for row in found} == {f"{n}: {why}." for n, why in reasons.items()}


def test_d1_all_other_columns_stay():
    frame = pd.DataFrame(STAYS)
    assert set(compare(frame, frame).kinds) == {*STAYS}


def test_d1_what_is_asked_for_is_a_feature_whatever_it_is():
    assert set(compare(features=["id", "amount"]).kinds) == {"id", "amount"}
    assert "id" in compare(kinds={"id": "numeric"}).kinds
    assert compare(features=["id", "amount"]).left_out == {}


def test_d1_nothing_else_there_is_one_line():
    keys = [side[["id", "logged"]] for side in (REFERENCE, CURRENT)]
    with pytest.raises(SourceError, match="no column to compare; id: its values are all diff") as e:
        compare(*keys)
    assert "list all features" in str(e.value)


def test_d1_a_row_a_side_differs_from_nothing():
    one = pd.DataFrame({"kind": ["a"], "x": [1.0]})
    assert set(compare(one, one).kinds) == {"kind", "x"}


def test_d1_excluded_columns_are_no_features_and_have_no_role():
    made = compare(exclude=["amount", "score"], target="repaid", kinds={"id": "numeric"})
    assert set(made.kinds) == {"id"}
    assert findings(made)[0].startswith("No performance: there is neither a prediction nor")
    text = CURRENT.assign(amount="of another type")
    assert "amount" not in compare(current=text, exclude="amount", kinds={"id": "numeric"}).kinds


def test_d1_the_time_is_no_feature():
    sides = [side.assign(hour=side["amount"]) for side in (REFERENCE, CURRENT)]
    assert "hour" in compare(*sides).kinds
    assert set(compare(*sides, time="hour", target="repaid").kinds) == {"amount"}


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("is called 'nope'; there is", {"exclude": ["nope"]}),
        ("exclude: column repaid has a role", {"exclude": ["repaid"], "target": "repaid"}),
        ("exclude: column amount is listed", {"exclude": ["amount"], "features": ["amount"]}),
        ("column on both sides (time) is called 'when'", {"time": "when"}),
        ("labels: give the key", {"labels": LABELS, "target": "repaid"}),
        ("labels: give the key", {"labels": LABELS, "key": "id"}),
    ],
)
def test_d1_names_that_do_not_fit(said, given):
    with pytest.raises(ConfigError) as caught:
        compare(**given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


# D1: truths of a file of their own ------------------------------------------------

TRUTH = {"target": "repaid", "key": "id"}


@pytest.mark.parametrize("form", ["int", "float", "text", "twice", "csv"])
def test_d1_labels_are_the_truth_of_records_that_have_none(form, tmp_path):
    labels = {
        "int": LABELS,
        "float": LABELS.astype({"id": float}),
        "text": LABELS.astype({"id": str}),
        "twice": pd.concat([LABELS, LABELS]),
        "csv": tmp_path / "labels.csv",
    }[form]
    if form == "csv":
        LABELS.to_csv(labels, index=False)
    made = compare(current=UNLABELLED, labels=labels, **TRUTH)
    assert made.value("roc_auc_score") == compare(**TRUTH).value("roc_auc_score")
    assert "60 truths, 60 of current" in made.summary
    assert findings(made) == []


def test_d1_a_records_own_truth_stays_and_gaps_are_filled():
    half = CURRENT.assign(repaid=CURRENT["repaid"].where(CURRENT.index < 20))
    made = compare(current=half, labels=LABELS.assign(id=LABELS["id"] + 0), **TRUTH)
    assert made.value("accuracy_score") == compare(**TRUTH).value("accuracy_score")
    shifted = LABELS.assign(id=LABELS["id"] + 30)
    made = compare(current=UNLABELLED, labels=shifted, **TRUTH)
    assert "labels: 60 truths, 30 of current; 30 belong to no record" in made.summary


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("key 2000 has more than one repaid", pd.concat([LABELS, LABELS.replace({0: 1, 1: 0})])),
        ("no id of it is in reference or current", LABELS.assign(id=LABELS["id"] + 90_000)),
        ("column of labels is called 'repaid'; there is id", LABELS[["id"]]),
        ("no row has both id and repaid", LABELS[:0]),
        ("column repaid is VARCHAR, in reference it is BIGINT", LABELS.assign(repaid="yes")),
        ("in current it is", LABELS.assign(repaid=1 - LABELS["repaid"])),
        ("there is no such file", "nowhere.csv"),
    ],
)
def test_d1_labels_that_do_not_belong_are_one_line(said, labels):
    with pytest.raises(MlmonError) as caught:
        compare(labels=labels, **TRUTH)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


# D2: a truth on one side, and performance on the command line ---------------------


@pytest.mark.parametrize(
    ("reference", "current", "said"),
    [
        (REFERENCE, UNLABELLED, "No performance: current has no column repaid"),
        (REFERENCE, CURRENT.assign(repaid=None), "No performance: no row of current has both"),
        (REFERENCE.drop(columns="repaid"), CURRENT, "No performance drift: reference has no col"),
        (REFERENCE.assign(repaid=None), CURRENT, "No performance drift: no row of reference"),
        (
            REFERENCE.drop(columns="score"),
            CURRENT.drop(columns="score"),
            "No performance: there is neither a prediction nor a score",
        ),
    ],
)
def test_d2_a_truth_that_one_side_lacks_is_a_finding_and_in_the_summary(reference, current, said):
    made = compare(reference, current, **TRUTH)
    (message,) = findings(made)
    assert message.startswith(said)
    assert message in made.summary


def run(*words):
    done = CliRunner().invoke(app, ["compare", *map(str, words), "--classifier-rows", "0"])
    assert done.exit_code == 0, done.output
    return done


def test_d2_the_command_prints_performance_and_drift(tmp_path):
    before, after, labels = (tmp_path / name for name in ("a.parquet", "b.csv", "labels.csv"))
    REFERENCE.to_parquet(before)
    UNLABELLED.to_csv(after, index=False)
    LABELS.to_csv(labels, index=False)
    given = (before, after, "--target", "repaid", "--key", "id")
    told = run(*given)
    assert "No performance: b.csv has no column repaid" in told.stderr
    assert "roc_auc_score" not in told.stdout
    told = run(*given, "--labels", labels, "--time", "logged", "--format", "md")
    performance, drift = told.stdout.split("\n\n")
    assert performance.startswith("| metric | reference | current | change |")
    assert "roc_auc_score" in performance
    assert drift.startswith("| feature |")
    assert "score" not in drift.replace("| ks_statistic", "")


@pytest.mark.parametrize(("only", "first"), [(None, "feature"), ("performance", "metric")])
def test_d2_what_a_program_reads_is_one_table(only, first, tmp_path):
    REFERENCE.to_parquet(tmp_path / "a.parquet")
    given = (
        [tmp_path / "a.parquet"] * 2 + ["--target", "repaid"] + (["--only", only] if only else [])
    )
    assert first in json.loads(run(*given, "--format", "json").stdout)[0]
    rows = [*csv.reader(run(*given, "--format", "csv").stdout.splitlines())]
    assert rows[0][0] == first
    assert len({len(row) for row in rows}) == 1
