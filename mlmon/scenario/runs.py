"""The rows of runs: one is started, taken up again, ended; it remembers what it works with."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from mlmon.errors import ScenarioRunning
from mlmon.models import versions
from mlmon.models.versions import Version
from mlmon.system.plain import as_json
from mlmon.warehouse.warehouse import Row, Warehouse, now

_running: set[tuple[str, str]] = set()
_lock = threading.Lock()


@contextmanager
def alone(warehouse: Warehouse, name: str) -> Iterator[None]:
    """Inside, nobody else runs the scenario; raises ScenarioRunning.

    Another process cannot: DuckDB lets one process write the file. This one must not either.
    """
    place = str(warehouse.path.resolve()) if warehouse.path else str(id(warehouse))
    with _lock:
        if (place, name) in _running:
            raise ScenarioRunning(f"scenario {name} is running already; wait until it has ended")
        _running.add((place, name))
    try:
        yield
    finally:
        with _lock:
            _running.discard((place, name))


def opened(warehouse: Warehouse, name: str) -> Row | None:
    """Return the run that a process left behind when it was killed, or that is to begin.

    One that another run's step began belongs to that step, which begins it anew.
    """
    return warehouse.one(
        "from scenario_runs where scenario = $name and ended_at is null and parent_run_id is null"
        " order by started_at desc",
        name=name,
    )


def newest_batch(warehouse: Warehouse) -> str | None:
    """Return the greatest name of a batch, whatever its dataset, that does not start after now."""
    query = "select max(batch) from batches anti join upcoming_batches using (dataset, batch)"
    batch: str | None = warehouse.value(query)
    return batch


def start(
    warehouse: Warehouse,
    name: str,
    trigger: str,
    parameters: Mapping[str, Any] | None = None,
    parent: str | None = None,
) -> Row:
    """A run is open, with the newest batch and the active versions; return its row."""
    active = warehouse.read("select model, model_version from model_versions where is_active")
    row = {
        "run_id": uuid4().hex,
        "scenario": name,
        "trigger": trigger,
        "batch": newest_batch(warehouse),
        "versions": json.dumps({found["model"]: found["model_version"] for found in active}),
        "parameters": as_json(parameters or {}),
        "parent_run_id": parent,
        "started_at": now(),
    }
    warehouse.append("scenario_runs", [row])
    return row


def ended(warehouse: Warehouse, run_id: str, outcome: str) -> Row:
    """The run has ended so; return its row, with `steps`."""
    warehouse.write(
        "update scenario_runs set ended_at = $now, outcome = $outcome where run_id = $id",
        now=now(),
        outcome=outcome,
        id=run_id,
    )
    row = warehouse.one("from scenario_runs where run_id = $id", id=run_id) or {}
    return {**row, "steps": steps(warehouse, run_id)}


def steps(warehouse: Warehouse, run_id: str) -> list[Row]:
    """Return the rows of the run's steps so far, in order."""
    return warehouse.read("from step_runs where run_id = $id order by position", id=run_id)


def version(warehouse: Warehouse, run: Row, model: str) -> Version:
    """Return the version that the run works with: the active one when it started or trained."""
    chosen = json.loads(run["versions"] or "{}").get(model)
    if chosen is None:
        return versions.active(warehouse, model)
    return versions.number(warehouse, model, chosen)


def work_with_version(warehouse: Warehouse, run: Row, model: str, number: int) -> None:
    """The run's later steps work with the version."""
    run["versions"] = json.dumps({**json.loads(run["versions"] or "{}"), model: number})
    _remember(warehouse, run, "versions")


def work_with_batch(warehouse: Warehouse, run: Row, batch: str) -> None:
    """The run's later steps work on the batch."""
    run["batch"] = batch
    _remember(warehouse, run, "batch")


def _remember(warehouse: Warehouse, run: Row, column: str) -> None:
    warehouse.write(
        f"update scenario_runs set {column} = $value where run_id = $id",
        value=run[column],
        id=run["run_id"],
    )
