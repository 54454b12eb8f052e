"""Every figure of `compare` on twenty pairs of frames is what it was when it was recorded.

`python tests/compare/test_recorded.py` records them anew, after a change that is meant.
"""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from pairs_of_frames import pairs

import mlmon

RECORDED = Path(__file__).with_name("recorded.json")
TABLES = {
    "metrics": "metric, feature, segment, value, lower, upper, note",
    "feature_drift": "feature, drifted, pvalue, pvalue_adjusted",
    "diagnostics": "code, message",
}
FEW = ("binary, some truths", "multiclass", "regression, a key")  # the others are slow


def figures(name: str) -> dict[str, Any]:
    """Return all that a comparison of a pair says."""
    reference, current, settings = dict(pairs())[name]
    comparison = mlmon.compare(reference, current, **settings)
    said = {
        "task": comparison.task,
        "kinds": dict(comparison.kinds),
        "left_out": dict(comparison.left_out),
        "summary": comparison.summary,
    }
    for table, columns in TABLES.items():
        rows = comparison.sql(f"select {columns} from {table} order by all").to_pyarrow()
        said[table] = [list(row.values()) for row in rows.to_pylist()]
    return said


def same(one: Any, other: Any) -> bool:
    """Return whether two records are the same, figures to nine digits."""
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or repr(one) == repr(other)
    return bool(one == other)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n in FEW else pytest.mark.slow) for n, _ in pairs()],
)
def test_every_figure_is_what_it_was(name):
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))[name]
    now = json.loads(json.dumps(figures(name)))
    names = {row[0] for row in recorded["metrics"]}  # a metric that came since is no change
    now["metrics"] = [row for row in now["metrics"] if row[0] in names]
    assert {key for key in recorded if not same(now[key], recorded[key])} == set()
    assert len(recorded["metrics"]) > 10


if __name__ == "__main__":
    everything = {name: figures(name) for name, _ in pairs()}
    RECORDED.write_text(json.dumps(everything, indent=0) + "\n", encoding="utf-8")
