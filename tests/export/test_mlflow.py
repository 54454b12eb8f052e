"""What is logged, read back by MLflow's own client, is what the warehouse says; each run once."""

import hashlib
import json
import math
import os
import re
import subprocess
import sys
from datetime import UTC
from itertools import product

import pytest
from shop import edit
from tracking import logged

import mlmon
from mlmon.errors import ConfigError
from mlmon.export import entries

HOSTILE = "a/b: \"%\" 'ü' ..\n"


def expected(rows):
    """Return the figures of rows of `metrics`, by the names they have in MLflow."""
    return {
        entries.figure_name(row["metric"], row["feature"]) + ending: row[column]
        for row in rows
        for ending, column in (("", "value"), (".lower", "lower"), (".upper", "upper"))
        if row[column] is not None and math.isfinite(row[column])
    }


def moment(time):
    return round(time.replace(tzinfo=UTC).timestamp() * 1000)


def test_every_figure_of_every_version_and_evaluation(evaluated, mlflow_server, monkeypatch):
    with mlmon.open(evaluated) as project:
        aside = project.evaluate("truth", batch="2024_02", against="2024_01", name="once")
        write = project.warehouse.write
        write("update evaluation_metrics set value = null where metric = 'mean'")
        write("update evaluation_metrics set value = 'nan' where metric = 'minimum'")
        write("update evaluation_metrics set value = 'inf' where metric = 'maximum'")
    with mlmon.open(evaluated, read_only=True) as project:
        made = project.export_mlflow(mlflow_server.address, "risk")
        monkeypatch.setattr("mlmon.export.mlflow.PAGE", 2)
        assert project.export_mlflow(mlflow_server.address, "risk") == []
        read = project.warehouse.read
        (version,) = read("from model_versions")
        of_version = read(
            "from evaluation_metrics where sample_id = (select sample_id from samples"
            " where role = 'reference') and evaluation_id is null"
        )
        of_evaluations = read("from evaluations")
        of_each = {
            row["evaluation_id"]: read(
                "from metrics where evaluation_id = $id", id=row["evaluation_id"]
            )
            for row in of_evaluations
        }
        importances = read("from feature_importances")
    from mlflow import MlflowClient

    client = MlflowClient(mlflow_server.address)
    assert [row["kind"] for row in made] == ["version"] + ["evaluation"] * 5
    runs = {row["run_id"]: client.get_run(row["run_id"]) for row in made}
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert len(set(runs)) == 6

    first = runs[made[0]["run_id"]]
    assert first.data.metrics == pytest.approx(expected(of_version), rel=1e-9)
    assert {"roc_auc_score", "accuracy_score.lower", "feature/kind/unseen_rate"} <= set(
        first.data.metrics
    )
    assert (first.info.start_time, first.info.end_time) == (moment(version["created_at"]),) * 2
    assert first.info.run_name == made[0]["name"] == "returns/1"
    assert first.data.params["train_batches"] == '["2024_01"]'
    assert float(first.data.params["threshold"]) == version["threshold"]
    assert json.loads(first.data.params["features"]) == {"amount": "numeric", "kind": "categorical"}
    assert first.data.tags["mlmon.sha256"] == version["sha256"]
    assert first.data.tags["mlmon.is_active"] == "true"
    folder = mlflow_server.artifacts / "all" / first.info.run_id / "artifacts"
    (model,) = (folder / "model").iterdir()
    assert hashlib.sha256(model.read_bytes()).hexdigest() == version["sha256"]
    assert json.loads((folder / "feature_importances.json").read_text()) == {
        row["feature"]: row["importance"] for row in importances
    }

    found = {run.data.tags.get("mlmon.evaluation_id"): run for run in runs.values()}
    for row in of_evaluations:
        run = found[row["evaluation_id"]]
        figures = expected(of_each[row["evaluation_id"]])
        assert len(figures) > 50
        assert not any("/mean" in name or "/m" in name[-8:] for name in figures)
        assert run.data.metrics == pytest.approx(figures, rel=1e-9)
        assert (run.info.start_time, run.info.end_time) == (moment(row["evaluated_at"]),) * 2
        assert run.info.run_name == f"{row['store']}/{row['batch']}"
        for name in ("store", "batch", "model", "model_version"):
            assert run.data.tags[f"mlmon.{name}"] == run.data.params[name] == str(row[name])
        assert run.data.tags["mlmon.labels"] == row["labels"]
        assert run.data.params["labelled_rows"] == str(row["labelled_rows"])
    assert found[aside.id].data.tags["mlmon.is_aside"] == "true"


def test_a_part_of_it_and_what_has_become_so_since(evaluated, mlflow_server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server.address)
    with mlmon.open(evaluated) as project:
        write = project.warehouse.write
        evaluation = project.warehouse.value(
            "select evaluation_id from evaluations where store = 'blind' and batch = '2024_01'"
        )
        part = project.export_mlflow(evaluation=evaluation[:8])
        assert [row["name"] for row in part] == ["blind/2024_01"]
        write("insert into evaluations by name select 'other' as model, 'x' as evaluation_id")
        write("update evaluations set name = 'called so' where store = 'truth'")
        rest = project.export_mlflow(model="returns")
        assert [row["name"] for row in rest] == [
            "returns/1",
            "truth/2024_01",
            "truth/2024_02",
            "blind/2024_02",
        ]
        assert logged(mlflow_server.address)["returns/1"].data.tags["mlmon.is_active"] == "true"
        write("update model_versions set is_active = false")
        assert project.export_mlflow(model="returns") == []
    runs = logged(mlflow_server.address)
    assert runs["returns/1"].data.tags["mlmon.is_active"] == "false"
    assert runs["truth/2024_01"].data.tags["mlmon.name"] == "called so"


def test_names_stay_apart(one_evaluation, mlflow_server):
    names = [HOSTILE, "a", "a/b", "a.2f.b", "..", "", " ", "A" * 300, "A" * 301, "a.lower"]
    from mlflow.utils.validation import _validate_metric_name

    made = [entries.figure_name(*pair) for pair in product(names, [None, *names])]
    ended = [name + ending for name in made for ending in ("", ".lower", ".upper")]
    for name in ended:
        _validate_metric_name(name)
        assert len(name) <= 250
        assert re.fullmatch(r"[\w\-. /]+", name)
    assert len(set(ended)) == len(ended)
    with mlmon.open(one_evaluation) as project:
        write = project.warehouse.write
        write("update evaluation_metrics set feature = $name where feature = 'kind'", name=HOSTILE)
        write(
            "update evaluations set store = $name, labels = to_json($name), name = $name",
            name=HOSTILE,
        )
        project.export_mlflow(mlflow_server.address)
        assert project.export_mlflow(mlflow_server.address) == []
    run = logged(mlflow_server.address)[f"{HOSTILE}/2024_02"]
    assert run.data.tags["mlmon.store"] == json.loads(run.data.tags["mlmon.labels"]) == HOSTILE


@pytest.mark.usefixtures("calm_mlflow")
def test_a_folder_is_a_store_too(evaluated, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    address = (tmp_path / "store").as_uri()
    with mlmon.open(evaluated, read_only=True) as project:
        assert len(project.export_mlflow(address)) == 5
        assert project.export_mlflow(address) == []
    runs = logged(address)
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert not (tmp_path / "mlruns").exists()
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "false")
    with mlmon.open(evaluated, read_only=True) as project:
        with pytest.raises(ConfigError, match="or a folder together with MLFLOW_ALLOW_FILE_STORE"):
            project.export_mlflow((tmp_path / "other").as_uri())
        with pytest.raises(ConfigError, match="cannot use foo://bar: "):
            project.export_mlflow("foo://bar")


WATCHED = """
import os, socket, sys
from mlmon.cli import main

def watch(name):
    there = getattr(socket.socket, name)
    def connect(self, address):
        host = address[0] if isinstance(address, tuple) else address
        if host != "127.0.0.1":
            os.write(2, f"OUTSIDE {address}\\n".encode())
            raise OSError("no")
        return there(self, address)
    setattr(socket.socket, name, connect)

def asked(host, *rest, **more):
    if host != "127.0.0.1":
        os.write(2, f"OUTSIDE {host}\\n".encode())
        raise socket.gaierror("no")
    return looked_up(host, *rest, **more)

looked_up, socket.getaddrinfo = socket.getaddrinfo, asked
watch("connect"), watch("connect_ex")
main()
"""
# By these MLflow sees that it is in a test or in CI, and keeps still by itself.
SHY = ("PYTEST_CURRENT_TEST", "CI", "GITHUB_ACTIONS", "MLFLOW_DISABLE_TELEMETRY")


def test_the_command_asks_nobody_else(evaluated, mlflow_server):
    edit(evaluated, "project: shop", "project: shop\nlock_wait: 5")
    environment = {name: value for name, value in os.environ.items() if name not in SHY}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "export", "mlflow", "-C", str(evaluated)],
        env=environment | {"MLFLOW_TRACKING_URI": mlflow_server.address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    runs = logged(mlflow_server.address)
    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    assert {name: run_id for run_id, _, name in lines} == {
        name: run.info.run_id for name, run in runs.items()
    }
    assert [kind for _, kind, _ in lines] == ["version"] + ["evaluation"] * 4
