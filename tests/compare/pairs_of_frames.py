"""Twenty pairs of frames, of every task, with truths, without and with some; from seeds alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

Given = tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]  # reference, current, settings
STATES = np.array(["Ohio", "Utah", "Iowa", "Maine"])


def features(chance: np.random.Generator, rows: int, shift: float) -> pd.DataFrame:
    """Return columns of every kind, of which some move by the shift and some have gaps."""
    amount = chance.gamma(2 + shift, 50, rows)
    return pd.DataFrame(
        {
            "amount": np.where(chance.random(rows) < 0.05, np.nan, amount),
            "age": chance.integers(18, 80, rows),
            "balance": chance.normal(shift, 1, rows).round(2),
            "state": chance.choice(STATES, rows, p=[0.4 - shift / 5, 0.3, 0.2, 0.1 + shift / 5]),
            "is_new": chance.random(rows) < 0.3 + shift / 4,
            "since": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(chance.integers(0, 90, rows), "D"),
        }
    )


def binary(seed: int, shift: float, rows: int = 400) -> pd.DataFrame:
    """Return features, a truth, a score and its prediction."""
    chance = np.random.default_rng(seed)
    frame = features(chance, rows, shift)
    frame["score"] = 1 / (1 + np.exp(-chance.normal(shift - 0.5, 1.5, rows)))
    frame["truth"] = (chance.random(rows) < frame["score"]).astype(int)
    frame["prediction"] = (frame["score"] > 0.5).astype(int)
    return frame


def multiclass(seed: int, shift: float, rows: int = 400) -> pd.DataFrame:
    """Return features, a truth of three classes, their probabilities and the prediction."""
    chance = np.random.default_rng(seed)
    frame = features(chance, rows, shift)
    odds = chance.dirichlet([2 + shift, 1.5, 1], rows)
    names = np.array(["high", "low", "prime"])
    frame[["p_high", "p_low", "p_prime"]] = odds
    frame["truth"] = [chance.choice(names, p=row) for row in odds]
    frame["prediction"] = names[odds.argmax(axis=1)]
    return frame


def regression(seed: int, shift: float, rows: int = 400) -> pd.DataFrame:
    """Return features, a quantity and its estimate."""
    chance = np.random.default_rng(seed)
    frame = features(chance, rows, shift)
    frame["truth"] = frame["balance"] * 3 + chance.normal(10, 1 + shift, rows)
    frame["prediction"] = frame["balance"] * 3 + 10
    return frame


CLASSES = {"score": {name: f"p_{name}" for name in ("high", "low", "prime")}}
OUTPUTS = ["truth", "score", "prediction"]


def pairs() -> Iterator[tuple[str, Given]]:
    """Yield each pair by its name."""
    b, c = binary(1, 0), binary(2, 0.8)
    both = {"target": "truth", "score": "score", "prediction": "prediction"}
    some = c.assign(truth=c["truth"].astype("Int64").where(c.index % 3 == 0))
    yield "drift alone", (b.drop(columns=OUTPUTS), c.drop(columns=OUTPUTS), {})
    yield "nothing drifts", (b.drop(columns=OUTPUTS), binary(3, 0).drop(columns=OUTPUTS), {})
    yield "few rows", (b.head(30).drop(columns=OUTPUTS), c.head(12).drop(columns=OUTPUTS), {})
    yield "binary", (b, c, both)
    yield "binary, a score", (b.drop(columns="prediction"), c, {"target": "truth"})
    yield "binary, a prediction", (b.drop(columns="score"), c, {"target": "truth"})
    yield "binary, no truth", (b, c.drop(columns="truth"), both)
    yield "binary, some truths", (b, some, both)
    yield "binary, no target", (b.drop(columns="truth"), c.drop(columns="truth"), {})
    text = [frame.assign(truth=np.where(frame["truth"], "yes", "no")) for frame in (b, c)]
    text = [frame.drop(columns="prediction") for frame in text]
    yield "binary, text", (*text, {"target": "truth", "positive_class": "yes"})
    chosen = {"features": ["amount", "state"], "kinds": {"state": "categorical"}}
    yield "binary, chosen features", (b, c, {**both, **chosen, "confidence": 0.9})
    gaps = c.assign(age=np.nan, state="Ohio", balance=np.inf)
    yield "gaps and constants", (b, gaps, {**both, "drift_limit": 0.2})
    m, n = multiclass(4, 0), multiclass(5, 1)
    yield "multiclass", (m, n, {"target": "truth", **CLASSES})
    yield "multiclass, a prediction", (m, n, {"target": "truth", "exclude": ["p_high", "p_low"]})
    yield "multiclass, no truth", (m, n.drop(columns="truth"), {"target": "truth", **CLASSES})
    late = n.assign(truth=n["truth"].where(n.index < 50))
    yield "multiclass, some truths", (m, late, {"target": "truth", **CLASSES})
    r, s = regression(6, 0), regression(7, 0.5)
    yield "regression", (r, s, {"target": "truth"})
    yield "regression, no truth", (r, s.drop(columns="truth"), {"target": "truth"})
    yield (
        "regression, some truths",
        (r, s.assign(truth=s["truth"].where(s.index > 90)), {"target": "truth"}),
    )
    keyed = [frame.assign(id=np.arange(len(frame))) for frame in (r, s)]
    yield "regression, a key", (*keyed, {"target": "truth", "key": "id", "classifier_rows": 200})
