"""Triggers of events: what there is now, to be held against what was there at the last look."""

from mlmon.config import Config, Trigger
from mlmon.errors import SourceError
from mlmon.sources import files, register
from mlmon.warehouse import queries
from mlmon.warehouse.warehouse import Warehouse

Known = dict[str, str]  # what is there -> its state

RESULT = (
    "select md5(coalesce(string_agg(row, chr(10) order by row), '')) from"
    " (select to_json(found)::varchar as row from {} as found)"
)


def current(warehouse: Warehouse, config: Config, scenario: str, trigger: Trigger) -> Known | None:
    """Return what an event trigger can see now; None for a trigger of time.

    Anything in it that was not there before, or was different, is an event; what went is none.
    Raises QueryFailed; inside `Warehouse.attempt` that undoes nothing.
    """
    if trigger.new_data is not None:
        return _batches(warehouse, trigger.new_data, scenario) | _files(
            warehouse, config, trigger.new_data
        )
    if trigger.sql is not None:
        found = queries.relation(warehouse.tried, trigger.sql)
        (row,) = warehouse.tried(RESULT.format(found))
        return {"result": next(iter(row.values()))}
    return _ended(warehouse, trigger) if trigger.after is not None else None


def _batches(warehouse: Warehouse, dataset: str, scenario: str) -> Known:
    """Return batch -> fingerprint; what a run of the scenario itself has read is no news to it."""
    rows = warehouse.read(
        "select batch, fingerprint from batches as b where dataset = $dataset and not exists ("
        "from scenario_runs as r where r.scenario = $scenario and b.ingested_at >= r.started_at"
        " and (r.ended_at is null or b.ingested_at <= r.ended_at))",
        dataset=dataset,
        scenario=scenario,
    )
    return {row["batch"]: row["fingerprint"] for row in rows}


def _files(warehouse: Warehouse, config: Config, dataset: str) -> Known:
    """Return batch -> fingerprint of the files there are, read or not; of several by their name.

    A file of one batch is the same before and after it is read.
    """
    section = config.datasets[dataset]
    try:
        found = files.find(config.folder, section, dataset) if section.path else []
    except SourceError:
        return {}
    known = {}
    for source in found:
        try:
            fingerprint = register.fingerprint(warehouse, dataset, source)
            known[source.batch or f"files {source.name}"] = fingerprint
        except SourceError:  # it is still being put there, or was just taken away
            continue
    return known


def _ended(warehouse: Warehouse, trigger: Trigger) -> Known:
    rows = warehouse.read(
        "select run_id, outcome from scenario_runs where scenario = $name and ended_at is not null"
        " order by ended_at",
        name=trigger.after,
    )
    wanted = trigger.outcome
    return {row["run_id"]: row["outcome"] for row in rows if not wanted or row["outcome"] in wanted}
