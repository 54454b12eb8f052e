"""Which batches a training takes: those that mlmon.yml lists, or the newest when it starts."""

from mlmon.config import Model
from mlmon.errors import BatchNotFound
from mlmon.system.commands import command
from mlmon.warehouse.sql import quoted
from mlmon.warehouse.warehouse import Warehouse


def resolve(warehouse: Warehouse, model: Model) -> list[str]:
    """Return the batches that `train.batches` of a model means now, oldest first.

    `last N` are the N greatest names, `last N labelled` those among the batches that have a
    target; where there are fewer, all of them. Raises BatchNotFound when there are none.
    """
    wanted = model.train.batches
    if not isinstance(wanted, str):
        return list(wanted)
    _, count, *labels = wanted.split()
    dataset = model.dataset
    batches = labelled(warehouse, dataset, model.target) if labels else known(warehouse, dataset)
    if not batches:
        lack = f"has no batch with a value in {model.target}" if labels else "has no batch"
        raise BatchNotFound(
            f"train.batches is '{wanted}', but dataset {model.dataset} {lack}; "
            f"run `{command('ingest', model.dataset)}`"
        )
    return batches[-int(count) :]


def labelled(warehouse: Warehouse, dataset: str, target: str) -> list[str]:
    """Return those `known` batches of a dataset that have a record with a target."""
    if not warehouse.has(dataset):
        return []
    rows = warehouse.read(
        f"select distinct batch from {quoted(dataset)} where {quoted(target)} is not null and batch"
        " not in (select batch from upcoming_batches where dataset = $dataset) order by batch",
        dataset=dataset,
    )
    return [row["batch"] for row in rows]


def known(warehouse: Warehouse, dataset: str) -> list[str]:
    """Return the batches of a dataset in order of their names; none that starts after now."""
    rows = warehouse.read(
        "from batches anti join upcoming_batches using (dataset, batch)"
        " where dataset = $dataset order by batch",
        dataset=dataset,
    )
    return [row["batch"] for row in rows]
