"""Running a scenario: step after step, to its end, however it ends."""

import time
from collections.abc import Mapping
from typing import Any

from mlmon.config import Config, Step
from mlmon.errors import ConfigError
from mlmon.scenario import reporting, runs
from mlmon.scenario.actions import Result
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
    given = known_parameters(name, section.parameters, parameters or {})
    with runs.alone(warehouse, name), stoppable():
        left_behind = None if parent else runs.opened(warehouse, name)
        row = left_behind or runs.start(warehouse, name, trigger, given, parent)
        context = Context(warehouse, config, section, row, doors)
        try:
            if not runs.steps(warehouse, row["run_id"]):
                reporting.tell(context, "start")
            _steps(context)
        except KeyboardInterrupt as error:
            _abort(context, error)
            raise
        reporting.tell(context, "end")
        return runs.ended(warehouse, row["run_id"], context.state.outcome)


def known_parameters(
    scenario: str, declared: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the given parameters; raises ConfigError for one that the scenario does not have."""
    for name in given:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise ConfigError(f"scenario {scenario} has no parameter {name}; there is {known}")
    return dict(given)


def _steps(context: Context) -> None:
    """Every step has an outcome, those that had one before keep it."""
    limit = context.section.timeout
    deadline = None if limit is None else time.monotonic() + limit
    done = {row["position"]: row for row in runs.steps(context.warehouse, context.row["run_id"])}
    for position, step in enumerate(context.section.steps, start=1):
        with during(step.name, position - 1, len(context.section.steps)):
            row = done.get(position) or run_step(context, position, step, _nested, deadline)
        if step.reset_failure_state and row["outcome"] != "SKIPPED":
            context.state.reset()
        context.took(row)


def _nested(context: Context, step: Step) -> Result:
    """Another scenario has run as a step, once: after a crash its finished run is found again."""
    name, parent = step.target, f"{context.row['run_id']} {step.name}"
    query = "from scenario_runs where parent_run_id = $parent order by started_at desc"
    row = context.warehouse.one(query, parent=parent)
    if row is None or row["ended_at"] is None or row["outcome"] in ("FAILED", "ABORTED"):
        given = {
            key: context.text(value) if isinstance(value, str) else value
            for key, value in step.parameters.items()
        }
        by = f"scenario {context.row['scenario']}"
        row = run(context.warehouse, context.config, name, context.doors, by, given, parent)
    words = f"{name}: {row['outcome']}, run {row['run_id'][:8]}"
    return Result(words, {"run_id": row["run_id"], "outcome": row["outcome"]}, row["outcome"])


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
