"""A specification of the user's own, drawn in the look of the others and made safe for a page."""

from typing import Any

from mlmon.config.dashboards import foreign
from mlmon.report.charts.clean import clean
from mlmon.report.charts.grammar import Spec
from mlmon.report.charts.sizes import is_single
from mlmon.report.charts.theme import CONFIG, colour, finished, vega
from mlmon.report.tile import NARROW

ROWS = "rows"
TEXT = {"labelColor": colour("muted"), "titleColor": colour("muted"), "labelFontSize": 11.5}
BELOW: Spec = {"legend": {"orient": "bottom", "columns": 2}}  # where there is no room beside it
LOOK: Spec = {
    "axis": {"labelOverlap": True},
    "mark": {"color": colour("accent")},
    "point": {"filled": True, "size": 46},
    "rect": {"aria": True},
    "title": {"color": colour("text"), "subtitleColor": colour("muted"), "fontSize": 13},
    "legend": {**TEXT, "titleFontSize": 11.5, "titleFontWeight": "normal", "symbolStrokeWidth": 2},
    "header": {**TEXT, "titleFontSize": 11.5, "titleFontWeight": "normal"},
    "range": {
        "category": [colour(f"series-{number}") for number in range(1, 7)],
        "ramp": ["#c5d3f7", "#2456d6"],  # one that a page in the dark bears, too
        "heatmap": ["#c5d3f7", "#2456d6"],
    },
}


class Undrawable(Exception):
    """A specification that cannot be drawn, and why."""


def draw(facts: dict[str, Any], size: tuple[int, int], title: str) -> str:
    """The rows as the specification draws them, as inline SVG. Raises Undrawable."""
    import altair as alt

    specification = specify(facts["specification"], *size)
    try:
        for place, why in foreign(facts["specification"]):
            raise ValueError(f"{'.'.join(map(str, place))}: {why}")
        alt.Chart.from_dict({"data": {"name": ROWS}, **facts["specification"]})
        drawn = vega({**specification, "datasets": {ROWS: facts["rows"]}})
        return finished(clean(drawn, f"own-{facts['place']}-{size[0]}"), title)
    except Exception as error:  # whatever a user's specification makes of Altair and Vega
        raise Undrawable(reason(error)) from error


def specify(own: Spec, width: int, height: int) -> Spec:
    """The specification with what it leaves open: the rows, the look and the size."""
    size: Spec = {}
    if is_single(own):
        fit = {"type": "fit", "contains": "padding"}
        size = {"width": width, "height": height, "autosize": fit}
    stated = {key: value for key, value in own.items() if key != "$schema"}
    look = merged(LOOK, BELOW) if size and width <= NARROW else LOOK
    config = merged(merged(CONFIG, look), own.get("config") or {})
    return {"data": {"name": ROWS}, **size, **stated, "config": config}


def merged(one: Any, other: Any) -> Any:
    """Both, the second where they disagree."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: merged(one.get(key), value) for key, value in other.items()}}


def reason(error: Exception) -> str:
    """What is wrong, in a line: where in the specification, and what."""
    if not hasattr(error, "absolute_path"):
        lines = str(error).splitlines() or [type(error).__name__]
        return (lines[1] if lines[1:] else lines[0]).strip().removeprefix("Error: ")
    place = ".".join(map(str, error.absolute_path))
    if error.validator in ("const", "enum", "type", "anyOf"):  # type: ignore[attr-defined]
        said = f"{error.instance!r} is not what Vega-Lite takes there"  # type: ignore[attr-defined]
    else:
        said = error.message  # type: ignore[attr-defined]
    return f"{place}: {said}" if place else said
