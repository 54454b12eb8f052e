"""Scenarios: ordered steps with conditions. A step's row commits together with its effect."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from mlmon import check, ingest, plan, project_views, score, train, versions
from mlmon.config import Config, Step
from mlmon.config.scenarios import OutcomeIs, SqlIs
from mlmon.errors import MlmonError
from mlmon.warehouse import Row, Warehouse, now

SEVERITY = ("SUCCESS", "WARNING", "FAILED", "ABORTED")

Report = Callable[[str], str]


@dataclass
class State:
    """What the steps so far came to."""

    outcome: str = "SUCCESS"
    failed: bool = False

    def add(self, outcome: str) -> None:
        """Take a step's outcome in; a skipped one changes nothing."""
        if outcome != "SKIPPED":
            self.outcome = max(self.outcome, outcome, key=SEVERITY.index)
            self.failed = self.failed or outcome == "FAILED"

    def reset(self) -> None:
        """Clear the failure: what failed before counts as a warning."""
        if self.failed:
            self.outcome, self.failed = "WARNING", False


def run(
    warehouse: Warehouse, config: Config, name: str, report: Report, trigger: str = "manual"
) -> Row:
    """The scenario has run; return its row of `scenario_runs`, with `steps`.

    A run that was interrupted is taken up at its first step without an outcome, with its
    batch and versions. Writes `scenario_runs`, `step_runs` and what the steps write.
    """
    steps = config.scenarios[name].steps
    current = _open_run(warehouse, name) or _start(warehouse, name, trigger)
    state = State()
    query = "from step_runs where run_id = $id"
    done = {row["position"]: row for row in warehouse.read(query, id=current["run_id"])}
    for position, step in enumerate(steps, start=1):
        row = done.get(position) or _step(warehouse, config, current, position, step, state, report)
        if step.reset_failure_state and row["outcome"] != "SKIPPED":
            state.reset()
        state.add(row["outcome"])
    warehouse.write(
        "update scenario_runs set ended_at = $now, outcome = $outcome where run_id = $id",
        now=now(),
        outcome=state.outcome,
        id=current["run_id"],
    )
    finished = warehouse.one("from scenario_runs where run_id = $id", id=current["run_id"])
    return {
        **(finished or current),
        "steps": warehouse.read(
            "from step_runs where run_id = $id order by position", id=current["run_id"]
        ),
    }


def _open_run(warehouse: Warehouse, name: str) -> Row | None:
    return warehouse.one(
        "from scenario_runs where scenario = $name and ended_at is null order by started_at desc",
        name=name,
    )


def _start(warehouse: Warehouse, name: str, trigger: str) -> Row:
    active = warehouse.read("select model, model_version from model_versions where is_active")
    row = {
        "run_id": uuid4().hex,
        "scenario": name,
        "trigger": trigger,
        "batch": warehouse.value("select max(batch) from batches"),
        "versions": json.dumps({found["model"]: found["model_version"] for found in active}),
        "started_at": now(),
    }
    warehouse.append("scenario_runs", [row])
    return row


def _step(
    warehouse: Warehouse,
    config: Config,
    current: Row,
    position: int,
    step: Step,
    state: State,
    report: Report,
) -> Row:
    """The step has an outcome; return its row. An error is an outcome too: FAILED."""
    verb, target = step.action
    row = {
        "run_id": current["run_id"],
        "position": position,
        "step": step.name,
        "action": f"{verb} {target}",
        "started_at": now(),
    }

    def work() -> None:
        if reason := _reason_to_skip(warehouse, step, state):
            outcome, message = "SKIPPED", reason
        else:
            outcome, message = _perform(warehouse, config, current, verb, target, report)
        row.update(outcome=outcome, message=message, ended_at=now())
        warehouse.append("step_runs", [row])

    try:
        warehouse.attempt(work)
    except Exception as error:  # the run goes on: what follows may depend on the failure
        words = str(error) if isinstance(error, MlmonError) else f"{type(error).__name__}: {error}"
        row |= {"outcome": "FAILED", "message": words, "ended_at": now()}
        warehouse.append("step_runs", [row])
    project_views.follow(warehouse, config)
    return row


def _reason_to_skip(warehouse: Warehouse, step: Step, state: State) -> str | None:
    """Return why the step does not run, or None when it does."""
    condition = step.run_if
    if isinstance(condition, OutcomeIs):
        met = state.outcome in condition.outcome
        return None if met else f"the outcome so far is {state.outcome}"
    if isinstance(condition, SqlIs):
        return None if warehouse.value(condition.sql) else "the condition does not hold"
    reasons = {
        "no_prior_step_failed": "a prior step failed" if state.failed else None,
        "some_prior_step_failed": None if state.failed else "no prior step failed",
        "always": None,
        "never": "it is set never to run",
    }
    return reasons[condition]


def _perform(
    warehouse: Warehouse, config: Config, current: Row, verb: str, target: str, report: Report
) -> tuple[str, str]:
    """Do what a step is for; return its outcome and what happened, in words."""
    if verb == "evaluate":
        return _evaluate(warehouse, config, current, target)
    if verb == "check":
        results = check.check(warehouse, config, target, _checked(warehouse, current, target))
        outcomes = {"ERROR": "FAILED", "WARNING": "WARNING"}
        words = "; ".join(
            f"{row['check_name']}: {row['outcome']}, {row['message']}" for row in results
        )
        return outcomes.get(check.worst(results), "SUCCESS"), words or "no checks"
    if verb == "train":
        version = train.train(
            warehouse, config, target, created_by=f"scenario {current['scenario']}"
        )
        _remember(warehouse, current, target, version["model_version"])
        return "SUCCESS", f"version {version['model_version']} of {target} is active"
    if verb == "score":
        batch = _batch(warehouse, config, current, target)
        count = score.score(warehouse, config, target, batch, _version(warehouse, current, target))
        return "SUCCESS", f"{count} records of {batch} scored"
    if verb == "ingest":
        written = ingest.ingest(warehouse, config, target)
        if written:
            current["batch"] = plan.newest_batch(warehouse, target)
            warehouse.write(
                "update scenario_runs set batch = $batch where run_id = $id",
                batch=current["batch"],
                id=current["run_id"],
            )
        return "SUCCESS", f"new or changed: {', '.join(written) or 'none'}"
    if verb == "report":
        return "SUCCESS", f"wrote {Path(report(target)).name}"
    warehouse.write(target)
    return "SUCCESS", "done"


def _evaluate(warehouse: Warehouse, config: Config, current: Row, store: str) -> tuple[str, str]:
    model = config.stores[store].model
    row = plan.evaluate(
        warehouse,
        config,
        store,
        _batch(warehouse, config, current, model),
        version=_version(warehouse, current, model),
    )
    return "SUCCESS", f"evaluation {row['evaluation_id'][:8]} of batch {row['batch']}"


def _batch(warehouse: Warehouse, config: Config, current: Row, model: str) -> str:
    """Return the run's batch when the model's dataset has it, else the dataset's newest."""
    dataset = config.models[model].dataset
    known = "select 1 from batches where dataset = $dataset and batch = $batch"
    batch = current["batch"]
    if batch and warehouse.one(known, dataset=dataset, batch=batch):
        return str(batch)
    return plan.newest_batch(warehouse, dataset)


def _checked(warehouse: Warehouse, current: Row, store: str) -> str | None:
    """Return the run's batch when the store has an evaluation of it, else None: the newest."""
    query = (
        "select batch from evaluations"
        " where store = $store and batch = $batch and is_aside is not true"
    )
    batch: str | None = warehouse.value(query, store=store, batch=current["batch"])
    return batch


def _version(warehouse: Warehouse, current: Row, model: str) -> Row:
    """Return the version that the run works with: the active one when it started or trained."""
    chosen = json.loads(current["versions"] or "{}").get(model)
    if chosen is None:
        return versions.active(warehouse, model)
    return versions.number(warehouse, model, chosen)


def _remember(warehouse: Warehouse, current: Row, model: str, version: int) -> None:
    """The run's later steps work with the version that it has just trained."""
    chosen = {**json.loads(current["versions"] or "{}"), model: version}
    current["versions"] = json.dumps(chosen)
    warehouse.write(
        "update scenario_runs set versions = $versions where run_id = $id",
        versions=current["versions"],
        id=current["run_id"],
    )
