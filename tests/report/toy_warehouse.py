"""A small warehouse with the contract's names and made-up figures, for the pages to read."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import toy_alerts

from mlmon.views.files import create, file_views
from mlmon.warehouse.warehouse import Warehouse

Points = list[tuple[float, float]]
START = datetime(2018, 1, 2, 6, 0)
DRIFT = [0.503, 0.541, 0.552, 0.591, 0.549, 0.538, 0.551, 0.577, 0.583]
AUC = [0.684, 0.671, 0.677, 0.668, 0.661, 0.622, 0.574, 0.553, 0.581]
FEATURES = (
    "signature_provided",
    "merchant_subsector_description",
    "purchase_amount",
    "merchant_state",
    "card_fico_score",
    "card_age",
)
BATCHES = tuple(f"2017_{month:02}" for month in range(4, 13))
PERFORMANCE = {"roc_auc_score": 0.68, "f1_score": 0.31, "precision_score": 0.27, "log_loss": 0.29}


@dataclass(frozen=True)
class Names:
    """The user's words in the toy; every one of them may be replaced by something hostile."""

    model: str = "fraud"
    labelled: str = "mes_for_ground_truth"
    unlabelled: str = "mes_for_input_drift"
    check: str = "Data Drift < 0.4"
    scenario: str = "Retrain Model"
    steps: tuple[str, ...] = ("Build MES", "Run MES checks", "Build model")
    features: tuple[str, ...] = FEATURES
    batches: tuple[str, ...] = BATCHES
    classes: tuple[str, str] = ("0", "1")
    category: str = "gas"
    label: str = "evaluation:date"
    person: str = "ann"
    note: str = "a new shop since 2017_11"
    metric: str | None = None  # one of the project's own
    task: str = "binary"
    stores: tuple[bool, ...] = (True, False)


TILES = [
    {"metric": "data_drift", "store": "mes_for_input_drift", "show": "value"},
    {"metric": "data_drift", "store": "mes_for_input_drift", "show": "history"},
    {"scenario": "Retrain Model", "show": "last_runs"},
]
DASHBOARDS = {"default": {"title": "Model monitoring", "tiles": TILES}}
LONG = "x" * 500
HOSTILE = Names(
    model="<script>alert(1)</script>",
    labelled="\"><img src=x onerror=alert('store')>",
    unlabelled="a'b\"c&d;e\n--f $store",
    check="</td></table><b>&amp;",
    scenario="]]></style><script>alert(2)</script>",
    steps=(LONG, "\u202eright to left\u202c", "\x07 bell \ufffe and \U0001f469\u200d\U0001f52c"),
    features=(
        "a\nb",
        '"><svg onload=alert(3)>',
        LONG,
        "{{ 7 * 7 }}",
        "\u05d0\u05d1\u05d2",
        "\x1b[31m",
    ),
    batches=("../../etc/passwd", "<b>2", "3\x00", "C:\\4", "5%", "6 ", "7'", '8"', "9/9"),
    classes=("<0>", "'; drop table evaluations; --"),
    category="${alert(4)}",
    person="<i>ann</i> @everyone",
    note=f"{LONG} </td><script>alert(9)</script>\nnext line",
)


def warehouse() -> Warehouse:
    """An empty warehouse with the views that pages read."""
    made = Warehouse()
    views = {view.name: view for view in file_views()}
    wanted = {name for name, view in views.items() if view.floor == "marts"}
    while read := {name for view in wanted for name in views[view].reads if name in views} - wanted:
        wanted |= read
    create(made, [views[name] for name in wanted])
    return made


def filled(names: Names) -> Warehouse:
    """The tutorial's story: two versions, an evaluation per batch and store, a check, a run."""
    made = warehouse()
    for version in (1, 2):
        train(made, names, version)
    for labelled in names.stores:
        for index, batch in enumerate(names.batches):
            evaluate(made, names, labelled, index, batch)
    if False in names.stores and names.batches:
        automate(made, names)
    return made


def train(made: Warehouse, names: Names, version: int) -> None:
    """A version with its bins and its reference sample."""
    at = START + timedelta(minutes=version)
    whose = {"model": names.model, "model_version": version}
    made.append(
        "model_versions",
        [
            whose
            | {
                "algorithm": "HistGradientBoostingClassifier",
                "task": names.task,
                "threshold": 0.13,
                "train_batches": ["2017_01", "2017_02", "2017_03"],
                "train_rows": 50400,
                "created_at": at,
                "created_by": ("mlmon train", names.scenario)[version - 1],
                "is_active": version == 2,
                "activated_at": at,
            }
        ],
    )
    made.append(
        "feature_importances",
        [
            whose | {"feature": feature, "importance": 0.01, "share": 0.05 * ((place * 5) % 6)}
            for place, feature in enumerate(names.features)
        ],
    )
    made.append(
        "bins",
        [
            whose | {"feature": feature} | bin
            for place, feature in enumerate(names.features)
            for bin in bins(names, place)
        ],
    )
    made.append(
        "bins",
        [
            whose
            | {
                "feature": "prediction",
                "bin": place,
                "coarse_bin": place,
                "kind": "category",
                "category": name,
            }
            for place, name in enumerate(names.classes)
        ],
    )
    sample(made, names, f"reference{version}", version, "reference", -1, labelled=True)
    made.append(
        "evaluation_metrics",
        [
            {"sample_id": f"reference{version}", "metric": metric, "value": value}
            for metric, value in PERFORMANCE.items()
        ],
    )


def bins(names: Names, place: int) -> list[dict[str, Any]]:
    """The bins of a feature: two of the six are numeric."""
    if place in (2, 4) or place > 8:
        ranges = [
            {"kind": "range", "lower": edge * 20, "upper": edge * 20 + 20} for edge in range(10)
        ]
    else:
        ranges = [
            {"kind": "category", "category": name} for name in (names.category, "internet", "hotel")
        ]
    kinds = [*ranges, {"kind": "other"}, {"kind": "missing"}]
    return [kind | {"bin": number, "coarse_bin": number} for number, kind in enumerate(kinds)]


def sample(
    made: Warehouse, names: Names, key: str, version: int, role: str, index: int, labelled: bool
) -> None:
    """A sample with its histograms and curves; the later the batch, the more it has moved."""
    made.append(
        "samples",
        [
            {
                "sample_id": key,
                "model": names.model,
                "model_version": version,
                "role": role,
                "rows": 12601,
                "method": "random",
                "seed": 1337,
                "created_at": START,
            }
        ],
    )
    made.append(
        "histograms",
        [
            {
                "sample_id": key,
                "feature": feature,
                "bin": bin["bin"],
                "n": 100 + (bin["bin"] * 7) % 5 * 50 + max(index, 0) * bin["bin"] * 9,
            }
            for place, feature in enumerate(names.features)
            for bin in bins(names, place)
        ],
    )
    made.append(
        "histograms",
        [
            {"sample_id": key, "feature": "prediction", "bin": 0, "n": 1100 + 60 * index},
            {"sample_id": key, "feature": "prediction", "bin": 1, "n": 8900},
        ],
    )
    auc = 0.68 if index < 0 else AUC[index % len(AUC)]
    first, second = names.classes
    if labelled:
        made.append(
            "label_histograms",
            [
                {"sample_id": key, "actual": actual, "predicted": predicted, "n": count}
                for actual, predicted, count in (
                    (first, first, 310),
                    (first, second, 640),
                    (second, first, 820),
                    (second, second, 8217),
                )
            ],
        )
    made.append(
        "evaluation_curves",
        [
            {
                "sample_id": key,
                "evaluation_id": key if role == "evaluation" else None,
                "curve": curve,
                "class": group,
                "position": position,
                "x": x,
                "y": y,
                "threshold": 1 - x,
                "n": 100,
            }
            for curve, group, points in curves(names, auc, labelled)
            for position, (x, y) in enumerate(points)
        ],
    )


def curves(names: Names, auc: float, labelled: bool) -> Iterator[tuple[str, str | None, Points]]:
    """Name, group and points of every curve."""
    grid = [step / 60 for step in range(61)]
    power = (1 - auc) / auc
    for place, group in enumerate((None, *names.classes) if labelled else (None,)):
        yield (
            "score_density",
            group,
            [(x, x ** (1.2 + place) * (1 - x) ** 9 * (60 + 40 * auc)) for x in grid],
        )
    if labelled:
        yield "roc_curve", None, [(x, x**power) for x in grid]
        yield "precision_recall_curve", None, [(x, 0.1 + 0.6 * (1 - x) ** 2 * auc) for x in grid]
        yield (
            "calibration_curve",
            None,
            [(step / 10 + 0.05, min(1, step / 10 * (1.6 - auc))) for step in range(10)],
        )
        yield "lift_curve", None, [(x, x**power) for x in grid]
        yield "decision_chart", "f1_score", [(x, 2 * x * (1 - x)) for x in grid]
        yield "decision_chart", "precision_score", [(x, x * auc) for x in grid]


def evaluate(made: Warehouse, names: Names, labelled: bool, index: int, batch: str) -> None:
    """One evaluation with everything that belongs to it."""
    key = f"{'truth' if labelled else 'drift'}-{index:02}-abcdef"
    version = 2 if labelled and index == 8 else 1
    made.append(
        "evaluations",
        [
            {
                "evaluation_id": key,
                "store": names.labelled if labelled else names.unlabelled,
                "name": f"evaluation of {batch}",
                "model": names.model,
                "model_version": version,
                "dataset": "transactions",
                "batch": batch,
                "sample_id": key,
                "reference_sample_id": f"reference{version}",
                "rows": 9987 + index,
                "labelled_rows": 9987 if labelled else None,
                "has_performance": labelled,
                "confidence": 0.95,
                "drift_limit": 0.1,
                "labels": json.dumps({names.label: "2018-01-02"}),
                "evaluated_at": START + timedelta(minutes=5 + index),
            }
        ],
    )
    sample(made, names, key, version, "evaluation", index, labelled)
    made.append(
        "evaluation_metrics",
        [
            {"evaluation_id": key, "sample_id": key} | figure
            for figure in (*whole_model(index, labelled), *per_feature(names, index))
        ],
    )
    if names.metric:
        mine = {"evaluation_id": key, "sample_id": key, "metric": names.metric, "value": 7.25}
        made.append("evaluation_metrics", [mine])
    if index == 3:
        made.append(
            "diagnostics",
            [
                {
                    "evaluation_id": key,
                    "code": "imbalanced",
                    "message": "91 % of the rows are in class 1.",
                }
            ],
        )


def whole_model(index: int, labelled: bool) -> Iterator[dict[str, Any]]:
    """The figures of the whole model."""
    drift = DRIFT[index % len(DRIFT)]
    yield {"metric": "data_drift", "value": drift, "lower": drift - 0.013, "upper": drift + 0.013}
    yield {"metric": "data_drift_pvalue", "value": 0.2 if index == 0 else 0.0001}
    yield {"metric": "drifted_feature_share", "value": index / 12}
    yield {"metric": "population_stability_index", "feature": "score", "value": 0.004 * index}
    yield {"metric": "ks_statistic", "feature": "score", "note": "no current rows"}
    loss = AUC[index % len(AUC)] - 0.68
    for metric, value in PERFORMANCE.items() if labelled else ():
        yield {
            "metric": metric,
            "value": value + loss,
            "lower": value + loss - 0.02,
            "upper": value + loss + 0.02,
        }


def per_feature(names: Names, index: int) -> Iterator[dict[str, Any]]:
    """The figures of every feature; one is undefined in one batch."""
    for place, feature in enumerate(names.features):
        psi = (0.002 + 0.03 * index * index / 8) / (place + 1) * 2
        undefined = index == 4 and place == 5
        figures = {
            "population_stability_index": psi,
            "pvalue_adjusted": math.exp(-psi * 400),
            "drifted": float(psi > 0.1),
        }
        for metric, value in figures.items():
            yield {
                "metric": metric,
                "feature": feature,
                "value": None if undefined else value,
                "note": "all NULL" if undefined else None,
            }
        yield {"metric": "missing_rate", "feature": feature, "value": 0.004 * index}
        yield {"metric": "drift_importance", "feature": feature, "value": 0.3 / (place + 1)}


def automate(made: Warehouse, names: Names) -> None:
    """The check that always fails, and the scenario that retrained because of it."""
    message = "0.583 is above the maximum 0.4"
    made.append(
        "check_results",
        [
            {
                "store": names.unlabelled,
                "check_name": names.check,
                "metric": "data_drift",
                "evaluation_id": f"drift-{index:02}-abcdef",
                "value": DRIFT[index % len(DRIFT)],
                "outcome": "ERROR",
                "message": message,
                "soft_maximum": 0.3,
                "maximum": 0.4,
                "checked_at": START + timedelta(minutes=20 + index),
            }
            for index in range(max(0, len(names.batches) - 2), len(names.batches))
        ],
    )
    run(made, names, "run1", START + timedelta(minutes=3 + len(names.batches)), message)
    toy_alerts.alerts(made, names, START)
    toy_alerts.decisions(made, names, START)


def run(made: Warehouse, names: Names, key: str, start: datetime, message: str) -> None:
    """A run of the scenario: it evaluates, a check fails, it trains, which resets the failure."""
    batch = names.batches[-1] if names.batches else None
    evaluation = f"drift-{len(names.batches) - 1:02}"
    made.append(
        "scenario_runs",
        [
            {
                "run_id": key,
                "scenario": names.scenario,
                "trigger": "by hand",
                "batch": batch,
                "versions": '{"fraud": 2}',
                "started_at": start,
                "ended_at": start + timedelta(minutes=19),
                "outcome": "WARNING",
            }
        ],
    )
    steps = (
        (
            f"evaluate {names.unlabelled}",
            0,
            2,
            "SUCCESS",
            f"evaluation {evaluation} of batch {batch}",
            {"evaluation_id": f"{evaluation}-abcdef"},
        ),
        (
            *(f"check {names.unlabelled}", 16, 17, "FAILED", message),
            {"checked_at": str(START + timedelta(minutes=19 + len(names.batches)))},
        ),
        (
            *(f"train {names.model}", 17, 19, "SUCCESS", f"version 2 of {names.model} is active"),
            {"model": names.model, "model_version": 2, "is_active": True},
        ),
    )
    made.append(
        "step_runs",
        [
            {
                "run_id": key,
                "position": place,
                "step": step,
                "action": action,
                "started_at": start + timedelta(minutes=begin),
                "ended_at": start + timedelta(minutes=end),
                "outcome": outcome,
                "message": said,
                "outputs": json.dumps(outputs),
            }
            for place, (step, (action, begin, end, outcome, said, outputs)) in enumerate(
                zip(names.steps, steps, strict=True), start=1
            )
        ],
    )


def spoken(parts: Any) -> str:
    """A sentence, of which the parts may be figures and names, as one text."""
    if isinstance(parts, str):
        return parts
    return "".join(
        part if isinstance(part, str) else part.get("strong") or part.get("name") or part["text"]
        for part in parts
    )


def tiles(page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tiles of a page by their identity; of two, the first."""
    found: dict[str, dict[str, Any]] = {}
    for section in page["sections"]:
        for tile in section["tiles"]:
            found.setdefault(tile["id"], tile)
    return found
