"""Whether a step runs."""

from mlmon.config import Step
from mlmon.config.scenarios import OutcomeIs, SqlIs
from mlmon.scenario.context import Context
from mlmon.warehouse import queries


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
    reasons = {
        "no_prior_step_failed": "a prior step failed" if state.failed else None,
        "some_prior_step_failed": None if state.failed else "no prior step failed",
        "always": None,
        "never": "it is set never to run",
    }
    return reasons[condition]


def in_words(step: Step) -> str:
    """Return when a step runs, in words."""
    condition = step.run_if
    if isinstance(condition, OutcomeIs):
        return f"if the outcome so far is {' or '.join(condition.outcome)}"
    if isinstance(condition, SqlIs):
        return f"if this holds: {condition.sql}"
    return {
        "no_prior_step_failed": "if no prior step failed",
        "some_prior_step_failed": "if some prior step failed",
        "always": "always",
        "never": "never",
    }[condition]
