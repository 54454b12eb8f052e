"""One step of a run: whether it runs, as often as it takes, in its time; its row says how."""

import time
from typing import Any

from mlmon.config import Step
from mlmon.errors import MlmonError, kind_and_reason
from mlmon.scenario.actions import DEEDS, Result
from mlmon.scenario.conditions import reason_to_skip
from mlmon.scenario.context import Context
from mlmon.system.plain import as_json
from mlmon.system.signals import within
from mlmon.views import of_project
from mlmon.warehouse.warehouse import Row, now


def run_step(context: Context, position: int, step: Step, deadline: float | None) -> Row:
    """The step has an outcome; return its row. An error is an outcome too: FAILED.

    The row commits in the transaction of what the step did. `deadline` is when the run's time is
    over, in seconds of the monotonic clock.
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
        if _try(context, step, row, attempt, is_last, deadline):
            break
        time.sleep(min(step.retry_delay, _left(deadline) or step.retry_delay))
    of_project.follow(context.warehouse, context.config)
    return row


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _try(
    context: Context, step: Step, row: Row, attempt: int, is_last: bool, deadline: float | None
) -> bool:
    """Do the step once; return whether its row is finished, else it is to be tried again."""
    deed = DEEDS[step.action[0]]

    def finish(result: Result) -> bool:
        if result.outcome == "FAILED" and not is_last:
            return False
        row.update(_ending(step, result, attempt))
        context.warehouse.append("step_runs", [row])
        return True

    def work() -> bool:
        if reason := reason_to_skip(context, step):
            return finish(Result(reason, outcome="SKIPPED"))
        return finish(deed.do(context, step))

    try:
        left = _left(deadline)
        if left == 0:
            raise MlmonError("not begun: the time of the run is over")
        limits = [limit for limit in (step.timeout, left) if limit is not None]
        with within(min(limits, default=None)):
            return work() if deed.is_apart else context.warehouse.attempt(work)
    except Exception as error:  # the run goes on: what follows may depend on the failure
        return finish(Result(_words(error), outcome="FAILED"))


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
