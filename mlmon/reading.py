"""What can be asked of a project; but for opening it, nothing here writes to the warehouse.

Modules are imported where they are used: they load ibis and scipy, which most questions do not
need.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlmon import alerts, configuration, made_views
from mlmon.config import Config
from mlmon.errors import ConfigError, QueryFailed, reason, require
from mlmon.quiet import quietly
from mlmon.shown import Shown
from mlmon.warehouse import Row, Warehouse, now

DATASETS = (
    "metrics",
    "evaluation_history",
    "feature_drift",
    "prediction_drift",
    "performance_drift",
    "check_results",
)


@quietly
class Reading(Shown):
    """mlmon.yml and its warehouse, to be asked; `Project` has the verbs."""

    def __init__(self, config: Config, *, read_only: bool = False) -> None:
        """Open the warehouse and bring its views up to date."""
        self.config = config
        path = config.path(config.warehouse)
        self.warehouse = Warehouse(path, read_only=read_only, wait=config.lock_wait)
        try:
            if read_only:
                configuration.lay_over(self.warehouse, config)
            else:
                self._renew_views()
        except BaseException:
            self.close()
            raise

    def _renew_views(self) -> None:
        """The views are what the files, mlmon.yml and the versions make of them; so are alerts."""
        if made_views.is_current(self.warehouse, self.config):
            return
        from mlmon import generated, project_views

        configuration.store(self.warehouse, self.config)
        generated.refresh(self.warehouse, self.config)
        alerts.retire(self.warehouse, now())
        project_views.refresh(self.warehouse, self.config)
        made_views.remember(self.warehouse, self.config)

    def __enter__(self) -> Self:
        """Return the project."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the warehouse."""
        self.close()

    def close(self) -> None:
        """Let the warehouse's file go."""
        self.warehouse.close()

    def status(self) -> list[Row]:
        """Return where everything stands: a row per dataset, model, store, check and scenario."""
        return self.warehouse.read("from project_status")

    def alerts(self, *, everything: bool = False) -> list[Row]:
        """Return the alerts that are open or acknowledged (resolved ones too), newest first."""
        return alerts.listed(self.warehouse, everything)

    def models(self, model: str | None = None) -> list[Row]:
        """Return the versions of a model (of all), newest first, with their test score."""
        if model:
            require("model", model, self.config.models)
        return self.warehouse.read(
            "from model_history where coalesce(model = $model, $model is null)"
            " order by model, model_version desc",
            model=model,
        )

    def decisions(self, model: str | None = None) -> list[Row]:
        """Return why versions of a model (of all) became active or were kept, newest first."""
        if model:
            require("model", model, self.config.models)
        return self.warehouse.read(
            "from activation_decisions where coalesce(model = $model, $model is null)"
            " order by model, position desc",
            model=model,
        )

    def plan(
        self, store: str, *, batch: str | None = None, against: str | None = None
    ) -> list[Row]:
        """Return what `evaluate` would do, in order: verb, target, batch, reason, command."""
        from mlmon import plan

        section = require("store", store, self.config.stores)
        dataset = self.config.models[section.model].dataset
        batch = batch or plan.newest_batch(self.warehouse, dataset)
        steps = plan.for_evaluation(self.warehouse, self.config, store, batch, against=against)
        shown = ("verb", "target", "batch", "reason", "command")
        return [{name: getattr(step, name) for name in shown} for step in steps]

    def schedule(self) -> list[Row]:
        """Return what each trigger waits for and when it is due next, UTC, the next one first."""
        from mlmon.schedule import times

        return times.upcoming(self.config)

    def table(self, name: str) -> Any:
        """Return a table or view as an ibis table. Raises UnknownName."""
        relations = self.warehouse.read("select table_name from duckdb_tables() where not internal")
        relations += self.warehouse.read("select view_name from duckdb_views() where not internal")
        require("table", name, {next(iter(row.values())): None for row in relations})
        return self.warehouse.ibis.table(name)

    def sql(self, query: str) -> Any:
        """Return the rows of a query, one select that only reads, as an ibis table.

        Raises QueryFailed.
        """
        from mlmon.queries import relation

        found = relation(self.warehouse.tried, query)
        self.warehouse.tried(f"describe from {found}")
        try:
            return self.warehouse.ibis.sql(f"select * from {found}", dialect="duckdb")
        except Exception as error:  # a type that ibis does not know, say
            raise QueryFailed(reason(error)) from error

    def export(
        self,
        format: str = "parquet",
        directory: str | os.PathLike[str] = "exports",
        names: Iterable[str] = DATASETS,
    ) -> list[Path]:
        """Each named view or table is a file in the folder; return the files.

        Formats: parquet, csv; prometheus makes mlmon.prom with the newest figures there, or the
        file that is named if it ends so. A file is replaced as a whole. Raises ConfigError,
        MissingExtra.
        """
        from mlmon import exports, prometheus

        if format == "prometheus":
            return [prometheus.write(self.warehouse, Path(directory))]
        return exports.export(self.warehouse, format, Path(directory), names)

    def export_mlflow(
        self,
        tracking_uri: str | None = None,
        experiment: str | None = None,
        *,
        model: str | None = None,
        evaluation: str | None = None,
    ) -> list[Row]:
        """Every version and evaluation (of a model) is a finished run in MLflow, or one evaluation.

        Return a row per run that was made or completed: kind, name, run_id; what has its run
        already has no other. By default at MLFLOW_TRACKING_URI, in an experiment of the project's
        name. Raises UnknownName, EvaluationNotFound, ConfigError, MissingExtra, ArtifactError,
        MlmonError.
        """
        from mlmon import entries, mlflow

        if model and evaluation:
            raise ConfigError("give --model or --evaluation, not both")
        if model:
            require("model", model, self.config.models)
        wanted = (
            [entries.one(self.warehouse, evaluation)]
            if evaluation
            else entries.everything(self.warehouse, model)
        )
        name = experiment or self.config.project
        return mlflow.log(self.warehouse, wanted, name, tracking_uri)

    def publish(self, path: str | os.PathLike[str]) -> Path:
        """A consistent copy of the warehouse is at the path, replaced as a whole; return it."""
        from mlmon import exports

        return exports.publish(self.warehouse, Path(path))

    # Keeping ------------------------------------------------------------------

    def doctor(self, *, repair: bool = False) -> list[Row]:
        """Return what is wrong: rule, outcome (ERROR, WARNING), message, advice; none if well.

        With `repair` what can be mended without a loss is, and `mended` says which it was.
        """
        from mlmon import doctor

        return (doctor.repair if repair else doctor.examine)(self.warehouse, self.config)

    def backup(self, directory: str | os.PathLike[str]) -> Path:
        """A new folder holds a copy of the warehouse and its artifacts; return it.

        Raises ConfigError when the folder is there already.
        """
        from mlmon import exports

        return exports.backup(self.warehouse, Path(directory))
