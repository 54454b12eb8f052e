"""Champion against challenger: a new version replaces the active one only if it is surely better.

Both are measured on the same recent labelled records, of which neither has learned, and the gain
has a paired interval. Binary models are compared by ROC AUC (no threshold is in it, and each
version has its own), multiclass ones by accuracy, regression by the mean absolute error: means
over records, so they are defined in every resample, however rare a class is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import ibis
import numpy as np

from mlmon.config import Config, Model
from mlmon.errors import MlmonError
from mlmon.models import features, numerals
from mlmon.models.decisions import ACTIVATED, KEPT
from mlmon.models.pipeline import Fitted, load
from mlmon.models.records import TASKS, cutoff
from mlmon.models.versions import Version
from mlmon.train import batches as training_batches
from mlmon.train.tasks import LEARNING
from mlmon.warehouse.engine import sql_of
from mlmon.warehouse.warehouse import Warehouse

Decision = dict[str, Any]  # decision, reason and figures: columns of `activation_decisions`
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
        if TASKS[model.task].has_positive_class:  # a truth of neither class is no negative
            frames = [one.labelled(frame) for one, frame in zip(fitted, frames, strict=True)]
            keys = set.intersection(*(set(frame["_record_id"]) for frame in frames))
            frames = [frame[frame["_record_id"].isin(keys)] for frame in frames]
        if LEARNING[model.task].count(fitted[0], frames[0]["_actual"]) >= LEAST:
            decision = _compare(fitted, frames, model.confidence, words)
            return {**decision, "batches": list(batches)}
    kind = LEARNING[model.task].counted
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


def _compare(
    both: Sequence[Fitted], frames: Sequence[Any], confidence: float, sample: str
) -> Decision:
    """Return the decision with its figures, of champion and challenger in this order."""
    rows = {"rows": len(frames[0]), "sample": sample, "confidence": confidence}
    learning = LEARNING[both[0].task]
    first, second = (
        learning.figures(one.predict(frame), frame["_actual"])
        for one, frame in zip(both, frames, strict=True)
    )
    figures = (first, second)
    for name, values in zip(("the active version", "the new version"), figures, strict=True):
        if not np.isfinite(values).all():
            return {**rows, **_kept(f"{name} has no finite figure for some of {sample}")}
    gain = learning.gain(both[0], frames[0]["_actual"], figures, confidence)
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
