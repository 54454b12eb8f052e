"""A9: a class that the model does not know is named, and is no negative of any figure."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shop import edit, orders, write
from sklearn import metrics as sk

import mlmon
from mlmon.errors import ConfigError

ROWS = 400
RIGHT = {  # of the rows whose truth is known
    "roc_auc_score": lambda side: sk.roc_auc_score(side["y"] == "b", side["s"]),
    "log_loss": lambda side: sk.log_loss(side["y"] == "b", side["s"]),
    "accuracy_score": lambda side: sk.accuracy_score(side["y"], side["p"]),
    "precision_score": lambda side: sk.precision_score(side["y"], side["p"], pos_label="b"),
    "matthews_corrcoef": lambda side: sk.matthews_corrcoef(side["y"], side["p"]),
}


def side(seed: int, first: Sequence[str] = ()) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    score = chance.random(ROWS)
    truth = np.where(chance.random(ROWS) < score, "b", "a").astype(object)
    truth[: len(first)] = first
    said = np.where(score > 0.5, "b", "a").astype(object)
    return pd.DataFrame({"x": chance.normal(size=ROWS), "y": truth, "s": score, "p": said})


def compared(current: pd.DataFrame, reference: pd.DataFrame | None = None, **settings):
    given = {"target": "y", "features": ["x"], "classifier_rows": 0, **settings}
    return mlmon.compare(side(1) if reference is None else reference, current, **given)


def found(made) -> list[str]:
    query = "select message from diagnostics where code = 'unknown_class' order by message"
    return [row["message"] for row in made.warehouse.read(query)]


@pytest.mark.parametrize("columns", [{"score": "s"}, {"score": "s", "prediction": "p"}])
def test_a9_a_new_class_in_compare_leaves_the_task_and_the_score(columns):
    current = side(2, ["c"] * 21)
    made = compared(current, positive_class="b", **columns)
    assert made.task == "binary"
    known = current[current["y"] != "c"]
    for name, oracle in RIGHT.items():
        assert made.value(name) == pytest.approx(oracle(known), rel=1e-9), name
    (message,) = found(made)
    assert message.startswith("21 rows of the evaluation set are actually no class of the model")
    assert "c (21). It knows a, b; they count in no figure of performance." in message
    cells = made.warehouse.read("from confusion_matrix where actual = 'c' and rows > 0")
    assert {row["predicted"] for row in cells} == {"a", "b"}, "what there is, is shown"


def test_a9_the_positive_class_is_inferred_from_the_reference():
    numbers = {"a": 0, "b": 1, "c": 2}
    sides = [one.assign(y=one["y"].map(numbers)) for one in (side(2, ["c"] * 21), side(1))]
    made = compared(*sides, score="s")
    assert made.task == "binary"
    assert "2 (21). It knows 0, 1" in found(made)[0]
    with pytest.raises(ConfigError, match="positive_class: give the class"):
        compared(side(2, ["c"] * 21), score="s")


def test_a9_a_prediction_that_is_no_class_is_a_miss():
    current = side(2)
    current.loc[:29, "p"] = "zzz"
    made = compared(current, score="s", prediction="p", positive_class="b")
    assert made.task == "binary"
    for name in ("roc_auc_score", "accuracy_score"):
        assert made.value(name) == pytest.approx(RIGHT[name](current), rel=1e-9), name
    assert "30 rows of the evaluation set are predicted as no class of the model" in found(made)[0]


def test_a9_no_note_is_untrue_where_no_truth_is_known():
    current = side(2)
    current["y"] = current["y"].str.upper()
    made = compared(current, score="s", prediction="p", positive_class="b")
    query = "select distinct note from metrics where metric in ('roc_auc_score', 'accuracy_score')"
    notes = made.warehouse.read(f"{query} and evaluation_id is not null")
    assert notes == [{"note": "no row is actually of a known class"}]
    assert "400 rows of the evaluation set" in found(made)[0]


def test_a9_multiclass_has_its_areas_over_known_classes():
    chance = np.random.default_rng(3)
    classes = ["a", "b", "c"]
    truth = chance.integers(0, 3, ROWS)
    noise = chance.random((ROWS, 3)) + 0.4 * np.eye(3)[truth]
    proba = noise / noise.sum(axis=1, keepdims=True)
    frame = pd.DataFrame(proba, columns=classes).assign(x=1.0, y=np.array(classes)[truth])
    current = frame.copy()
    current.loc[:49, "y"] = "d"
    made = compared(current, frame, score={name: name for name in classes})
    known = current[current["y"] != "d"]
    area = sk.roc_auc_score(known["y"], known[classes], multi_class="ovr")
    assert made.value("roc_auc_score") == pytest.approx(area, rel=1e-9)
    said = known[classes].idxmax(axis=1)
    assert made.value("accuracy_score") == pytest.approx(sk.accuracy_score(known["y"], said))
    assert "50 rows of the evaluation set are actually no class of the model: d" in found(made)[0]
    rows = made.warehouse.read("select class from classification_report order by class")
    assert [row["class"] for row in rows] == classes


# ---- a project


def truths(folder: Path, new: Sequence[str]) -> None:
    """The first orders of the second month have these truths, one after another."""
    lines = orders("2024_02")
    for place, name in enumerate(new):
        lines[place] = f"{lines[place].rsplit(',', 1)[0]},{name}"
    write(folder, "2024_02", lines)


@pytest.mark.parametrize(
    ("new", "named"),
    [(["maybe"] * 30, "maybe (30)"), (["Back"] * 2 + ["KEPT"], "Back (2), KEPT (1)")],
    ids=["another class", "another spelling"],
)
def test_a9_a_new_truth_in_a_project_is_a_finding(trained, new, named):
    truths(trained, new)
    with mlmon.open(trained) as project:
        project.ingest("orders")
        evaluation = project.evaluate("truth", batch="2024_02")
        (message,) = found(evaluation)
        assert message == (
            f"{len(new)} rows of the evaluation set are actually no class of the model: {named}. "
            "It knows back, kept; they count in no figure of performance."
        )
        rows = project.sql(
            "select o.returned as truth, p.score, p.prediction from orders as o inner join"
            " predictions as p on o.id::varchar = p.record_id where o.batch = '2024_02'"
        ).to_pandas()
        known = rows[rows["truth"].isin(["back", "kept"])]
        area = sk.roc_auc_score(known["truth"] == "back", known["score"])
        assert evaluation.value("roc_auc_score") == pytest.approx(area, rel=1e-9)
        right = sk.accuracy_score(known["truth"], known["prediction"])
        assert evaluation.value("accuracy_score") == pytest.approx(right)
        (bins,) = project.warehouse.read(
            "select count(*) filter (where sum_log_loss is not null) as n from score_histograms"
            " as h inner join evaluations as e on h.sample_id = e.sample_id"
            " where h.label not in ('back', 'kept')"
        )
        assert bins["n"] == 0


def test_a9_an_unknown_truth_of_the_test_part_is_no_negative(shop):
    lines = orders("2024_01")
    chance = random.Random(1)
    edit(shop, 'train: {batches: ["2024_01"]}', 'train: {batches: ["2024_01"], test_size: 0.5}')
    with mlmon.open(shop) as project:
        project.ingest("orders")
        query = (
            "select id from orders where batch = '2024_01' and md5('1337:' || id)[:8] < '80000000'"
        )
        held_out = [str(row["id"]) for row in project.warehouse.read(f"{query} order by id")]
        before = project.train("returns")
        wanted = {*chance.sample(held_out, 20)}
        changed = [
            f"{line.rsplit(',', 1)[0]},maybe" if line.split(",", 1)[0] in wanted else line
            for line in lines
        ]
        write(shop, "2024_01", changed)
        project.ingest("orders")
        after = project.train("returns")
        query = "select classes, threshold from model_versions order by model_version"
        first, second = project.warehouse.read(query)
        assert (before.model_version, after.model_version) == (1, 2)
        assert second["classes"] == first["classes"] == ["back", "kept"]
        rows = project.sql(
            "select o.returned as truth, p.score from orders as o inner join predictions as p"
            " on o.id::varchar = p.record_id where p.model_version = 2"
        ).to_pandas()
        known = rows[rows["truth"] != "maybe"]
        query = (
            "select value from evaluation_metrics as m inner join samples as s"
            " on m.sample_id = s.sample_id where s.model_version = 2 and metric = 'roc_auc_score'"
        )
        area = sk.roc_auc_score(known["truth"] == "back", known["score"])
        assert project.warehouse.value(query) == pytest.approx(area, rel=1e-9)
        cuts = sk.precision_recall_curve(known["truth"] == "back", known["score"])
        f1 = 2 * cuts[0] * cuts[1] / np.maximum(cuts[0] + cuts[1], 1e-300)
        flagged = known["score"] > second["threshold"]
        assert sk.f1_score(known["truth"] == "back", flagged) == pytest.approx(f1.max())
        shares = project.warehouse.read("from feature_importances where model_version = 2")
        assert all(row["importance"] is not None for row in shares)
