"""Versions and evaluations as runs of MLflow: whoever looks there finds mlmon's figures."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from mlmon.errors import ConfigError, MissingExtra, MlmonError
from mlmon.export import entries
from mlmon.export.entries import Contents, Entry
from mlmon.warehouse.warehouse import Row, Warehouse

ADDRESS = "MLFLOW_TRACKING_URI"
# MLflow tells its makers what is done with it, and prints links, unless it is told not to.
SILENCE = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
# It asks a server that is not there for minutes, unless the environment says something else.
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
ADVICE = "give a server's address, or a folder together with MLFLOW_ALLOW_FILE_STORE=true"
PAGE = 100  # runs that are asked for at a time
FINISHED = "FINISHED"
LONGEST = 300  # characters of a reason


def log(
    warehouse: Warehouse, selection: Sequence[Entry], experiment: str, address: str | None
) -> list[Row]:
    """Each entry has one finished run in the experiment; return a row per run made or completed.

    Rows have kind, name and run_id. `address` is where MLflow is, by default what
    MLFLOW_TRACKING_URI says. A run that was left unfinished is completed; one that cannot be
    finished now is removed. Raises ConfigError, MissingExtra, ArtifactError, MlmonError.
    """
    where = address or os.environ.get(ADDRESS)
    if not where:
        raise ConfigError(f"where is MLflow? Give --tracking-uri, or set {ADDRESS}")
    with _environment():
        client = _client(where)
        if not selection:
            return []
        with _explained(where):
            number = _experiment(client, experiment)
            runs = _runs(client, number)
        return [
            {"kind": entry.kind, "name": entry.name, "run_id": run_id}
            for entry in selection
            if (run_id := _logged(client, warehouse, number, runs, entry, where))
        ]


@contextmanager
def _environment() -> Iterator[None]:
    """Inside, MLflow is silent and soon out of patience; then the environment is as it was."""
    before = {name: os.environ.get(name) for name in (*SILENCE, *PATIENCE)}
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    os.environ.update(SILENCE)
    try:
        yield
    finally:
        for name, former in before.items():
            os.environ.pop(name, None)
            if former is not None:
                os.environ[name] = former


def _client(where: str) -> Any:
    """Return MLflow's client; raises MissingExtra, ConfigError when it cannot use the address."""
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        raise MissingExtra("mlflow-skinny", "mlflow") from error
    try:
        return MlflowClient(tracking_uri=where, registry_uri=where)
    except Exception as error:  # each kind of store has its own
        reason = _reason(error, where).split(". ")[0]
        raise ConfigError(f"MLflow cannot use {_public(where)}: {reason}; {ADVICE}") from error


def _experiment(client: Any, name: str) -> str:
    """Return the id of the experiment, which is made if need be."""
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name))
    if found.lifecycle_stage != "active":
        raise ConfigError(f"the experiment {name!r} was deleted in MLflow; restore it there first")
    return str(found.experiment_id)


def _runs(client: Any, experiment: str) -> dict[tuple[str | None, ...], Any]:
    """Return the runs that mlmon has made there by their identity, finished ones first of all."""
    known: dict[tuple[str | None, ...], Any] = {}
    for kind in entries.IDENTITY:
        token = None
        while token is None or token:
            page = client.search_runs(
                [experiment], f"tags.`mlmon.kind` = '{kind}'", max_results=PAGE, page_token=token
            )
            for run in page:
                key = entries.identity(run.data.tags)
                if key not in known or run.info.status == FINISHED:
                    known[key] = run
            token = page.token or ""
    return known


def _logged(
    client: Any,
    warehouse: Warehouse,
    experiment: str,
    runs: Mapping[tuple[str | None, ...], Any],
    entry: Entry,
    where: str,
) -> str | None:
    """The entry has a finished run; return its id, None when it had one before."""
    run = runs.get(entries.identity(entry.tags))
    if run is not None and run.info.status == FINISHED:
        with _explained(where):
            _renew(client, run, entry)
        return None
    contents = entries.contents(warehouse, entry)
    with _explained(where):
        run = run or client.create_run(experiment, entry.milliseconds, entry.tags, entry.name)
        run_id = str(run.info.run_id)
        try:
            _fill(client, run_id, entry, contents)
            client.set_terminated(run_id, FINISHED, entry.milliseconds)
        except Exception:
            with suppress(Exception):  # the next call completes what is still there
                client.delete_run(run_id)
            raise
    return run_id


def _renew(client: Any, run: Any, entry: Entry) -> None:
    """The tags of a finished run say what is so now: another version may have become active."""
    for name, value in entry.tags.items():
        if run.data.tags.get(name) != value:
            client.set_tag(run.info.run_id, name, value)


def _fill(client: Any, run_id: str, entry: Entry, contents: Contents) -> None:
    """The run has the entry's parameters, tags, figures and files; again is the same."""
    from mlflow.entities import Metric, Param, RunTag

    client.log_batch(
        run_id,
        [Metric(name, value, entry.milliseconds, 0) for name, value in contents.figures.items()],
        [Param(name, value) for name, value in entry.parameters.items()],
        [RunTag(name, value) for name, value in entry.tags.items()],
        synchronous=True,
    )
    if contents.model is not None:
        client.log_artifact(run_id, str(contents.model), "model")
        client.log_dict(run_id, dict(contents.importances or {}), "feature_importances.json")


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """What MLflow raises inside is an MlmonError of one line, without a password."""
    try:
        yield
    except MlmonError:
        raise
    except Exception as error:  # MLflow's, and those of whatever stores the artifacts
        if isinstance(ours := _chain(error)[-1], MlmonError):  # a time limit was over
            raise ours from None
        words = " does not answer" if _is_silence(error) else ""
        raise MlmonError(f"MLflow at {_public(where)}{words}: {_reason(error, where)}") from error


def _reason(error: BaseException, where: str) -> str:
    """Return the first line of an error, or of the system's error that it was made of."""
    bottom = _chain(error)[-1]
    chosen = bottom if isinstance(bottom, OSError) or _is_silence(error) else error
    line = (str(chosen).strip().splitlines() or [type(chosen).__name__])[0]
    return line.replace(where, _public(where))[:LONGEST]


def _is_silence(error: BaseException) -> bool:
    """Return whether there was no answer, rather than one that was not liked."""
    from requests.exceptions import ConnectionError, Timeout

    return any(isinstance(part, ConnectionError | Timeout) for part in _chain(error))


def _chain(error: BaseException) -> list[BaseException]:
    """Return an error and those that it was made of, the first that happened last."""
    below = error.__cause__ or error.__context__
    return [error, *(_chain(below) if below else ())]


def _public(where: str) -> str:
    """Return an address without user and password."""
    parts = urlsplit(where)
    if "@" not in parts.netloc:
        return where
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
