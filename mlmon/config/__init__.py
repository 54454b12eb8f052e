"""mlmon.yml: its sections, and reading it with every mistake located."""

from mlmon.config.document import FILE, load, parse
from mlmon.config.sections import (
    Check,
    Config,
    Dataset,
    Model,
    Sampling,
    Scenario,
    Step,
    Store,
    Trigger,
)
from mlmon.config.values import Reference

__all__ = [
    "FILE",
    "Check",
    "Config",
    "Dataset",
    "Model",
    "Reference",
    "Sampling",
    "Scenario",
    "Step",
    "Store",
    "Trigger",
    "load",
    "parse",
]
