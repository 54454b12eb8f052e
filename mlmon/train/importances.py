"""How much a model rests on each feature: how far its score falls when the values are shuffled.

The same figures as scikit-learn's `permutation_importance`, which asks the model anew for every
shuffled column: with 1,000 features that is 5,000 times, each dearer the more columns there are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.inspection import permutation_importance
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlmon.models.pipeline import Fitted, one_thread
from mlmon.train.tasks import LEARNING, Learning
from mlmon.warehouse.warehouse import Row

REPEATS = 5
CELLS = 5_000_000  # of shuffled copies that are predicted at once: 40 MB
BOOSTING = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)

Floats = npt.NDArray[np.float64]


def importances(fitted: Fitted, frame: Any, seed: int) -> list[Row]:
    """Return per feature how far the score falls when its values are shuffled, and its share.

    Scores: ROC AUC (multiclass one-vs-rest), R2 for regression; mean of five shuffles.
    """
    names = list(fitted.features)
    target = LEARNING[fitted.task].target(frame["_actual"])
    try:
        with one_thread():
            found = _falls(fitted, frame[names], target, seed)
    except ValueError:  # one class only in the test part: no score to fall
        return [{"feature": name, "importance": None, "share": None} for name in names]
    falls = [found.get(name, 0.0) for name in names]
    total = sum(max(fall, 0.0) for fall in falls)
    return [
        {"feature": name, "importance": fall, "share": max(fall, 0.0) / total if total else None}
        for name, fall in zip(names, falls, strict=True)
    ]


def _falls(fitted: Fitted, rows: Any, target: Any, seed: int) -> Mapping[str, float]:
    """Return the mean fall of the score per feature; one that is not learned from is left out."""
    pipeline = fitted.pipeline
    if (names := _coded(pipeline)) is not None:
        codes = np.asarray(pipeline[0].transform(rows), dtype=np.float64)
        falls = _falls_of_codes(pipeline[1], LEARNING[fitted.task], codes, target, seed)
        return dict(zip(names, falls, strict=True))
    result = permutation_importance(
        pipeline,
        rows,
        target,
        scoring=LEARNING[fitted.task].scoring,
        n_repeats=REPEATS,
        random_state=seed,
    )
    return dict(zip(rows.columns, map(float, result.importances_mean), strict=True))


def _coded(pipeline: Any) -> list[str] | None:
    """Return the columns that histogram boosting learns from, None where it is another pipeline.

    They are coded one by one, as the default pipeline does it: a shuffled column that is coded
    is a coded one that is shuffled.
    """
    if not isinstance(pipeline, Pipeline) or len(pipeline) != 2:
        return None
    columns = pipeline[0]
    if not isinstance(columns, ColumnTransformer) or not isinstance(pipeline[1], BOOSTING):
        return None
    names: list[str] = []
    for _, step, given in columns.transformers:
        if not (step == "passthrough" or isinstance(step, OrdinalEncoder)):
            return None
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            return None
        names += given
    is_all = columns.remainder == "drop" and len(set(names)) == len(names)
    return names if is_all else None


def _falls_of_codes(
    estimator: Any, learning: Learning, codes: Floats, target: Any, seed: int
) -> list[float]:
    """Return the mean fall of the score per column; many shuffled copies are predicted at once."""
    answer, score = getattr(estimator, learning.answer), learning.score
    whole = answer(codes)
    best = score(target, whole)
    scores = np.full((codes.shape[1], REPEATS), best)
    for column, repeat, answers in _answers(codes, _orders(len(codes), seed), answer):
        if not np.array_equal(answers, whole):
            scores[column, repeat] = score(target, answers)
    return [float(fall) for fall in np.mean(best - scores, axis=1)]


def _answers(
    codes: Floats, orders: Sequence[Any], answer: Callable[[Floats], Any]
) -> Iterator[tuple[int, int, Any]]:
    """Yield for every column and order what the model answers when that column has that order."""
    size = max(1, CELLS // codes.size)
    copies = np.tile(codes, (size, 1, 1))
    shuffles = list(product(range(codes.shape[1]), range(REPEATS)))
    for start in range(0, len(shuffles), size):
        some = shuffles[start : start + size]
        for copy, (column, repeat) in zip(copies, some, strict=False):
            copy[:, column] = codes[orders[repeat], column]
        answers = answer(copies[: len(some)].reshape(-1, codes.shape[1]))
        for place, (column, repeat) in enumerate(some):
            yield column, repeat, answers[place * len(codes) : (place + 1) * len(codes)]
            copies[place][:, column] = codes[:, column]


def _orders(rows: int, seed: int) -> list[Any]:
    """Return the orders in which scikit-learn shuffles every column: each shuffles the last."""
    state = np.random.RandomState(np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1))
    shuffle, order = np.arange(rows), np.arange(rows)
    orders = []
    for _ in range(REPEATS):
        state.shuffle(shuffle)
        order = order[shuffle]
        orders.append(order)
    return orders
