"""The flow: what feeds what, and what of it is out of date, by the reasons that the plan acts on.

Rows only: nodes (id, kind, name, store of a check, zone: the model that it belongs to, state,
reasons, each with the command to type) and edges (source, target: ids of nodes).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mlmon import plan
from mlmon.config import Check, Config, Reference, Scenario
from mlmon.errors import EvaluationNotFound, MlmonError, ModelNotTrained
from mlmon.evaluations import references, stored
from mlmon.evaluations.request import Request
from mlmon.models import versions
from mlmon.models.versions import Version
from mlmon.plan import Planned
from mlmon.sources import batches
from mlmon.train import batches as training_batches
from mlmon.warehouse.warehouse import Row, Warehouse

CURRENT, OUTDATED, UNKNOWN = "CURRENT", "OUTDATED", "UNKNOWN"


@dataclass
class Flow:
    """The rows so far, and what is known of datasets and models on the way."""

    warehouse: Warehouse
    config: Config
    nodes: list[Row] = field(default_factory=list)
    edges: list[Row] = field(default_factory=list)
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)  # dataset -> batch, read or not
    active: dict[str, Version | None] = field(default_factory=dict)  # model -> its version
    needs: dict[tuple[str, str], list[Planned]] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        name: str,
        sources: list[int],
        planned: list[Planned],
        *,
        state: str | None = CURRENT,
        zone: str | None = None,
        store: str | None = None,
    ) -> int:
        """There is a node, fed by these others; return its id. With reasons it is out of date."""
        node = len(self.nodes)
        self.ids[kind, name] = node
        reasons = [{"reason": one.reason, "command": said(one)} for one in planned]
        self.nodes.append(
            {
                "id": node,
                "kind": kind,
                "name": name,
                "store": store,
                "zone": zone,
                "state": OUTDATED if planned and state != UNKNOWN else state,
                "reasons": reasons,
            }
        )
        self.edges += [{"source": one, "target": node} for one in dict.fromkeys(sources)]
        return node

    def outdated(self, node: int) -> bool:
        """Return whether a node is out of date."""
        return bool(self.nodes[node]["state"] == OUTDATED)


def flow(warehouse: Warehouse, config: Config) -> dict[str, list[Row]]:
    """Return `nodes` and `edges`: datasets, models, stores, checks, scenarios, dashboards.

    Data files are read for their fingerprints only, and nothing is written.
    """
    made = Flow(warehouse, config)
    for name in config.datasets:
        _dataset(made, name)
    for name in config.models:
        _model(made, name)
    for name in config.stores:
        _store(made, name)
    for name, section in config.scenarios.items():
        _scenario(made, name, section)
    for name, board in config.dashboards.items():
        stores = [tile.store for tile in board.tiles if tile.store] or list(config.stores)
        made.add("dashboard", name, _outlets(made, stores), [], state=None)
    return {"nodes": made.nodes, "edges": made.edges}


def said(planned: Planned) -> str:
    """Return the command of a verb that is out of date; nothing when only code can do it."""
    return planned.command if planned.verb else ""


def nothing(reason: str) -> Planned:
    """Return a reason that no command removes."""
    return Planned("", "", "", reason)


# Each kind of node ------------------------------------------------------------


def _dataset(made: Flow, name: str) -> None:
    section = made.config.datasets[name]
    waiting = batches.unread(made.warehouse, made.config, name)
    if known := [*training_batches.known(made.warehouse, name), *waiting]:
        made.newest[name] = max(known)
    users = [model for model, other in made.config.models.items() if other.dataset == name]
    planned = list(_files(name, waiting))
    if not known:
        reason = "no batch was ever read"
        planned = [Planned("ingest", name, "", reason) if section.path else nothing(reason)]
    state = CURRENT
    if known and section.path is not None and section.batching.by != "file":
        planned = [Planned("ingest", name, "", "only reading its files tells what is new in them")]
        state = UNKNOWN
    zone = users[0] if len(users) == 1 else None
    made.add("dataset", name, [], planned, state=state, zone=zone)


def _files(dataset: str, waiting: Mapping[str, str]) -> Iterator[Planned]:
    """Yield that a file, or that several, must be read."""
    if not waiting:
        return
    batch, reason = max(waiting.items())
    if len(waiting) == 1:
        yield Planned("ingest", dataset, batch, reason)
    else:
        more = f"{reason}, and so with {len(waiting) - 1} more that are new or have changed"
        yield Planned("ingest", dataset, "", more)


def _model(made: Flow, name: str) -> None:
    section = made.config.models[name]
    try:
        version: Version | None = versions.active(made.warehouse, name)
    except ModelNotTrained:
        version = None
    made.active[name] = version
    batch = made.newest.get(section.dataset)
    planned: list[Planned] = []
    if version is None:
        planned = [Planned("train", name, "", "it has no version yet")]
    else:
        known = batches.stored(made.warehouse, version.dataset)
        changes = references.changes(version, known, None)
        planned = [Planned("train", name, "", change) for change in changes]
        if batch is not None:
            stores = [store for store in made.config.stores.values() if store.model == name]
            wanted = [store.reference for store in stores]
            scores = [one for each in wanted for one in _needs(made, version, batch, each)]
            planned += [
                replace(one, reason=f"batch {one.batch}: {one.reason}")
                for one in dict.fromkeys(scores)
                if one.verb == "score"
            ]
    made.add("model", name, [made.ids["dataset", section.dataset]], planned, zone=name)


def _needs(made: Flow, version: Version, batch: str, reference: Reference | None) -> list[Planned]:
    """Return what the plan would do before it evaluates; nothing when there is no reference."""
    key = (version.model, repr(reference))
    if key not in made.needs:
        try:
            against = references.of(made.warehouse, version, reference)
            found = plan.of(made.warehouse, made.config, version, batch, against)
        except MlmonError:  # the reference is gone: the store says so
            found = []
        made.needs[key] = found
    return made.needs[key]


def _store(made: Flow, name: str) -> None:
    section = made.config.stores[name]
    version = made.active[section.model]
    batch = made.newest.get(made.config.models[section.model].dataset)
    if version is None:
        planned = [nothing(f"{section.model} has no version yet")]
    elif batch is None:
        planned = [nothing(f"there is no batch of {version.dataset} yet")]
    else:
        reason = _evaluation_reason(made, name, version, batch)
        planned = [Planned("evaluate", name, batch, reason)] if reason else []
    store = made.add("store", name, [made.ids["model", section.model]], planned, zone=section.model)
    for check in section.checks:
        waits = made.outdated(store)
        why = f"{name} is out of date" if waits else _check_reason(made, name, check)
        todo = [Planned("check", name, batch or "", why)] if why else []
        made.add("check", check.name, [store], todo, zone=section.model, store=name)


def _evaluation_reason(made: Flow, store: str, version: Version, batch: str) -> str | None:
    """Return why the newest batch must be evaluated, or None: `evaluate` would do nothing."""
    number, reference = version.model_version, made.config.stores[store].reference
    for need in _needs(made, version, batch, reference):
        if need.verb == "ingest":
            return f"batch {batch} is not evaluated as it is now: {need.reason}"
    try:
        against = references.of(made.warehouse, version, reference)
        request = Request.of(made.warehouse, made.config, store, batch, version, against)
    except MlmonError as error:
        return str(error)
    if request.existing and not request.existing.is_aside:
        return None
    query = (
        "select max(model_version) from evaluations"
        " where store = $store and batch = $batch and is_aside is not true"
    )
    other = made.warehouse.value(query, store=store, batch=batch)
    if other is None:
        return f"batch {batch} is not evaluated yet"
    if other != number:
        return f"batch {batch} is evaluated with version {other}, and version {number} is active"
    return f"batch {batch}, the reference or a setting has changed since it was evaluated"


def _check_reason(made: Flow, store: str, check: Check) -> str | None:
    """Return why a check must run, or None when its newest result is of what is there now."""
    try:
        latest = stored.find(made.warehouse, store)
    except EvaluationNotFound:
        return f"{store} has no evaluation yet"
    result = made.warehouse.one(
        "from check_results where store = $store and check_name = $check and evaluation_id = $id"
        " order by checked_at desc",
        store=store,
        check=check.name,
        id=latest.evaluation_id,
    )
    if result is None:
        return f"it has not run on the evaluation of batch {latest.batch}"
    if result["definition"] != check.definition(made.config.folder):
        return "its limits have changed since it ran"
    return None


def _scenario(made: Flow, name: str, section: Scenario) -> None:
    stores = [
        target
        for verb, target in (step.action for step in section.steps)
        if verb in ("evaluate", "check")
    ]
    models = {made.config.stores[store].model for store in stores if store in made.config.stores}
    query = "select 1 from scenario_runs where scenario = $name and ended_at is null"
    open_run = made.warehouse.one(query, name=name)
    planned = [Planned("run", name, "", "a run of it has not ended")] if open_run else []
    zone = models.pop() if len(models) == 1 else None
    made.add("scenario", name, _outlets(made, stores), planned, state=None, zone=zone)


def _outlets(made: Flow, stores: list[Any]) -> list[int]:
    """Return the nodes through which stores feed what follows: their checks, else themselves."""
    found: list[int] = []
    for store in dict.fromkeys(stores):
        checks = [row["id"] for row in made.nodes if row["store"] == store]
        found += checks or [made.ids["store", store]]
    return found
