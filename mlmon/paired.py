"""Paired comparisons: what two versions said about the same records, and how sure the gain is.

The same hard records are hard for both, so the interval of the gain is narrower than those of the
two figures would let expect, and it alone can say whether one version is better.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

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
