"""Training: the split is a rule, the threshold is the best one, the artifact is what it was."""

import hashlib
import json
import os
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from shop import HEADER, edit, orders, write
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

import mlmon
from mlmon.errors import ArtifactError, BatchNotFound, ConfigError, TrainingError
from mlmon.project import Project

COUNTS = (
    "model_versions",
    "samples",
    "predictions",
    "bins",
    "feature_importances",
    "histograms",
    "evaluation_metrics",
    "evaluation_curves",
)


def counts(project: Project) -> dict[str, int]:
    query = "select count(*) from {}"
    return {table: project.warehouse.value(query.format(table)) for table in COUNTS}


def test_the_rule_worked_out_once():
    assert hashlib.md5(b"1337:1001").hexdigest()[:8] == "73975c23"
    assert not is_in_the_test_part(1001)


def is_in_the_test_part(key: int, seed: int = 1337, size: float = 0.2) -> bool:
    return int(hashlib.md5(f"{seed}:{key}".encode()).hexdigest()[:8], 16) / 16**8 < size


def test_the_split_is_a_rule(trained):
    with mlmon.open(trained, read_only=True) as project:
        reference = project.warehouse.one("from samples where role = 'reference'")
        query = "select record_id from sample_records where sample_id = $id"
        records = project.warehouse.read(query, id=reference["sample_id"])
        version = project.warehouse.one("from model_versions")
    keys = [int(line.split(",")[0]) for line in orders("2024_01")]
    expected = {str(key) for key in keys if is_in_the_test_part(key)}
    assert {row["record_id"] for row in records} == expected
    assert 20 < len(expected) < 60
    assert reference["rows"] == len(expected)
    assert reference["total_rows"] == len(keys)
    assert version["train_rows"] == len(keys) - len(expected)


def reference_scores(project: Project) -> pd.DataFrame:
    scores: pd.DataFrame = project.warehouse.frame(
        "select score, prediction, actual = 'back' as positive from scored_records"
        " join samples using (sample_id) where role = 'reference' and model_version = 1"
    )
    return scores


def test_no_cut_has_a_better_f1(trained):
    with mlmon.open(trained, read_only=True) as project:
        rows = reference_scores(project)
        threshold = project.warehouse.value("select threshold from model_versions")
    cuts = [-1.0, *sorted(rows["score"])]
    best = max(f1_score(rows["positive"], rows["score"] > cut, zero_division=0) for cut in cuts)
    assert f1_score(rows["positive"], rows["score"] > threshold) == best > 0
    assert (rows["prediction"] == np.where(rows["score"] > threshold, "back", "kept")).all()
    assert threshold not in set(rows["score"]), "it lies between two scores"


def test_a_threshold_can_be_forced(ingested):
    edit(ingested, "positive_class: back", "positive_class: back\n    threshold: 0.123")
    with mlmon.open(ingested) as project:
        assert project.train("returns").threshold == 0.123


def test_the_version_is_described(trained):
    with mlmon.open(trained, read_only=True) as project:
        version = project.warehouse.one("from model_versions")
        (listed,) = project.models("returns")
        bins = project.sql("select distinct feature from bins").to_pandas()["feature"]
    assert (version["model_version"], version["is_active"]) == (1, True)
    assert version["algorithm"] == "HistGradientBoostingClassifier"
    assert version["classes"] == ["back", "kept"]
    assert json.loads(version["features"]) == {"amount": "numeric", "kind": "categorical"}
    assert {"scikit-learn", "skops", "mlmon"} <= set(json.loads(version["versions"]))
    assert version["created_by"] == "Python API"
    assert (listed["metric"], listed["test_rows"] > 0) == ("roc_auc_score", True)
    assert set(bins) == {"amount", "kind", "score", "prediction"}
    content = (trained / "warehouse" / version["artifact"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == version["sha256"]


def test_importances(trained):
    with mlmon.open(trained, read_only=True) as project:
        rows = project.warehouse.read("from feature_importances")
    shares = {row["feature"]: row["share"] for row in rows}
    assert set(shares) == {"amount", "kind"}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["amount"] > shares["kind"]


def test_the_same_training_is_the_same_artifact(trained):
    with mlmon.open(trained) as project:
        again = project.train("returns")
        first, second = project.warehouse.read("from model_versions order by model_version")
    assert (again.model_version, again.is_active, first["is_active"]) == (2, True, False)
    assert first["sha256"] == second["sha256"]
    assert first["threshold"] == second["threshold"]
    assert len(list((trained / "warehouse/models/returns").iterdir())) == 1


def test_on_other_batches(trained):
    with mlmon.open(trained) as project:
        version = project.train("returns", batches=["2024_02"], created_by="me")
        assert version.train_batches == ["2024_02"]
        assert (
            project.warehouse.value(
                "select count(*) from samples where role = 'reference' and batches = ['2024_02']"
            )
            == 1
        )
        assert project.models()[0]["created_by"] == "me"


def test_a_batch_that_is_not_there(trained):
    with mlmon.open(trained) as project:
        before = counts(project)
        with pytest.raises(BatchNotFound, match="mlmon ingest orders --batch 2031_01"):
            project.train("returns", batches=["2024_01", "2031_01"])
        assert counts(project) == before


def test_activating_an_older_version(trained):
    with mlmon.open(trained) as project:
        project.train("returns", batches=["2024_02"])
        assert project.activate("returns", 1).is_active
        active = "select list(model_version) from model_versions where is_active"
        assert project.warehouse.value(active) == [1]
        with pytest.raises(ConfigError, match="no version of returns is called '7'; there is 1, 2"):
            project.activate("returns", 7)


# Faults ----------------------------------------------------------------------


def artifact_of(folder: Path) -> Path:
    (path,) = (folder / "warehouse/models/returns").iterdir()
    return path


@pytest.mark.parametrize("change", [lambda b: b + b" ", lambda b: b[:-9], lambda _: b""])
def test_a_tampered_artifact_is_refused(trained, change):
    path = artifact_of(trained)
    path.write_bytes(change(path.read_bytes()))
    with mlmon.open(trained) as project:
        before = counts(project)
        with pytest.raises(ArtifactError, match="is not the file that was trained") as caught:
            project.score("returns")
        assert caught.value.exit_code == 3
        assert counts(project) == before


def test_a_lost_artifact_is_named(trained):
    artifact_of(trained).unlink()
    with mlmon.open(trained) as project, pytest.raises(ArtifactError, match="cannot be read"):
        project.score("returns")


def test_one_class_only(shop):
    write(shop, "2024_01", [line.replace("back", "kept") for line in orders("2024_01")])
    with mlmon.open(shop) as project:
        project.ingest("orders")
        with pytest.raises(TrainingError, match="returned has fewer than two classes"):
            project.train("returns")
        assert counts(project)["model_versions"] == 0
    assert not (shop / "warehouse/models").exists()


def test_d4_records_that_are_all_in_the_test_part_are_said_to_be(shop):
    held_out = [key for key in range(1000, 1100) if hash_of(key) < "33333333"][:2]
    rows = [f"{key},2024-01-0{place},1.5,toy,back" for place, key in enumerate(held_out, start=1)]
    write(shop, "2024_01", rows)
    with mlmon.open(shop) as project:
        project.ingest("orders", batches=["2024_01"])
        with pytest.raises(TrainingError) as caught:
            project.train("returns")
    assert str(caught.value) == (
        "model returns: no record with a value of returned is left to learn from beside the test "
        "part (test_size: 0.2); train on more records"
    )


def hash_of(key: int) -> str:
    return hashlib.md5(f"1337:{key}".encode()).hexdigest()[:8]


def test_a_positive_class_that_no_record_has(ingested):
    edit(ingested, "positive_class: back", "positive_class: lost")
    with mlmon.open(ingested) as project, pytest.raises(ConfigError, match="there is back, kept"):
        project.train("returns")


def test_a_column_that_is_not_there(shop):
    edit(shop, "[amount, kind]", "[amount, colour]")
    with mlmon.open(shop) as project:
        project.ingest("orders")
        with pytest.raises(ConfigError, match="no column of orders is called 'colour'"):
            project.train("returns")


def test_records_without_a_target_are_left_out(shop):
    lines = [
        line.rsplit(",", 1)[0] + "," if n < 50 else line for n, line in enumerate(orders("2024_01"))
    ]
    write(shop, "2024_01", lines)
    with mlmon.open(shop) as project:
        project.ingest("orders")
        version = project.train("returns")
        keys = [int(line.split(",")[0]) for line in lines[50:]]
        assert version.train_rows == sum(not is_in_the_test_part(key) for key in keys)
        # They are in the reference like any other, so a drift evaluation needs nothing more.
        scored = project.warehouse.value("select count(*) from predictions")
        assert scored == sum(is_in_the_test_part(int(line.split(",")[0])) for line in lines)
        assert [step["verb"] for step in project.plan("blind", batch="2024_02")] == [
            "score",
            "evaluate",
        ]


# Estimators of the user's own ------------------------------------------------

ESTIMATOR = """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def scaled():
    return make_pipeline(StandardScaler(), LogisticRegression())

def broken():
    return LogisticRegression(C=-1)

def asking(seed):
    return LogisticRegression(random_state=seed)
"""


def bring(folder: Path, function: str) -> None:
    """The shop's model uses a function of a module in its folder."""
    (folder / "own_estimators.py").write_text(ESTIMATOR)
    own = f"features: [amount]\n    estimator: own_estimators:{function}"
    edit(folder, "features: [amount, kind]", own)


def test_an_estimator_of_ones_own(ingested):
    bring(ingested, "scaled")
    with mlmon.open(ingested) as project:
        version = project.train("returns")
        assert version.algorithm == "LogisticRegression"
        assert project.score("returns") == 200
        assert project.warehouse.value("select max(score) - min(score) from predictions") > 0.1


@pytest.mark.parametrize(
    ("function", "kind", "words"),
    [
        ("broken", TrainingError, "the estimator cannot be fitted: "),
        ("missing", ConfigError, "models.returns.estimator: own_estimators:missing"),
        ("asking", ConfigError, "models.returns.estimator: own_estimators:asking: TypeError: "),
    ],
)
def test_an_estimator_that_does_not_work(ingested, function, kind, words):
    bring(ingested, function)
    with mlmon.open(ingested) as project, pytest.raises(kind) as caught:
        project.train("returns")
    assert words in str(caught.value)


def fitted_elsewhere(folder: Path, first: object = "passthrough") -> Pipeline:
    lines = [line.split(",") for line in orders("2024_01")]
    frame = pd.DataFrame(lines, columns=HEADER.split(",")).astype({"amount": float})
    columns = ColumnTransformer(
        [("kind", OneHotEncoder(handle_unknown="ignore"), ["kind"])], remainder="passthrough"
    )
    pipeline = Pipeline([("first", first), ("columns", columns), ("last", LogisticRegression())])
    pipeline.fit(frame[["amount", "kind"]], frame["returned"])
    skops.io.dump(pipeline, folder / "mine.skops")
    return pipeline


def register(folder: Path, file: str = "mine.skops") -> None:
    edit(folder, "positive_class: back", f"positive_class: back\n    artifact: {file}")


def test_a_pipeline_of_ones_own_is_registered(ingested):
    pipeline = fitted_elsewhere(ingested)
    register(ingested)
    with mlmon.open(ingested) as project:
        version = project.train("returns")
        assert (version.algorithm, version.train_rows) == ("LogisticRegression", 0)
        assert project.score("returns", batches=["2024_02"]) == 200
        rows = project.warehouse.frame(
            "select amount, kind, proba_back from scored_orders where batch = '2024_02'"
        )
    expected = pipeline.predict_proba(rows[["amount", "kind"]])[:, 0]
    assert list(pipeline.classes_) == ["back", "kept"]
    assert rows["proba_back"].to_numpy() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "stranger",
    [eval, os.system, partial(exec, "raise SystemExit")],
    ids=["eval", "os.system", "a partial of exec"],
)
def test_a_pipeline_that_would_run_code_is_refused(ingested, stranger):
    pipeline = fitted_elsewhere(ingested)
    pipeline.steps[0] = ("first", FunctionTransformer(stranger))
    skops.io.dump(pipeline, ingested / "mine.skops")
    register(ingested)
    with mlmon.open(ingested) as project, pytest.raises(ArtifactError, match="not loaded"):
        project.train("returns")


def test_a_file_that_is_no_pipeline(ingested):
    (ingested / "mine.skops").write_text("not a zip")
    register(ingested)
    with mlmon.open(ingested) as project, pytest.raises(ArtifactError, match="cannot be loaded"):
        project.train("returns")


def test_a_pickle_is_refused(ingested):
    (ingested / "mine.pkl").write_bytes(b"")
    register(ingested, "mine.pkl")
    with mlmon.open(ingested) as project, pytest.raises(ArtifactError, match=r"as a \.skops file"):
        project.train("returns")
