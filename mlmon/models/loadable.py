"""What a model file may load: the one list of types and functions, by how the file holds them.

A file of skops is a tree of nodes; each names a type or a function and the loader that makes
something of it. Nothing here opens a file, runs a text or calls what a file brings. Not on the
list for a reason: `functools.partial` but for the one inside histogram boosting, and bound methods
(they call something else), `scipy.stats` (a distribution runs a text of its state), `numpy.memmap`
(opens files), functions of numpy that are no ufuncs. An owner lets further names in by `trust:`.
"""

from importlib import import_module
from types import ModuleType

import numpy as np
import scipy.special
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.utils import all_estimators


def _names(module: str, words: str) -> set[str]:
    return {f"{module}.{word}" for word in words.split()}


def _ufuncs(module: ModuleType) -> set[str]:
    """Return the names that a module has for ufuncs."""
    found = vars(module).items()
    return {f"{module.__name__}.{name}" for name, value in found if isinstance(value, np.ufunc)}


def _types(module: ModuleType, kind: type) -> set[str]:
    """Return the names that a module has for a type and those below it."""
    found = vars(module).items()
    types = {name for name, value in found if isinstance(value, type) and issubclass(value, kind)}
    return {f"{module.__name__}.{name}" for name in types}


ESTIMATORS = {
    name
    for _, estimator in all_estimators()
    if (name := f"{estimator.__module__}.{estimator.__name__}").startswith("sklearn.")
}
DISTANCES = (
    "Euclidean SEuclidean Manhattan Chebyshev Minkowski Mahalanobis Hamming Canberra BrayCurtis"
    " Jaccard Matching Dice Kulsinski RogersTanimoto RussellRao SokalMichener SokalSneath Haversine"
)
# What fitted estimators are made of, and what is behind experimental imports.
PARTS = (
    _names(
        "sklearn._loss.link",
        "HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit",
    )
    | _names(
        "sklearn._loss.loss",
        "AbsoluteError ExponentialLoss HalfBinomialLoss HalfBinomialLossArrayAPI HalfGammaLoss"
        " HalfMultinomialLoss HalfMultinomialLossArrayAPI HalfPoissonLoss HalfPoissonLossArrayAPI"
        " HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss",
    )
    | _names("sklearn.calibration", "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling")
    | _names("sklearn.cluster._bisect_k_means", "_BisectingTree")
    | _names("sklearn.compose._column_transformer", "make_column_selector")
    | _names("sklearn.ensemble._hist_gradient_boosting.binning", "_BinMapper")
    | _names("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor")
    | _names("sklearn.gaussian_process._gpc", "_BinaryGaussianProcessClassifierLaplace")
    | _names(
        "sklearn.gaussian_process.kernels",
        "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Hyperparameter"
        " Matern PairwiseKernel Product RBF RationalQuadratic Sum WhiteKernel",
    )
    | _names("sklearn.impute._iterative", "IterativeImputer")
    | _names(
        "sklearn.metrics._dist_metrics",
        " ".join(f"{name}Distance{bits}" for name in DISTANCES.split() for bits in (32, 64)),
    )
    | _names(
        "sklearn.metrics._scorer", "_CurveScorer _MultimetricScorer _PassthroughScorer _Scorer"
    )
    | _names("sklearn.model_selection._search_successive_halving", "HalvingGridSearchCV")
    | _names("sklearn.model_selection._search_successive_halving", "HalvingRandomSearchCV")
    | _names(
        "sklearn.model_selection._split",
        "GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut"
        " PredefinedSplit RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold"
        " StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit",
    )
    | _names("sklearn.multiclass", "_ConstantPredictor")
    | _names("sklearn.neighbors._ball_tree", "BallTree BallTree32 BallTree64")
    | _names("sklearn.neighbors._kd_tree", "KDTree KDTree32 KDTree64")
    | _names("sklearn.neural_network._stochastic_optimizers", "AdamOptimizer SGDOptimizer")
    | _names("sklearn.utils._metadata_requests", "MetadataRequest MethodMetadataRequest")
    | _names("scipy.interpolate._bsplines", "BSpline")
)
LOSSES = _names(
    "sklearn._loss._loss",
    "CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss"
    " CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss"
    " CyPinballLoss",
) | _names(
    "sklearn.linear_model._sgd_fast",
    "EpsilonInsensitive Hinge ModifiedHuber SquaredEpsilonInsensitive SquaredHinge",
)
# Functions are few: ufuncs, and those of scikit-learn that only reckon with arrays.
UFUNCS = (
    _ufuncs(np)
    | _ufuncs(scipy.special)
    | _ufuncs(import_module("scipy.special._ufuncs"))
    | _ufuncs(import_module("scipy.special._special_ufuncs"))
)
SCORES = {
    f"{score.__module__}.{score.__name__}"
    for score in (get_scorer(name)._score_func for name in get_scorer_names())
    if score.__module__.startswith("sklearn.metrics.")
}
FUNCTIONS = (
    UFUNCS
    | SCORES
    | _names(
        "sklearn.feature_selection._univariate_selection",
        "chi2 f_classif f_oneway f_regression r_regression",
    )
    | _names("sklearn.feature_selection._mutual_info", "mutual_info_classif mutual_info_regression")
    | _names("sklearn.cluster._kmeans", "_kmeans_single_elkan _kmeans_single_lloyd")
    | _names("sklearn.utils.validation", "check_array")
    | _names("scipy._lib.array_api_compat.numpy._aliases", "asarray")
)
SCALARS = _types(np, np.generic)
DTYPES = _types(np.dtypes, np.dtype)
BUILTINS = _names(
    "builtins", "bool bytes complex dict float frozenset int list object set str tuple"
)
SPARSE = {
    f"scipy.sparse._{form}.{form}_{kind}"
    for form in ("bsr", "coo", "csc", "csr", "dia")
    for kind in ("array", "matrix")
}
# The loaders of skops that are known here -> what each may make; another one is refused.
LOADABLE: dict[str, set[str]] = {
    "BytearrayNode": {"builtins.bytearray"},
    "BytesNode": {"builtins.bytes"},
    "ConstructorFromReduceNode": _names("builtins", "complex frozenset range"),
    "DTypeNode": {"numpy.dtype"},
    "DefaultDictNode": {"collections.defaultdict"},
    "DictNode": {"builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch"},
    "FunctionNode": FUNCTIONS,
    "JsonNode": {"builtins.str"},
    "ListNode": {"builtins.list"},
    "LossNode": LOSSES,
    "MaskedArrayNode": _names("numpy.ma", "MaskedArray core.MaskedArray"),
    "MethodNode": set(),
    "NdArrayNode": SCALARS | {"numpy.ndarray", "numpy.matrix"},
    "ObjectNode": ESTIMATORS | PARTS,
    "OperatorFuncNode": set(),
    "PartialNode": {"functools.partial(sklearn.utils.validation.check_array)"},
    "QuantileForestNode": set(),
    "RandomGeneratorNode": {"numpy.random._generator.Generator"},
    "RandomStateNode": {"numpy.random.mtrand.RandomState"},
    "SetNode": {"builtins.set"},
    "SliceNode": {"builtins.slice"},
    "SparseMatrixNode": SPARSE,
    "TreeNode": {"sklearn.tree._tree.Tree"},
    "TupleNode": {"builtins.tuple", "sklearn.impute._iterative._ImputerTriplet"},
    "TypeNode": BUILTINS | SCALARS | DTYPES | {"numpy.ndarray"},
}
