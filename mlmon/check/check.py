"""Check: what a store's figures must be against those of an evaluation."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches

from mlmon.check import alerts, kinds
from mlmon.config import Check, Config
from mlmon.errors import ConfigError, EvaluationNotFound, require
from mlmon.evaluations import own_metrics, stored
from mlmon.evaluations.stored import Evaluation
from mlmon.warehouse.warehouse import Row, Warehouse, now


def check(
    warehouse: Warehouse,
    config: Config,
    store: str | None = None,
    batch: str | None = None,
    evaluation: str | None = None,
) -> list[Row]:
    """Every check of the store (of all stores) has new results; return them.

    Measured on the store's latest evaluation, on the latest of the batch, or on the one that
    `evaluation` names. Writes `check_results`, `alerts`, `alert_events`. Raises
    EvaluationNotFound, once every other store was checked, and ConfigError for a metric that
    nobody computes.
    """
    stores = [store] if store else [name for name, s in config.stores.items() if s.checks]
    _require_metrics(warehouse, config, stores)
    if evaluation:
        chosen, missing = [_named(warehouse, config, store, batch, evaluation)], None
    else:
        chosen, missing = _latest(warehouse, stores, batch)
    results = warehouse.attempt(lambda: _checked(warehouse, config, chosen))
    if missing:
        raise missing
    return results


def worst(results: list[Row]) -> str:
    """Return the worst outcome, OK when there is none."""
    return max((row["outcome"] for row in results), key=kinds.OUTCOMES.index, default="OK")


def _latest(
    warehouse: Warehouse, stores: list[str], batch: str | None
) -> tuple[list[Evaluation], EvaluationNotFound | None]:
    """Return the latest evaluation (of the batch) per store, and what is said where none is."""
    evaluations: list[Evaluation] = []
    missing: EvaluationNotFound | None = None
    for name in stores:
        try:
            evaluations.append(stored.find(warehouse, name, batch))
        except EvaluationNotFound as error:
            missing = error
    return evaluations, missing


def _named(
    warehouse: Warehouse, config: Config, store: str | None, batch: str | None, text: str
) -> Evaluation:
    if batch:
        raise ConfigError("--batch and --evaluation: give one of them")
    found = stored.named(warehouse, text, store)
    require("store", found.store, config.stores)
    return found


def _checked(warehouse: Warehouse, config: Config, chosen: list[Evaluation]) -> list[Row]:
    """The evaluations have results, all of one time, and the alerts follow; return the results."""
    moment = now()
    results = [
        row
        for evaluation in chosen
        for entry in config.stores[evaluation.store].checks
        for row in _results(warehouse, config, evaluation, entry, moment)
    ]
    warehouse.append("check_results", results)
    for evaluation in chosen:
        name = evaluation.store
        alerts.follow(warehouse, name, config.stores[name].checks, moment)
    return results


def _results(
    warehouse: Warehouse, config: Config, evaluation: Evaluation, entry: Check, moment: datetime
) -> Iterator[Row]:
    """Yield a result per figure that the check looks at."""
    look = kinds.Look(warehouse, config, evaluation, entry)
    for figure, (outcome, message), limits in kinds.JUDGES[entry.kind](look):
        yield {
            "store": evaluation.store,
            "check_name": entry.name,
            "kind": entry.kind,
            "metric": entry.metric,
            "feature": figure.get("feature"),
            "segment": figure.get("segment"),
            "evaluation_id": evaluation.evaluation_id,
            "value": figure["value"],
            "outcome": outcome,
            "message": message,
            **asdict(limits),
            "definition": entry.definition(config.folder),
            "checked_at": moment,
        }


def _require_metrics(warehouse: Warehouse, config: Config, stores: list[str]) -> None:
    known = own_metrics.known_metrics(warehouse, config)
    named = [(store, entry) for store in stores for entry in config.stores[store].checks]
    for store, entry in named:
        if entry.metric is not None and entry.metric not in known:
            close = get_close_matches(entry.metric, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ConfigError(
                f"stores.{store}.checks.{entry.name}: no metric is called {entry.metric!r}{hint}"
            )
