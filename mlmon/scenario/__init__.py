"""Scenarios: ordered steps with conditions. A step's row commits together with its effect."""

from mlmon.scenario.doors import Doors
from mlmon.scenario.preview import preview
from mlmon.scenario.run import run
from mlmon.scenario.runs import start

__all__ = ["Doors", "preview", "run", "start"]
