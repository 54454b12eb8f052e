"""Curves as numbers: of many points, as many as a reader reads."""

from mlmon.report.ask import Row

POINTS = 25


def thinned(rows: list[Row]) -> list[Row]:
    """Of a long curve about as many points as a reader reads, its ends among them."""
    kept = []
    for line in dict.fromkeys((row["sample"], row.get("class")) for row in rows):
        points = [row for row in rows if (row["sample"], row.get("class")) == line]
        apart = max(1, -(-len(points) // POINTS))
        kept += [*points[:-1:apart], points[-1]]
    return kept


def points_caption(rows: list[Row]) -> str:
    """How many of the curve's points stand in the table below it."""
    shown, drawn = len(thinned(rows)), len(rows)
    return "All points" if shown == drawn else f"{shown} of the {drawn} points that are drawn"
