"""What a step does, in deed and in words: an entry of DEEDS for every action of mlmon.yml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlmon import ingest, plan, score
from mlmon.check import alerts, check, kinds
from mlmon.config import Config, Step
from mlmon.config.scenarios import ACTIONS
from mlmon.errors import ConfigError, MlmonError
from mlmon.models import decisions, unscored
from mlmon.scenario import channels, runs
from mlmon.scenario.conditions import in_words, reason_to_skip
from mlmon.scenario.context import Context, Doors
from mlmon.sources import batches as source_batches
from mlmon.system import functions
from mlmon.system.progress import during
from mlmon.system.quiet import log_warnings
from mlmon.train import train
from mlmon.warehouse.warehouse import Row, Warehouse

ROWS = 20  # of a query's result that later steps can see
OUTCOMES = {"ERROR": "FAILED", "WARNING": "WARNING"}


@dataclass(frozen=True)
class Result:
    """How a step ended: SUCCESS, WARNING or FAILED."""

    message: str
    outputs: dict[str, Any] = field(default_factory=dict)
    outcome: str = "SUCCESS"


def _as_it_stands(_: Context, step: Step) -> str:
    return " ".join(step.action)


@dataclass(frozen=True)
class Deed:
    """What a step of an action does, and what it would do, in words; raises what its verb raises.

    One that `is_apart` is not within a transaction, because what it does commits bit by bit.
    """

    do: Callable[[Context, Step], Result]
    would: Callable[[Context, Step], str] = _as_it_stands
    is_apart: bool = False


def _ingest(context: Context, step: Step) -> Result:
    written = ingest.ingest(context.warehouse, context.config, step.target)
    if written:
        newest = plan.newest_batch(context.warehouse, step.target)
        runs.work_with_batch(context.warehouse, context.row, newest)
    return Result(f"new or changed: {', '.join(written) or 'none'}", {"batches": written})


def _would_ingest(context: Context, step: Step) -> str:
    reasons = source_batches.unread(context.warehouse, context.config, step.target)
    return f"read {', '.join(reasons.values())}" if reasons else "find no new or changed file"


def _train(context: Context, step: Step) -> Result:
    by = f"scenario {context.row['scenario']}"
    with during(f"train {step.target}"):
        version = train.train(context.warehouse, context.config, step.target, created_by=by)
    if version.is_active:
        runs.work_with_version(context.warehouse, context.row, step.target, version.model_version)
    outputs = {name: getattr(version, name) for name in ("model", "model_version", "is_active")}
    return Result(decisions.last_in_words(context.warehouse, step.target), outputs)


def _would_train(context: Context, step: Step) -> str:
    batches = context.config.models[step.target].train.batches
    chosen = batches if isinstance(batches, str) else ", ".join(batches)
    return f"make a new version of {step.target} from {chosen}"


def _score(context: Context, step: Step) -> Result:
    batch = batch_of(context, step, context.config.models[step.target].dataset)
    version = runs.version(context.warehouse, context.row, step.target)
    count = score.score(context.warehouse, context.config, version, batch)
    return Result(f"{count} records of {batch} scored", {"batch": batch, "records": count})


def _would_score(context: Context, step: Step) -> str:
    version = runs.version(context.warehouse, context.row, step.target)
    batch = batch_of(context, step, context.config.models[step.target].dataset)
    missing = unscored.of_batch(context.warehouse, version, batch)
    return f"score {missing:,} records of {batch} by version {version.model_version}"


def _evaluate(context: Context, step: Step) -> Result:
    model = context.config.stores[step.target].model
    evaluation = plan.evaluate(
        context.warehouse,
        context.config,
        step.target,
        batch_of(context, step, context.config.models[model].dataset),
        version=runs.version(context.warehouse, context.row, model),
    )
    figures = context.warehouse.read(
        "select metric, value from evaluation_metrics where evaluation_id = $id"
        " and feature is null and segment is null",
        id=evaluation.evaluation_id,
    )
    names = ("evaluation_id", "store", "batch", "model_version")
    outputs = {name: getattr(evaluation, name) for name in names}
    return Result(
        f"evaluation {evaluation.evaluation_id[:8]} of batch {evaluation.batch}",
        {**outputs, "metrics": {figure["metric"]: figure["value"] for figure in figures}},
    )


def _would_evaluate(context: Context, step: Step) -> str:
    model = context.config.stores[step.target].model
    batch = batch_of(context, step, context.config.models[model].dataset)
    version = runs.version(context.warehouse, context.row, model)
    planned = plan.for_evaluation(context.warehouse, context.config, step.target, batch, version)
    return ", ".join(f"{each.verb} {each.batch} ({each.reason})" for each in planned)


def _check(context: Context, step: Step) -> Result:
    results = check.check(
        context.warehouse, context.config, step.target, _checked_batch(context, step, step.target)
    )
    names = ("check_name", "feature", "segment", "value", "outcome", "message")
    worst = check.worst(results)
    changes = alerts.transitions(context.warehouse, results)
    of_change = (
        *("event", "store", "check_name", "metric"),
        *("feature", "segment", "outcome", "message"),
    )
    outputs = {
        "worst": worst,
        "checked_at": max((row["checked_at"] for row in results), default=None),
        "results": [
            {name: row.get(name) for name in names} for row in kinds.trouble_first(results)
        ],
        "transitions": [{name: row[name] for name in of_change} for row in changes],
    }
    words = kinds.in_line(results) or "no checks"
    return Result(words, outputs, OUTCOMES.get(worst, "SUCCESS"))


def _would_check(context: Context, step: Step) -> str:
    names = [entry.name for entry in context.config.stores[step.target].checks]
    return f"check {', '.join(names)}" if names else "find no checks"


def _report(context: Context, step: Step) -> Result:
    page = context.doors.report(step.target)
    return Result(f"wrote {Path(page).name}", {"page": page})


def _sql(context: Context, step: Step) -> Result:
    rows = context.warehouse.read(context.query(step.target))
    value = next(iter(rows[0].values()), None) if rows else None
    return Result("done", {"rows": rows[:ROWS], "value": value})


def _python(context: Context, step: Step) -> Result:
    """Call the user's function with the project and the run: row, parameters, steps so far.

    It may return nothing, what it made as a mapping, or outcome and message.
    """
    run = {**context.row, "parameters": context.parameters, "steps": context.steps}
    with log_warnings(f"step {step.name}: {step.target}"):
        function = functions.find(context.config.folder, step.target)
        returned = function(context.doors.project, run)
    if isinstance(returned, tuple) and len(returned) == 2:
        outcome, message = returned
        if outcome not in ("SUCCESS", "WARNING", "FAILED"):
            raise ConfigError(f"{step.target} returned the outcome {outcome!r}")
        return Result(str(message), {}, outcome)
    return Result("done", dict(returned or {}))


def _message(context: Context, step: Step) -> Result:
    text = context.text(step.target)
    title = f"{context.row['scenario']}: {step.name}"
    for name in step.to:
        channels.send(context.config, name, channels.Message(title, text))
    return Result(f"sent to {', '.join(step.to)}", {"text": text})


def _would_message(_: Context, step: Step) -> str:
    return f"send a message to {', '.join(step.to)}"


def _run(context: Context, step: Step) -> Result:
    """Another scenario has run, once: after a crash its finished run is found again."""
    parent = f"{context.row['run_id']} {step.name}"
    query = "from scenario_runs where parent_run_id = $parent order by started_at desc"
    row = context.warehouse.one(query, parent=parent)
    if row is None or row["ended_at"] is None or row["outcome"] in ("FAILED", "ABORTED"):
        parameters = {
            key: context.text(value) if isinstance(value, str) else value
            for key, value in step.parameters.items()
        }
        by = f"scenario {context.row['scenario']}"
        assert context.run is not None
        row = context.run(step.target, trigger=by, parameters=parameters, parent=parent)
    words = f"{step.target}: {row['outcome']}, run {row['run_id'][:8]}"
    return Result(words, {"run_id": row["run_id"], "outcome": row["outcome"]}, row["outcome"])


DEEDS: Mapping[str, Deed] = {
    "ingest": Deed(_ingest, _would_ingest),
    "train": Deed(_train, _would_train),
    "score": Deed(_score, _would_score),
    "evaluate": Deed(_evaluate, _would_evaluate),
    "check": Deed(_check, _would_check),
    "report": Deed(_report),
    "sql": Deed(_sql),
    "python": Deed(_python),
    "run": Deed(_run, is_apart=True),
    "message": Deed(_message, _would_message),
}
assert DEEDS.keys() == ACTIONS.keys()


def batch_of(context: Context, step: Step, dataset: str) -> str:
    """Return the step's batch, the run's when the dataset has it, else the dataset's newest."""
    if step.batch is not None:
        return context.text(step.batch)
    query = "select 1 from batches where dataset = $dataset and batch = $batch"
    batch = context.row["batch"]
    if batch and context.warehouse.one(query, dataset=dataset, batch=batch):
        return str(batch)
    return plan.newest_batch(context.warehouse, dataset)


def _checked_batch(context: Context, step: Step, store: str) -> str | None:
    """Return the batch to check: the step's, or the run's if the store has it; None: the newest."""
    if step.batch is not None:
        return context.text(step.batch)
    batch: str | None = context.warehouse.value(
        "select batch from evaluations"
        " where store = $store and batch = $batch and is_aside is not true",
        store=store,
        batch=context.row["batch"],
    )
    return batch


# ---- What a run would do, step by step, and whether each would run; nothing is done


def preview(warehouse: Warehouse, config: Config, name: str, doors: Doors) -> list[Row]:
    """Return a row a step: position, step, action, what it would do, when it runs and, now, if.

    `now` is how the condition stands if every step before succeeds. A run that was left behind
    says what is done.
    """
    section = config.scenarios[name]
    left_behind = runs.opened(warehouse, name)
    batch = runs.newest_batch(warehouse)
    fresh = {"run_id": "", "scenario": name, "trigger": "manual", "batch": batch, "versions": "{}"}
    row = left_behind or {**fresh, "parameters": "{}"}
    context = Context(warehouse, config, section, row, doors)
    done = {step["position"]: step for step in runs.steps(warehouse, row["run_id"])}
    return [
        {
            "position": position,
            "step": step.name,
            "action": " ".join(step.action),
            "would": _done(done[position]) if position in done else would(context, step),
            "runs": in_words(step),
            "now": _now(context, step, done.get(position)),
        }
        for position, step in enumerate(section.steps, start=1)
    ]


def _done(row: Row) -> str:
    return f"is done already: {row['outcome']}, {row['message']}"


def _now(context: Context, step: Step, done: Row | None) -> str:
    """Return whether the step would run as things stand, in words."""
    if done:
        return "no, the run goes on after it"
    try:
        reason = reason_to_skip(context, step)
    except MlmonError as error:
        return f"cannot be said: {error}"
    return f"no, {reason}" if reason else "yes"


def would(context: Context, step: Step) -> str:
    """Return what the step would do, in words; also why it would fail."""
    try:
        return DEEDS[step.action[0]].would(context, step)
    except MlmonError as error:
        return f"fail: {error}"
