"""Names in mlmon.yml that stand for nothing, or for what they must not."""

from collections.abc import Container, Iterator
from graphlib import CycleError, TopologicalSorter

from mlmon.config import triggers
from mlmon.config.dashboards import foreign
from mlmon.config.sections import Config
from mlmon.warehouse import metrics
from mlmon.warehouse.tables import TABLES

FILE = "mlmon.yml"
RESERVED = {table.name for table in TABLES} | metrics.views()
PREFIXES = ("scored_", "mlmon_")  # of relations that mlmon makes by these names

Location = tuple[int | str, ...]


def mistakes(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield where a name is wrong, and why."""
    yield from _relations(config)
    yield from _unknown_names(config)
    yield from _circles(config)
    yield from _foreign_data(config)
    yield from triggers.misplaced(config.scenarios, config.datasets)


def _relations(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield the names of which no relation can be made, or two would be the same one."""
    named = {"datasets": config.datasets, "models": config.models, "stores": config.stores}
    for section, names in named.items():
        alike: dict[str, str] = {}
        for name in names:
            if not name.strip() or not name.isprintable():
                yield (section, name), "a name is of letters that can be seen"
            if (other := alike.setdefault(name.lower(), name)) != name:
                yield (section, name), f"there is {other} too, and case makes no difference"
    for name in config.datasets:
        if name.lower() in RESERVED or name.lower().startswith(PREFIXES):
            yield ("datasets", name), "this is the name of one of mlmon's own relations"
    scored = {name.lower(): f"dataset {name}" for name in config.datasets}
    first: set[str] = set()
    for name, model in config.models.items():
        relation = f"{model.dataset}_{name}"  # of a further model of the dataset
        if model.dataset not in first:
            first.add(model.dataset)
            continue
        if twin := scored.get(relation.lower()):
            yield ("models", name), f"scored_{relation} would also be the view of {twin}"
        scored[relation.lower()] = f"model {name}"


def _circles(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield the scenarios that would run themselves, and parameters that a scenario lacks."""
    runs: dict[str, set[str]] = {}
    for name, scenario in config.scenarios.items():
        runs[name] = {step.run for step in scenario.steps if step.run}
        for position, step in enumerate(scenario.steps):
            other = config.scenarios.get(step.run or "")
            for given in step.parameters if other else ():
                if other and given not in other.parameters:
                    place = ("scenarios", name, "steps", position, "parameters", given)
                    yield place, f"scenario {step.run} has no such parameter"
    try:
        TopologicalSorter(runs).prepare()
    except CycleError as error:
        circle = error.args[1]
        yield ("scenarios", circle[0]), f"it would run itself: {' -> '.join(reversed(circle))}"


def _unknown_names(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield where a name stands for nothing."""
    if config.views is not None and not config.path(config.views).is_dir():
        yield ("views",), f"there is no folder '{config.views}' beside {FILE}"
    for location, kind, name, known in _uses(config):
        if name not in known:
            yield location, f"no {kind} is called '{name}'"


def _uses(config: Config) -> Iterator[tuple[Location, str, str, Container[str]]]:
    """Yield every use of a name: where, of what kind, the name, and which there are."""
    for name, model in config.models.items():
        yield ("models", name, "dataset"), "dataset", model.dataset, config.datasets
    for name, store in config.stores.items():
        yield ("stores", name, "model"), "model", store.model, config.models
    objects: dict[str, tuple[str, Container[str]]] = {
        "ingest": ("dataset", config.datasets),
        "train": ("model", config.models),
        "score": ("model", config.models),
        "evaluate": ("store", config.stores),
        "check": ("store", config.stores),
        "report": ("dashboard", {"default", *config.dashboards}),
        "run": ("scenario", config.scenarios),
    }
    for name, scenario in config.scenarios.items():
        for position, step in enumerate(scenario.steps):
            verb, target = step.action
            if verb in objects:
                yield (
                    ("scenarios", name, "steps", position, verb),
                    objects[verb][0],
                    target,
                    (objects[verb][1]),
                )
            for number, channel in enumerate(step.to):
                told = ("scenarios", name, "steps", position, "to", number)
                yield told, "channel", channel, config.channels
        for position, reporter in enumerate(scenario.reporters):
            for number, channel in enumerate(reporter.to):
                heard = ("scenarios", name, "reporters", position, "to", number)
                yield heard, "channel", channel, config.channels
    for name, dashboard in config.dashboards.items():
        for position, tile in enumerate(dashboard.tiles):
            place = ("dashboards", name, "tiles", position)
            if tile.store:
                yield (*place, "store"), "store", tile.store, config.stores
            if tile.scenario:
                yield (*place, "scenario"), "scenario", tile.scenario, config.scenarios
            if tile.model:
                yield (*place, "model"), "model", tile.model, config.models


def _foreign_data(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield where the chart of a tile would not draw the rows of its query alone."""
    for name, dashboard in config.dashboards.items():
        for position, tile in enumerate(dashboard.tiles):
            for place, why in foreign(tile.chart):
                yield ("dashboards", name, "tiles", position, "chart", *place), why
