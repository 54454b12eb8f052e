"""A13: what a project defines in modules beside mlmon.yml is found again in any later process."""

import subprocess
import sys
from pathlib import Path

import pytest
from shop import edit

import mlmon
from mlmon.errors import ArtifactError, ConfigError

GIVEN = """\
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
{imports}

class Given(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        share = np.clip(X["amount"].to_numpy() / 100 {change}, 0, 1)
        return np.c_[share, 1 - share]

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
"""


def write(file: Path, imports: str = "", change: str = "") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(GIVEN.format(imports=imports, change=change), encoding="utf-8")


def use(folder: Path, line: str) -> None:
    edit(folder, "positive_class: back", f"positive_class: back\n    {line}")


def command(folder: Path, *words: str) -> tuple[int, str]:
    """Return the exit code and stderr of a process of its own that was not started there."""
    line = [sys.executable, "-m", "mlmon", *words, "--project", str(folder)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def scores(folder: Path) -> list[float]:
    query = "select score from predictions where batch = '2024_02' order by record_id"
    with mlmon.open(folder) as project:
        project.warehouse.write("delete from predictions where batch = '2024_02'")
        project.score("returns", batches=["2024_02"])
        return [row["score"] for row in project.warehouse.read(query)]


def train(folder: Path) -> None:
    with mlmon.open(folder) as project:
        project.train("returns")


def test_a13_a_later_process_scores(ingested):
    write(ingested / "passthrough.py", imports="import shared_words")
    (ingested / "shared_words.py").write_text("import other_words\n")
    (ingested / "other_words.py").write_text("")
    use(ingested, "estimator: passthrough:Given")
    train(ingested)
    assert command(ingested, "score", "returns", "--batch", "2024_02")[0] == 0


def test_a13_modules_in_packages(ingested):
    write(ingested / "ours" / "models" / "given.py", imports="from ours import words")
    (ingested / "ours" / "words.py").write_text("")
    (ingested / "ours" / "making.py").write_text(
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import FunctionTransformer\n"
        "from ours.models.given import Given\n"
        "def same(X):\n    return X\n"
        "def make():\n    return make_pipeline(FunctionTransformer(same), Given())\n"
    )
    use(ingested, "estimator: ours.making:make")
    train(ingested)
    for name in [name for name in sys.modules if name.partition(".")[0] == "ours"]:
        del sys.modules[name]
    assert len(scores(ingested)) == 200


def test_a13_two_projects_with_modules_of_one_name(ingested, trained):
    for folder, change in ((ingested, "* 0 + helper_of_both.N"), (trained, "* helper_of_both.N")):
        write(folder / "given_of_both.py", "import helper_of_both", change)
        use(folder, "estimator: given_of_both:Given")
    (ingested / "helper_of_both.py").write_text("N = 0.25\n")
    (trained / "helper_of_both.py").write_text("N = 0.5\n")
    train(ingested)
    train(trained)
    first, second = scores(ingested), scores(trained)
    assert set(first) == {0.25}
    assert len(set(second)) > 100
    assert max(second) <= 0.5
    assert scores(ingested) == first


def test_a13_a_module_that_was_edited_is_as_its_file_says(ingested):
    write(ingested / "given_edited.py", "import helper_edited", "* 0 + helper_edited.N")
    (ingested / "helper_edited.py").write_text("N = 0.1\n")
    use(ingested, "estimator: given_edited:Given")
    train(ingested)
    assert set(scores(ingested)) == {0.1}
    (ingested / "helper_edited.py").write_text("N = 0.2\n")
    assert set(scores(ingested)) == {0.2}


def test_a13_a_module_that_is_gone_is_one_line(ingested):
    file = ingested / "given_gone.py"
    write(file)
    use(ingested, "estimator: given_gone:Given")
    train(ingested)

    def refused() -> str:
        with pytest.raises(ArtifactError, match="bring that back or train again") as caught:
            scores(ingested)
        assert "given_gone.Given" in str(caught.value)
        return str(caught.value)

    for text, words in (
        ("x = 1", "does not define Given"),
        ("1 +", "SyntaxError"),
        ("1/0", "Zero"),
    ):
        file.write_text(text)
        assert words in refused()
    file.unlink()
    assert "No module named 'given_gone'" in refused()
    edit(ingested, "    estimator: given_gone:Given\n", "")
    assert "there is no module given_gone" in refused()


def test_a13_a_name_that_no_process_finds_is_refused_at_training(ingested):
    (ingested / "nameless.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import FunctionTransformer\n"
        "def make():\n"
        "    take = FunctionTransformer(lambda X: X[['amount']])\n"
        "    return make_pipeline(take, LogisticRegression())\n"
    )
    use(ingested, "estimator: nameless:make")
    with pytest.raises(ArtifactError, match=r"<lambda>, which no other process finds"):
        train(ingested)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package that is installed, as LightGBM would be."""
    write(tmp_path / "site" / "lightboost" / "sklearn.py")
    (tmp_path / "site" / "lightboost" / "__init__.py").write_text(
        "from lightboost.sklearn import Given"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "lightboost"]:
        del sys.modules[name]


@pytest.mark.usefixtures("installed")
def test_c1_an_installed_package_needs_trust(ingested):
    use(ingested, "estimator: lightboost:Given")
    line = r"add to models\.returns in mlmon\.yml: trust: \[lightboost\.sklearn\.Given\]"
    with pytest.raises(ArtifactError, match=line):
        train(ingested)
    with mlmon.open(ingested) as project:
        assert project.sql("from model_versions").to_pandas().empty
    use(ingested, "trust: [lightboost.sklearn.Given]")
    train(ingested)
    assert len(scores(ingested)) == 200
    edit(ingested, "    trust: [lightboost.sklearn.Given]\n", "")  # as a version of long ago
    with pytest.raises(ArtifactError, match=line):
        scores(ingested)


@pytest.mark.parametrize(
    "name", ["LGBMClassifier", "lightgbm sklearn", "lightgbm.*", "a..b", "a.b:c"]
)
def test_c1_trust_takes_whole_names(ingested, name):
    use(ingested, f'trust: ["{name}"]')
    with pytest.raises(ConfigError, match="give a whole name"):
        mlmon.open(ingested)
