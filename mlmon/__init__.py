"""Model monitoring from inside a database: every figure is a SQL view in one DuckDB file."""

from mlmon.compare.compare import Comparison, compare
from mlmon.errors import MlmonError
from mlmon.project import Project, open
from mlmon.results import CheckResult, Evaluation, ModelVersion, ScenarioRun, StepRun

__all__ = [
    "CheckResult",
    "Comparison",
    "Evaluation",
    "MlmonError",
    "ModelVersion",
    "Project",
    "ScenarioRun",
    "StepRun",
    "compare",
    "open",
]
__version__ = "0.1.0"
