"""The global drift score: how well a classifier tells the sample's rows from the reference's.

Both sides are reduced to the size of the smaller by the sampling rule's hash, stacked and
labelled by origin; 30 % are held out, a random forest learns from the rest. `data_drift` is its
accuracy on the held-out rows: about 0.5 when nothing drifted, 1 when the two can be told apart.
"""

from collections.abc import Mapping
from hashlib import md5
from math import floor
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from mlmon.measure.inference import Figure, wilson

TREES = 100
DEPTH = 13
HELD_OUT = 0.3
SEED = 1337
CATEGORIES = 100  # the most frequent ones; missing is one more


def data_drift(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    kinds: Mapping[str, str],
    confidence: float = 0.95,
    seed: int = SEED,
) -> tuple[list[Figure], dict[str, float]]:
    """Return data_drift, its p-value and its AUC, and each feature's drift importance.

    The frames have the model's input features and `_record_id`. `lower` and `upper` are
    Wilson's interval at the confidence level; the p-value is the exact one-sided binomial test
    of accuracy <= 0.5. Importances sum to 1.
    """
    n = min(len(reference), len(current))
    held_out = floor(HELD_OUT * 2 * n)
    if held_out < 1 or 2 * n - held_out < 2:
        return undefined(f"too few rows: {len(reference)} and {len(current)}"), {}
    rows, origin = _stack(_reduce(reference, n, seed), _reduce(current, n, seed), seed)
    train, test = slice(held_out, None), slice(None, held_out)
    if len(set(origin[train])) < 2:
        return undefined(f"too few rows: {len(reference)} and {len(current)}"), {}
    numbers = [name for name, kind in kinds.items() if kind == "numeric"]
    rows[numbers] = rows[numbers].replace([np.inf, -np.inf], np.nan)
    usable = {name: kind for name, kind in kinds.items() if rows[name].notna().any()}
    if not usable:
        return undefined("every feature is missing in every row"), {}
    forest = _forest(usable, seed).fit(rows[list(usable)][train], origin[train])
    probability = forest.predict_proba(rows[list(usable)][test])[:, 1]
    right = int(accuracy_score(origin[test], probability > 0.5, normalize=False))
    return _figures(right, origin[test], probability, confidence), _importances(forest, usable)


def _reduce(frame: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Return n rows: those whose md5 of seed and key sorts first, in that order."""
    order = np.argsort([md5(f"{seed}:{key}".encode()).hexdigest() for key in frame["_record_id"]])
    return frame.iloc[order[:n]]


def _stack(reference: pd.DataFrame, current: pd.DataFrame, seed: int) -> tuple[Any, Any]:
    """Return both sides in one random order that depends on keys and seed only."""
    rows = pd.concat([reference, current], ignore_index=True)
    origin = np.repeat([0, 1], [len(reference), len(current)])
    order = np.argsort(
        [
            md5(f"{seed}:{side}:{key}".encode()).hexdigest()
            for side, key in zip(origin, rows["_record_id"], strict=True)
        ]
    )
    return rows.iloc[order].reset_index(drop=True), origin[order]


def _forest(kinds: Mapping[str, str], seed: int) -> Pipeline:
    """Return the classifier: numbers imputed by the mean, categories one column each."""
    numeric = [name for name, kind in kinds.items() if kind == "numeric"]
    categorical = [name for name, kind in kinds.items() if kind != "numeric"]
    columns = ColumnTransformer(
        [
            ("numbers", SimpleImputer(keep_empty_features=True), numeric),
            ("categories", _categories(), categorical),
        ]
    )
    # In one thread: in several, scikit-learn takes away and restores the process's warning filters
    # in each of them at once, which may leave none, and then warns of every tree.
    forest = RandomForestClassifier(TREES, max_depth=DEPTH, random_state=seed)
    return Pipeline([("columns", columns), ("forest", forest)])


def _categories() -> Pipeline:
    missing = SimpleImputer(strategy="constant", fill_value="\0missing", missing_values=np.nan)
    one_hot = OneHotEncoder(
        max_categories=CATEGORIES + 2,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
        dtype=np.float32,
    )
    return Pipeline([("missing", missing), ("one_hot", one_hot)])


def _figures(right: int, origin: Any, probability: Any, confidence: float) -> list[Figure]:
    test = binomtest(right, len(origin), 0.5, alternative="greater")
    lower, upper = wilson(right, len(origin), confidence)
    verdict = "drift detected" if test.pvalue <= 1 - confidence else "inconclusive"
    both = len(set(origin)) == 2
    area = float(roc_auc_score(origin, probability)) if both else None
    return [
        Figure("data_drift", None, right / len(origin), lower, upper, verdict),
        Figure("data_drift_pvalue", None, float(test.pvalue)),
        Figure(
            "data_drift_auc", None, area, note=None if both else "held-out rows are of one side"
        ),
    ]


def _importances(pipeline: Pipeline, kinds: Mapping[str, str]) -> dict[str, float]:
    """Return each feature's importance in the forest, its one-hot columns added up."""
    steps = pipeline["columns"].named_transformers_
    numeric = [name for name, kind in kinds.items() if kind == "numeric"]
    categorical = [name for name, kind in kinds.items() if kind != "numeric"]
    owners = numeric
    if categorical:
        marked = [str(position) for position in range(len(categorical))]
        columns = steps["categories"]["one_hot"].get_feature_names_out(marked)
        owners = numeric + [categorical[int(column.split("_", 1)[0])] for column in columns]
    total = dict.fromkeys(kinds, 0.0)
    for owner, value in zip(owners, pipeline["forest"].feature_importances_, strict=True):
        total[owner] += float(value)
    return total


def undefined(note: str) -> list[Figure]:
    """Return the three figures without a value, and why."""
    names = ("data_drift", "data_drift_pvalue", "data_drift_auc")
    return [Figure(name, None, None, note=note) for name in names]
