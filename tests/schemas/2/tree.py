"""The shop's own model."""

from sklearn.compose import make_column_transformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier


def small() -> Pipeline:
    """Return a tree of two levels."""
    kinds = make_column_transformer((OrdinalEncoder(), ["kind"]), remainder="passthrough")
    return make_pipeline(kinds, DecisionTreeClassifier(max_depth=2, random_state=0))
