"""Whatever fails or is killed while MLflow is told: one line, and nothing half for long."""

import os
import re
import socket
import sys
import time
from itertools import count

import pytest
from tracking import logged

import mlmon
from mlmon.errors import ArtifactError, ConfigError, MissingExtra, MlmonError, TimedOut
from mlmon.system.signals import within


@pytest.mark.slow
def test_whatever_is_interrupted_is_finished_by_the_next_call(one_evaluation, mlflow_server):
    with mlmon.open(one_evaluation) as project:
        for turn in count(3):  # the first three only look
            mlflow_server.silent = range(len(mlflow_server.paths) + turn, 1000)
            try:
                project.export_mlflow(mlflow_server.address)
                break
            except MlmonError as error:
                assert "does not answer" in str(error)  # noqa: PT017, some turns do not raise
            mlflow_server.silent = ()
            project.export_mlflow(mlflow_server.address)
            runs = logged(mlflow_server.address)
            assert set(runs) == {"returns/1", "truth/2024_02"}
            assert {run.info.status for run in runs.values()} == {"FINISHED"}
            assert len(runs["truth/2024_02"].data.metrics) > 10
            assert len(list((mlflow_server.artifacts / "all").rglob("*.skops"))) == 1
            mlflow_server.forget()
    assert turn > 10


@pytest.mark.slow
def test_what_fails_leaves_nothing_half(one_evaluation, mlflow_server):
    mlflow_server.broken = True
    with mlmon.open(one_evaluation) as project:
        for turn in count():
            mlflow_server.silent = (len(mlflow_server.paths) + turn,)
            try:
                project.export_mlflow(mlflow_server.address)
                break
            except MlmonError as error:
                assert re.search("no room$|400 Client Error", str(error))  # noqa: PT017, some turns do not raise
            mlflow_server.silent = ()
            if turn > 1:
                states = {run.info.status for run in logged(mlflow_server.address).values()}
                assert states <= {"FINISHED"}
            mlflow_server.forget()
    assert turn > 10


def test_it_cannot_be_done(evaluated, mlflow_server, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    with mlmon.open(evaluated, read_only=True) as project:
        with pytest.raises(ConfigError, match="Give --tracking-uri, or set MLFLOW_TRACKING_URI"):
            project.export_mlflow()
        with pytest.raises(ConfigError, match="not both"):
            project.export_mlflow(mlflow_server.address, model="returns", evaluation="x")
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            port = deaf.getsockname()[1]
            monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
            start = time.monotonic()
            with pytest.raises(MlmonError, match=f"1:{port} does not answer: timed out") as caught:
                project.export_mlflow(f"http://me:secret@127.0.0.1:{port}")
            assert time.monotonic() - start < 10
            monkeypatch.delenv("MLFLOW_HTTP_REQUEST_TIMEOUT")
        assert "secret" not in str(caught.value)
        with pytest.raises(MlmonError, match=r"does not answer: .*Connection refused") as caught:
            project.export_mlflow(f"http://127.0.0.1:{port}")
        assert caught.value.exit_code == 3
    assert dict(os.environ) == before
    assert list(tmp_path.glob("mlruns*")) == []


def test_an_experiment_that_was_deleted_and_a_model_that_has_changed(evaluated, mlflow_server):
    from mlflow import MlflowClient

    client = MlflowClient(mlflow_server.address)
    client.delete_experiment(client.create_experiment("gone"))
    (path,) = (evaluated / "warehouse" / "models" / "returns").iterdir()
    path.write_bytes(b"another")
    with mlmon.open(evaluated, read_only=True) as project:
        with pytest.raises(ConfigError, match="'gone' was deleted in MLflow"):
            project.export_mlflow(mlflow_server.address, "gone")
        with pytest.raises(ArtifactError, match="is not the file that was trained"):
            project.export_mlflow(mlflow_server.address)
    assert logged(mlflow_server.address) == {}


def test_without_the_extra(evaluated, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    extra = r"run `pip install 'mlmon\[mlflow\]'`"
    with mlmon.open(evaluated, read_only=True) as project:  # noqa: SIM117
        with pytest.raises(MissingExtra, match=extra) as caught:
            project.export_mlflow("http://127.0.0.1:9")
    assert caught.value.exit_code == 3


@pytest.mark.usefixtures("calm_mlflow")
def test_a_time_limit_says_so(evaluated):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with mlmon.open(evaluated, read_only=True) as project:  # noqa: SIM117
            with pytest.raises(TimedOut), within(0.5):
                project.export_mlflow(address)
