"""Whether a step runs: an entry of CONDITIONS for each that has a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from mlmon.config import Step
from mlmon.config.scenarios import OutcomeIs, RunIf, SqlIs
from mlmon.scenario.context import Context, State
from mlmon.warehouse import queries


@dataclass(frozen=True)
class Condition:
    """When a step runs, in words, and why it does not as the run stands."""

    words: str
    reason_to_skip: Callable[[State], str | None]


CONDITIONS: Mapping[str, Condition] = {
    "no_prior_step_failed": Condition(
        "if no prior step failed", lambda run: "a prior step failed" if run.failed else None
    ),
    "some_prior_step_failed": Condition(
        "if some prior step failed", lambda run: None if run.failed else "no prior step failed"
    ),
    "always": Condition("always", lambda _: None),
    "never": Condition("never", lambda _: "it is set never to run"),
}
assert CONDITIONS.keys() == {*get_args(RunIf)}


def reason_to_skip(context: Context, step: Step) -> str | None:
    """Return why the step does not run, or None when it does."""
    condition, state = step.run_if, context.state
    if isinstance(condition, OutcomeIs):
        met = state.outcome in condition.outcome
        return None if met else f"the outcome so far is {state.outcome}"
    if isinstance(condition, SqlIs):
        rows = queries.answer(context.warehouse.tried, context.query(condition.sql))
        holds = next(iter(rows[0].values())) if rows else None
        return None if holds else "the condition does not hold"
    return CONDITIONS[condition].reason_to_skip(state)


def in_words(step: Step) -> str:
    """Return when a step runs, in words."""
    condition = step.run_if
    if isinstance(condition, OutcomeIs):
        return f"if the outcome so far is {' or '.join(condition.outcome)}"
    if isinstance(condition, SqlIs):
        return f"if this holds: {condition.sql}"
    return CONDITIONS[condition].words
