"""The versions of a model in the warehouse: find one, load it, make one the active one."""

import json

from mlmon.errors import ModelNotTrained, UnknownName
from mlmon.models.records import Source
from mlmon.system.commands import command
from mlmon.warehouse.warehouse import Row, Warehouse, now


def active(warehouse: Warehouse, model: str) -> Row:
    """Return the row of the active version; raises ModelNotTrained."""
    query = "from model_versions where model = $model and is_active"
    row = warehouse.one(query, model=model)
    if row is None:
        todo = command("train", model)
        raise ModelNotTrained(f"model {model} has no version; run `{todo}` first")
    return row


def number(warehouse: Warehouse, model: str, version: int | str) -> Row:
    """Return the row of a version; raises UnknownName."""
    rows = warehouse.read("from model_versions where model = $model", model=model)
    for row in rows:
        if row["model_version"] == version:
            return row
    known = [row["model_version"] for row in rows]
    raise UnknownName(f"version of {model}", str(version), known)


def activate(warehouse: Warehouse, model: str, version: int) -> Row:
    """The version scores from now on; return its row. Raises UnknownName."""
    row = number(warehouse, model, version)
    if row["is_active"]:
        return row
    with warehouse.transaction():
        warehouse.write(
            "update model_versions set is_active = (model_version = $version), activated_at ="
            " case when model_version = $version then $now else activated_at end"
            " where model = $model",
            model=model,
            version=version,
            now=now(),
        )
    return number(warehouse, model, version)


def kinds(version: Row) -> dict[str, str]:
    """Return the version's input features in order, each numeric or categorical."""
    return dict(json.loads(version["features"]))


def source(version: Row) -> Source:
    """Return where the version's records are and how it reads them, as when it was trained."""
    return Source(
        version["model"],
        version["dataset"],
        version["key"],
        version["target"],
        kinds(version),
        version["task"],
        (version["model_version"],),
        version["category_format"],
    )
