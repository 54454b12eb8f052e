"""A fitted pipeline with what makes a prediction of its output: classes and threshold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from mlmon.config import Config
from mlmon.errors import ArtifactError
from mlmon.models import artifacts
from mlmon.models.audit import Trust
from mlmon.models.records import TASKS
from mlmon.models.versions import Version
from mlmon.warehouse import categories


@dataclass(frozen=True)
class Fitted:
    """A scikit-learn pipeline, its input features in order, and how its output is read."""

    pipeline: Any
    task: str
    features: Mapping[str, str]
    classes: Sequence[str]
    positive_class: str | None
    threshold: float | None

    def predict(self, frame: Any) -> dict[str, Any]:
        """Return `score` (n,), `prediction` (n,) and `probabilities` (n, classes) or None.

        Binary: a score above the threshold is the positive class. Multiclass: the most probable
        class, its probability as the score. Regression: the estimate, without a prediction.
        """
        rows = frame[list(self.features)]
        with one_thread():
            return OUTPUTS[self.task](self, rows)

    def labelled(self, frame: Any) -> Any:
        """Return the rows whose truth is known: of a classifier one of its classes."""
        actual = frame["_actual"]
        return frame[actual.notna() if TASKS[self.task].is_quantity else actual.isin(self.classes)]


def _of_two_classes(fitted: Fitted, rows: Any) -> dict[str, Any]:
    probabilities = np.asarray(fitted.pipeline.predict_proba(rows), dtype=np.float64)
    score = probabilities[:, list(fitted.classes).index(str(fitted.positive_class))]
    negative = next(name for name in fitted.classes if name != fitted.positive_class)
    above = score > float(fitted.threshold or 0.0)
    prediction = np.where(above, str(fitted.positive_class), negative)
    return {"score": score, "prediction": prediction, "probabilities": probabilities}


def _of_many_classes(fitted: Fitted, rows: Any) -> dict[str, Any]:
    probabilities = np.asarray(fitted.pipeline.predict_proba(rows), dtype=np.float64)
    best = probabilities.argmax(axis=1)
    score = probabilities[np.arange(len(best)), best]
    prediction = np.asarray(fitted.classes, dtype=object)[best]
    return {"score": score, "prediction": prediction, "probabilities": probabilities}


def _of_a_quantity(fitted: Fitted, rows: Any) -> dict[str, Any]:
    score = np.asarray(fitted.pipeline.predict(rows), dtype=np.float64)
    return {"score": score, "prediction": np.full(len(score), None), "probabilities": None}


# How the output of a pipeline is read, by task.
OUTPUTS: Mapping[str, Callable[[Fitted, Any], dict[str, Any]]] = {
    "binary": _of_two_classes,
    "multiclass": _of_many_classes,
    "regression": _of_a_quantity,
}
assert OUTPUTS.keys() == TASKS.keys()


def load(config: Config, version: Version) -> Fitted:
    """Return the fitted pipeline of a version; raises ArtifactError."""
    folder = config.path(config.warehouse).parent
    trust = trust_of(config, version.model)
    pipeline = artifacts.load(folder, version.artifact, version.sha256, trust)
    return Fitted(
        pipeline,
        version.task,
        version.features,
        version.classes or [],
        version.positive_class,
        version.threshold,
    )


def trust_of(config: Config, name: str) -> Trust:
    """Return what files of a model may load beside the list, whether it is in mlmon.yml or not."""
    model = config.models.get(name)
    if model is None:
        return Trust(config.folder, name)
    module = model.estimator.partition(":")[0] if model.estimator else None
    return Trust(config.folder, name, tuple(model.trust), module)


def one_thread() -> Any:
    """Inside, scikit-learn works in one thread: on a busy machine several wait for each other.

    Histogram boosting was three to ten times slower with as many threads as cores.
    """
    return threadpool_limits(1, user_api="openmp")


def class_names(pipeline: Any) -> list[str]:
    """Return the classes of a fitted classifier as the text that they are in the data."""
    try:
        return [categories.text(name) for name in pipeline.classes_]
    except AttributeError as error:
        raise ArtifactError(f"{type(pipeline).__name__} is not a fitted classifier") from error
