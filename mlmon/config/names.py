"""Names in mlmon.yml that stand for nothing, or for what they must not."""

from collections.abc import Container, Iterator
from graphlib import CycleError, TopologicalSorter

from mlmon.config import triggers
from mlmon.config.dashboards import foreign
from mlmon.config.scenarios import ACTIONS
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
    names: dict[str, Container[str]] = {
        "channel": config.channels,
        "dashboard": {"default", *config.dashboards},
        "dataset": config.datasets,
        "model": config.models,
        "scenario": config.scenarios,
        "store": config.stores,
    }
    for location, kind, name in _uses(config):
        if name not in names[kind]:
            yield location, f"no {kind} is called '{name}'"


def _uses(config: Config) -> Iterator[tuple[Location, str, str]]:
    """Yield every use of a name: where, of what kind, the name."""
    for name, model in config.models.items():
        yield ("models", name, "dataset"), "dataset", model.dataset
    for name, store in config.stores.items():
        yield ("stores", name, "model"), "model", store.model
    for name, scenario in config.scenarios.items():
        for position, step in enumerate(scenario.steps):
            place: Location = ("scenarios", name, "steps", position)
            verb, target = step.action
            if kind := ACTIONS[verb].of:
                yield (*place, verb), kind, target
            for number, channel in enumerate(step.to):
                yield (*place, "to", number), "channel", channel
        for position, reporter in enumerate(scenario.reporters):
            for number, channel in enumerate(reporter.to):
                yield ("scenarios", name, "reporters", position, "to", number), "channel", channel
    for name, dashboard in config.dashboards.items():
        for position, tile in enumerate(dashboard.tiles):
            place = ("dashboards", name, "tiles", position)
            for key in ("store", "scenario", "model"):
                if target := getattr(tile, key):
                    yield (*place, key), key, target


def _foreign_data(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield where the chart of a tile would not draw the rows of its query alone."""
    for name, dashboard in config.dashboards.items():
        for position, tile in enumerate(dashboard.tiles):
            for place, why in foreign(tile.chart):
                yield ("dashboards", name, "tiles", position, "chart", *place), why
