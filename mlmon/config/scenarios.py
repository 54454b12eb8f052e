"""`scenarios:` of mlmon.yml: ordered steps and what starts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.triggers import Trigger
from mlmon.config.values import Duration, Function, Parameters, Section, Text, entries


class OutcomeIs(Section):
    """True when the outcome so far is one of these."""

    outcome: list[Literal["SUCCESS", "WARNING", "FAILED"]] = Field(
        description="The outcomes of the run so far with which the step runs."
    )


class SqlIs(Section):
    """True when the query's first value is."""

    sql: str = Field(description="A select on the warehouse; it may use the run's parameters.")


RunIf = Literal["no_prior_step_failed", "some_prior_step_failed", "always", "never"]


@dataclass(frozen=True)
class Action:
    """What is known of what a step does; the key that makes a step do it bears it.

    `of` is what the key's value names, `takes` are the further keys that go with it. What it does,
    in deed and in words, stands under the key's name in mlmon/scenario/actions.py.
    """

    of: Literal["dataset", "model", "store", "dashboard", "scenario"] | None = None
    takes: tuple[str, ...] = ()


class Step(Section):
    """One step of a scenario: a verb, its object, when it runs and what is done when it fails.

    `batch` is instead of the run's; `to` are the channels of a message, `parameters` those of the
    scenario that a step runs. Durations are seconds.
    """

    name: str = Field(description="What its row and `outputs` are called; once in a scenario.")
    ingest: Annotated[str | None, Action("dataset")] = Field(
        default=None, description="The dataset whose files are read."
    )
    train: Annotated[str | None, Action("model")] = Field(
        default=None, description="The model that is trained."
    )
    score: Annotated[str | None, Action("model", ("batch",))] = Field(
        default=None, description="The model that scores."
    )
    evaluate: Annotated[str | None, Action("store", ("batch",))] = Field(
        default=None, description="The store that is evaluated."
    )
    check: Annotated[str | None, Action("store", ("batch",))] = Field(
        default=None, description="The store whose checks are looked at."
    )
    report: Annotated[str | None, Action("dashboard")] = Field(
        default=None, description="The dashboard that is written."
    )
    sql: Annotated[str | None, Action()] = Field(
        default=None, description="A query; it may use the parameters."
    )
    python: Annotated[Function | None, Action()] = Field(
        default=None, description="module:function, called with the project and the run."
    )
    run: Annotated[str | None, Action("scenario", ("parameters",))] = Field(
        default=None, description="Another scenario, which runs within."
    )
    message: Annotated[str | None, Action(takes=("to",))] = Field(
        default=None, description="A text to send, a Jinja template; needs `to:`."
    )
    batch: Text | None = Field(
        default=None, description="Of score, evaluate and check: instead of the run's batch."
    )
    parameters: Parameters = Field(
        default_factory=dict, description="Of `run:`: the other scenario's parameters."
    )
    to: Sequence[str] = Field(default=(), description="Of `message:`: names of channels.")
    run_if: RunIf | OutcomeIs | SqlIs = Field(
        default="no_prior_step_failed",
        description=(
            "When it runs: no_prior_step_failed (default), some_prior_step_failed, always, never, "
            "{outcome: [...]} or {sql: ...}."
        ),
    )
    reset_failure_state: bool = Field(
        default=False, description="Whether the run counts as not failed once it is done."
    )
    retries: int = Field(
        default=0, ge=0, le=100, description="How often it is tried again when it fails, to 100."
    )
    retry_delay: Duration = Field(
        default=0.0, description="What is waited before that: `30 seconds`, `5 minutes`, `2 hours`."
    )
    timeout: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="What takes longer has failed: `10 minutes`; by default no limit."
    )
    ignore_failure: bool = Field(
        default=False, description="Whether its failure is a WARNING of the run only."
    )

    @model_validator(mode="after")
    def _one_action(self) -> "Step":
        if sum(getattr(self, name) is not None for name in ACTIONS) != 1:
            raise ValueError(f"a step does exactly one of {', '.join(ACTIONS)}")
        verb, target = self.action
        takes = ACTIONS[verb].takes
        if not target.strip():
            raise ValueError(f"`{verb}:` is empty")
        if bool(self.to) != ("to" in takes):
            raise ValueError("`message:` and `to:`, a list of channels, belong together")
        if self.parameters and "parameters" not in takes:
            raise ValueError("`parameters:` of a step are those of the scenario that it runs")
        if self.batch is not None and "batch" not in takes:
            *others, last = (name for name in ACTIONS if "batch" in ACTIONS[name].takes)
            raise ValueError(f"`batch:` belongs to {', '.join(others)} and {last}")
        return self

    @property
    def action(self) -> tuple[str, str]:
        """The verb and its object."""
        return next(
            (name, getattr(self, name)) for name in ACTIONS if getattr(self, name) is not None
        )

    @property
    def target(self) -> str:
        """The object of the verb."""
        return self.action[1]


ACTIONS = entries(Step, Action)


class Reporter(Section):
    """Who is told of a run, when, and what; the message is a Jinja template.

    `transitions` tells only when a check of the run opened, escalated or resolved an alert.
    """

    name: str = Field(description="What `notifications` calls it; once in a scenario.")
    to: Annotated[Sequence[str], Field(min_length=1)] = Field(description="Names of channels.")
    when: Literal["start", "end"] = Field(
        default="end", description="When it tells: at the start or the end (default) of a run."
    )
    outcome: Sequence[Literal["SUCCESS", "WARNING", "FAILED", "ABORTED"]] = Field(
        default=(), description="Only runs that end so; by default all."
    )
    transitions: bool = Field(
        default=False, description="Only runs whose checks opened, escalated or resolved an alert."
    )
    title: str = Field(
        default="{{ run.scenario }}: {{ run.outcome or 'started' }}",
        description="The message's title, a Jinja template.",
    )
    message: str | None = Field(
        default=None, description="The message's text, a Jinja template; by default the steps."
    )
    summary: bool = Field(
        default=True, description="Whether the dashboard in short stands below the message."
    )
    picture: bool = Field(
        default=False, description="Whether the dashboard's picture goes with the message."
    )

    @model_validator(mode="after")
    def _possible(self) -> "Reporter":
        if self.when == "start" and (self.outcome or self.transitions):
            raise ValueError("at the start there is no outcome and no transition yet")
        return self


class Channel(Section):
    """Where messages go, an address of apprise: `mailtos://...`, `slack://...`, `json://...`.

    What is secret in it stands there as `${NAME}` and comes from the environment.
    """

    url: str = Field(description="An address of apprise; secrets stand in it as ${NAME}.")


class Scenario(Section):
    """Ordered steps, what starts them, who is told; a step's texts may use the parameters."""

    triggers: Sequence[Trigger] = Field(default=(), description="What starts it.")
    parameters: Parameters = Field(
        default_factory=dict, description="Names that steps may use as $name, and their values."
    )
    steps: Annotated[Sequence[Step], Field(min_length=1)] = Field(
        description="What it does, in this order."
    )
    timeout: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="What a run may take: `2 hours`; by default no limit."
    )
    reporters: Sequence[Reporter] = Field(default=(), description="Who is told of a run.")

    @model_validator(mode="after")
    def _named_once(self) -> "Scenario":
        for what, listed in (("steps", self.steps), ("reporters", self.reporters)):
            names = [each.name for each in listed]
            if len(set(names)) < len(names):
                raise ValueError(f"{what}: two have the same name")
        return self
