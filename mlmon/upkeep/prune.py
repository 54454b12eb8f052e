"""Prune: what is older than anybody wants to keep is removed, and never what is still needed.

Versions, their artifacts and the batches themselves stay.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from mlmon.config import Config, Retention
from mlmon.errors import ConfigError
from mlmon.evaluations import stored
from mlmon.evaluations.stored import Evaluation
from mlmon.warehouse.warehouse import Row, Warehouse, now

NEWEST_FIRST = """row_number() over (
    partition by store, is_aside is true order by batch desc, evaluated_at desc
)"""
OLD_RUNS = """
    select 'run' as what, scenario as of, batch, run_id as id, started_at as made_at
    from scenario_runs where ended_at is not null and coalesce(parent_run_id, '') not in (
        select run_id from scenario_runs where ended_at is null
    )
    qualify row_number() over (partition by scenario order by started_at desc) > $runs
    order by all
"""
# Scored batches beyond the newest that no sample draws from.
OLD_PREDICTIONS = """
    with scored as (
        select model, dataset, batch, min(scored_at) as made_at from predictions
        group by model, dataset, batch
        qualify row_number() over (partition by model, dataset order by batch desc) > $batches
    ), needed as (select model, dataset, unnest(batches) as batch from samples)
    select 'predictions' as what, model as of, batch, dataset as id, made_at
    from scored anti join needed using (model, dataset, batch)
    order by all
"""


class _Undone(Exception):
    """All that was done is to be undone."""


def prune(
    warehouse: Warehouse, config: Config, retention: Retention, age: timedelta | None, dry_run: bool
) -> list[Row]:
    """What `retention` does not keep is gone; return a row for each: what, of, batch, id, made_at.

    With `age`, evaluations go by when they were made. The newest evaluation of a store, those
    that mlmon.yml names as a reference, runs that have not ended and predictions that a sample
    draws from are kept in any case. A dry run changes nothing. Raises ConfigError when nothing
    says what to keep.
    """
    if age is None and not retention.model_dump(exclude_none=True):
        raise ConfigError(
            "nothing says what to keep; give --keep-evaluations 24 or the like, or `retention:`"
            " in mlmon.yml"
        )
    gone: list[Row] = []
    try:
        with warehouse.transaction():
            gone += _evaluations(warehouse, config, retention.evaluations, age)
            gone += _runs(warehouse, retention.runs)
            gone += _predictions(warehouse, retention.predictions)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    return gone


def kept(**numbers: int | None) -> Retention:
    """Return how much is kept. Raises ConfigError for less than one."""
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise ConfigError(f"{name}: at least one is kept, not {number}")
    return Retention.model_validate(numbers)


def age(text: str) -> timedelta:
    """Return what `365d` or `52w` is. Raises ConfigError."""
    found = re.fullmatch(r"(\d{1,5}) ?([dw])", text.strip())
    if not found:
        raise ConfigError(f"{text!r} is no age; give days or weeks, as in 365d or 52w")
    return timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))


def _evaluations(
    warehouse: Warehouse, config: Config, keep: int | None, age: timedelta | None
) -> list[Row]:
    if age is not None:
        old = f"evaluated_at < $before and ({NEWEST_FIRST} > 1 or is_aside is true)"
        found = warehouse.read(f"from evaluations qualify {old}", before=now() - age)
    elif keep is not None:
        found = warehouse.read(f"from evaluations qualify {NEWEST_FIRST} > $keep", keep=keep)
    else:
        return []
    named = set(_named(warehouse, config))
    gone = [one for one in map(Evaluation.of, found) if one.evaluation_id not in named]
    for one in gone:
        stored.remove(warehouse, one)
    rows = [
        {
            "what": "evaluation",
            "of": one.store,
            "batch": one.batch,
            "id": one.evaluation_id,
            "made_at": one.evaluated_at,
        }
        for one in gone
    ]
    return sorted(rows, key=lambda row: (row["of"], row["batch"], row["made_at"]))


def _named(warehouse: Warehouse, config: Config) -> Iterator[str]:
    """Yield the evaluations that mlmon.yml measures a store against."""
    for section in config.stores.values():
        text = section.reference.evaluation if section.reference else None
        if text:
            yield from (one.evaluation_id for one in stored.matching(warehouse, text))


def _runs(warehouse: Warehouse, keep: int | None) -> list[Row]:
    gone = [] if keep is None else warehouse.read(OLD_RUNS, runs=keep)
    for row in gone:
        for table in ("notifications", "step_runs", "scenario_runs"):
            warehouse.write(f"delete from {table} where run_id = $id", id=row["id"])
    return gone


def _predictions(warehouse: Warehouse, keep: int | None) -> list[Row]:
    gone = [] if keep is None else warehouse.read(OLD_PREDICTIONS, batches=keep)
    for row in gone:
        for table in ("predictions", "class_probabilities"):
            warehouse.write(
                f"delete from {table}"
                " where model = $model and dataset = $dataset and batch = $batch",
                model=row["of"],
                dataset=row["id"],
                batch=row["batch"],
            )
    return gone
