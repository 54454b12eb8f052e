"""Two frames or files, no project: what is inferred, refused, measured, and shown."""

import json
import subprocess
import sys

import html5lib
import ibis
import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats
from sklearn import metrics
from sklearn.datasets import load_diabetes, load_wine

import mlmon
from mlmon.errors import ConfigError, MlmonError, SourceError


def people(rows: int, shift: float, seed: int) -> pd.DataFrame:
    """Return rows with every kind of column, a truth and a score for it."""
    chance = np.random.default_rng(seed)
    x = chance.normal(shift, 1, rows)
    score = 1 / (1 + np.exp(-x))
    return pd.DataFrame(
        {
            "id": np.arange(rows) + 1000 * seed,
            "x": np.where(chance.random(rows) < 0.05, np.nan, x),
            "count": chance.integers(0, 5, rows),
            "colour": chance.choice(["red", "green", "blue"], rows),
            "is_new": chance.random(rows) < 0.3,
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(chance.integers(0, 90, rows), "D"),
            "truth": (chance.random(rows) < score).astype(int),
            "score": score,
        }
    )


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    return people(900, 0.0, 1)


@pytest.fixture(scope="module")
def current() -> pd.DataFrame:
    return people(700, 0.7, 2)


@pytest.fixture(scope="module")
def compared(reference, current) -> mlmon.Comparison:
    return mlmon.compare(reference, current, target="truth", key="id")


def figures(comparison: mlmon.Comparison) -> dict:
    rows = comparison.metrics.to_pandas().to_dict("records")
    return {
        (row["metric"], row["feature"] if isinstance(row["feature"], str) else None): row["value"]
        for row in rows
    }


# What is inferred --------------------------------------------------------------


def test_kinds_and_roles_are_inferred_and_shown(compared):
    assert compared.task == "binary"
    assert compared.kinds == {
        "x": "numeric",
        "count": "numeric",
        "colour": "categorical",
        "is_new": "categorical",
    }
    assert compared.left_out == {"day": "it holds dates"}
    lines = compared.summary.splitlines()
    assert lines[0].endswith("4 features, 2 numeric and 2 categorical; binary")
    assert lines[1] == "left out: day, it holds dates"
    assert lines[3] == "drifted: x"
    assert compared.drifted == ["x"]


def test_kinds_can_be_given(reference, current):
    made = mlmon.compare(
        reference, current, features=["count", "x"], kinds={"count": "categorical"}
    )
    assert made.kinds == {"count": "categorical", "x": "numeric"}
    assert made.value("ks_statistic", "x") is not None
    with pytest.raises(KeyError):
        made.value("ks_statistic", "count")


def test_a_column_of_one_side_is_left_out_with_a_reason(reference, current):
    made = mlmon.compare(reference.drop(columns="count"), current.drop(columns="day"), key="id")
    assert made.left_out == {
        "day": "current does not have it",
        "count": "reference does not have it",
    }
    found = made.sql("select code, message from diagnostics where code = 'column_left_out'")
    assert len(found.to_pandas()) == 2
    assert "left out: day, current does not have it" in made.summary


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1] * 20, "binary"),
        (["a", "b", "c", "b"] * 10, "multiclass"),
        (list(range(40)), "regression"),
        ([0.5, 1.25, 2.0, 2.0] * 10, "regression"),
        ([0, 1, 2, 3] * 10, "multiclass"),
    ],
)
def test_the_task_is_that_of_the_target(values, task):
    frame = pd.DataFrame({"x": np.arange(40.0), "y": values, "prediction": values})
    assert mlmon.compare(frame, frame, target="y", classifier_rows=0).task == task


# What is measured --------------------------------------------------------------


def test_drift_is_that_of_scipy(compared, reference, current):
    found = figures(compared)
    for name in ("x", "count", "score"):
        before, after = reference[name].dropna(), current[name].dropna()
        oracle = stats.ks_2samp(before, after)
        assert found["ks_statistic", name] == pytest.approx(oracle.statistic, rel=1e-9)
        assert found["ks_pvalue", name] == pytest.approx(oracle.pvalue, rel=1e-9)
        distance = stats.wasserstein_distance(before, after)
        assert found["wasserstein_distance", name] == pytest.approx(distance, rel=1e-9)
    table = [side["colour"].value_counts().sort_index() for side in (reference, current)]
    oracle = stats.chi2_contingency(np.array(table), correction=False)
    assert found["chi2_statistic", "colour"] == pytest.approx(oracle.statistic, rel=1e-9)
    assert found["chi2_pvalue", "colour"] == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found["missing_rate", "x"] == pytest.approx(current["x"].isna().mean())


def test_performance_is_that_of_scikit_learn(compared, current):
    found, y, score = figures(compared), current["truth"], current["score"]
    for name in ("roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss"):
        assert found[name, None] == pytest.approx(getattr(metrics, name)(y, score), rel=1e-9)
    for name in ("accuracy_score", "precision_score", "recall_score", "f1_score"):
        assert found[name, None] == pytest.approx(getattr(metrics, name)(y, score > 0.5), rel=1e-9)
    drift = compared.table("performance_drift").to_pandas().set_index("metric")
    assert drift.loc["roc_auc_score", "reference"] is not None


@pytest.mark.parametrize("form", ["arrow", "polars", "ibis", "parquet", "csv", "json"])
def test_other_inputs_give_the_same(form, compared, reference, current, tmp_path):
    given = [
        as_given(form, side, tmp_path / name)
        for side, name in ((reference, "reference"), (current, "current"))
    ]
    made = mlmon.compare(*given, target="truth", key="id")
    said, expected = figures(made), figures(compared)
    assert set(said) == set(expected)
    for key, value in expected.items():
        assert said[key] == pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True), key


def as_given(form, side, stem):
    path = stem.with_suffix(f".{form}")
    if form == "arrow":
        return pa.Table.from_pandas(side, preserve_index=False)
    if form == "polars":
        return polars.from_pandas(side)
    if form == "parquet":
        pq.write_table(pa.Table.from_pandas(side, preserve_index=False), path)
    elif form == "csv":
        side.to_csv(path, index=False)
    elif form == "json":
        side.to_json(path, orient="records", lines=True, date_format="iso", double_precision=15)
        text = path.read_text(encoding="utf-8")
        rows = [json.loads(line) for line in text.splitlines()]
        for row, (x, score) in zip(rows, side[["x", "score"]].to_numpy(), strict=True):
            row |= {"x": None if np.isnan(x) else x, "score": score}
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        return ibis.memtable(side)
    return path if form != "csv" else str(path)


def test_nothing_but_drift_without_a_truth(reference, current):
    made = mlmon.compare(reference.drop(columns=["truth", "score"]), current, key="id")
    assert made.task is None
    found = figures(made)
    assert ("data_drift", None) in found
    assert not {name for name, _ in found} & {"accuracy_score", "roc_auc_score", "r2_score"}
    assert "score" not in {feature for _, feature in found}


@pytest.mark.parametrize("column", ["x", "colour"])
def test_a_column_that_is_empty_now_has_drifted(reference, current, column):
    made = mlmon.compare(reference, current.assign(**{column: None}), key="id", classifier_rows=0)
    assert column in made.drifted
    assert made.value("missing_rate", column) == 1
    neither = [side.assign(colour=None) for side in (reference, current)]
    made = mlmon.compare(*neither, key="id", classifier_rows=0)
    assert made.left_out["colour"] == "it has no value on either side"


def test_a_truth_that_is_not_known_yet(reference, current):
    made = mlmon.compare(reference, current.drop(columns="truth"), target="truth", key="id")
    assert ("accuracy_score", None) not in figures(made)
    assert ("ks_statistic", "score") in figures(made)
    messages = made.sql("select message from diagnostics where code = 'no_performance'")
    assert len(messages.to_pandas()) == 1


def test_multiclass_with_probabilities():
    wine = load_wine(as_frame=True)
    chance = np.random.default_rng(5)
    frame = wine.data.iloc[:, :4].assign(kind=wine.target)
    noise = chance.random((len(frame), 3)) + np.eye(3)[wine.target]
    proba = noise / noise.sum(axis=1, keepdims=True)
    for place in range(3):
        frame[f"p{place}"] = proba[:, place]
    made = mlmon.compare(
        frame, frame, target="kind", score={0: "p0", 1: "p1", 2: "p2"}, classifier_rows=0
    )
    found = figures(made)
    assert made.task == "multiclass"
    area = metrics.roc_auc_score(wine.target, proba, multi_class="ovr")
    assert found["roc_auc_score", None] == pytest.approx(area, rel=1e-9)
    right = metrics.accuracy_score(wine.target, proba.argmax(axis=1))
    assert found["accuracy_score", None] == pytest.approx(right, rel=1e-9)


def test_regression():
    data = load_diabetes(as_frame=True)
    chance = np.random.default_rng(6)
    frame = data.data.assign(y=data.target, estimate=data.target + chance.normal(0, 20, 442))
    made = mlmon.compare(frame[:200], frame[200:], target="y", prediction="estimate")
    found, part = figures(made), frame[200:]
    assert made.task == "regression"
    for name in ("r2_score", "mean_absolute_error", "root_mean_squared_error"):
        oracle = getattr(metrics, name)(part["y"], part["estimate"])
        assert found[name, None] == pytest.approx(oracle, rel=1e-9)


def test_a_side_against_itself_has_not_drifted(reference):
    made = mlmon.compare(reference, reference, key="id", classifier_rows=0)
    found = figures(made)
    assert made.drifted == []
    for metric in ("population_stability_index", "ks_statistic", "wasserstein_distance"):
        assert found[metric, "x"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_are_no_crash(reference, rows):
    made = mlmon.compare(reference, reference[:rows], target="truth", key="id")
    assert made.feature_drift.to_pandas()["drifted"].isna().all() == (rows == 0)
    mlmon.compare(reference[:rows], reference, target="truth", key="id", positive_class=1)


def test_the_domain_classifier_says_how_many_rows_it_took(reference, current):
    made = mlmon.compare(reference, current, key="id", classifier_rows=100)
    row = made.sql("select note from metrics where metric = 'data_drift'").to_pandas()
    assert row["note"][0].endswith("on 100 of 900 and 700 rows")
    left_out = mlmon.compare(reference, current, key="id", classifier_rows=0)
    assert left_out.value("data_drift") is None


# What is refused ---------------------------------------------------------------


def refused(error, said, *given, **settings):
    with pytest.raises(error) as caught:
        mlmon.compare(*given, **settings)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_change_of_type_names_the_column(reference, current):
    changed = current.assign(count=current["count"].map("no {}".format))
    refused(SourceError, "column count is VARCHAR, in reference it is BIGINT", reference, changed)
    made = mlmon.compare(reference, changed, key="id", kinds={"count": "categorical"})
    assert made.value("unseen_rate", "count") == 1


def test_names_that_are_not_there(reference, current):
    refused(ConfigError, "column (target) is called 'turth'", reference, current, target="turth")
    refused(ConfigError, "(prediction) is called 'p'", reference, current, prediction="p")
    refused(ConfigError, "is called 'y'", reference, current, features=["y"])
    refused(ConfigError, "'text' is not numeric", reference, current, kinds={"x": "text"})
    refused(ConfigError, "'trinary' is not binary", reference, current, task="trinary")
    refused(SourceError, "there is no such file", reference, "nowhere.parquet")
    refused(SourceError, "cannot be read as a table", reference, 3)


def test_a_positive_class_that_nobody_can_guess(reference, current):
    words = {0: "stays", 1: "leaves"}
    sides = [side.assign(truth=side["truth"].map(words)) for side in (reference, current)]
    refused(ConfigError, "positive_class: give the class", *sides, target="truth")
    made = mlmon.compare(*sides, target="truth", positive_class="leaves", classifier_rows=0)
    area = metrics.roc_auc_score(current["truth"], current["score"])
    assert made.value("roc_auc_score") == pytest.approx(area, rel=1e-9)


def test_a_score_given_as_prediction(reference, current):
    said = "task: binary has two classes"
    settings = {"target": "truth", "prediction": "score", "task": "binary"}
    refused(ConfigError, said, reference, current, **settings)


def test_a_text_file_with_a_fault_names_row_and_column(reference, current, tmp_path):
    reference.to_csv(tmp_path / "a.csv", index=False)
    lines = current.to_csv(index=False).splitlines()
    cells = lines[7].split(",")
    cells[2] = "many"
    (tmp_path / "b.csv").write_text("\n".join([*lines[:7], ",".join(cells), *lines[8:]]) + "\n")
    said = "b.csv: row 8, column count: 'many' is not BIGINT"
    refused(SourceError, said, tmp_path / "a.csv", tmp_path / "b.csv")


def test_names_of_our_own_are_refused(reference):
    frame = reference.rename(columns={"x": "_score"})
    refused(MlmonError, "_score", frame, frame)


# What is shown -----------------------------------------------------------------


def test_the_page(compared, tmp_path):
    page = compared.to_html(tmp_path / "page.html")
    text = page.read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert "current against reference" in text
    assert "current (700 rows) against reference (900 rows)" in "".join(tree.itertext())
    assert "index.html" not in text
    assert str(tmp_path) not in text


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlmon", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_line(reference, current, tmp_path):
    reference.to_parquet(tmp_path / "a.parquet")
    current.to_csv(tmp_path / "b.csv", index=False)
    done = run(
        "compare",
        tmp_path / "a.parquet",
        tmp_path / "b.csv",
        *("--target", "truth", "--key", "id", "--format", "json"),
        *("-o", tmp_path / "page.html"),
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["feature"] for row in rows if row["drifted"]] == ["x"]
    assert "b.csv against a.parquet: 4 features" in done.stderr
    assert (tmp_path / "page.html").is_file()
    failed = run("compare", tmp_path / "a.parquet", tmp_path / "none.csv")
    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (3, "", 1)


# Awkward frames ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a", "a"], "column a stands there twice"),
        (["a", "A"], "column A stands there beside a: case makes no difference"),
        (["a", ""], "column 2 has no name"),
    ],
)
def test_names_that_cannot_be_told_apart(names, said):
    frame = pa.table([[1.0, 2.0], [2.0, 1.0]], names=names)
    refused(SourceError, said, frame, frame)


@pytest.mark.parametrize(
    "values",
    [[2**70, 1], [1, "a"], [1 + 2j, 1]],
    ids=["huge", "mixed", "complex"],
)
def test_a_column_that_arrow_cannot_hold(values):
    frame = pd.DataFrame({"x": pd.Series(values)})
    refused(SourceError, "cannot be read as a table", frame, frame)
    refused(SourceError, "cannot be read as a table", frame["x"], frame)


@pytest.mark.parametrize("values", [[1, 2], [1.0, 2.5], pd.interval_range(0, 2)])
def test_a_pandas_categorical_is_categorical(values):
    frame = pd.DataFrame({"x": pd.Categorical([*values, None])})
    made = mlmon.compare(frame, frame, classifier_rows=0)
    assert made.kinds == {"x": "categorical"}
    assert made.value("unseen_rate", "x") == 0
    assert made.value("missing_rate", "x") == pytest.approx(1 / 3)


def test_types_that_duckdb_does_not_have():
    half = pa.array(np.array([1.5, 2.5], dtype="float16"))
    large = pa.array([10**40, 2 * 10**40], pa.decimal256(60, 2))
    frame = pa.table({"half": half, "large": large})
    made = mlmon.compare(frame, frame, classifier_rows=0)
    assert made.value("mean", "half") == 2
    assert made.value("mean", "large") == 1.5e40


def test_words_that_pandas_read_as_missing_numbers(reference, current):
    made = mlmon.compare(reference, current.assign(colour=np.nan), key="id", classifier_rows=0)
    assert made.kinds["colour"] == "categorical"
    assert made.value("missing_rate", "colour") == 1


def test_a_key_names_one_record(reference, current):
    said = "current: column id: key 1 stands there twice"
    refused(SourceError, said, reference, current.assign(id=1), key="id")
    said = "column id: the key is missing in 700 rows"
    refused(SourceError, said, reference, current.assign(id=None), key="id")


def test_sides_that_share_no_column(reference, current, tmp_path):
    said = "have no column to compare; x: current does not have it"
    refused(SourceError, said, reference[["x"]], current[["count"]])
    refused(SourceError, "this is a folder", tmp_path, current)


# Awkward truths and scores -----------------------------------------------------


def test_a_category_of_whole_floats_is_that_of_integers():
    whole = pl_frame({"x": [1, 2, 3, 3]})
    gaps = pl_frame({"x": [1.0, 2.0, float("nan"), 3.0]})
    made = mlmon.compare(whole, gaps, kinds={"x": "categorical"}, classifier_rows=0)
    assert made.value("unseen_rate", "x") == 0
    assert made.value("missing_rate", "x") == 0.25


def pl_frame(columns: dict) -> polars.DataFrame:
    return polars.DataFrame(columns, strict=False)


@pytest.mark.parametrize("strange", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_none(reference, current, strange):
    chosen = np.arange(len(current)) % 5 == 0
    side = polars.from_pandas(current.assign(score=current["score"].where(~chosen, -1)))
    given = polars.when(polars.col("score") < 0).then(strange).otherwise(polars.col("score"))
    side = side.with_columns(score=given)
    found = figures(mlmon.compare(reference, side, target="truth", key="id", classifier_rows=0))
    y, score = current["truth"][~chosen], current["score"][~chosen]
    for name in ("roc_auc_score", "log_loss", "brier_score_loss"):
        assert found[name, None] == pytest.approx(getattr(metrics, name)(y, score), rel=1e-9)
    right = metrics.accuracy_score(y, score > 0.5)
    assert found["accuracy_score", None] == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("strange", [float("nan"), float("inf")])
def test_a_truth_that_is_no_number_is_not_known(strange):
    y = [0.5, 1.25, 2.0, 4.0, strange]
    frame = polars.DataFrame({"x": [1.0] * 5, "y": y, "p": [1.0, 1.0, 2.0, 3.0, 4.0]})
    made = mlmon.compare(frame, frame, target="y", prediction="p", classifier_rows=0)
    assert made.task == "regression"
    expected = metrics.r2_score(y[:4], frame["p"][:4])
    assert made.value("r2_score") == pytest.approx(expected, rel=1e-9)


def test_a_truth_that_is_empty_now_is_of_the_references_task():
    frame = pd.DataFrame({"x": np.arange(40.0), "y": np.arange(40.0) / 7, "p": np.arange(40.0)})
    later = frame.assign(y=None)
    made = mlmon.compare(frame, later, target="y", prediction="p", classifier_rows=0)
    assert made.task == "regression"


def test_a_class_probability_that_is_missing_is_no_prediction():
    proba = np.array([[0.7, 0.2, 0.1], [np.nan, 0.6, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]])
    frame = pd.DataFrame(proba, columns=["a", "b", "c"]).assign(x=1.0, y=[0, 0, 2, 1])
    score = {0: "a", 1: "b", 2: "c"}
    made = mlmon.compare(frame, frame, target="y", score=score, classifier_rows=0)
    assert made.value("accuracy_score") == 1


@pytest.mark.parametrize("given", [1, 1.0, np.int64(1), np.float32(1), "1"])
def test_the_positive_class_may_be_any_one(reference, current, given):
    settings = {"target": "truth", "key": "id", "classifier_rows": 0}
    made = mlmon.compare(reference, current, positive_class=given, **settings)
    area = metrics.roc_auc_score(current["truth"], current["score"])
    assert made.value("roc_auc_score") == pytest.approx(area, rel=1e-9)
    flags = [side.assign(truth=side["truth"] == 1) for side in (reference, current)]
    made = mlmon.compare(*flags, positive_class=np.bool_(True), **settings)
    assert made.value("roc_auc_score") == pytest.approx(area, rel=1e-9)


def test_truth_and_output_that_do_not_fit(reference, current):
    flags = current.assign(truth=current["truth"] == 1)
    refused(SourceError, "column truth is BOOLEAN", reference, flags, target="truth")
    large = current.assign(score=current["score"] * 3)
    refused(SourceError, "is no probability (0 to 1)", reference, large, target="truth")
    three = current.assign(truth=current["id"] % 3)
    refused(ConfigError, "score alone is for two classes", three, three, target="truth")
    score = {"stays": "score", "leaves": "x"}
    said = "truth has none of these classes but 0, 1"
    refused(ConfigError, said, reference, current, target="truth", score=score)
    settings = {"target": "truth", "score": {0: "score", 1: "score"}, "task": "binary"}
    refused(ConfigError, "binary takes one column", reference, current, **settings)
    both = {"target": "truth", "prediction": "truth"}
    refused(ConfigError, "truth has another role too", reference, current, **both)
    lists = current.assign(truth=[[1]] * len(current))
    refused(SourceError, "column truth: BIGINT[]", reference, lists, target="truth")


def test_a_column_called_score_that_is_none(reference, current):
    points = [side.assign(score=side["score"] * 500 + 300) for side in (reference, current)]
    made = mlmon.compare(*points, key="id", classifier_rows=0)
    assert made.task is None
    assert made.value("ks_statistic", "score") > 0
    with pytest.raises(KeyError):
        made.value("chi2_statistic", "prediction")


@pytest.mark.parametrize(
    ("said", "settings"),
    [
        ("confidence: 2 is not", {"confidence": 2}),
        ("confidence: 'a' is not", {"confidence": "a"}),
        ("drift_limit: nan is not", {"drift_limit": float("nan")}),
        ("classifier_rows: -5 is not", {"classifier_rows": -5}),
        ("kinds: ['x'] is no mapping", {"kinds": ["x"]}),
        ("score: ['score'] is no column", {"score": ["score"], "target": "truth"}),
    ],
)
def test_settings_that_are_wrong(reference, current, said, settings):
    refused(ConfigError, said, reference, current, **settings)


def test_one_feature_and_columns_that_are_numbers(reference, current):
    made = mlmon.compare(reference, current, features="count", classifier_rows=0)
    assert made.kinds == {"count": "numeric"}
    frame = pd.DataFrame({0: [0.1, 0.2, 0.7], 1: [0, 1, 1], 2: [1.0, 2.0, 3.0]})
    made = mlmon.compare(frame, frame, target=1, features=[2], classifier_rows=0)
    assert (made.task, made.kinds) == ("binary", {"2": "numeric"})


def test_without_rows_nothing_is_said_about_drift(reference):
    made = mlmon.compare(reference, reference[:0], classifier_rows=0)
    assert "no feature has rows on both sides" in made.summary


def test_the_command_line_refuses(reference, tmp_path):
    path = tmp_path / "a.parquet"
    reference.to_parquet(path)
    quick = ("compare", path, path, "--classifier-rows", 0)
    failed = run(*quick, "-o", tmp_path)
    assert failed.returncode == 2
    assert "this is a folder; give the page's file" in failed.stderr.splitlines()[-1]
    failed = run(*quick, "--kind", "x=numeric", "--kind", "x=categorical")
    assert (failed.returncode, failed.stderr.count("\n")) == (2, 1)
    assert "the same name stands there twice" in failed.stderr
    words = " ".join(f"'{word}'" for word in (sys.executable, "-m", "mlmon", *quick))
    closed = subprocess.run(f"{words} >&-", shell=True, capture_output=True, text=True, check=False)
    assert closed.returncode == 0, closed.stderr
