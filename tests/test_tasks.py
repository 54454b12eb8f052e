"""Multiclass and regression, the whole journey: every figure and curve on the sampled rows."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pandas as pd
import pytest
from browser import started
from scipy import stats
from sklearn import datasets, metrics

import mlmon
from mlmon.project import Project

CONFIG = """\
version: 1
project: {name}
datasets:
  {name}: {{path: "{name}_{{batch}}.csv", key: id}}
models:
  {name}:
    dataset: {name}
    task: {task}
    target: target
    features: [{features}]
    train: {{batches: ["1"], test_size: 0.4}}
    estimator: estimators_of_{name}:plain
stores:
  truth:
    model: {name}
    checks: [{{name: quality, metric: {metric}, {limit}}}]
  blind: {{model: {name}, performance: false}}
"""
ESTIMATOR = """\
from sklearn.linear_model import {0}
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def plain():
    return make_pipeline(StandardScaler(), {0}())
"""
# Oracles warn where a figure is undefined; the tests say what is expected there.
pytestmark = pytest.mark.filterwarnings("ignore:y_pred contains classes:UserWarning")

PIXELS = [10, 13, 20, 21, 26, 28, 34, 36, 42, 43]
SVG = "{http://www.w3.org/2000/svg}svg"
ABSENT = 8  # the digit that does not occur in the last batch


def told(folder: Path, name: str, task: str, frame: pd.DataFrame, **settings: str) -> Project:
    """The frame is three batches, the last one drifted; all verbs have run on them."""
    features = [column for column in frame if column.startswith("x")]
    folder.mkdir()
    estimator = settings.pop("estimator")
    (folder / f"estimators_of_{name}.py").write_text(ESTIMATOR.format(estimator))
    (folder / "mlmon.yml").write_text(
        CONFIG.format(name=name, task=task, features=", ".join(features), **settings)
    )
    project = mlmon.open(folder)
    cuts = [0, len(frame) // 2, len(frame) * 3 // 4, len(frame)]
    for number, (start, end) in enumerate(pairwise(cuts)):
        rows = frame.iloc[start:end].copy()
        if number == 2:
            rows["x0"] += 3 * rows["x0"].std()
            rows = rows[rows["target"] != ABSENT]
            rows.loc[rows.index[:5], "target"] = pd.NA
        project.ingest(name, rows, batch=str(number + 1))
    project.train(name)
    project.score(name, batches=["2", "3"])
    for batch in ("2", "3"):
        project.evaluate("truth", batch=batch, only_this=True)
    project.evaluate("blind", batch="3", only_this=True)
    project.report()
    return project


def shuffled(columns: Any, target: Any, kind: str) -> pd.DataFrame:
    frame = pd.DataFrame(columns, columns=[f"x{place}" for place in range(columns.shape[1])])
    frame["target"] = pd.array(target, dtype=kind)
    frame["id"] = np.arange(len(frame))
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    pixels, digit = datasets.load_digits(return_X_y=True)
    frame = shuffled(pixels[:, PIXELS], digit.astype(int), "Int64")
    settings = {"metric": "f1_score", "limit": "min: 0.8", "estimator": "LogisticRegression"}
    folder = tmp_path_factory.mktemp("tasks") / "digits"
    with told(folder, "digits", "multiclass", frame, **settings) as project:
        yield project


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    columns, target = datasets.load_diabetes(return_X_y=True)
    frame = shuffled(columns, target, "Float64")
    settings = {"metric": "root_mean_squared_error", "limit": "max: 60", "estimator": "Ridge"}
    folder = tmp_path_factory.mktemp("tasks") / "diabetes"
    with told(folder, "diabetes", "regression", frame, **settings) as project:
        yield project


def evaluation_of(project: Project, store: str, batch: str) -> dict[str, Any]:
    return project.warehouse.one(
        "from evaluations where store = $store and batch = $batch", store=store, batch=batch
    )


def rows_of(project: Project, sample: str) -> pd.DataFrame:
    """Return a sample's labelled rows, as any SQL client would fetch them."""
    name = project.config.project
    rows: pd.DataFrame = project.warehouse.frame(
        f"""
        select s.record_id, t.target as actual, p.score, p.prediction
        from sample_records as s
        inner join {name} as t on s.batch = t.batch and s.record_id = t.id::varchar
        inner join predictions as p on s.record_id = p.record_id
        where s.sample_id = $id and t.target is not null
        order by s.record_id
        """,
        id=sample,
    )
    return rows


def probabilities_of(project: Project, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the probability of every class, a column per class, for these rows."""
    said = project.warehouse.frame("from class_probabilities")
    return said.pivot(index="record_id", columns="class", values="probability").loc[
        rows["record_id"]
    ]


def figures(project: Project, evaluation: dict[str, Any]) -> dict[tuple[str, str | None], Any]:
    rows = project.warehouse.read(
        "from metrics where evaluation_id = $id", id=evaluation["evaluation_id"]
    )
    return {(row["metric"], row["feature"]): row for row in rows}


def page(project: Project, evaluation: dict[str, Any] | None = None) -> Any:
    """Return the dashboard, or an evaluation's page, as a tree; it is valid HTML."""
    reports = project.config.path("reports")
    path = reports / "index.html"
    if evaluation:
        (path,) = reports.glob(f"evaluations/*{evaluation['evaluation_id'][:8]}.html")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(path.read_text(encoding="utf-8"))


def tile(tree: Any, identity: str) -> Any:
    (found,) = [each for each in tree.iter("div") if each.get("id") == identity]
    return found


def tiles(tree: Any) -> set[str]:
    """Return the identities of the page's tiles without their section's."""
    found = [each for each in tree.iter("div") if (each.get("class") or "").startswith("card")]
    sections = {each.get("id") for each in tree.iter("section")}
    return {
        each.get("id").removeprefix(f"{section}-")
        for each in found
        for section in sections
        if each.get("id").startswith(f"{section}-")
    }


def text(tree: Any) -> str:
    return " ".join(" ".join(tree.itertext()).split())


# ---- multiclass


@pytest.mark.parametrize("batch", ["2", "3"])
def test_figures_of_a_multiclass_model_equal_scikit_learn(digits, batch):
    evaluation = evaluation_of(digits, "truth", batch)
    rows = rows_of(digits, evaluation["sample_id"])
    assert len(rows) == evaluation["labelled_rows"] == evaluation["rows"] - 5 * (batch == "3")
    said, found = probabilities_of(digits, rows), figures(digits, evaluation)
    y, p = rows["actual"].astype(str), rows["prediction"]
    labels = list(said.columns)
    assert (said.to_numpy().argmax(axis=1) == p.astype(int)).all()
    expected = {
        "accuracy_score": metrics.accuracy_score(y, p),
        "balanced_accuracy_score": metrics.balanced_accuracy_score(y, p),
        "matthews_corrcoef": metrics.matthews_corrcoef(y, p),
        "hamming_loss": metrics.hamming_loss(y, p),
        "log_loss": metrics.log_loss(y, said, labels=labels),
        "brier_score_loss": metrics.brier_score_loss(y, said, labels=labels),
    }
    for name in ("precision_score", "recall_score", "f1_score"):
        score, options = getattr(metrics, name), {"labels": labels, "zero_division": np.nan}
        expected[name] = score(y, p, average="macro", **options)
        for label, value in zip(labels, score(y, p, average=None, **options), strict=True):
            assert found[name, label]["value"] == pytest.approx(value, nan_ok=True) or (
                np.isnan(value) and found[name, label]["value"] is None
            )
    for name, value in expected.items():
        assert found[name, None]["value"] == pytest.approx(value, rel=1e-9), name
    occur = [label for label in labels if (y == label).any()]
    for name in ("roc_auc_score", "average_precision_score"):
        of_class = {label: getattr(metrics, name)(y == label, said[label]) for label in occur}
        for label, value in of_class.items():
            assert found[name, label]["value"] == pytest.approx(value, rel=1e-9)
        macro = found[name, None]
        if len(occur) == 10:
            assert macro["value"] == pytest.approx(np.mean([*of_class.values()]), rel=1e-9)
        else:
            assert (macro["value"], macro["note"]) == (None, f"undefined for class {ABSENT}")
            assert found[name, str(ABSENT)]["note"] == "no row is of the class"


def test_the_classification_report_is_scikit_learns(digits):
    evaluation = evaluation_of(digits, "truth", "3")
    report = {
        row["class"]: row
        for row in digits.warehouse.read(
            "from classification_report where evaluation_id = $id", id=evaluation["evaluation_id"]
        )
    }
    assert len(report) == 10
    for prefix, sample in (
        ("", evaluation["sample_id"]),
        ("reference_", evaluation["reference_sample_id"]),
    ):
        rows = rows_of(digits, sample)
        labels = sorted(report)
        expected = metrics.classification_report(
            rows["actual"].astype(str),
            rows["prediction"],
            labels=labels,
            output_dict=True,
            zero_division=np.nan,
        )
        for label in labels:
            for name, key in (
                ("precision_score", "precision"),
                ("recall_score", "recall"),
                ("f1_score", "f1-score"),
                ("support", "support"),
            ):
                value = report[label][prefix + name]
                value = np.nan if value is None else value
                assert value == pytest.approx(expected[label][key], nan_ok=True), (label, key)


def test_the_confusion_matrix_is_scikit_learns(digits):
    evaluation = evaluation_of(digits, "truth", "2")
    rows = rows_of(digits, evaluation["sample_id"])
    found = digits.warehouse.read(
        "from confusion_matrix where evaluation_id = $id order by actual, predicted",
        id=evaluation["evaluation_id"],
    )
    expected = metrics.confusion_matrix(rows["actual"].astype(str), rows["prediction"])
    assert [row["rows"] for row in found] == expected.ravel().tolist()


def test_pages_of_a_multiclass_model(digits):
    evaluation = evaluation_of(digits, "truth", "3")
    tree = page(digits, evaluation)
    assert {"classification-report", "confusion-matrix", "roc_curve", "class-metrics"} <= tiles(
        tree
    )
    assert not {"decision-chart", "lift_curve", "error-distribution"} & tiles(tree)
    report = tile(tree, "performance-classification-report")
    assert len(list(report.iter("tr"))) == 11
    assert "in reference" in text(report)
    assert "from classification_report" in text(report)
    roc = tile(tree, "performance-roc_curve")
    drawn = [each.get("aria-label") for each in roc.iter(SVG) if each.get("class") == "chart"]
    assert len(drawn) == 6
    assert not any(f"Class {ABSENT}," in name for name in drawn)
    matrix = next(each for each in tree.iter("table") if "many" in (each.get("class") or ""))
    assert [each.text for each in matrix.iter("bdi")][:10] == [str(digit) for digit in range(10)]
    assert "Density of the score" in text(tree)
    assert "There are no scores" not in text(tree)
    dashboard = page(digits)
    assert {"classification-report", "confusion-matrix", "roc_curve"} <= tiles(dashboard)


def test_a_class_can_be_checked(digits):
    (result,) = digits.check("truth")
    f1 = figures(digits, evaluation_of(digits, "truth", "3"))["f1_score", None]["value"]
    assert result.value == f1
    assert result.outcome == ("ERROR" if f1 < 0.8 else "OK")


# ---- regression


@pytest.mark.parametrize("batch", ["2", "3"])
def test_figures_of_a_regression_equal_scikit_learn(diabetes, batch):
    evaluation = evaluation_of(diabetes, "truth", batch)
    rows = rows_of(diabetes, evaluation["sample_id"])
    assert len(rows) == evaluation["labelled_rows"] == evaluation["rows"] - 5 * (batch == "3")
    found, y, e = figures(diabetes, evaluation), rows["actual"], rows["score"]
    for name in (
        "r2_score",
        "explained_variance_score",
        "mean_absolute_error",
        "mean_squared_error",
        "root_mean_squared_error",
        "root_mean_squared_log_error",
        "mean_absolute_percentage_error",
    ):
        row = found[name, None]
        if name == "root_mean_squared_log_error" and e.min() <= -1:
            assert (row["value"], row["note"]) == (None, "values of -1 or less")
        else:
            assert row["value"] == pytest.approx(getattr(metrics, name)(y, e), rel=1e-9)
    correlation = stats.pearsonr(y, e).statistic
    assert found["pearson_correlation", None]["value"] == pytest.approx(correlation, rel=1e-9)
    assert ("accuracy_score", None) not in found


def curve(project: Project, name: str, evaluation: dict[str, Any], side: str) -> pd.DataFrame:
    """Return the rows of a view of curves: of the evaluation, or of its reference."""
    key = "null" if side == "reference_sample_id" else f"'{evaluation['evaluation_id']}'"
    points: pd.DataFrame = project.warehouse.frame(
        f"from {name} where sample_id = $id and evaluation_id is not distinct from {key}"
        " order by bin",
        id=evaluation[side],
    )
    return points


@pytest.mark.parametrize("side", ["sample_id", "reference_sample_id"])
def test_curves_of_a_regression(diabetes, side):
    evaluation = evaluation_of(diabetes, "truth", "3")
    rows = rows_of(diabetes, evaluation[side])
    errors = curve(diabetes, "error_distribution", evaluation, side)
    edges = [-np.inf, *errors["lower"].dropna(), np.inf]
    counts, _ = np.histogram(rows["score"] - rows["actual"], edges)
    assert errors["rows"].tolist() == counts.tolist()
    assert errors["share"].sum() == pytest.approx(1)
    bins = diabetes.warehouse.read(
        "select coarse_bin, min(lower) as lower from bins where feature = 'score'"
        " and lower is not null group by all order by all"
    )
    place = np.searchsorted([row["lower"] for row in bins], rows["score"], side="right") - 1
    actual = rows["actual"].groupby(place)
    found = curve(diabetes, "predicted_vs_actual", evaluation, side)
    for name, expected in {
        "rows": actual.size(),
        "mean_estimate": rows["score"].groupby(place).mean(),
        "mean_actual": actual.mean(),
        "lower_quartile": actual.quantile(0.25),
        "median": actual.median(),
        "upper_quartile": actual.quantile(0.75),
    }.items():
        assert found[name].tolist() == pytest.approx(expected.tolist(), rel=1e-9), name


def test_both_samples_have_the_same_bins(diabetes):
    evaluation = evaluation_of(diabetes, "truth", "3")
    sides = [
        curve(diabetes, "error_distribution", evaluation, side)[["bin", "lower", "upper"]]
        for side in ("sample_id", "reference_sample_id")
    ]
    pd.testing.assert_frame_equal(*sides)


def test_a_store_without_performance_has_the_density_and_nothing_of_the_truth(diabetes):
    key = evaluation_of(diabetes, "blind", "3")["evaluation_id"]
    curves = diabetes.warehouse.read(
        "select distinct curve from evaluation_curves where evaluation_id = $id", id=key
    )
    assert curves == [{"curve": "score_density"}]
    tree = page(diabetes, evaluation_of(diabetes, "blind", "3"))
    assert "Density of the estimate" in text(tree)
    assert not {"error-distribution", "predicted-vs-actual"} & tiles(tree)


def test_pages_of_a_regression(diabetes):
    diabetes.check()
    diabetes.report()
    for tree in (page(diabetes), page(diabetes, evaluation_of(diabetes, "truth", "3"))):
        shown = tiles(tree)
        assert {"error-distribution", "predicted-vs-actual", "performance-drift"} <= shown
        assert not {"roc_curve", "calibration_curve", "lift_curve", "confusion-matrix"} & shown
        assert not {"decision-chart", "precision_recall_curve"} & shown
        section = next(
            each for each in tree.iter("section") if each.get("id", "").startswith("performance")
        )
        for name in ("error-distribution", "predicted-vs-actual"):
            found = tile(tree, f"{section.get('id')}-{name}")
            assert next(found.iter(SVG)).get("aria-label").endswith("reference and current")
            assert f"from {name.replace('-', '_')}" in text(found)
            assert len(list(found.iter("tr"))) > 4
        for code in tree.iter("code"):  # the queries are the same for every task
            code.text = ""
        assert "positive" not in text(next(tree.iter("main"))).lower()
    r2 = figures(diabetes, evaluation_of(diabetes, "truth", "3"))["r2_score", None]["value"]
    strong = tile(page(diabetes), "status-number-2").find(".//strong")
    assert float(strong.get("data-v")) == r2


def test_tenths_of_the_estimate_stand_in_their_order(diabetes):
    tree = page(diabetes, evaluation_of(diabetes, "truth", "3"))
    fugacity = tile(tree, "prediction-drift-fugacity")
    table = next(iter(fugacity.iter("table")))
    tenths = [row.find("th").find("bdi").text for row in table.find("tbody").iter("tr")]
    starts = [float(name.split(" to ")[0]) for name in tenths if " to " in name]
    assert len(starts) >= 8
    assert starts == sorted(starts)


# ---- both


def test_no_page_is_wider_than_the_window(digits, diabetes):
    pages = [
        path
        for project in (digits, diabetes)
        for path in project.config.path("reports").rglob("*.html")
    ]
    assert {path.parent.name for path in pages} >= {"evaluations", "features", "models", "stores"}
    with started() as browser:
        for width in (360, 1280):
            tab = browser.new_page(viewport={"width": width, "height": 900})
            for path in pages:
                tab.goto(path.as_uri())
                assert tab.evaluate("document.documentElement.scrollWidth") <= width, path.name


def test_a15_the_prediction_of_a_regression_is_its_estimate_as_text(diabetes):
    rows = diabetes.warehouse.read("select score, prediction from scored_records")
    assert len(rows) > 200
    assert all(float(row["prediction"]) == row["score"] for row in rows)
    read = diabetes.warehouse.value
    assert read("select count(category) from feature_values where feature = 'prediction'") == 0
    assert read("select count(*) from metrics where feature = 'prediction'") == 0
    assert read("select count(prediction) from predictions") == 0
    assert read("select count(*) from label_counts") == 0
