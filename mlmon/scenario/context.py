"""A run in progress: what its steps know of it, as values for SQL and as words for messages."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mlmon.config import Config, Scenario
from mlmon.errors import ConfigError
from mlmon.warehouse.sql import spelled
from mlmon.warehouse.warehouse import Row, Warehouse

# ---- What a run reaches beyond the warehouse


@dataclass(frozen=True)
class Doors:
    """The project's pages, what they say in short, and the project itself for functions."""

    report: Callable[[str], str]  # dashboard -> path of its page
    summary: Callable[[], Any]  # -> text, markdown and png
    project: Any


# ---- What the steps of a run have come to so far


SEVERITY = ("SUCCESS", "WARNING", "FAILED", "ABORTED")


@dataclass
class State:
    """The outcome so far, and whether a step has failed since the last reset."""

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


TEXTS = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)


@dataclass
class Context:
    """The run's row, its parameters and what its steps have made, by the step's name."""

    warehouse: Warehouse
    config: Config
    section: Scenario
    row: Row
    doors: Doors
    run: Callable[..., Row] | None = None  # another scenario, as a step of this run; see run.py
    state: State = field(default_factory=State)
    steps: dict[str, Row] = field(default_factory=dict)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters: those of mlmon.yml, and over them those that the run was given."""
        return {**self.section.parameters, **json.loads(self.row["parameters"] or "{}")}

    def took(self, row: Row) -> None:
        """A step has ended: later ones see its outcome, its message and what it made."""
        self.state.add(row["outcome"])
        outputs = json.loads(row.get("outputs") or "{}")
        self.steps[row["step"]] = {**row, "outputs": outputs}

    def query(self, sql: str) -> str:
        """Return a query with the run's values in their places; raises ConfigError."""
        run = {name: self.row[name] for name in ("run_id", "scenario", "trigger", "batch")}
        values = {**self.parameters, **run, "outcome": self.state.outcome}
        try:
            return spelled(sql, values)
        except KeyError as error:
            names = ", ".join(f"${name}" for name in values)
            raise ConfigError(
                f"${error.args[0]} stands for nothing here; there is {names}"
            ) from error

    def text(self, template: str, **more: Any) -> str:
        """Return a template's text; raises ConfigError. It is sandboxed."""
        if "{" not in template:
            return template
        values = {
            "run": {**self.row, "outcome": self.row.get("outcome")},
            "steps": self.steps,
            "parameters": self.parameters,
            "outputs": {name: step["outputs"] for name, step in self.steps.items()},
        }
        try:
            return TEXTS.from_string(template).render({**values, **more})
        except TemplateError as error:
            raise ConfigError(f"the text {template!r}: {error}") from error
