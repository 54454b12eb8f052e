"""The font that texts are measured in: the one that vl-convert carries, wherever it runs.

Its copy of Liberation Sans is in memory. A copy that the system has would be found first and
mapped anew for every glyph of every text, which was most of the time that a picture took; and
without it texts are measured alike on every machine.
"""

import os
import re
from functools import cache
from pathlib import Path

import vl_convert

FONT = "Liberation Sans"
VARIABLE, NO_FONTS = "FONTCONFIG_FILE", Path(__file__).with_name("fonts.conf")
SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
BEYOND = re.compile("[\u0590-\u1dff\u2e80-\U0010ffff]")  # not Latin, Greek, Cyrillic nor a sign


def ready(text: str) -> None:
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
        if (found := Path(folder).expanduser()).is_dir():
            vl_convert.register_font_directory(str(found))
