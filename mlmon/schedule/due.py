"""Running what is due: every scenario at most once, behind those that it runs after."""

from collections.abc import Callable
from datetime import datetime

from mlmon.config import Config
from mlmon.config.triggers import in_order
from mlmon.errors import MlmonError
from mlmon.results import ScenarioRun
from mlmon.scenario import runs
from mlmon.schedule.claims import claim
from mlmon.warehouse import Row, Warehouse

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


def _row(known: Row) -> Row:
    """Return what is known with every column, in order."""
    return {name: known.get(name) for name in COLUMNS}
