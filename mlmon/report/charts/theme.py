"""The one look of all charts: colours are CSS variables, so a picture follows the page's theme."""

import json
import os
import re
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

import vl_convert

from mlmon.report.charts.grammar import Datasets, Spec, document
from mlmon.report.render.cache import cached

# ---- The font that texts are measured in: the one that vl-convert carries, wherever it runs


FONT = "Liberation Sans"
VARIABLE, NO_FONTS = "FONTCONFIG_FILE", Path(__file__).with_name("fonts.conf")
SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
BEYOND = re.compile("[\u0590-\u1dff\u2e80-\U0010ffff]")  # not Latin, Greek, Cyrillic nor a sign


def load_fonts(text: str) -> None:
    """vl-convert can measure the text, in the system's fonts only what its own has no glyph for."""
    carried()
    if BEYOND.search(text):
        all_of_the_system()


@cache
def carried() -> None:
    """It knows no font but its own; if it was used before, it is slower."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(NO_FONTS)
    try:
        vl_convert.register_font_directory(str(NO_FONTS.parent))  # it looks for fonts only once
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before


@cache
def all_of_the_system() -> None:
    """It knows the system's fonts too, after its own."""
    for folder in SYSTEM:
        if (place := Path(folder).expanduser()).is_dir():
            vl_convert.register_font_directory(str(place))


CONFIG = {**document("look"), "font": FONT}  # a page shows texts in its own
SIZE = {"width": 400, "height": 200}  # that a specification is compiled at, once for all sizes


EMPTY_MARK = re.compile(r'<path class="(?:back|fore)ground"[^>]*/>')
COORDINATES = re.compile(r' (?:d|transform|x|y|x2|y2|width|height)="[^"]*"')
DEFAULTS = re.compile(
    rf' (?:font-family="{FONT}"|font-weight="normal"|stroke-miterlimit="10"|pointer-events="none"'
    r'|opacity="1"|aria-roledescription="[^"]*"|role="graphics-object"|class="[^"]*")'
)
SYMBOLS = re.compile(r'<g>((?:<path aria-label="[^"]*" role="graphics-symbol"[^>]*>)+)</g>')
OUTLINE = re.compile(r' stroke="[^"]*" stroke-width="[^"]*"')
DECIMALS = re.compile(r"(\.\d)\d+")


def svg(specification: Spec, datasets: Datasets, title: str) -> str:
    """The chart as inline SVG, named for a screen reader, without what a page does not need."""
    layers = [layer for layer in specification["layer"] if datasets.get(layer["data"]["name"])]
    size = {name: specification[name] for name in SIZE}
    kind = compiled(json.dumps({**specification, **SIZE, "layer": layers}))
    whole = filled(kind, datasets) | size
    return finished(drawn(json.dumps(whole, ensure_ascii=False)), title)


@lru_cache(maxsize=256)
def drawn(specification: str) -> str:
    """The picture of a Vega specification; many stand on more than one page."""
    load_fonts(specification)
    return str(vl_convert.vega_to_svg(json.loads(specification), allowed_base_urls=[]))


def vega(specification: Spec) -> str:
    """The picture that Vega draws; it may fetch nothing."""
    load_fonts(json.dumps(specification, ensure_ascii=False))
    return str(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]))


def finished(drawn: str, title: str) -> str:
    """The picture under its title, as it stands on a page."""
    head, body = drawn.split(">", 1)
    box = re.search(r'width="([\d.]+)" height="([\d.]+)"', head)
    if box is None:
        raise ValueError("vl-convert drew no picture")
    body = COORDINATES.sub(lambda match: DECIMALS.sub(r"\1", match[0]), body)
    body = SYMBOLS.sub(shared, DEFAULTS.sub("", EMPTY_MARK.sub("", body)))
    size = f'width="{box[1]}" height="{box[2]}" viewBox="0 0 {box[1]} {box[2]}"'
    return f'<svg class="chart" {size} role="group" aria-label="{attribute(title)}">{body}'


def shared(marks: re.Match[str]) -> str:
    """A group of marks; the outline that all of them have stands once, on the group."""
    outlines = OUTLINE.findall(marks[1])
    if len(set(outlines)) != 1 or len(outlines) != marks[1].count("<path"):
        return marks[0]
    return f"<g{outlines[0]}>{OUTLINE.sub('', marks[1])}</g>"


@lru_cache(maxsize=64)
def compiled(specification: str) -> Spec:
    """The Vega specification of a Vega-Lite one, whose datasets are still empty.

    It is the same for every size: what depends on it is an expression of `width` and `height`.
    """
    plain = json.loads(specification)
    empty: Datasets = {layer["data"]["name"]: [] for layer in plain["layer"]}
    whole = {**plain, "datasets": empty, "config": CONFIG}
    key = json.dumps([whole, version("vl-convert-python")])
    return cached(key, lambda: vl_convert.vegalite_to_vega(whole))


def filled(specification: Spec, datasets: Datasets) -> Spec:
    """The Vega specification with the datasets in it."""
    data = [
        {**source, "values": datasets[source["name"]]} if source["name"] in datasets else source
        for source in specification["data"]
    ]
    return {**specification, "data": data}


def attribute(text: str) -> str:
    """Text as it may stand between double quotes."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text
