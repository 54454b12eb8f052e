"""Curves as numbers: of many points, as many as a reader reads."""

from mlmon.report.ask import Row

POINTS = 25
FEW = 30  # records of a point that chance alone moves far


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


def few_records(rows: list[Row]) -> list[Row]:
    """The points of a calibration that few records stand behind."""
    return [row for row in rows if row.get("rows") is not None and row["rows"] < FEW]
