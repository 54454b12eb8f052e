"""A whole mlmon.yml as a frozen model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from mlmon.config.dashboards import Dashboard
from mlmon.config.datasets import Dataset
from mlmon.config.models import Model
from mlmon.config.retention import Retention
from mlmon.config.scenarios import Channel, Scenario
from mlmon.config.stores import Store
from mlmon.config.values import Section, Zone


class Config(Section):
    """A whole mlmon.yml; `folder` is where it stands, every path in it is relative to that."""

    version: Literal[1]
    project: str
    warehouse: str = "warehouse/mlmon.duckdb"
    lock_wait: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 60  # seconds
    time_zone: Zone = "UTC"  # of the times in reports
    datasets: Mapping[str, Dataset]
    models: Mapping[Annotated[str, Field(pattern=r"^[^/\\\\.][^/\\\\]*$")], Model] = {}
    stores: Mapping[str, Store] = {}
    scenarios: Mapping[str, Scenario] = {}
    channels: Mapping[str, Channel] = {}
    dashboards: Mapping[str, Dashboard] = {}
    views: str | None = None
    retention: Retention = Retention()
    folder: Annotated[Path, Field(exclude=True)] = Path()

    def path(self, relative: str) -> Path:
        """Return a path of the file, seen from where the file stands."""
        return self.folder / relative
