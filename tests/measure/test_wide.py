"""B1, models of many features: trained, measured and reported, however many columns there are."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.inspection import permutation_importance
from sklearn.preprocessing import StandardScaler

import mlmon
from mlmon.config import FILE
from mlmon.models.pipeline import Fitted, class_names, one_thread
from mlmon.project import Project
from mlmon.report.tiles.drift import FEW
from mlmon.train import estimators, importances
from mlmon.train.tasks import LEARNING

ODD = (
    'a "quoted" one',
    "it's",
    "ünï 日本",
    "select",
    "Group",
    "x" * 60,
    "100%",
    "{b}",
    "a,b;c",
    "feature",
    "number",
    "category",
    "record_id",
    "prob$x",
    "f'--",
    "~",
)


def rows(batch: int, numeric: list[str], categorical: list[str], size: int) -> pd.DataFrame:
    """Return a batch in which the first feature decides the truth, with some noise."""
    chance = np.random.default_rng(batch)
    columns = {name: chance.normal(size=size) for name in numeric}
    columns |= {name: chance.choice(["a", "b", "c"], size=size) for name in categorical}
    first = next(iter(columns.values()))
    signal = first if numeric else (first == "a") * 2.0 - 1
    key = [f"{batch}-{row}" for row in range(size)]
    truth = (signal + chance.normal(size=size) > 0).astype(int)
    return pd.DataFrame({"id": key, **columns, "y": truth})


def model(features: list[str], dataset: str = "t") -> dict[str, object]:
    train = {"batches": ["1"], "test_size": 0.5}
    return {
        "dataset": dataset,
        "target": "y",
        "positive_class": 1,
        "features": features,
        "train": train,
    }


def opened(folder: Path, datasets: str, models: dict[str, object], **store: object) -> Project:
    settings = {
        "version": 1,
        "project": "wide",
        "datasets": {name: {"key": "id"} for name in datasets},
        "models": models,
        "stores": {f"s_{name}": {"model": name, "classifier_rows": 0, **store} for name in models},
    }
    (folder / FILE).write_text(json.dumps(settings), encoding="utf-8")
    return mlmon.open(folder)


def followed(folder: Path, numeric: list[str], categorical: list[str], size: int) -> Project:
    """Return a project in which a model of these features was trained, evaluated, reported."""
    project = opened(folder, "t", {"m": model([*numeric, *categorical])})
    for batch in (1, 2):
        project.ingest("t", rows(batch, numeric, categorical, size), batch=str(batch))
    project.train("m")
    project.evaluate("s_m", batch="2")
    project.report()
    return project


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    numeric = [*ODD[::2], *(f"f{place}" for place in range(70))]
    categorical = [*ODD[1::2], *(f"c{place}" for place in range(64))]
    with followed(tmp_path_factory.mktemp("wide"), numeric, categorical, 60) as project:
        yield project


def test_b1_150_features_are_trained_evaluated_and_reported(wide):
    folder = wide.config.folder
    assert wide.sql("select count(*) from feature_drift").to_pandas().iloc[0, 0] == 150
    assert len(list((folder / "reports/features").iterdir())) == 150
    page = next((folder / "reports/evaluations").iterdir()).read_text(encoding="utf-8")
    assert page.count("Distribution of <bdi>") == FEW
    assert f"The first {FEW} stand here" in page
    linked = set(re.findall(r'features/([^"]+\.html)', page))
    assert linked == {path.name for path in (folder / "reports/features").iterdir()}


def test_b1_every_feature_has_its_own_values(wide):
    """Those of the table itself, whatever the feature is called, asked for one by one or all."""
    frame = rows(2, [*ODD[::2]], [], 60)
    assert set(ODD) <= set(wide.config.models["m"].features)
    query = (
        "select feature, count(*) as n, count(number) as numbers, count(category) as categories,"
        " sum(number) as total from feature_values join samples using (sample_id)"
        " where role = 'evaluation' group by feature"
    )
    every = {row["feature"]: row for row in wide.warehouse.read(query)}
    assert set(every) == {*wide.config.models["m"].features, "score", "prediction"}
    for place, name in enumerate(ODD):
        one = wide.warehouse.read(f"from ({query}) where feature = $name", name=name)
        assert one == [every[name]]
        filled = "categories" if place % 2 else "numbers"
        assert (one[0]["n"], one[0][filled]) == (60, 60)
    total = frame[ODD[0]].sum()
    assert every[ODD[0]]["total"] == pytest.approx(total)


def test_b1_a_filter_on_a_feature_reads_few_of_the_columns(wide):
    plan = "explain select sum(number) from feature_values where feature = 'f7'"
    text = str(wide.warehouse.read(plan))
    read = set(re.findall(r"\b[fc]\d+\b", text))
    assert "f7" in read
    assert len(read) < 10


def test_b1_classifier_rows_0_leaves_the_domain_classifier_out(wide):
    found = wide.sql("select value, note from metrics where metric like 'data_drift%'").to_pandas()
    assert found["value"].isna().all()
    assert set(found["note"]) == {"left out: classifier_rows is 0"}
    page = next((wide.config.folder / "reports/evaluations").iterdir())
    text = page.read_text(encoding="utf-8").replace("<wbr>", "")
    assert "left out: classifier_rows is 0" in text


def test_b1_models_and_versions_of_other_features_stand_beside_each_other(tmp_path):
    """The union goes over datasets, models and versions too."""
    names = [f"f{place}" for place in range(12)]
    models = {"a": model(names[:9]), "b": model(names[4:]), "c": model(names, "u")}
    with opened(tmp_path, "tu", models) as project:
        for dataset in "tu":
            project.ingest(dataset, rows(1, names, [], 30), batch="1")
        for name in models:
            project.train(name)
    with opened(tmp_path, "tu", models | {"a": model(names[2:6])}) as project:
        project.train("a")
        query = (
            "select s.model, s.model_version, count(distinct feature) as n from feature_values"
            " join samples as s using (sample_id) group by all order by all"
        )
        found = [tuple(row.values()) for row in project.warehouse.read(query)]
    assert found == [("a", 1, 11), ("a", 2, 6), ("b", 1, 10), ("c", 1, 14)]


# What a setting does to an evaluation's id --------------------------------------


def test_classifier_rows_at_its_default_is_no_part_of_an_evaluations_id(evaluated):
    """What was evaluated before there was the setting stays up to date; a limit is said."""
    text = (evaluated / FILE).read_text(encoding="utf-8")
    with mlmon.open(evaluated) as project:
        before = project.evaluate("blind", batch="2024_02")
        assert before.value("data_drift") is not None
    limited = text.replace("performance: false", "performance: false\n    classifier_rows: 20")
    (evaluated / FILE).write_text(limited, encoding="utf-8")
    with mlmon.open(evaluated) as project:
        after = project.evaluate("blind", batch="2024_02")
        assert after.id != before.id
        query = "select note from metrics where metric = 'data_drift' and evaluation_id = $id"
        assert "on 20 of " in project.warehouse.value(query, id=after.id)
    (evaluated / FILE).write_text(text.replace("max: 0.99", "max: 0.98"), encoding="utf-8")
    with mlmon.open(evaluated) as project:
        assert project.evaluate("blind", batch="2024_02").id == before.id


def test_a_check_of_what_was_left_out_is_empty_and_says_why(ingested):
    text = (ingested / FILE).read_text(encoding="utf-8")
    text = text.replace("performance: false", "performance: false\n    classifier_rows: 0")
    (ingested / FILE).write_text(text, encoding="utf-8")
    with mlmon.open(ingested) as project:
        project.train("returns")
        project.evaluate("blind", batch="2024_02")
        result = project.check("blind")[0]
        assert (result.outcome, result.value) == ("EMPTY", None)
        assert "classifier_rows is 0" in result.message
        history = project.sql("select data_drift from evaluation_history").to_pandas()
        assert history["data_drift"].isna().all()


# Importances --------------------------------------------------------------------


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_importances_are_those_of_scikit_learn(task):
    """Of the default pipeline, whose shuffled copies are predicted at once; one column is empty."""
    frame = rows(3, ["x", "empty", "z"], ["k", "l"], 150)
    frame.loc[::3, "l"] = None
    frame["empty"] = np.nan
    cuts = pd.cut(frame["x"], [-9, -0.5, 0.5, 9], labels=["low", "mid", "high"])
    truths = {"binary": frame["y"], "multiclass": cuts, "regression": frame["x"] + frame["z"]}
    frame["_actual"] = truths[task].astype(str)
    kinds = {"x": "numeric", "empty": "numeric", "z": "numeric"}
    kinds |= {"k": "categorical", "l": "categorical"}
    filled = {name: kind for name, kind in kinds.items() if name != "empty"}
    target = LEARNING[task].target(frame["_actual"])
    with one_thread():
        pipeline = estimators.default(task, filled, 1).fit(frame[list(kinds)][:75], target[:75])
    classes = [] if task == "regression" else class_names(pipeline)
    given = importances.importances(
        Fitted(pipeline, task, kinds, classes, None, None), frame[75:], 7
    )
    with one_thread():
        expected = permutation_importance(
            pipeline,
            frame[list(kinds)][75:],
            target[75:],
            scoring=LEARNING[task].scoring,
            n_repeats=5,
            random_state=7,
        )
    assert [row["importance"] for row in given] == list(expected.importances_mean)
    assert given[0]["importance"] > 0
    assert given[1]["importance"] == 0


def test_a_pipeline_of_ones_own_is_asked_anew_for_every_shuffle():
    kinds = {"x": "numeric", "z": "numeric"}
    pipeline = estimators.default("regression", kinds, 1)
    assert importances._coded(pipeline) == ["x", "z"]
    scaled = ColumnTransformer([("scaled", StandardScaler(), ["x", "z"])])
    assert importances._coded(pipeline.set_params(columns=scaled)) is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["numeric", "categorical"])
def test_b1_1000_features_are_trained_evaluated_and_reported(kind, tmp_path):
    names = [f"f{place}" for place in range(1000)]
    sides = (names, []) if kind == "numeric" else ([], names)
    with followed(tmp_path, *sides, 60) as project:
        assert project.sql("select count(*) from feature_drift").to_pandas().iloc[0, 0] == 1000
        assert len(project.sql("from feature_values limit 5").to_pandas()) == 5


@pytest.mark.slow
def test_b1_1000_columns_are_compared():
    names = [f"f{place}" for place in range(1000)]
    sides = [rows(batch, names[::2], names[1::2], 60) for batch in (1, 2)]
    assert len(mlmon.compare(*sides, target="y", key="id").feature_drift.to_pandas()) == 1000
