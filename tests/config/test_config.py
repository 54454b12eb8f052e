"""A mistake in mlmon.yml is reported where it stands; a right file is taken as it is."""

import pytest
from shop import CONFIG

from mlmon.config import load, parse
from mlmon.errors import ConfigError

BASE = """\
version: 1
project: shop
datasets:
  orders: {path: "orders_{batch}.csv", key: id}
models:
  returns:
    dataset: orders
    target: returned
    positive_class: back
    features: [amount, kind]
    train: {batches: ["2024_01"]}
stores:
  truth: {model: returns}
"""
STEPS = BASE + "scenarios:\n  Daily:\n    steps:\n"


def mistakes(text, folder):
    with pytest.raises(ConfigError) as caught:
        parse(text, folder)
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BASE + "color: red\n", "mlmon.yml:14:8: color: Extra inputs are not permitted"),
        (BASE.replace("version: 1", "version: 2"), "mlmon.yml:1:10: version: Input should be 1"),
        (
            BASE + "time_zone: Europe/Atlantis\n",
            "mlmon.yml:14:12: time_zone: no time zone is called Europe/Atlantis;"
            " one is Europe/Berlin",
        ),
        (BASE.replace("project: shop\n", ""), "mlmon.yml:1:1: project: Field required"),
        (BASE.replace(", key: id", ""), "mlmon.yml:4:11: datasets.orders.key: Field required"),
        (
            BASE.replace("target: returned", "target: amount"),
            "mlmon.yml:7:5: models.returns: the target amount cannot be a feature",
        ),
        (
            BASE.replace("    positive_class: back\n", ""),
            "mlmon.yml:7:5: models.returns: a binary model needs `positive_class:`",
        ),
        (
            BASE.replace('["2024_01"]', '["2024_01"], test_size: 2'),
            "mlmon.yml:11:46: models.returns.train.test_size: Input should be less than 1",
        ),
        (
            BASE.replace("dataset: orders", "dataset: order"),
            "mlmon.yml:7:14: models.returns.dataset: no dataset is called 'order'",
        ),
        (
            BASE.replace("{model: returns}", "{model: refunds}"),
            "mlmon.yml:13:18: stores.truth.model: no model is called 'refunds'",
        ),
        (
            BASE.replace("{model: returns}", "{model: returns, sampling: {method: random}}"),
            "mlmon.yml:13:37: stores.truth.sampling: `method: random` needs `rows:`",
        ),
        (
            BASE.replace("[amount, kind]", "[amount, Amount]"),
            "mlmon.yml:7:5: models.returns: features: a name stands there twice "
            "(upper and lower case are one)",
        ),
        (
            BASE.replace("[amount, kind]", "[amount, Score]"),
            "mlmon.yml:7:5: models.returns: score names the model's own output; rename the feature",
        ),
        (
            BASE.replace("orders:", "predictions:").replace(
                "dataset: orders", "dataset: predictions"
            ),
            "mlmon.yml:4:16: datasets.predictions: "
            "this is the name of one of mlmon's own relations",
        ),
        (
            STEPS + "      - {name: Build, evaluate: truth, run_if: sometimes}\n",
            "mlmon.yml:17:48: scenarios.Daily.steps.0.run_if: Input should be "
            "'no_prior_step_failed', 'some_prior_step_failed', 'always' or 'never'",
        ),
        (
            STEPS + "      - {name: Build}\n",
            "mlmon.yml:17:9: scenarios.Daily.steps.0: a step does exactly one of ingest, train, "
            "score, evaluate, check, report, sql, python, run, message",
        ),
        (
            STEPS + "      - {name: Build, evaluate: trust}\n",
            "mlmon.yml:17:33: scenarios.Daily.steps.0.evaluate: no store is called 'trust'",
        ),
        (
            BASE + "dashboards:\n  default:\n    tiles:\n      - {metric: lift, store: trust}\n",
            "mlmon.yml:17:31: dashboards.default.tiles.0.store: no store is called 'trust'",
        ),
    ],
)
def test_a_mistake_has_its_place(tmp_path, text, line):
    assert line in mistakes(text, tmp_path)


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ("{name: a, metric: lift}", "give at least one of min, soft_min, soft_max, max"),
        ("{name: a, metric: lift, max: 1, soft_max: 2}", "bounds must rise"),
        (
            "{name: a, metric: lift, max: 1}, {name: a, metric: lift, max: 2}",
            "two have the same name",
        ),
        ("{name: a, metric: lift, max: much}", "should be a valid number"),
    ],
)
def test_checks_that_cannot_be(tmp_path, checks, words):
    text = BASE.replace("{model: returns}", f"{{model: returns, checks: [{checks}]}}")
    (line,) = mistakes(text, tmp_path)
    assert line.startswith("mlmon.yml:13:")
    assert words in line


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        ("{time: day}", "belong together"),
        ("{every: day}", "give one of"),
        ("{rows: 5, by: file}", "give one of"),
        ("{rows: 0}", "greater than 0"),
        ("{time: day, every: minute}", "'hour', 'day', 'week', 'month' or 'year'"),
    ],
)
def test_batches_that_cannot_be(tmp_path, batches, words):
    text = BASE.replace("key: id", f"key: id, batches: {batches}")
    assert any(words in line for line in mistakes(text, tmp_path))


@pytest.mark.parametrize(
    ("metrics", "line"),
    [
        (
            '{loss: "mine:loss", roc_auc_score: "mine:auc"}',
            "mlmon.yml:8:49: models.returns.metrics.roc_auc_score: "
            "roc_auc_score is a metric of mlmon's; give yours another name",
        ),
        (
            '{Data_Drift: "mine:drift"}',
            "mlmon.yml:8:27: models.returns.metrics.Data_Drift: "
            "data_drift is a metric of mlmon's; give yours another name",
        ),
        (
            '{expected loss: "mine:loss"}',
            "mlmon.yml:8:30: models.returns.metrics.expected loss: "
            "a metric's name is letters, digits and _, and starts with no digit",
        ),
        (
            "{loss: mine.loss}",
            "mlmon.yml:8:21: models.returns.metrics.loss: give it as module:function",
        ),
        (
            "{loss: 3}",
            "mlmon.yml:8:21: models.returns.metrics.loss: Input should be a valid string",
        ),
        (
            '{loss: "mine:loss"}\n    kinds: {truth: numeric}',
            "mlmon.yml:7:5: models.returns: "
            "truth is a column that `metrics:` are given; rename yours",
        ),
    ],
)
def test_metrics_that_cannot_be(tmp_path, metrics, line):
    text = BASE.replace("    target:", f"    metrics: {metrics}\n    target:")
    if "kinds" in metrics:
        text = text.replace("[amount, kind]", "[amount, truth]")
    assert mistakes(text, tmp_path) == [line]


def test_the_folder_of_views_is_there(tmp_path):
    text = BASE + "views: own\n"
    line = "mlmon.yml:14:8: views: there is no folder 'own' beside mlmon.yml"
    assert mistakes(text, tmp_path) == [line]
    (tmp_path / "own").mkdir()
    assert parse(text, tmp_path).views == "own"


def test_all_mistakes_are_told_at_once(tmp_path):
    text = BASE.replace("version: 1", "version: 3").replace("key: id", "kee: id")
    lines = mistakes(text, tmp_path)
    assert [line.split(": ")[1] for line in lines] == [
        "version",
        "datasets.orders.key",
        "datasets.orders.kee",
    ]


def test_not_yaml(tmp_path):
    (line, *_) = mistakes("version: 1\nproject: [shop\n", tmp_path)
    assert line.startswith("mlmon.yml:3:1: ")


def test_a_key_twice(tmp_path):
    lines = mistakes(BASE + "project: other\n", tmp_path)
    assert lines[0].startswith("mlmon.yml:14:1: ")
    assert "duplicate key" in lines[0]


@pytest.mark.parametrize("text", ["", "hello\n", "- 1\n"])
def test_not_a_project(tmp_path, text):
    assert mistakes(text, tmp_path) == ["mlmon.yml:1:1: this is not a project; see `mlmon schema`"]


def test_no_file_and_no_utf8(tmp_path):
    with pytest.raises(
        ConfigError, match=r"there is no mlmon\.yml in .*; make one with `mlmon init`"
    ):
        load(tmp_path)
    (tmp_path / "mlmon.yml").write_bytes("project: Schläppchen".encode("latin-1"))
    with pytest.raises(ConfigError, match="byte 13 is not UTF-8"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("yes", "yes"), ("true", "true"), ("1.5", "1.5"), ("'007'", "007")],
)
def test_a_class_is_the_text_that_duckdb_makes_of_it(tmp_path, value, text):
    config = parse(BASE.replace("positive_class: back", f"positive_class: {value}"), tmp_path)
    assert config.models["returns"].positive_class == text


def test_defaults_and_paths(tmp_path):
    config = parse(CONFIG, tmp_path)
    model, store = config.models["returns"], config.stores["truth"]
    assert (model.confidence, model.drift_limit, model.lift_at) == (0.95, 0.1, 0.4)
    assert (model.train.test_size, model.train.seed, model.task) == (0.2, 1337, "binary")
    assert vars(model.cost_matrix) == {"tp": 1.0, "fp": -0.3, "fn": 0.0, "tn": 0.0}
    assert (store.sampling.method, store.performance) == ("all", True)
    assert config.path(config.warehouse) == tmp_path / "warehouse/mlmon.duckdb"


def test_a_project_never_changes(tmp_path):
    config = parse(CONFIG, tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        config.project = "other"
