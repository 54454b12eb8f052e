"""What a run would do, step by step, and whether each would run; nothing is done."""

from collections.abc import Callable

from mlmon import plan, source_batches, upstream
from mlmon.config import Config, Step
from mlmon.errors import MlmonError
from mlmon.scenario import runs
from mlmon.scenario.actions import batch_of
from mlmon.scenario.conditions import in_words, reason_to_skip
from mlmon.scenario.context import Context
from mlmon.scenario.doors import Doors
from mlmon.warehouse import Row, Warehouse


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
    verb, _ = step.action
    try:
        return TOLD.get(verb, _as_it_stands)(context, step)
    except MlmonError as error:
        return f"fail: {error}"


def _ingest(context: Context, step: Step) -> str:
    reasons = source_batches.unread(context.warehouse, context.config, step.target)
    return f"read {', '.join(reasons.values())}" if reasons else "find no new or changed file"


def _train(context: Context, step: Step) -> str:
    batches = context.config.models[step.target].train.batches
    chosen = batches if isinstance(batches, str) else ", ".join(batches)
    return f"make a new version of {step.target} from {chosen}"


def _score(context: Context, step: Step) -> str:
    version = runs.version(context.warehouse, context.row, step.target)
    batch = batch_of(context, step, context.config.models[step.target].dataset)
    missing = upstream.to_score(context.warehouse, version, batch)
    return f"score {missing:,} records of {batch} by version {version['model_version']}"


def _evaluate(context: Context, step: Step) -> str:
    model = context.config.stores[step.target].model
    batch = batch_of(context, step, context.config.models[model].dataset)
    version = runs.version(context.warehouse, context.row, model)
    planned = plan.for_evaluation(context.warehouse, context.config, step.target, batch, version)
    return ", ".join(f"{each.verb} {each.batch} ({each.reason})" for each in planned)


def _check(context: Context, step: Step) -> str:
    names = [entry.name for entry in context.config.stores[step.target].checks]
    return f"check {', '.join(names)}" if names else "find no checks"


def _message(_: Context, step: Step) -> str:
    return f"send a message to {', '.join(step.to)}"


def _as_it_stands(_: Context, step: Step) -> str:
    return " ".join(step.action)


TOLD: dict[str, Callable[[Context, Step], str]] = {
    "ingest": _ingest,
    "train": _train,
    "score": _score,
    "evaluate": _evaluate,
    "check": _check,
    "message": _message,
}
