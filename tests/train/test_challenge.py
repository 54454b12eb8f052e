"""The life of a model's versions: which batches they learn from, which is active, and why."""

import random

import pytest
from shop import edit, orders, write

import mlmon
from mlmon.errors import BatchNotFound, ConfigError
from mlmon.project import Project

TRAIN = 'train: {batches: ["2024_01"]}'


def turned(month: str, rows: int = 1000) -> list[str]:
    """Return a month in which cheap orders come back, not dear ones."""
    chance = random.Random(month)
    lines = []
    for line in orders(month, rows):
        key, day, amount, kind, _ = line.split(",")
        back = chance.random() < 0.9 - float(amount) / 125
        lines.append(f"{key},{day},{amount},{kind},{'back' if back else 'kept'}")
    return lines


def unlabelled(month: str) -> list[str]:
    """Return a month whose truth is not known yet."""
    return [line.rpartition(",")[0] + "," for line in orders(month)]


def gated(folder, more: str = "if_better") -> None:
    edit(folder, TRAIN, f"{TRAIN}\n    activate: {more}")


def active(project: Project) -> list[int]:
    query = "select model_version from model_versions where is_active"
    return [row["model_version"] for row in project.warehouse.read(query)]


def add(project: Project, folder, month: str, lines: list[str]) -> None:
    write(folder, month, lines)
    project.ingest("orders", batches=[month])


# The newest batches -----------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "batches"),
    [
        ("last 1", ["2024_03"]),
        ("last 2", ["2024_02", "2024_03"]),
        ("last 1 labelled", ["2024_02"]),
        ("last 2 labelled", ["2024_01", "2024_02"]),
        ("last 9 labelled", ["2024_01", "2024_02"]),
    ],
)
def test_the_newest_batches_are_those_when_training_starts(ingested, wanted, batches):
    edit(ingested, TRAIN, f"train: {{batches: {wanted}}}")
    with mlmon.open(ingested) as project:
        add(project, ingested, "2024_03", unlabelled("2024_03"))
        if "2024_02" in batches:
            assert project.train("returns").train_batches == batches
        else:
            with pytest.raises(
                mlmon.MlmonError, match="no record with a value of returned is left"
            ):
                project.train("returns")


def test_no_batch_is_labelled(shop):
    edit(shop, TRAIN, "train: {batches: last 3 labelled}")
    for month in ("2024_01", "2024_02"):
        write(shop, month, unlabelled(month))
    with mlmon.open(shop) as project:
        project.ingest("orders")
        with pytest.raises(BatchNotFound, match="no batch with a value in returned") as caught:
            project.train("returns")
        assert "mlmon ingest orders" in str(caught.value)
        assert project.models() == []


@pytest.mark.parametrize("wrong", ["last", "last 0", "last three", "newest 3", "last 3 labeled"])
def test_what_is_no_choice_of_batches(ingested, wrong):
    edit(ingested, TRAIN, f"train: {{batches: {wrong}}}")
    with pytest.raises(ConfigError, match=r"mlmon.yml:\d+:\d+: models.returns.train.batches: give"):
        mlmon.open(ingested)


# Champion and challenger ------------------------------------------------------


def test_a_better_challenger_becomes_active(trained):
    gated(trained)
    with mlmon.open(trained) as project:
        add(project, trained, "2024_03", turned("2024_03"))
        version = project.train("returns", batches=["2024_03"])
        decision = project.decisions("returns")[0]
        assert (version.model_version, version.is_active, active(project)) == (2, True, [2])
    assert decision["decision"] == "activated"
    assert (decision["champion_version"], decision["challenger_version"]) == (1, 2)
    assert decision["metric"] == "roc_auc_score"
    assert 0 < decision["lower"] < decision["gain"] < decision["upper"]
    values = decision["challenger_value"] - decision["champion_value"]
    assert decision["gain"] == pytest.approx(values)
    assert decision["batches"] == ["2024_03"]
    assert 150 < decision["rows"] < 250, "the test part of a thousand records"
    assert "neither version learned from" in decision["sample"]
    assert f"gain in roc_auc_score {decision['gain']:.4f}" in decision["reason"]


def test_a_challenger_that_is_not_surely_better_is_kept(trained):
    gated(trained)
    with mlmon.open(trained) as project:
        add(project, trained, "2024_03", orders("2024_03", 1000))
        version = project.train("returns", batches=["2024_02"])
        decision = project.decisions("returns")[0]
        assert (version.model_version, version.is_active, active(project)) == (2, False, [1])
        assert decision["decision"] == "kept"
        assert decision["lower"] <= 0
        assert decision["reason"].startswith("not surely better")
        assert decision["rows"] == 1000
        assert decision["batches"] == ["2024_03"], "newer than what either learned from"
        project.score("returns", batches=["2024_03"])
        scorers = "select list(distinct model_version) from predictions where batch = '2024_03'"
        assert project.warehouse.value(scorers) == [1]


def test_the_same_training_again_is_no_gain(ingested):
    gated(ingested)
    write(ingested, "2024_01", turned("2024_01"))
    with mlmon.open(ingested) as project:
        project.ingest("orders")
        project.train("returns")
        project.train("returns")
        decision = project.decisions("returns")[0]
        assert (decision["gain"], decision["lower"], decision["upper"]) == (0, 0, 0)
        assert (decision["decision"], active(project)) == ("kept", [1])


def test_no_record_that_either_learned_from_is_in_the_sample(trained):
    """Champion of January and February with other splits; challenger of February."""
    gated(trained)
    with mlmon.open(trained) as project:
        add(project, trained, "2024_02", turned("2024_02"))
        project.train("returns", batches=["2024_01", "2024_02"])
        project.activate("returns", 2)
    edit(trained, '["2024_01"]}', '["2024_01"], seed: 7, test_size: 0.9}')
    with mlmon.open(trained) as project:
        project.train("returns", batches=["2024_02"])
        decision = project.decisions("returns")[0]
        held_out = (
            "select count(*) from orders where batch = '2024_02'"
            " and ('0x' || md5('1337:' || id)[:8])::bigint < 0.2 * 16 ** 8"
            " and ('0x' || md5('7:' || id)[:8])::bigint < 0.9 * 16 ** 8"
        )
        assert 130 < project.warehouse.value(held_out) < 230
        assert decision["rows"] == project.warehouse.value(held_out)


def test_too_few_records_to_tell(trained):
    gated(trained)
    with mlmon.open(trained) as project:
        version = project.train("returns", batches=["2024_02"])
        (decision, *_) = project.decisions("returns")
        assert (version.is_active, decision["decision"], decision["gain"]) == (False, "kept", None)
        assert "has 50 records of each class" in decision["reason"]


def test_an_active_version_that_cannot_be_loaded(trained):
    gated(trained)
    (artifact,) = (trained / "warehouse/models/returns").iterdir()
    artifact.unlink()
    with mlmon.open(trained) as project:
        project.train("returns", batches=["2024_02"])
        assert "cannot be compared" in project.decisions()[0]["reason"]
        assert active(project) == [1]


def test_another_target_cannot_be_compared(trained):
    gated(trained)
    edit(trained, "target: returned", "target: kind")
    edit(trained, "positive_class: back", "task: multiclass")
    edit(trained, "features: [amount, kind]", "features: [amount]")
    with mlmon.open(trained) as project:
        project.train("returns", batches=["2024_02"])
        assert "has another target" in project.decisions()[0]["reason"]


@pytest.mark.parametrize(
    ("task", "target", "metric"),
    [
        ("multiclass", "kind", "accuracy_score"),
        ("regression", "amount", "mean_absolute_error"),
    ],
)
def test_other_tasks_have_their_metric(shop, task, target, metric):
    """The challenger learned from months in which kind and amount go together."""
    edit(shop, "positive_class: back", f"task: {task}\n    activate: if_better")
    edit(shop, "target: returned", f"target: {target}")
    other = "amount" if target == "kind" else "kind"
    edit(shop, "features: [amount, kind]", f"features: [{other}, returned]")
    write(shop, "2024_02", together("2024_02"))
    with mlmon.open(shop) as project:
        project.ingest("orders")
        project.train("returns")
        project.train("returns", batches=["2024_02"])
        decision = project.decisions()[0]
        assert (decision["metric"], decision["decision"]) == (metric, "activated")
        assert decision["lower"] > 0
        better = decision["challenger_value"] - decision["champion_value"]
        sign = 1 if task == "multiclass" else -1
        assert decision["gain"] == pytest.approx(sign * better)


def together(month: str) -> list[str]:
    kinds = {"book": 10, "shoe": 50, "toy": 90}
    lines = []
    for line in orders(month, 600):
        key, day, amount, kind, returned = line.split(",")
        lines.append(f"{key},{day},{kinds[kind] + float(amount) / 20:.2f},{kind},{returned}")
    return lines


@pytest.mark.parametrize(("activate", "expected"), [("always", [2]), ("never", [1])])
def test_without_a_contest(ingested, activate, expected):
    gated(ingested, activate)
    with mlmon.open(ingested) as project:
        project.train("returns")
        assert active(project) == [1], "the first version is active whatever is said"
        project.train("returns")
        assert active(project) == expected
        reasons = [row["reason"] for row in project.decisions()]
    assert reasons == [f"mlmon.yml says `activate: {activate}`", "no version was active"]


def test_a_kept_version_says_nothing_in_the_scored_dataset(trained):
    gated(trained, "never")
    with mlmon.open(trained) as project:
        before = project.warehouse.read("from scored_orders order by id")
        assert before
        project.train("returns", batches=["2024_01", "2024_02"])
        assert project.warehouse.read("from scored_orders order by id") == before
        project.activate("returns", 2)
        assert project.warehouse.read("from scored_orders order by id") != before


# By hand ----------------------------------------------------------------------


def test_back_to_the_version_before(trained):
    with mlmon.open(trained) as project:
        project.train("returns", batches=["2024_02"])
        project.train("returns", batches=["2024_01", "2024_02"])
        assert project.activate("returns", "previous").model_version == 2
        assert project.activate("returns", "previous").model_version == 3
        project.activate("returns", 1, decided_by="somebody")
        assert project.activate("returns", "previous").model_version == 3
        rows = project.decisions("returns")
    assert [row["challenger_version"] for row in rows] == [3, 1, 3, 2, 3, 2, 1]
    assert [row["position"] for row in rows] == [7, 6, 5, 4, 3, 2, 1]
    assert rows[1]["decided_by"] == "somebody"
    assert "rolled back" in rows[0]["reason"]


def test_what_is_active_already_is_no_decision(trained):
    with mlmon.open(trained) as project:
        before = project.decisions()
        assert project.activate("returns", 1).is_active
        assert project.decisions() == before


def test_nothing_was_active_before(trained):
    with (
        mlmon.open(trained) as project,
        pytest.raises(ConfigError, match="no version of returns that was active before"),
    ):
        project.activate("returns", "previous")


def test_a_warehouse_from_before_the_first_decision(trained):
    with mlmon.open(trained) as project:
        project.train("returns", batches=["2024_02"])
        project.warehouse.write("delete from activation_decisions")
        assert project.activate("returns", "previous").model_version == 1


def test_an_error_after_the_decision_undoes_it(trained, monkeypatch):
    monkeypatch.setattr("mlmon.evaluations.samples.reference", lambda *_: 1 / 0)
    with mlmon.open(trained) as project:
        decisions = project.decisions()
        with pytest.raises(ZeroDivisionError):
            project.train("returns", batches=["2024_02"])
        assert project.decisions() == decisions
        assert (len(project.models()), active(project)) == (1, [1])
    monkeypatch.undo()
    with mlmon.open(trained) as project:
        assert project.train("returns", batches=["2024_02"]).model_version == 2


def test_a_scenario_goes_on_with_the_active_version(trained):
    gated(trained)
    text = (
        "scenarios:\n  Renew:\n    steps:\n      - {name: fit, train: returns}\n"
        "      - {name: score, score: returns}\n"
    )
    file = trained / "mlmon.yml"
    file.write_text(file.read_text() + text)
    with mlmon.open(trained) as project:
        run = project.run("Renew")
        assert run.outcome == "SUCCESS"
        assert "version 2 of returns is kept inactive, version 1 stays" in run.steps[0].message
        query = "select list(distinct model_version) from predictions where batch = '2024_02'"
        assert project.warehouse.value(query) == [1]
