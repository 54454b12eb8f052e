"""A whole mlmon.yml as a frozen model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from mlmon.config.dashboards import Dashboard
from mlmon.config.datasets import Dataset
from mlmon.config.models import Model
from mlmon.config.scenarios import Channel, Scenario
from mlmon.config.stores import Store
from mlmon.config.values import LONGEST, Count, Section, Zone

# ---- `retention:` of mlmon.yml: how much of the past `mlmon prune` leaves


class Retention(Section):
    """How many are kept: evaluations per store, runs per scenario, scored batches per model.

    What is not named is kept for ever.
    """

    evaluations: Count | None = Field(default=None, description="So many per store.")
    runs: Count | None = Field(default=None, description="So many per scenario.")
    predictions: Count | None = Field(
        default=None, description="Of so many scored batches per model."
    )


class Config(Section):
    """A whole mlmon.yml; `folder` is where it stands, every path in it is relative to that."""

    version: Literal[1] = Field(description="The version of this file's form: 1.")
    project: str = Field(description="What the project is called.")
    warehouse: str = Field(
        default="warehouse/mlmon.duckdb", description="The DuckDB file, beside mlmon.yml."
    )
    lock_wait: float = Field(
        default=60,
        ge=0,
        le=LONGEST,
        description="Seconds to wait for another process that holds the warehouse.",
    )
    time_zone: Zone = Field(
        default="UTC", description="The zone of the times on pages, such as Europe/Berlin."
    )
    datasets: Mapping[str, Dataset] = Field(description="Where records come from, by name.")
    models: Mapping[Annotated[str, Field(pattern=r"^[^/\\\\.][^/\\\\]*$")], Model] = Field(
        default={}, description="What is predicted, from what, by name."
    )
    stores: Mapping[str, Store] = Field(
        default={}, description="What is evaluated, with which checks, by name."
    )
    scenarios: Mapping[str, Scenario] = Field(
        default={}, description="Steps, and what starts them, by name."
    )
    channels: Mapping[str, Channel] = Field(default={}, description="Where messages go, by name.")
    dashboards: Mapping[str, Dashboard] = Field(
        default={}, description="Pages of tiles, by name; `default` is reports/index.html."
    )
    views: str | None = Field(
        default=None, description="A folder beside mlmon.yml with .sql views of your own."
    )
    retention: Retention = Field(
        default=Retention(), description="What `mlmon prune` leaves; by default everything."
    )
    folder: SkipJsonSchema[Annotated[Path, Field(exclude=True)]] = Path()

    def path(self, relative: str) -> Path:
        """Return a path of the file, seen from where the file stands."""
        return self.folder / relative
