"""`scenarios:` of mlmon.yml: ordered steps and what starts them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.values import Section, Zone


class Trigger(Section):
    """When a scenario is due: every so often, at a time of day (and day), in a time zone."""

    name: str
    every: Annotated[str, Field(pattern=r"^[1-9]\d* (minute|hour|day|week|month)s?$")]
    at: str | None = None
    time_zone: Zone = "UTC"


class OutcomeIs(Section):
    """True when the outcome so far is one of these."""

    outcome: list[Literal["SUCCESS", "WARNING", "FAILED"]]


class SqlIs(Section):
    """True when the query's first value is."""

    sql: str


RunIf = Literal["no_prior_step_failed", "some_prior_step_failed", "always", "never"]
ACTIONS = ("ingest", "train", "score", "evaluate", "check", "report", "sql")


class Step(Section):
    """One step of a scenario: a verb, its object, and when it runs."""

    name: str
    ingest: str | None = None
    train: str | None = None
    score: str | None = None
    evaluate: str | None = None
    check: str | None = None
    report: str | None = None
    sql: str | None = None
    run_if: RunIf | OutcomeIs | SqlIs = "no_prior_step_failed"
    reset_failure_state: bool = False

    @model_validator(mode="after")
    def _one_action(self) -> "Step":
        if sum(getattr(self, name) is not None for name in ACTIONS) != 1:
            raise ValueError(f"a step does exactly one of {', '.join(ACTIONS)}")
        return self

    @property
    def action(self) -> tuple[str, str]:
        """The verb and its object."""
        return next((name, getattr(self, name)) for name in ACTIONS if getattr(self, name))


class Scenario(Section):
    """Ordered steps and what starts them."""

    triggers: Sequence[Trigger] = ()
    steps: Annotated[list[Step], Field(min_length=1)]
