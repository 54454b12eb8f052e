"""A specification of the user's own, drawn in the look of the others and made safe for a page."""

import re
from typing import Any
from xml.etree import ElementTree

from mlmon.config.dashboards import foreign
from mlmon.report.charts.grammar import Spec, document
from mlmon.report.charts.sizes import is_single
from mlmon.report.charts.theme import CONFIG, finished, vega
from mlmon.report.facts.tile import NARROW

# ---- SVG that Vega made of a user's specification -> the same without what a page may not hold


ELEMENTS = {
    *("circle", "clipPath", "defs", "ellipse", "g", "line", "linearGradient", "path", "pattern"),
    *("polygon", "polyline", "radialGradient", "rect", "stop", "svg", "text", "tspan"),
}
ATTRIBUTES = {
    *("aria-hidden", "aria-label", "aria-roledescription", "clip-path", "clip-rule", "cx", "cy"),
    *("d", "dir", "display", "dx", "dy", "fill", "fill-opacity", "fill-rule", "font-family"),
    *("font-size", "font-style", "font-variant", "font-weight", "fr", "fx", "fy", "gradientUnits"),
    *("height", "id", "offset", "opacity", "patternUnits", "pointer-events", "points"),
    *("preserveAspectRatio", "r", "role", "rx", "ry", "stop-color", "stop-opacity", "stroke"),
    *("stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin"),
    *("stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor", "transform"),
    *("version", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2"),
}
REFERENCE = re.compile(r"url\(#([\w-]+)\)")


def clean(drawn: str, name: str) -> str:
    """The picture without style, scripts, links and addresses; its identities begin with `name`.

    Vega numbers its gradients and clips on and on; here they are numbered from one, so that the
    same picture is the same text and two on a page do not share an identity.
    """
    root = ElementTree.fromstring(drawn)
    marked = [each.get("id") for each in root.iter() if each.get("id")]
    names = {old: f"{name}-{place}" for place, old in enumerate(dict.fromkeys(marked), 1)}
    pare(root, names)
    return ElementTree.tostring(root, encoding="unicode")


def pare(element: ElementTree.Element, names: dict[str | None, str]) -> None:
    """Only what is known to draw is left of the element and of all in it."""
    element.tag = plain(element.tag)
    attributes = {key: renamed(key, value, names) for key, value in element.attrib.items()}
    bare = attributes.get("role") == "graphics-object"
    element.attrib.clear()
    for key, value in attributes.items():
        hidden = bare and key.startswith(("role", "aria-"))
        if key in ATTRIBUTES and value is not None and not hidden:
            element.set(key, value)
    for inner in list(element):
        inner.tag = plain(inner.tag)
        if inner.tag in ELEMENTS:
            pare(inner, names)
        else:
            element.remove(inner)


def plain(tag: str) -> str:
    """The name of an element; a link is a group like any other."""
    name = tag.rpartition("}")[2]
    return "g" if name == "a" else name


def renamed(key: str, value: str, names: dict[str | None, str]) -> str | None:
    """The value with the new identities; None where it refers to something elsewhere."""
    if key == "aria-label":
        return value
    if key == "id":
        return names[value]
    if place := REFERENCE.fullmatch(value):
        return f"url(#{names[place[1]]})" if place[1] in names else None
    return None if "url(" in value.lower() else value


ROWS = "rows"
BELOW: Spec = {"legend": {"orient": "bottom", "columns": 2}}  # where there is no room beside it


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
    look = merged(document("look_own"), BELOW) if size and width <= NARROW else document("look_own")
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
        why = f"{error.instance!r} is not what Vega-Lite takes there"  # type: ignore[attr-defined]
    else:
        why = error.message  # type: ignore[attr-defined]
    return f"{place}: {why}" if place else why
