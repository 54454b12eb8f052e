"""How large a picture is that the user specified; what they say themselves stays as they say it."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlmon.report.facts.tile import NARROW, WIDTHS

LOW, HIGH = 240, 300


def sizes(specification: Mapping[str, Any], span: int) -> Sequence[tuple[int, int]]:
    """The sizes at which it is drawn in a tile of that many twelfths; the second is narrow."""
    width = WIDTHS[span]
    if is_natural(specification) or width <= NARROW:
        return ((width, LOW),)
    return ((width, HIGH if span > 4 else LOW), (NARROW, LOW))


def is_natural(specification: Mapping[str, Any]) -> bool:
    """Whether the picture is as large as it says, or as its parts make it."""
    return "width" in specification or not is_single(specification)


def is_single(specification: Mapping[str, Any]) -> bool:
    """Whether it is one pair of axes, whose size is that of the picture."""
    encoding = specification.get("encoding")
    apart = {"row", "column", "facet"} & set(encoding if isinstance(encoding, Mapping) else ())
    return not apart and bool({"mark", "layer"} & set(specification))
