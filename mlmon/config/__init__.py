"""mlmon.yml: its sections, and reading it with every mistake located."""

from mlmon.config.checks import Check, Typical
from mlmon.config.datasets import Dataset
from mlmon.config.document import load, parse
from mlmon.config.models import Model
from mlmon.config.names import FILE
from mlmon.config.scenarios import Channel, Reporter, Scenario, Step
from mlmon.config.sections import Config, Retention
from mlmon.config.stores import Sampling, Store
from mlmon.config.triggers import Trigger
from mlmon.config.values import Reference

__all__ = [
    "FILE",
    "Channel",
    "Check",
    "Config",
    "Dataset",
    "Model",
    "Reference",
    "Reporter",
    "Retention",
    "Sampling",
    "Scenario",
    "Step",
    "Store",
    "Trigger",
    "Typical",
    "load",
    "parse",
]
