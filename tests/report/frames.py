"""Frames to compare: each task with its truth and its predictions, as many rows as are wanted."""

import numpy as np
import pandas as pd

import mlmon
from mlmon.compare.compare import Comparison

KINDS = ("ant", "bee", "cat", "dog", "eel")


def frame(task: str, rows: int, shift: float) -> pd.DataFrame:
    """Rows whose `amount` moves by the shift, with a truth and what a model says of it."""
    chance = np.random.default_rng(rows)
    amount = chance.normal(shift, 1, rows)
    made = pd.DataFrame(
        {
            "amount": amount,
            "age": chance.integers(18, 80, rows),
            "colour": chance.choice(["red", "green", "blue"], rows, p=[0.6, 0.3, 0.1]),
        }
    )
    if task == "regression":
        estimate = 20 + 5 * amount
        return made.assign(truth=estimate + chance.normal(shift, 3, rows), prediction=estimate)
    if task == "binary":
        score = 1 / (1 + np.exp(-amount))
        return made.assign(truth=(chance.random(rows) < score).astype(int), score=score)
    truth = chance.integers(0, len(KINDS), rows)
    parts = chance.random((rows, len(KINDS))) + np.eye(len(KINDS))[truth] * (1 - shift)
    parts /= parts.sum(axis=1, keepdims=True)
    for place, kind in enumerate(KINDS):
        made[f"p_{kind}"] = parts[:, place]
    return made.assign(truth=np.array(KINDS)[truth])


def compared(task: str, rows: int = 600) -> Comparison:
    """The comparison of two such frames, of which the second has moved."""
    score = {kind: f"p_{kind}" for kind in KINDS} if task == "multiclass" else None
    sides = (frame(task, rows, 0.0), frame(task, rows - rows // 10, 0.4))
    return mlmon.compare(*sides, target="truth", score=score, classifier_rows=1000)
