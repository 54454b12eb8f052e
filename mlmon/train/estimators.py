"""The estimator of a model: brought or default, fitted, with threshold and importances."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.metrics import precision_recall_curve
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlmon.config import Config, Model
from mlmon.errors import ConfigError, TrainingError
from mlmon.models import artifacts
from mlmon.models.pipeline import Fitted, class_names, one_thread, trust_of
from mlmon.models.records import CATEGORICAL, NUMERIC, TASKS, Source
from mlmon.system import functions
from mlmon.system.quiet import log_warnings
from mlmon.train.tasks import LEARNING
from mlmon.warehouse import categories

CATEGORIES = 254  # what histogram boosting can tell apart in one feature


def fit(config: Config, model: Model, source: Source, frame: Any) -> Any:
    """Return the fitted pipeline: the user's artifact, the user's estimator, or the default."""
    if model.artifact:
        return artifacts.register(config.path(model.artifact), trust_of(config, source.model))
    if frame.empty:
        raise TrainingError(
            f"model {source.model}: no record with a value of {model.target} is left to learn from "
            f"beside the test part (test_size: {model.train.test_size:g}); train on more records"
        )
    filled = {name: kind for name, kind in source.kinds.items() if frame[name].notna().any()}
    if not filled:
        raise TrainingError(f"model {source.model}: every feature is missing in every row")
    estimator = _estimator(config.folder, model, source.model, filled)
    actual = frame["_actual"]
    if not TASKS[model.task].is_quantity and actual.nunique() < 2:
        raise TrainingError(
            f"model {source.model}: {model.target} has fewer than two classes in the training part"
        )
    try:
        owner = f"model {source.model}: the estimator"
        with log_warnings(owner) if model.estimator else one_thread():
            return estimator.fit(frame[list(source.kinds)], LEARNING[model.task].target(actual))
    except Exception as error:  # a user's estimator may raise anything
        raise TrainingError(
            f"model {source.model}: the estimator cannot be fitted: {error}"
        ) from error


def _estimator(folder: Path, model: Model, name: str, filled: Mapping[str, str]) -> Any:
    """Return the unfitted pipeline; `estimator: module:function` is called without arguments."""
    if model.estimator is None:
        return default(model.task, filled, model.train.seed)
    try:
        with log_warnings(f"model {name}: {model.estimator}"):
            return functions.find(folder, model.estimator)()
    except Exception as error:  # a user's module may raise anything
        raise ConfigError(
            f"models.{name}.estimator: {model.estimator}: {type(error).__name__}: {error}"
        ) from error


def default(task: str, kinds: Mapping[str, str], seed: int) -> Pipeline:
    """Return histogram boosting that takes categories and missing values as they are.

    `kinds` are the features to learn from: those that have a value at all.
    """
    numeric = [name for name, kind in kinds.items() if kind == NUMERIC]
    categorical = [name for name, kind in kinds.items() if kind == CATEGORICAL]
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=CATEGORIES,
    )
    columns = ColumnTransformer(
        [("categories", codes, categorical), ("numbers", "passthrough", numeric)],
        verbose_feature_names_out=False,
    )
    boosting = LEARNING[task].boosting(
        categorical_features=list(range(len(categorical))), random_state=seed
    )
    return Pipeline([("columns", columns), ("boosting", boosting)])


def fit_threshold(model: Model, source: Source, pipeline: Any, test_part: Any) -> Fitted:
    """Return the pipeline with its classes and the threshold chosen on the test part."""
    if test_part["_actual"].isna().all():
        raise TrainingError(f"model {source.model}: the test part is empty; train on more records")
    task = TASKS[model.task]
    classes = [] if task.is_quantity else class_names(pipeline)
    fitted = Fitted(pipeline, model.task, source.kinds, classes, None, None)
    if not task.has_positive_class:
        return fitted
    positive_class = categories.among(str(model.positive_class), classes)
    if positive_class is None or len(classes) != 2:
        raise ConfigError(
            f"models.{source.model}.positive_class: {model.positive_class} must be one of two "
            f"classes of {model.target}; there is {', '.join(classes)}"
        )
    fitted = replace(fitted, positive_class=positive_class, threshold=0.5)
    threshold = model.threshold
    if threshold is None:
        labelled = fitted.labelled(test_part)
        positive = (labelled["_actual"] == positive_class).to_numpy()
        threshold = best_threshold(positive, fitted.predict(labelled)["score"])
    return replace(fitted, threshold=threshold)


def best_threshold(positive: Any, score: Any) -> float:
    """Return the cut, halfway between two scores, above which F1 is greatest.

    Without positive records no cut is better than another: 0.5.
    """
    if not positive.any():
        return 0.5
    precision, recall, cuts = precision_recall_curve(positive, score)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    best = int(f1[:-1].argmax())
    below = cuts[best - 1] if best else 0.0
    return float((below + cuts[best]) / 2)
