"""Tasks: how one is learned, and how two versions of it are compared; an entry of LEARNING each.

The comparisons are paired: what two versions say about the same records, and how sure the gain is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score

from mlmon.models.pipeline import Fitted
from mlmon.models.records import TASKS

WHOLE = re.compile("0|-?[1-9][0-9]{0,17}")  # a class that is a number of eight bytes
SEED = 1337
RESAMPLES = 2000
DRAWN = 2_000_000  # records drawn at a time

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Gain:
    """A metric of champion and challenger on the same records; above 0 the challenger is better."""

    metric: str
    champion: float
    challenger: float
    gain: float
    lower: float
    upper: float

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.lower > 0


def roc_auc_gain(
    positive: npt.NDArray[np.bool_], champion: Floats, challenger: Floats, confidence: float
) -> Gain:
    """Return the gain in ROC AUC with the normal interval of DeLong's test for two paired areas.

    DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837; by midranks as Sun and Xu, IEEE
    Signal Processing Letters 21 (2014) 1389. There are two records of each class or more.
    """
    before, after = _placements(positive, champion), _placements(positive, challenger)
    gain = float(after[0].mean() - before[0].mean())
    variance = sum(np.var(b - a, ddof=1) / len(a) for a, b in zip(before, after, strict=True))
    reach = float(stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance))
    areas = float(before[0].mean()), float(after[0].mean())
    return Gain("roc_auc_score", *areas, gain, gain - reach, gain + reach)


def _placements(positive: npt.NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """Return the share of negatives below each positive, and of positives above each negative.

    An equal score counts half; the mean of either is the area.
    """
    above, below = score[positive], score[~positive]
    ranks = stats.rankdata(score)
    placed = (ranks[positive] - stats.rankdata(above)) / len(below)
    return placed, 1 - (ranks[~positive] - stats.rankdata(below)) / len(above)


def mean_gain(metric: str, champion: Floats, challenger: Floats, confidence: float) -> Gain:
    """Return the gain in the mean of a figure that every record has, the greater the better.

    The interval is between the quantiles of the bootstrap over records (Efron and Tibshirani, An
    Introduction to the Bootstrap, 13.3). Equal records give an interval of no width.
    """
    differences = challenger - champion
    rows = len(differences)
    chance = np.random.default_rng(SEED)
    at_a_time = max(1, DRAWN // rows)
    means: list[Floats] = []
    for start in range(0, RESAMPLES, at_a_time):
        count = min(at_a_time, RESAMPLES - start)
        means.append(differences[chance.integers(0, rows, (count, rows))].mean(axis=1))
    tail = (1 - confidence) / 2
    lower, upper = np.quantile(np.concatenate(means), [tail, 1 - tail])
    ends = float(lower), float(upper)
    values = float(champion.mean()), float(challenger.mean())
    return Gain(metric, *values, float(differences.mean()), *ends)


def error_gain(metric: str, champion: Floats, challenger: Floats, confidence: float) -> Gain:
    """Return the gain in the mean of an error that every record has, the smaller the better."""
    gain = mean_gain(metric, -champion, -challenger, confidence)
    return replace(gain, champion=-gain.champion, challenger=-gain.challenger)


# ---- What each task is learned and compared by


@dataclass(frozen=True)
class Learning:
    """How a task is learned, how its importances are measured, how two versions are compared."""

    boosting: Any  # the default estimator
    target: Callable[[Any], Any]  # the truth, which is text, as an estimator sees it
    scoring: str  # what falls when a feature is shuffled, as scikit-learn calls it
    answer: str  # the same of an estimator alone: which method of it is asked
    score: Callable[..., float]  # and what its answers are worth
    figures: Callable[[Mapping[str, Any], Any], Floats]  # of each record, by output and truth
    gain: Callable[[Fitted, Any, tuple[Floats, Floats], float], Gain]  # at a level of confidence
    count: Callable[[Fitted, Any], int]  # of truths, how many there are to compare by
    counted: str  # and which these are, in words


def _class(actual: Any) -> Any:
    """Return classes as they are, or as numbers where all of them are whole numbers."""
    whole = all(WHOLE.fullmatch(name) for name in actual.unique())
    return actual.astype("int64") if whole else actual.astype("object")


def _area(fitted: Fitted, actual: Any, figures: tuple[Floats, Floats], confidence: float) -> Gain:
    positive = (actual == fitted.positive_class).to_numpy()
    return roc_auc_gain(positive, *figures, confidence)


def _rarer(fitted: Fitted, actual: Any) -> int:
    positive = int((actual == fitted.positive_class).sum())
    return min(positive, len(actual) - positive)


LEARNING: Mapping[str, Learning] = {
    "binary": Learning(
        boosting=HistGradientBoostingClassifier,
        target=_class,
        scoring="roc_auc",
        answer="decision_function",
        score=roc_auc_score,
        figures=lambda output, _: output["score"],
        gain=_area,
        count=_rarer,
        counted="of each class",
    ),
    "multiclass": Learning(
        boosting=HistGradientBoostingClassifier,
        target=_class,
        scoring="roc_auc_ovr",
        answer="predict_proba",
        score=partial(roc_auc_score, multi_class="ovr"),
        figures=lambda output, actual: (output["prediction"] == actual.to_numpy()).astype(float),
        gain=lambda _, __, figures, level: mean_gain("accuracy_score", *figures, level),
        count=lambda _, actual: len(actual),
        counted="with a target",
    ),
    "regression": Learning(
        boosting=HistGradientBoostingRegressor,
        target=lambda actual: actual.astype("float64"),
        scoring="r2",
        answer="predict",
        score=r2_score,
        figures=lambda output, actual: np.abs(output["score"] - actual.astype(float).to_numpy()),
        gain=lambda _, __, figures, level: error_gain("mean_absolute_error", *figures, level),
        count=lambda _, actual: len(actual),
        counted="with a target",
    ),
}
assert LEARNING.keys() == TASKS.keys()
