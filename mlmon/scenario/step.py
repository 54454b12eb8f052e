"""One step of a run: whether it runs, as often as it takes, in its time; its row says how."""

import time
from collections.abc import Callable
from typing import Any

from mlmon.config import Step
from mlmon.errors import MlmonError, kind_and_reason
from mlmon.scenario.actions import Result, perform
from mlmon.scenario.conditions import reason_to_skip
from mlmon.scenario.context import Context
from mlmon.system.plain import as_json
from mlmon.system.signals import within
from mlmon.views import of_project
from mlmon.warehouse.warehouse import Row, now

Nested = Callable[[Context, Step], Result]


def run_step(
    context: Context, position: int, step: Step, nested: Nested, deadline: float | None
) -> Row:
    """The step has an outcome; return its row. An error is an outcome too: FAILED.

    The row commits in the transaction of what the step did. `nested` runs another scenario;
    `deadline` is when the run's time is over, in seconds of the monotonic clock.
    """
    verb, target = step.action
    row = {
        "run_id": context.row["run_id"],
        "position": position,
        "step": step.name,
        "action": f"{verb} {target}",
        "started_at": now(),
    }
    for attempt in range(1, step.retries + 2):
        is_last = attempt > step.retries or _left(deadline) == 0
        made = _tried(context, step, row, attempt, is_last, nested, deadline)
        if made is not None:
            break
        time.sleep(min(step.retry_delay, _left(deadline) or step.retry_delay))
    of_project.follow(context.warehouse, context.config)
    return row


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _tried(
    context: Context,
    step: Step,
    row: Row,
    attempt: int,
    is_last: bool,
    nested: Nested,
    deadline: float | None,
) -> Row | None:
    """Return the finished row after one try, None when the step is to be tried again."""

    def done(result: Result) -> Row | None:
        if result.outcome == "FAILED" and not is_last:
            return None
        row.update(_ending(step, result, attempt))
        context.warehouse.append("step_runs", [row])
        return row

    def work() -> Row | None:
        if reason := reason_to_skip(context, step):
            return done(Result(reason, outcome="SKIPPED"))
        return done(perform(context, step))

    def apart() -> Row | None:
        """Run another scenario: its steps commit one by one, so not within a transaction."""
        if reason := reason_to_skip(context, step):
            return done(Result(reason, outcome="SKIPPED"))
        return done(nested(context, step))

    try:
        left = _left(deadline)
        if left == 0:
            raise MlmonError("not begun: the time of the run is over")
        limits = [limit for limit in (step.timeout, left) if limit is not None]
        with within(min(limits, default=None)):
            if step.run is not None:
                return apart()
            return context.warehouse.attempt(work)
    except Exception as error:  # the run goes on: what follows may depend on the failure
        return done(Result(_words(error), outcome="FAILED"))


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, MlmonError) else kind_and_reason(error)


def _ending(step: Step, result: Result, attempt: int) -> dict[str, Any]:
    """Return how the step ended, as its row says it."""
    outcome, message = result.outcome, result.message
    if attempt > 1:
        message = f"{message} (attempt {attempt} of {step.retries + 1})"
    if step.ignore_failure and outcome == "FAILED":
        outcome, message = "WARNING", f"{message}; the failure is ignored"
    return {
        "outcome": outcome,
        "message": message,
        "attempts": 0 if outcome == "SKIPPED" else attempt,
        "outputs": as_json(result.outputs),
        "ended_at": now(),
    }
