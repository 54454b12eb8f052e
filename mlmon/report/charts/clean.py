"""SVG that Vega made of a user's specification -> the same without what a page may not hold."""

import re
from xml.etree import ElementTree

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
    kept = {key: renamed(key, value, names) for key, value in element.attrib.items()}
    bare = kept.get("role") == "graphics-object"
    element.attrib.clear()
    for key, value in kept.items():
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
    found = REFERENCE.fullmatch(value)
    if found:
        return f"url(#{names[found[1]]})" if found[1] in names else None
    return None if "url(" in value.lower() else value
