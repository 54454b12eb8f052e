"""Champion against challenger: a new version replaces the active one only if it is surely better.

Both are measured on the same recent labelled records, of which neither has learned, and the gain
has a paired interval. Binary models are compared by ROC AUC (no threshold is in it, and each
version has its own), multiclass ones by accuracy, regression by the mean absolute error: means
over records, so they are defined in every resample, however rare a class is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
from scipy import stats

from mlmon.config import Config, Model
from mlmon.errors import MlmonError
from mlmon.models import features, numerals
from mlmon.models.decisions import ACTIVATED, KEPT
from mlmon.models.pipeline import Fitted, load
from mlmon.models.records import cutoff
from mlmon.models.versions import Version
from mlmon.train import batches as training_batches
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.warehouse import Warehouse

# ---- Paired comparisons: what two versions said about the same records, and how sure the gain is


SEED = 1337
RESAMPLES = 2000
DRAWN = 2_000_000  # records drawn at a time

Decision = dict[str, Any]  # decision, reason and figures: columns of `activation_decisions`
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


LEAST = 50  # records of the rarer class, or of all where there are not just two
ALIKE = ("dataset", "key", "target", "task", "positive_class")


def decide(warehouse: Warehouse, config: Config, challenger: Version, fitted: Fitted) -> Decision:
    """Return what is decided about a version that has just been trained, with figures and reason.

    Writes nothing. The first version of a model is activated whatever `activate:` says: a model
    without an active version can do nothing.
    """
    model = config.models[challenger.model]
    query = "from model_versions where model = $model and is_active"
    row = warehouse.one(query, model=challenger.model)
    if row is None:
        return {"decision": ACTIVATED, "reason": "no version was active"}
    if model.activate == "if_better":
        champion = Version.of(row)
        try:
            active = load(config, champion)
        except MlmonError as error:
            return _kept(f"the active version cannot be compared: {error}")
        return contest(warehouse, model, (champion, challenger), (active, fitted))
    decision = ACTIVATED if model.activate == "always" else KEPT
    return {"decision": decision, "reason": f"mlmon.yml says `activate: {model.activate}`"}


def contest(
    warehouse: Warehouse, model: Model, both: Sequence[Version], fitted: Sequence[Fitted]
) -> Decision:
    """Return the decision between champion and challenger, in this order, and its figures."""
    champion, challenger = both
    if changed := [name for name in ALIKE if getattr(champion, name) != getattr(challenger, name)]:
        return _kept(f"the active version has another {changed[0]}; they cannot be compared")
    for batches, words in _samples(warehouse, model, both):
        frames = [_records(warehouse, version, batches, both) for version in both]
        if model.task == "binary":  # a truth of neither class is no negative
            frames = [one.labelled(frame) for one, frame in zip(fitted, frames, strict=True)]
            keys = set.intersection(*(set(frame["_record_id"]) for frame in frames))
            frames = [frame[frame["_record_id"].isin(keys)] for frame in frames]
        if _enough(frames[0], fitted[0]):
            made = _compare(fitted, frames, model.confidence, words)
            return {**made, "batches": list(batches)}
    kind = "of each class" if model.task == "binary" else "with a target"
    return _kept(f"no recent sample that neither version learned from has {LEAST} records {kind}")


def _kept(reason: str) -> Decision:
    return {"decision": KEPT, "reason": reason}


def _samples(
    warehouse: Warehouse, model: Model, both: Sequence[Version]
) -> Iterator[tuple[Sequence[str], str]]:
    """Yield the batches of the samples to compare on, the best first, and each in words.

    That is the newest labelled batch after all that either learned from; without one the training
    batches of the version that learned from the newest data, as far as neither learned from them.
    """
    known = training_batches.labelled(warehouse, model.dataset, model.target)
    newest = max(batch for version in both for batch in version.train_batches)
    for batch in reversed(known):
        if batch > newest:
            yield [batch], f"{batch}, which is newer than what either version learned from"
    fresh = max(reversed(both), key=lambda version: max(version.train_batches))
    batches = [batch for batch in known if batch in fresh.train_batches]
    yield batches, f"the records of {', '.join(batches)} that neither version learned from"


def _records(
    warehouse: Warehouse, version: Version, batches: Sequence[str], both: Sequence[Version]
) -> Any:
    """Return labelled records that neither learned from, as a version sees them, by key."""
    source = version.source
    quantity = source.target if version.task == "regression" else None
    numerals.check_records(warehouse, source, batches, quantity)
    rows = features.model_rows(warehouse.ibis.table(source.dataset), source)
    unlearned = [_unlearned(rows, one) for one in both]
    chosen = rows.filter(rows["_batch"].isin(list(batches)), rows["_actual"].notnull(), *unlearned)
    query = chosen.order_by("_record_id")
    return warehouse.frame(sql_of(query))


def _unlearned(rows: Any, version: Version) -> Any:
    """Return the condition that a version did not learn from a record."""
    hashed = features.hash_of(ibis.literal(version.seed), rows["_record_id"])
    held_out = hashed < cutoff(version.test_size)
    return ~rows["_batch"].isin(list(version.train_batches)) | held_out


def _enough(frame: Any, fitted: Fitted) -> bool:
    if fitted.task != "binary":
        return len(frame) >= LEAST
    positive = int((frame["_actual"] == fitted.positive_class).sum())
    return min(positive, len(frame) - positive) >= LEAST


def _compare(
    both: Sequence[Fitted], frames: Sequence[Any], confidence: float, sample: str
) -> Decision:
    """Return the decision with its figures, of champion and challenger in this order."""
    rows = {"rows": len(frames[0]), "sample": sample, "confidence": confidence}
    said = [_said(fitted, frame) for fitted, frame in zip(both, frames, strict=True)]
    for name, values in zip(("the active version", "the new version"), said, strict=True):
        if not np.isfinite(values).all():
            return {**rows, **_kept(f"{name} has no finite figure for some of {sample}")}
    gain = _gain(both[0], frames[0]["_actual"], said, confidence)
    verdict = "better" if gain.is_sure else "not surely better"
    return {
        **rows,
        "metric": gain.metric,
        "champion_value": gain.champion,
        "challenger_value": gain.challenger,
        "gain": gain.gain,
        "lower": gain.lower,
        "upper": gain.upper,
        "decision": ACTIVATED if gain.is_sure else KEPT,
        "reason": (
            f"{verdict}, gain in {gain.metric} {gain.gain:.4f} ({gain.lower:.4f} to "
            f"{gain.upper:.4f}) on {len(frames[0])} records: {sample}"
        ),
    }


def _said(fitted: Fitted, frame: Any) -> Any:
    """Return what each record says of a version: score, whether it is right, or how far off."""
    outputs = fitted.predict(frame)
    if fitted.task == "multiclass":
        return (outputs["prediction"] == frame["_actual"].to_numpy()).astype(np.float64)
    if fitted.task == "regression":
        return np.abs(outputs["score"] - frame["_actual"].astype("float64").to_numpy())
    return outputs["score"]


def _gain(fitted: Fitted, actual: Any, said: Sequence[Any], confidence: float) -> Gain:
    if fitted.task == "binary":
        positive = (actual == fitted.positive_class).to_numpy()
        return roc_auc_gain(positive, said[0], said[1], confidence)
    if fitted.task == "multiclass":
        return mean_gain("accuracy_score", said[0], said[1], confidence)
    return error_gain("mean_absolute_error", said[0], said[1], confidence)
