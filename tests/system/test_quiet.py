"""B4: no call of ours shows or raises another library's warning; the user's own are told once."""

import re
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shop as small_shop

import mlmon
from mlmon.system.quiet import FILTER, log_warnings, quiet

WARNING = re.compile(r"\w*Warning\b")


@pytest.fixture
def _strict():
    """Every warning is an error, as `python -W error` has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def frame(rows=300):
    return pd.DataFrame({"x": range(rows), "kind": [*"abc"] * (rows // 3)})


@pytest.mark.usefixtures("_strict")
def test_b4_a_comparison_and_all_that_it_hands_out_warn_of_nothing(tmp_path):
    made = mlmon.compare(frame(), frame())
    drift = made.feature_drift
    assert len(drift.to_pandas()) == 2
    assert drift.feature.to_pandas().dtype == "str"
    assert drift.count().execute() == 2
    assert sum(len(part) for part in drift.to_pandas_batches()) == 2
    assert sum(len(part) for part in drift.to_pyarrow_batches()) == 2
    assert "feature_drift" in drift.get_backend().list_tables()
    assert made.sql("select 'a' as letter, now() as time").to_pandas()["letter"][0] == "a"
    assert made.to_html(tmp_path / "page.html").exists()
    assert "x" in made._repr_html_()


@pytest.mark.usefixtures("_strict")
def test_b4_a_project_and_all_that_it_hands_out_warn_of_nothing(trained):
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth", batch="2024_02")
        assert len(evaluation.metrics.to_pandas())
        assert len(project.table("feature_drift").filter(lambda t: t.drifted).to_pandas()) < 3
        assert project.sql("from metrics").count().execute()
        project.evaluate("blind")
        assert project.check("blind")
        assert project.report().exists()
        assert str(project.summary())


def test_b4_outside_of_our_calls_nothing_is_stilled():
    before = [entry for entry in warnings.filters if entry is not FILTER]
    mlmon.compare(frame(), frame())
    assert [entry for entry in warnings.filters if entry is not FILTER] == before
    with pytest.warns(UserWarning, match="the user's own"):
        warnings.warn("the user's own", UserWarning, stacklevel=1)


def test_b4_another_thread_hears_its_warnings_while_we_are_inside():
    inside, over = threading.Event(), threading.Event()

    def work():
        with quiet():
            inside.set()
            over.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    with pytest.warns(UserWarning, match="elsewhere"):
        warnings.warn("elsewhere", UserWarning, stacklevel=1)
    over.set()
    thread.join()


def test_b4_what_the_users_own_code_warns_of_is_logged_once(caplog):
    for _ in range(3):
        with log_warnings("model m: the estimator"):
            np.array([]).mean()
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "mlmon: model m: the estimator warns: Mean of empty slice"
    assert len(lines) == len({*lines}) == 2  # and "invalid value encountered in scalar divide"


ESTIMATOR = """
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

def hasty():
    kinds = make_column_transformer((OneHotEncoder(), ["kind"]), remainder="passthrough")
    return make_pipeline(kinds, LogisticRegression(max_iter=1))
"""


def test_b4_an_estimator_that_does_not_converge_is_one_line(ingested, caplog):
    (ingested / "hurried.py").write_text(ESTIMATOR, encoding="utf-8")
    small_shop.edit(
        ingested,
        "features: [amount, kind]",
        "features: [amount, kind]\n    estimator: hurried:hasty",
    )
    with mlmon.open(ingested) as project:
        project.train("returns")
        project.train("returns")
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("mlmon: model returns: the estimator warns: lbfgs failed to converge")
    assert "\n" not in line


def run(folder: Path, *words: str) -> str:
    """Return what a command says on stderr when every warning is an error."""
    command = [sys.executable, "-W", "error", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stderr


@pytest.mark.slow
def test_b4_the_journey_with_every_warning_an_error(tmp_path):
    told = [run(tmp_path, "-m", "mlmon", "demo", "d", "--rows-per-month", "600")]
    for command in (
        ["ingest"],
        ["train", "fraud"],
        ["score", "fraud", "--batch", "2017_04"],
        ["evaluate", "mes_for_ground_truth", "--batch", "2017_04", "--batch", "2017_05"],
        ["check", "mes_for_input_drift"],
        ["run", "Retrain Model"],
        ["models", "fraud"],
        ["report", "--summary"],
        ["sql", "from feature_drift where drifted"],
        ["export", "csv", "-o", str(tmp_path / "e")],
        ["status"],
        ["doctor"],
    ):
        told.append(run(tmp_path, "-m", "mlmon", "-C", "d", *command))
    assert not WARNING.search("".join(told))
