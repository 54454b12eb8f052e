"""Whether rows of a warehouse are equal, figures to the last bits that a sum's order leaves."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def same(left: object, right: object) -> bool:
    """Return whether two values are equal, numbers to 1e-12, relative."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-15)
    return left == right


def assert_same(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> None:
    """Assert that there are the same rows in the same order."""
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        assert all(same(one[name], other[name]) for name in one), (one, other)
