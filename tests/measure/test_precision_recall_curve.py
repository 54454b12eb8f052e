"""A thinned precision-recall curve is made of its own points, and its area stays (A7)."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from sklearn import metrics
from view_bench import Bench

MODEL = {"model": "m", "model_version": 1}
VERSION = {"task": "binary", "positive_class": "yes", "classes": ["no", "yes"]}
SHAPES = {  # how sure a row of a score is to be positive
    "usual": lambda z: 1 / (1 + np.exp(1 - 1.5 * z)),
    "rare": lambda z: 1 / (1 + np.exp(7 - 2 * z)),
    "sharp": lambda z: 1 / (1 + np.exp(10 - 8 * z)),
    "turned round": lambda z: 1 / (1 + np.exp(1 + 2 * z)),
    "noise": lambda z: np.full(len(z), 0.3),
    "perfect": lambda z: (z > 0.5).astype(float),
}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(["precision_recall_curve_points"])


@pytest.mark.parametrize("rows", [900, 20_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_a7_every_row_is_a_cut_and_the_area_stays(bench: Bench, shape: str, rows: int) -> None:
    rng = np.random.default_rng(rows)
    score: npt.NDArray[np.float64] = rng.normal(size=rows)
    actual = rng.random(rows) < SHAPES[shape](score)
    bench.fill(
        {
            "samples": [{**MODEL, "sample_id": "s"}],
            "model_versions": [{**MODEL, **VERSION}],
            "scored_records": pa.table(
                {
                    "sample_id": ["s"] * rows,
                    "record_id": [str(number) for number in range(rows)],
                    "score": score,
                    "prediction": pa.nulls(rows, pa.string()),
                    "actual": np.where(actual, "yes", "no").tolist(),
                }
            ),
        }
    )
    first, *found = bench.rows("precision_recall_curve_points", "true order by position")
    assert (first["x"], first["y"], first["threshold"]) == (0, 1, None)
    assert len(found) < 400
    for row in found[:: max(1, len(found) // 50)]:
        chosen = score >= row["threshold"]
        hits = (chosen & actual).sum()
        assert (row["x"], row["y"]) == pytest.approx((hits / actual.sum(), hits / chosen.sum()))
    assert found[-1]["x"] == 1
    recall, precision = (np.array([row[name] for row in [first, *found]]) for name in "xy")
    area = np.sum(np.diff(recall) * precision[1:])
    assert abs(area - metrics.average_precision_score(actual, score)) < 1e-3
