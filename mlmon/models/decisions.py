"""Decisions about which version of a model is active: each is a row that says why."""

from collections.abc import Mapping
from typing import Any

from mlmon.errors import UnknownName
from mlmon.models import versions
from mlmon.models.versions import Version
from mlmon.warehouse.warehouse import Row, Warehouse, now

ACTIVATED = "activated"
KEPT = "kept"
PREVIOUS = "previous"


def record(
    warehouse: Warehouse, version: Version, decided_by: str, facts: Mapping[str, Any]
) -> None:
    """The decision about a version is recorded and carried out.

    `facts` has `decision` and `reason`, and the figures where versions were compared. Writes
    `activation_decisions`, and `model_versions` when the version is activated.
    """
    model, number = version.model, version.model_version
    champion = _active(warehouse, model)
    last = "select coalesce(max(position), 0) from activation_decisions where model = $model"
    with warehouse.transaction():
        row = {
            "model": model,
            "position": warehouse.value(last, model=model) + 1,
            "challenger_version": number,
            "champion_version": champion,
            "decided_at": now(),
            "decided_by": decided_by,
            **facts,
        }
        warehouse.append("activation_decisions", [row])
        if row["decision"] == ACTIVATED:
            versions.activate(warehouse, model, number)


def by_hand(warehouse: Warehouse, model: str, wanted: int | str, decided_by: str) -> Version:
    """The version is active because somebody said so; return it.

    `wanted` is its number, or "previous": the one that was active before. Nothing is recorded when
    it is active already. Raises UnknownName.
    """
    back = wanted == PREVIOUS
    version = versions.number(warehouse, model, before(warehouse, model) if back else wanted)
    if version.is_active:
        return version
    reason = "rolled back to the version that was active before" if back else "activated by hand"
    record(warehouse, version, decided_by, {"decision": ACTIVATED, "reason": reason})
    return versions.number(warehouse, model, version.model_version)


def before(warehouse: Warehouse, model: str) -> int:
    """Return the version that was active before the active one; raises UnknownName.

    In a warehouse that is older than its first decision, the one that was activated last.
    """
    found = warehouse.value(
        "select champion_version from activation_decisions where model = $model"
        " and decision = $activated and champion_version is not null"
        " order by position desc limit 1",
        model=model,
        activated=ACTIVATED,
    ) or warehouse.value(
        "select model_version from model_versions where model = $model and not is_active"
        " and activated_at is not null order by activated_at desc, model_version desc limit 1",
        model=model,
    )
    if found is None:
        raise UnknownName(f"version of {model} that was active before", PREVIOUS)
    return int(found)


def in_words(decision: Row) -> str:
    """Return which version is active since a decision, and why where versions were compared."""
    version, model = decision["challenger_version"], decision["model"]
    if decision["decision"] == KEPT:
        return (
            f"version {version} of {model} is kept inactive, version "
            f"{decision['champion_version']} stays active: {decision['reason']}"
        )
    why = f": {decision['reason']}" if decision.get("metric") else ""
    return f"version {version} of {model} is active{why}"


def last_in_words(warehouse: Warehouse, model: str) -> str:
    """Return the newest decision about a model in words."""
    query = "from activation_decisions where model = $model order by position desc limit 1"
    return in_words(warehouse.one(query, model=model) or {})


def _active(warehouse: Warehouse, model: str) -> int | None:
    query = "select model_version from model_versions where model = $model and is_active"
    number: int | None = warehouse.value(query, model=model)
    return number
