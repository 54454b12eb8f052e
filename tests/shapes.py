"""What features look like: numeric and categorical columns to draw, of every shape that matters."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from pairs import Column, Pair

Draw = Callable[[np.random.Generator, int], Column]


def zero_inflated(zeros: float, missing: float) -> Draw:
    def draw(chance: np.random.Generator, rows: int) -> Column:
        values = np.where(chance.random(rows) < zeros, 0.0, chance.exponential(size=rows))
        return np.where(chance.random(rows) < missing, np.nan, values)

    return draw


def mixture(chance: np.random.Generator, rows: int) -> Column:
    """Return a continuous column with two atoms and a tenth missing."""
    which = chance.choice(4, rows, p=[0.3, 0.05, 0.1, 0.55])
    return np.choose(
        which, [np.zeros(rows), np.ones(rows), np.full(rows, np.nan), normal(chance, rows)]
    )


def normal(chance: np.random.Generator, rows: int) -> Column:
    return chance.normal(size=rows)


NUMERIC: dict[str, Draw] = {
    "continuous": normal,
    "heavy tails": lambda chance, rows: chance.standard_cauchy(rows),
    "few integers": lambda chance, rows: chance.poisson(4, rows).astype(np.float64),
    "many integers": lambda chance, rows: chance.integers(0, 40, rows).astype(np.float64),
    "atoms and missing": mixture,
    "80 % zeros": zero_inflated(0.8, 0.0),
    "97 % zeros": zero_inflated(0.97, 0.01),
    "75 % missing": zero_inflated(0.0, 0.75),
}
CONTINUOUS = ("continuous", "heavy tails")


def shares(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return weights / weights.sum()


CATEGORICAL = {
    "2 equal": shares(np.ones(2)),
    "one of 1 %": np.array([0.99, 0.01]),
    "3 unequal": np.array([0.7, 0.2, 0.1]),
    "5 equal": shares(np.ones(5)),
    "33 equal": shares(np.ones(33)),
    "300 equal": shares(np.ones(300)),
    "3000 equal": shares(np.ones(3000)),
    "5000, long tail": shares(1 / np.arange(1, 5001)),
    "5000, steep": shares(1 / np.arange(1, 5001) ** 1.5),
    "3000, flat tail": shares(1 / np.sqrt(np.arange(1, 3001))),
}


def columns(chance: np.random.Generator, share: npt.NDArray[np.float64], rows: int) -> Column:
    return chance.choice(len(share), rows, p=share)


def a_pair(chance: np.random.Generator, shape: str, rows: tuple[int, int]) -> Pair:
    """Return both columns of a feature that has not changed."""
    if shape in NUMERIC:
        return Pair(*(NUMERIC[shape](chance, side) for side in rows))
    return Pair(*(columns(chance, CATEGORICAL[shape], side) for side in rows))
