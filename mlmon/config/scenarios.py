"""`scenarios:` of mlmon.yml: ordered steps and what starts them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.triggers import Trigger
from mlmon.config.values import Duration, Function, Parameters, Section, Text


class OutcomeIs(Section):
    """True when the outcome so far is one of these."""

    outcome: list[Literal["SUCCESS", "WARNING", "FAILED"]]


class SqlIs(Section):
    """True when the query's first value is."""

    sql: str


RunIf = Literal["no_prior_step_failed", "some_prior_step_failed", "always", "never"]
ACTIONS = (
    *("ingest", "train", "score", "evaluate", "check", "report"),
    *("sql", "python", "run", "message"),
)


class Step(Section):
    """One step of a scenario: a verb, its object, when it runs and what is done when it fails.

    `batch` is instead of the run's; `to` are the channels of a message, `parameters` those of the
    scenario that a step runs. Durations are seconds.
    """

    name: str
    ingest: str | None = None
    train: str | None = None
    score: str | None = None
    evaluate: str | None = None
    check: str | None = None
    report: str | None = None
    sql: str | None = None
    python: Function | None = None
    run: str | None = None
    message: str | None = None
    batch: Text | None = None
    parameters: Parameters = Field(default_factory=dict)
    to: Sequence[str] = ()
    run_if: RunIf | OutcomeIs | SqlIs = "no_prior_step_failed"
    reset_failure_state: bool = False
    retries: Annotated[int, Field(ge=0, le=100)] = 0
    retry_delay: Duration = 0.0
    timeout: Annotated[Duration, Field(gt=0)] | None = None
    ignore_failure: bool = False

    @model_validator(mode="after")
    def _one_action(self) -> "Step":
        if sum(getattr(self, name) is not None for name in ACTIONS) != 1:
            raise ValueError(f"a step does exactly one of {', '.join(ACTIONS)}")
        verb, _ = self.action
        if bool(self.to) != (verb == "message"):
            raise ValueError("`message:` and `to:`, a list of channels, belong together")
        if self.parameters and verb != "run":
            raise ValueError("`parameters:` of a step are those of the scenario that it runs")
        if self.batch is not None and verb not in ("score", "evaluate", "check"):
            raise ValueError("`batch:` belongs to score, evaluate and check")
        return self

    @property
    def action(self) -> tuple[str, str]:
        """The verb and its object."""
        return next((name, getattr(self, name)) for name in ACTIONS if getattr(self, name))

    @property
    def target(self) -> str:
        """The object of the verb."""
        return self.action[1]


class Reporter(Section):
    """Who is told of a run, when, and what; the message is a Jinja template.

    `transitions` tells only when a check of the run opened, escalated or resolved an alert.
    """

    name: str
    to: Annotated[Sequence[str], Field(min_length=1)]
    when: Literal["start", "end"] = "end"
    outcome: Sequence[Literal["SUCCESS", "WARNING", "FAILED", "ABORTED"]] = ()
    transitions: bool = False
    title: str = "{{ run.scenario }}: {{ run.outcome or 'started' }}"
    message: str | None = None
    summary: bool = True
    picture: bool = False

    @model_validator(mode="after")
    def _possible(self) -> "Reporter":
        if self.when == "start" and (self.outcome or self.transitions):
            raise ValueError("at the start there is no outcome and no transition yet")
        return self


class Channel(Section):
    """Where messages go, an address of apprise: `mailtos://...`, `slack://...`, `json://...`.

    What is secret in it stands there as `${NAME}` and comes from the environment.
    """

    url: str


class Scenario(Section):
    """Ordered steps, what starts them, who is told; a step's texts may use the parameters."""

    triggers: Sequence[Trigger] = ()
    parameters: Parameters = Field(default_factory=dict)
    steps: Annotated[Sequence[Step], Field(min_length=1)]
    timeout: Annotated[Duration, Field(gt=0)] | None = None
    reporters: Sequence[Reporter] = ()

    @model_validator(mode="after")
    def _named_once(self) -> "Scenario":
        for what, entries in (("steps", self.steps), ("reporters", self.reporters)):
            names = [entry.name for entry in entries]
            if len(set(names)) < len(names):
                raise ValueError(f"{what}: two have the same name")
        return self
