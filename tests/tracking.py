"""A server of MLflow's REST API, as much of it as logging and reading back need.

MLflow's own needs a database that mlflow-skinny does not bring. This one keeps runs in MLflow's
folder store and artifacts in a folder; what it is told, and when it stays silent, is up to a test.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"


class Server(ThreadingHTTPServer):
    """`paths` are the requests so far; those whose number is in `silent` are not obeyed.

    They have no answer or, with `broken`, an error.
    """

    def __init__(self, folder: Path) -> None:
        from mlflow.store.tracking.file_store import FileStore

        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.store = FileStore(str(folder / "store"))
        self.artifacts = folder / "artifacts"
        self.lock = threading.Lock()
        self.paths: list[str] = []
        self.silent: range | tuple[int, ...] = ()
        self.broken = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def forget(self) -> None:
        """There are no runs and no artifacts; experiments stay."""
        shutil.rmtree(self.artifacts, ignore_errors=True)
        for folder in (self.folder / "store").glob("[1-9]*/*/"):
            shutil.rmtree(folder)

    def handle_error(self, *_: Any) -> None:
        pass  # a client that is gone


class Handler(BaseHTTPRequestHandler):
    """One request: MLflow's messages in, MLflow's messages out."""

    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self._answer(query)

    def do_POST(self) -> None:
        self._answer(self._body())

    def do_PUT(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _answer(self, body: Any) -> None:
        with self.server.lock:
            turn = len(self.server.paths)
            self.server.paths.append(urlsplit(self.path).path)
            if turn not in self.server.silent:
                self._say(*self._done(body))
                return
            if self.server.broken:
                self._say(400, '{"error_code": "INVALID_PARAMETER_VALUE", "message": "no room"}')
            else:
                self.close_connection = True  # without a word

    def _done(self, body: Any) -> tuple[int, str]:
        from mlflow.exceptions import MlflowException

        path = urlsplit(self.path).path
        if path.startswith(ARTIFACTS):
            target = self.server.artifacts / path.removeprefix(ARTIFACTS)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
            return 200, "{}"
        try:
            return 200, answered(self.server, path.removeprefix("/api/2.0/mlflow/"), body)
        except MlflowException as error:
            return error.get_http_status_code(), error.serialize_as_json()

    def _say(self, status: int, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def answered(server: Server, name: str, body: Any) -> str:
    """Return the answer to a call, as JSON; raises MlflowException."""
    import json

    from mlflow.protos import service_pb2
    from mlflow.utils.proto_json_utils import message_to_json, parse_dict

    asked = getattr(service_pb2, MESSAGES[name])()
    parse_dict(body if isinstance(body, dict) else json.loads(body), asked)
    answer = type(asked).Response()
    fill(server, name, asked, answer)
    return message_to_json(answer)


MESSAGES = {
    "experiments/get-by-name": "GetExperimentByName",
    "experiments/create": "CreateExperiment",
    "experiments/delete": "DeleteExperiment",
    "runs/create": "CreateRun",
    "runs/get": "GetRun",
    "runs/search": "SearchRuns",
    "runs/log-batch": "LogBatch",
    "runs/update": "UpdateRun",
    "runs/set-tag": "SetTag",
    "runs/delete": "DeleteRun",
}


def fill(server: Server, name: str, asked: Any, answer: Any) -> None:
    """The store has done what was asked, the answer holds what it said."""
    from mlflow.entities import Metric, Param, RunTag, ViewType
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST

    store = server.store
    if name == "experiments/get-by-name":
        found = store.get_experiment_by_name(asked.experiment_name)
        if found is None:
            raise MlflowException("there is no such experiment", RESOURCE_DOES_NOT_EXIST)
        answer.experiment.MergeFrom(found.to_proto())
    elif name == "experiments/create":
        answer.experiment_id = store.create_experiment(asked.name, "mlflow-artifacts:/all")
    elif name == "experiments/delete":
        store.delete_experiment(asked.experiment_id)
    elif name == "runs/create":
        tags = [RunTag.from_proto(tag) for tag in asked.tags]
        made = store.create_run(asked.experiment_id, "", asked.start_time, tags, asked.run_name)
        answer.run.MergeFrom(made.to_proto())
    elif name == "runs/get":
        answer.run.MergeFrom(store.get_run(asked.run_id).to_proto())
    elif name == "runs/search":
        view = ViewType.from_proto(asked.run_view_type)
        which = (list(asked.experiment_ids), asked.filter, view, asked.max_results)
        page = store.search_runs(*which, page_token=asked.page_token or None)
        answer.runs.extend(run.to_proto() for run in page)
        answer.next_page_token = page.token or ""
    elif name == "runs/log-batch":
        metrics = list(map(Metric.from_proto, asked.metrics))
        params, tags = map(Param.from_proto, asked.params), map(RunTag.from_proto, asked.tags)
        store.log_batch(asked.run_id, metrics, list(params), list(tags))
    elif name == "runs/update":
        ending = (asked.status, asked.end_time, asked.run_name or None)
        answer.run_info.MergeFrom(store.update_run_info(asked.run_id, *ending).to_proto())
    elif name == "runs/set-tag":
        store.set_tag(asked.run_id, RunTag(asked.key, asked.value))
    elif name == "runs/delete":
        store.delete_run(asked.run_id)


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Inside, a server answers whose runs and artifacts are in a folder."""
    with Server(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def logged(address: str, experiment: str = "shop") -> dict[str, Any]:
    """Return the runs of an experiment, read by MLflow's client, by the name of each."""
    from mlflow import MlflowClient

    client = MlflowClient(address)
    number = client.get_experiment_by_name(experiment).experiment_id
    runs: dict[str, list[Any]] = {}
    for run in client.search_runs([number]):
        runs.setdefault(run.data.tags["mlflow.runName"], []).append(run)
    assert {len(found) for found in runs.values()} <= {1}
    return {name: found[0] for name, found in runs.items()}
