"""A dashboard of everything that mlmon.yml can ask for, for the toy warehouse."""

from typing import Any

from toy_warehouse import Names

from mlmon.config.dashboards import OF_A_STORE

TEXT = """\
# Read me
Labels come **late**; see [the evaluations](#evaluations) and `mlmon status`.

#### Who looks
| batch | rows |
| --- | ---: |
| 2017_04 | 12 |

<script>alert(6)</script> ![a picture](https://example.invalid/x.png) [odd](javascript:alert(7))
"""
QUERY = """\
select batch, store, rows, evaluated_at, labelled_rows, rows / 7 as seventh
from evaluations
order by batch desc, store -- newest first
"""
LINES = {
    "mark": {"type": "line", "point": True, "clip": True},
    "encoding": {
        "x": {"field": "evaluated_at", "type": "temporal"},
        "y": {"field": "value", "type": "quantitative"},
        "color": {"field": "store", "type": "nominal", "legend": {"orient": "top"}},
    },
}
HEAT = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "title": "</text><script>alert(8)</script>",
    "mark": {"type": "rect", "blend": "multiply"},
    "encoding": {
        "x": {"field": "batch", "type": "nominal"},
        "y": {"field": "store", "type": "nominal"},
        "color": {"field": "value", "type": "quantitative"},
    },
}
DRIFT = "select store, batch, evaluated_at, value from metrics where metric = 'data_drift'"


def board(names: Names) -> dict[str, Any]:
    """Every kind of tile, some of them twice."""
    parts = [{"store": names.labelled, "show": show} for show in OF_A_STORE]
    number = {"metric": "data_drift", "store": names.unlabelled}
    return {
        "title": "A board of my own",
        "sections": ["evaluations", "checks"],
        "tiles": [
            {"text": TEXT, "width": 6},
            {"text": "# Below a heading", "title": "Notes", "width": 6},
            {**number, "show": "history", "width": 12},
            {**number, "show": "history", "width": 4},
            {**number, "width": 4, "title": "My number"},
            {**number, "width": 4},
            {"scenario": names.scenario, "width": 6},
            {"title": "Rows", "query": QUERY, "width": 6},
            {"title": "Drift over time", "query": DRIFT, "chart": LINES, "width": 8},
            {"title": "Drift as a map", "query": DRIFT, "chart": HEAT, "width": 4},
            {"title": "Drift as a map", "query": DRIFT, "chart": {**HEAT, "width": 200}},
            {"title": "A mistake", "query": "select * from nowhere"},
            {"title": "A bad chart", "query": "select 1 as x", "chart": {"mark": "baar"}},
            *parts,
            {"store": names.unlabelled, "show": "performance", "width": 3},
            {"store": names.labelled, "show": "confusion_matrix", "width": 12},
            {"store": names.labelled, "show": "roc_curve", "width": 12},
            {"show": "checks"},
            {"show": "evaluations", "width": 8},
            {"model": names.model, "show": "versions", "width": 4},
        ],
    }
