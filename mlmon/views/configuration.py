"""What mlmon.yml has now, as the views of the warehouse see it: what is no longer there decides
nothing.

The views `configured_...` read it from a row of `warehouse_state`, so that any client of the file
sees the same.
"""

import json
from collections.abc import Iterator
from typing import Any

from mlmon.config import Check, Config, Step
from mlmon.views import files, freshness
from mlmon.warehouse.sql import quoted, spelled
from mlmon.warehouse.warehouse import Warehouse

STATE = "configuration"


def store(warehouse: Warehouse, config: Config) -> None:
    """The warehouse has what mlmon.yml has."""
    if freshness.stored(warehouse, STATE) != (text := document(config)):
        freshness.store(warehouse, STATE, text)


def lay_over(warehouse: Warehouse, config: Config) -> None:
    """The views of this connection see what mlmon.yml has, though nothing can be written.

    A temporary view hides the table of its name. A view that the file does not have yet, which an
    older mlmon wrote last, is a temporary one too.
    """
    text = document(config)
    if freshness.stored(warehouse, STATE) == text:
        return
    database = warehouse.value("select current_database()")
    query = (
        f"from {quoted(database)}.main.warehouse_state where name <> $name"
        " union all select $name, $text"
    )
    warehouse.create("temp view", "warehouse_state", spelled(query, {"name": STATE, "text": text}))
    existing = warehouse.views()
    for view in files.ordered(files.file_views()):
        if view.floor == "marts" and view.name not in existing:
            warehouse.create("temp view", view.name, view.sql)


def document(config: Config) -> str:
    """Return what the views `configured_...` read, as JSON."""
    return json.dumps(
        {
            "names": list(_names(config)),
            "checks": list(_checks(config)),
            "steps": list(_steps(config)),
        },
        sort_keys=True,
    )


def _names(config: Config) -> Iterator[dict[str, Any]]:
    sections = {
        "dataset": config.datasets,
        "model": config.models,
        "store": config.stores,
        "scenario": config.scenarios,
    }
    for kind, section in sections.items():
        for position, name in enumerate(section, start=1):
            yield {"kind": kind, "name": name, "position": position}


def _checks(config: Config) -> Iterator[dict[str, Any]]:
    for name, section in config.stores.items():
        for check in section.checks:
            yield {
                "store": name,
                "model": section.model,
                "features": list(config.models[section.model].features),
                "check_name": check.name,
                "kind": check.kind,
                "metric": check.metric,
                "feature": check.feature,
                "segment": check.segment,
                "definition": _definition(config, check),
            }


def _definition(config: Config, check: Check) -> str | None:
    """Return the md5 of a check; a function's is not asked for, its module may be written anew."""
    return None if check.python else check.definition(config.folder)


def _steps(config: Config) -> Iterator[dict[str, Any]]:
    for name, section in config.scenarios.items():
        for position, step in enumerate(section.steps, start=1):
            verb, target = step.action
            yield {
                "scenario": name,
                "position": position,
                "step": step.name,
                "verb": verb,
                "target": target,
                "run_if": _condition(step),
            }


def _condition(step: Step) -> str:
    """Return the name of a step's condition, or of its kind."""
    condition = step.run_if
    return condition if isinstance(condition, str) else next(iter(type(condition).model_fields))
