"""What scikit-learn, scipy and numpy say of the same rows: the oracles in the metrics' headers."""

import ast
import math
from typing import Any

import numpy
import scipy.spatial.distance
import scipy.special
import scipy.stats
import sklearn.metrics

from mlmon.warehouse.metrics import Metric, catalogue

LIBRARIES = {"numpy": numpy, "scipy": scipy, "sklearn": sklearn, "nan": math.nan, "len": len}


def oracle(metric: str, **given: Any) -> Any:
    """Return the value of a metric's oracle, NaN where it refuses such data."""
    (expression,) = [one.oracle for one in catalogue() if one.name == metric]
    try:
        return eval(expression, LIBRARIES, given)
    except ValueError:
        return math.nan


def metrics_of(*given: str) -> list[Metric]:
    """Return the metrics whose oracles are of the given values and no others."""
    return [
        metric
        for metric in catalogue()
        if metric.oracle and names(metric.oracle) - set(LIBRARIES) <= set(given)
    ]


def names(expression: str) -> set[str]:
    nodes = ast.walk(ast.parse(expression, mode="eval"))
    return {node.id for node in nodes if isinstance(node, ast.Name)}
