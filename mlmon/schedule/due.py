"""Running what is due: every scenario at most once, behind those that it runs after."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mlmon.config import Config, Trigger
from mlmon.config.triggers import in_order
from mlmon.errors import MlmonError, QueryFailed
from mlmon.results import ScenarioRun
from mlmon.scenario import runs
from mlmon.schedule import events, times
from mlmon.warehouse.warehouse import Row, Warehouse

# ---- Who runs what is due: a firing and the run that it starts are one transaction


@dataclass
class Claim:
    """The triggers of a scenario that fired for the open run `run_id`, and what went wrong."""

    fired: list[Row] = field(default_factory=list)  # scenario, trigger, due
    troubles: list[Row] = field(default_factory=list)  # scenario, trigger, message
    run_id: str | None = None


def claim(warehouse: Warehouse, config: Config, name: str, moment: datetime) -> Claim:
    """Whatever is due of a scenario's triggers has fired, and one open run is there for it.

    `moment` is naive UTC. Writes `trigger_state`, also of what is looked at for the first time,
    and the run; both or neither. Nothing fires while a run of the scenario is open.
    """
    return warehouse.attempt(lambda: _claim(warehouse, config, name, moment))


def _claim(warehouse: Warehouse, config: Config, name: str, moment: datetime) -> Claim:
    claim = Claim()
    if runs.opened(warehouse, name):
        return claim
    states = _states(warehouse, config, name)
    changed = []
    for trigger in (trigger for trigger in config.scenarios[name].triggers if trigger.enabled):
        try:
            state = _look(warehouse, config, name, trigger, moment, states.get(trigger.name))
        except QueryFailed as error:
            claim.troubles.append(
                {"scenario": name, "trigger": trigger.name, "message": f"sql: {error}"}
            )
            continue
        if state:
            changed.append(state)
    fired = [state for state in changed if state["fired_at"] == moment]
    if fired:
        told = ", ".join(state["trigger"] for state in fired)
        claim.run_id = runs.start(warehouse, name, told)["run_id"]
    for state in fired:
        state["run_id"] = claim.run_id
        claim.fired.append({name: state[name] for name in ("scenario", "trigger", "due_at")})
    _remember(warehouse, changed)
    return claim


def _states(warehouse: Warehouse, config: Config, name: str) -> dict[str, Row]:
    """Return what is remembered of a scenario's triggers, by name; what is gone is forgotten.

    A trigger that mlmon.yml tells otherwise, or switched off, is looked at for the first time
    when it is there (again).
    """
    current = {t.name: _definition(t) for t in config.scenarios[name].triggers if t.enabled}
    states = warehouse.read("from trigger_state where scenario = $name", name=name)
    stale = [s["trigger"] for s in states if current.get(s["trigger"]) != s["definition"]]
    for trigger in stale:
        _forget(warehouse, name, trigger)
    return {state["trigger"]: state for state in states if state["trigger"] not in stale}


def _forget(warehouse: Warehouse, scenario: str, trigger: str) -> None:
    statement = "delete from trigger_state where scenario = $scenario and trigger = $trigger"
    warehouse.write(statement, scenario=scenario, trigger=trigger)


def _definition(trigger: Trigger) -> str:
    return json.dumps(trigger.model_dump(exclude_none=True), sort_keys=True)


def _look(
    warehouse: Warehouse,
    config: Config,
    scenario: str,
    trigger: Trigger,
    moment: datetime,
    state: Row | None,
) -> Row | None:
    """Return the trigger's new state when it is seen first or fires (`fired_at`), else None."""
    known = events.current(warehouse, config, scenario, trigger)
    if state is None:
        state = {"scenario": scenario, "trigger": trigger.name, "fired_at": None}
        state |= {"definition": _definition(trigger), "seen_at": moment, "due_at": None}
        return {**state, "known": _text(known)}
    if known is not None:
        before = json.loads(state["known"])
        news = any(before.get(name) != value for name, value in known.items())
        return {**state, "known": _text(known), "fired_at": moment} if news else None
    missed = _missed(trigger, max(filter(None, (state["seen_at"], state["fired_at"]))), moment)
    return {**state, "due_at": missed, "fired_at": moment} if missed else None


def _missed(trigger: Trigger, since: datetime, moment: datetime) -> datetime | None:
    """Return the first time between two moments that a trigger was due at; None without one."""
    if since >= moment:  # the clock was turned back: what was due has fired
        return None
    found = next(times.due(trigger, since.replace(tzinfo=UTC)))
    due_at = found.astimezone(UTC).replace(tzinfo=None)
    return due_at if due_at <= moment else None


def _text(state: Mapping[str, str] | None) -> str | None:
    return None if state is None else json.dumps(state, sort_keys=True)


def _remember(warehouse: Warehouse, states: list[Row]) -> None:
    for state in states:
        _forget(warehouse, state["scenario"], state["trigger"])
    warehouse.append("trigger_state", states)


Run = Callable[[str], ScenarioRun]  # takes up the open run of a scenario, and ends it

COLUMNS = ("scenario", "trigger", "due_at", "run_id", "outcome", "message")


def run_due(warehouse: Warehouse, config: Config, moment: datetime, run: Run) -> list[Row]:
    """What is due at a moment, naive UTC, has run; return a row per trigger that fired.

    Runs that a dead process left open are finished first. A row has scenario, trigger, due_at,
    run_id, outcome and message; without an outcome the trigger or the run failed as such, and
    `message` says why. Raises nothing for that: the other scenarios go on.
    """
    rows: list[Row] = []
    for name in in_order(config.scenarios):
        if left := runs.opened(warehouse, name):
            row = {"scenario": name, "trigger": left["trigger"], "run_id": left["run_id"]}
            rows += _run(name, [{**row, "message": "an interrupted run, finished"}], run)
        found = claim(warehouse, config, name, moment)
        rows += [_row(trouble) for trouble in found.troubles]
        if found.fired:
            rows += _run(name, [{**row, "run_id": found.run_id} for row in found.fired], run)
    return rows


def _run(name: str, fired: list[Row], run: Run) -> list[Row]:
    """The scenario has run; return the rows of what started it, with its outcome."""
    try:
        more: Row = {"outcome": run(name).outcome}
    except MlmonError as error:
        more = {"message": str(error)}
    return [_row({**row, **more}) for row in fired]


def _row(row: Row) -> Row:
    """Return a row with every column, in order."""
    return {name: row.get(name) for name in COLUMNS}
