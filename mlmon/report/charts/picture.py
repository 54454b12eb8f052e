"""A chart that stands alone: a PNG in the light theme's real colours, with a title and a date."""

import json
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import vl_convert

from mlmon.report.charts.draw import specify
from mlmon.report.charts.grammar import Spec, document
from mlmon.report.charts.theme import CONFIG, load_fonts
from mlmon.report.facts.tile import Chart

STYLE = Path(__file__).parents[1] / "templates" / "page.css"
LIGHT = re.compile(r"--([\w-]+): light-dark\((#\w+)")
VARIABLE = re.compile(r"var\(--([\w-]+)\)")
SIZE = (760, 300)
SCALE = 2
BLANK: Spec = {
    "data": {"name": "nothing"},
    "mark": {"type": "text", "text": ""},
    "width": SIZE[0],
    "height": 1,
}
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(chart: Chart | None, title: str, subtitles: Sequence[str]) -> bytes:
    """The chart under its title, twice as large as on a page; without a chart only its title."""
    specification, datasets = specify(chart, SIZE) if chart else (BLANK, {"nothing": [{}]})
    titled = specification | {"title": {"text": title, "subtitle": list(subtitles)}}
    drawn = real(titled) | {"datasets": datasets, "config": real(CONFIG | document("look_alone"))}
    load_fonts(json.dumps(drawn, ensure_ascii=False))
    return packed(vl_convert.vegalite_to_png(drawn, scale=SCALE))


def real(specification: Spec) -> Spec:
    """The specification with the light theme's colours instead of their names."""
    text = VARIABLE.sub(lambda name: colours()[name[1]], json.dumps(specification))
    coloured: Spec = json.loads(text)
    return coloured


@cache
def colours() -> dict[str, str]:
    """The colours of the light theme by name."""
    return dict(LIGHT.findall(STYLE.read_text(encoding="utf-8")))


def packed(picture: bytes) -> bytes:
    """The same pixels in about a third of the bytes: vl-convert packs for speed."""
    pieces = list(chunks(picture))
    pixels = zlib.decompress(b"".join(data for kind, data in pieces if kind == b"IDAT"))
    others = [piece for piece in pieces if piece[0] not in (b"IDAT", b"IEND")]
    return joined([*others, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")])


def noted(picture: bytes, state: str) -> bytes:
    """The picture with a name of what it shows, which is not seen."""
    head, *pieces = chunks(picture)
    return joined([head, (b"tEXt", b"mlmon\0" + state.encode()), *pieces])


def joined(pieces: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The parts as a PNG."""
    return SIGNATURE + b"".join(chunk(*piece) for piece in pieces)


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of every part of a PNG."""
    place = len(SIGNATURE)
    while place < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, place)
        yield kind, picture[place + 8 : place + 8 + length]
        place += 12 + length


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG: its length, kind, data and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
