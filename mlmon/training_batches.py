"""Which batches a training takes: those that mlmon.yml lists, or the newest when it starts."""

from mlmon.commands import command
from mlmon.config import Model
from mlmon.errors import BatchNotFound
from mlmon.literals import quoted
from mlmon.warehouse import Warehouse


def resolve(warehouse: Warehouse, model: Model) -> list[str]:
    """Return the batches that `train.batches` of a model means now, oldest first.

    `last N` are the N greatest names, `last N labelled` those among the batches that have a
    target; where there are fewer, all of them. Raises BatchNotFound when there are none.
    """
    wanted = model.train.batches
    if not isinstance(wanted, str):
        return list(wanted)
    _, count, *labels = wanted.split()
    known = labelled(warehouse, model.dataset, model.target) if labels else _all(warehouse, model)
    if not known:
        lack = f"has no batch with a value in {model.target}" if labels else "has no batch"
        raise BatchNotFound(
            f"train.batches is '{wanted}', but dataset {model.dataset} {lack}; "
            f"run `{command('ingest', model.dataset)}`"
        )
    return known[-int(count) :]


def labelled(warehouse: Warehouse, dataset: str, target: str) -> list[str]:
    """Return the batches of a dataset that have a record with a target, in order of their names."""
    if not warehouse.has(dataset):
        return []
    rows = warehouse.read(
        f"select distinct batch from {quoted(dataset)}"
        f" where {quoted(target)} is not null order by batch"
    )
    return [row["batch"] for row in rows]


def _all(warehouse: Warehouse, model: Model) -> list[str]:
    query = "select batch from batches where dataset = $dataset order by batch"
    return [row["batch"] for row in warehouse.read(query, dataset=model.dataset)]
