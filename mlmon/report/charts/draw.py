"""A chart's facts -> its picture: which module draws which kind."""

from collections.abc import Callable
from typing import Any

from mlmon.report.charts import curves, estimates, flow, history, own, scatter, timeline
from mlmon.report.charts.grammar import Datasets, Spec
from mlmon.report.charts.theme import svg
from mlmon.report.facts.tile import Chart

KINDS: dict[str, Callable[[dict[str, Any], int, int], tuple[Spec, Datasets]]] = {
    "history": history.draw,
    "importance": scatter.draw,
    "comparison": curves.draw_comparison,
    "density": curves.draw_density,
    "decision": curves.draw_decision,
    "flow": flow.draw,
    "errors": estimates.draw_errors,
    "actuals": estimates.draw_actuals,
    "lifetimes": timeline.draw_lifetimes,
    "coverage": timeline.draw_coverage,
    "overlay": curves.draw_overlay,
}


def specify(chart: Chart, size: tuple[int, int]) -> tuple[Spec, Datasets]:
    """The specification of a chart at a size, without layers it has no data of, and its data."""
    whole, datasets = KINDS[chart["kind"]](chart["facts"], *size)
    layers = [layer for layer in whole["layer"] if layer["data"]["name"] in datasets]
    return {**whole, "layer": layers}, datasets


def draw(chart: Chart, size: tuple[int, int]) -> str:
    """The chart at that size, as inline SVG. Raises Undrawable for one of the user's own."""
    if chart["kind"] == "own":
        return own.draw(chart["facts"], size, chart["title"])
    specification, datasets = specify(chart, size)
    return svg(specification, datasets, chart["title"])
