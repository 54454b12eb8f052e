"""How a project shows itself: its dashboard in short, on a line, in a notebook."""

from typing import Any

from mlmon.config import Config
from mlmon.errors import require
from mlmon.quiet import quietly
from mlmon.report import words
from mlmon.report.summaries import Summary
from mlmon.warehouse import Warehouse


@quietly
class Shown:
    """What a project is to a reader; every figure is one of its dashboard."""

    config: Config
    warehouse: Warehouse

    def summary(self, dashboard: str = "default") -> Summary:
        """Return what the dashboard says: a title, a text, Markdown, a picture. Raises UnknownName.

        It is for a mail, a chat or a job's summary; no file is written.
        """
        from mlmon.report.digest import summarised

        return summarised(self._dashboard(dashboard))

    def __repr__(self) -> str:
        """Return the project on a line."""
        return f"<Project {words.short(self.config.project)}, {self.config.warehouse}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the verdict and the dashboard's figures."""
        from mlmon.report import notebook

        return notebook.project(self.config.project, self._dashboard)

    def _dashboard(self, name: str = "default") -> dict[str, Any]:
        """Return the facts of a dashboard. Raises UnknownName."""
        from mlmon.report.ask import in_zone
        from mlmon.report.dashboard import dashboard

        if name != "default":
            require("dashboard", name, self.config.dashboards)
        section = self.config.dashboards.get(name)
        wanted = section.model_dump() if section else {}
        read = in_zone(self.warehouse.read, self.config.time_zone)
        return dashboard(read, wanted, self.config.project, self.warehouse.tried)
