"""Running a scenario: step after step, to its end, however it ends."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from mlmon.config import Config
from mlmon.errors import ConfigError
from mlmon.scenario import reporting, runs
from mlmon.scenario.context import Context, Doors
from mlmon.scenario.step import run_step
from mlmon.system.progress import during
from mlmon.system.signals import Stopped, stoppable
from mlmon.warehouse.warehouse import Row, Warehouse, now


def run(
    warehouse: Warehouse,
    config: Config,
    name: str,
    doors: Doors,
    trigger: str = "manual",
    parameters: Mapping[str, Any] | None = None,
    parent: str | None = None,
) -> Row:
    """The scenario has run; return its row of `scenario_runs`, with `steps`.

    A run whose process was killed is taken up at its first step without an outcome, with its
    batch, versions and parameters. SIGINT and SIGTERM end it: the step is undone, step and run
    are ABORTED, and the signal's exception goes on. Writes `scenario_runs`, `step_runs`,
    `notifications` and what the steps write. Raises ScenarioRunning, ConfigError.
    """
    section = config.scenarios[name]
    for parameter in parameters or {}:
        if parameter not in section.parameters:
            names = ", ".join(section.parameters) or "none"
            raise ConfigError(f"scenario {name} has no parameter {parameter}; there is {names}")
    with runs.alone(warehouse, name), stoppable():
        left_behind = None if parent else runs.opened(warehouse, name)
        row = left_behind or runs.start(warehouse, name, trigger, dict(parameters or {}), parent)
        nested = partial(run, warehouse, config, doors=doors)
        context = Context(warehouse, config, section, row, doors, nested)
        try:
            if not runs.steps(warehouse, row["run_id"]):
                reporting.tell(context, "start")
            _steps(context)
        except KeyboardInterrupt as error:
            _abort(context, error)
            raise
        reporting.tell(context, "end")
        return runs.ended(warehouse, row["run_id"], context.state.outcome)


def _steps(context: Context) -> None:
    """Every step has an outcome, those that had one before keep it."""
    limit = context.section.timeout
    deadline = None if limit is None else time.monotonic() + limit
    done = {row["position"]: row for row in runs.steps(context.warehouse, context.row["run_id"])}
    for position, step in enumerate(context.section.steps, start=1):
        with during(step.name, position - 1, len(context.section.steps)):
            row = done.get(position) or run_step(context, position, step, deadline)
        if step.reset_failure_state and row["outcome"] != "SKIPPED":
            context.state.reset()
        context.took(row)


def _abort(context: Context, error: KeyboardInterrupt) -> None:
    """The step that was underway and the run are ABORTED; reporters are told."""
    steps, warehouse = context.section.steps, context.warehouse
    position = len(runs.steps(warehouse, context.row["run_id"])) + 1
    cause = "SIGTERM" if isinstance(error, Stopped) else "an interrupt"
    if position <= len(steps):
        step = steps[position - 1]
        row = {
            "run_id": context.row["run_id"],
            "position": position,
            "step": step.name,
            "action": " ".join(step.action),
            "outcome": "ABORTED",
            "message": f"stopped by {cause}; what it had begun is undone",
            "started_at": now(),
            "ended_at": now(),
        }
        warehouse.append("step_runs", [row])
        context.took(row)
    context.state.outcome = "ABORTED"
    reporting.tell(context, "end")
    runs.ended(warehouse, context.row["run_id"], "ABORTED")
