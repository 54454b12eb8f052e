"""A project: mlmon.yml and its warehouse. One method a verb; the command line is the same list.

Verbs are imported where they are used: they load scikit-learn and ibis, which reading does not
need.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlmon.config import Config, load
from mlmon.errors import require
from mlmon.results import CheckResult, Evaluation, ModelVersion, ScenarioRun, StepRun
from mlmon.warehouse import Row, Warehouse

DATASETS = (
    "metrics",
    "evaluation_history",
    "feature_drift",
    "prediction_drift",
    "performance_drift",
    "check_results",
)


def open(folder: str | os.PathLike[str] = ".", *, read_only: bool = False) -> "Project":
    """Return the project whose mlmon.yml stands in a folder; the warehouse is made if need be.

    Raises ConfigError, WarehouseLocked; with `read_only` WarehouseNotFound.
    """
    return Project(load(Path(folder)), read_only=read_only)


class Project:
    """mlmon.yml and its warehouse; close it, or use it in a `with`, to let the file go."""

    def __init__(self, config: Config, *, read_only: bool = False) -> None:
        """Open the warehouse and bring its views up to date."""
        self.config = config
        self.warehouse = Warehouse(config.path(config.warehouse), read_only=read_only)
        if not read_only:
            from mlmon import generated, project_views

            try:
                generated.refresh(self.warehouse, self.config)
                project_views.refresh(self.warehouse, self.config)
            except BaseException:
                self.close()
                raise

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

    # Verbs --------------------------------------------------------------------

    def ingest(
        self,
        dataset: str,
        frame: Any = None,
        *,
        batches: Sequence[str] = (),
        batch: str | None = None,
    ) -> list[str]:
        """New and changed files (of these batches), or a frame, are batches; return those written.

        Raises UnknownName, SourceError, BatchNotFound.
        """
        from mlmon import ingest, project_views

        require("dataset", dataset, self.config.datasets)
        if frame is not None:
            written = ingest.ingest_frame(self.warehouse, self.config, dataset, frame, batch)
        else:
            chosen = [*_names(batches), *([batch] if batch else [])]
            written = ingest.ingest(self.warehouse, self.config, dataset, chosen)
        project_views.follow(self.warehouse, self.config)
        return written

    def delete_batch(self, dataset: str, batch: str) -> None:
        """The batch and its records are gone. Raises UnknownName, BatchNotFound, BatchInUse."""
        from mlmon import ingest

        require("dataset", dataset, self.config.datasets)
        ingest.delete_batch(self.warehouse, self.config, dataset, batch)

    def train(
        self, model: str, *, batches: Sequence[str] = (), created_by: str = "Python API"
    ) -> ModelVersion:
        """A new version, trained on mlmon.yml's batches or these, is active; return it."""
        from mlmon import project_views, train

        require("model", model, self.config.models)
        row = train.train(self.warehouse, self.config, model, _names(batches), created_by)
        project_views.follow(self.warehouse, self.config)
        return ModelVersion.of(row)

    def score(self, model: str, *, batches: Sequence[str] = ()) -> int:
        """The batches (the newest one) are scored by the active version; return the records."""
        from mlmon import plan, score

        section = require("model", model, self.config.models)
        chosen = _names(batches) or [plan.newest_batch(self.warehouse, section.dataset)]
        return sum(score.score(self.warehouse, self.config, model, batch) for batch in chosen)

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

    def evaluate(
        self,
        store: str,
        *,
        batch: str | None = None,
        against: str | None = None,
        only_this: bool = False,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Evaluation:
        """The batch (the newest one) is evaluated, what is out of date upstream first.

        Measured against the store's reference or, once and aside from its history and checks,
        `against` a batch or an evaluation (id, its beginning, or name). Raises UnknownName,
        ModelNotTrained, BatchNotFound, NoTarget; with `only_this` NotScored.
        """
        from mlmon import plan

        require("store", store, self.config.stores)
        row = plan.evaluate(
            self.warehouse,
            self.config,
            store,
            batch,
            only_this=only_this,
            against=against,
            name=name,
            labels=labels,
        )
        return Evaluation.of(row, labels=json.loads(row["labels"]), warehouse=self.warehouse)

    def delete_evaluation(self, evaluation_id: str) -> None:
        """The evaluation and its figures are gone. Raises EvaluationNotFound."""
        from mlmon import evaluations

        evaluations.delete(self.warehouse, evaluation_id)

    def check(self, store: str | None = None, *, batch: str | None = None) -> list[CheckResult]:
        """The checks of the store (of all) have new results on its latest evaluation; return them.

        Raises UnknownName, EvaluationNotFound.
        """
        from mlmon import check

        if store:
            require("store", store, self.config.stores)
        rows = check.check(self.warehouse, self.config, store, batch)
        return [CheckResult.of(row) for row in rows]

    def run(self, scenario: str, *, trigger: str = "manual") -> ScenarioRun:
        """The scenario has run, or its interrupted run is finished; return the run."""
        from mlmon import scenario as scenarios

        require("scenario", scenario, self.config.scenarios)
        row = scenarios.run(
            self.warehouse, self.config, scenario, lambda name: str(self.report(name)), trigger
        )
        return ScenarioRun.of(row, steps=[StepRun.of(step) for step in row["steps"]])

    def report(
        self,
        dashboard: str = "default",
        *,
        evaluation: str | None = None,
        directory: str | os.PathLike[str] | None = None,
        compare: Sequence[str] = (),
        champion: str | None = None,
    ) -> Path:
        """The pages show what the warehouse holds; return the path of index.html.

        With `compare`, two to twelve evaluations (id, its beginning, or name; STORE/BATCH) and
        versions (MODEL/VERSION), return that of a page that shows them side by side; the first,
        or the `champion`, is what the others differ from. Raises UnknownName, ConfigError,
        EvaluationNotFound.
        """
        from mlmon.report.site import write_report

        if dashboard != "default":
            require("dashboard", dashboard, self.config.dashboards)
        dashboards = {
            name: section.model_dump() for name, section in self.config.dashboards.items()
        }
        return write_report(
            self.warehouse.read,
            dashboards,
            Path(directory or self.config.path("reports")),
            project=self.config.project,
            dashboard=dashboard,
            evaluation=evaluation,
            zone=self.config.time_zone,
            compare=_names(compare),
            champion=champion,
        )

    # Models -------------------------------------------------------------------

    def models(self, model: str | None = None) -> list[Row]:
        """Return the versions of a model (of all), newest first, with their test score."""
        if model:
            require("model", model, self.config.models)
        return self.warehouse.read(
            "from model_history where coalesce(model = $model, $model is null)"
            " order by model, model_version desc",
            model=model,
        )

    def activate(self, model: str, version: int) -> ModelVersion:
        """The version scores from now on; return it. Raises UnknownName."""
        from mlmon import versions

        require("model", model, self.config.models)
        return ModelVersion.of(versions.activate(self.warehouse, model, version))

    # Reading ------------------------------------------------------------------

    def status(self) -> list[Row]:
        """Return where everything stands: a row per dataset, model, store, check and scenario."""
        return self.warehouse.read("from project_status")

    def schedule(self) -> list[Row]:
        """Return when each trigger is due next, UTC, the next one first."""
        from mlmon import schedule

        return schedule.upcoming(self.config)

    def table(self, name: str) -> Any:
        """Return a table or view as an ibis table. Raises UnknownName."""
        relations = self.warehouse.read("select table_name from duckdb_tables() where not internal")
        relations += self.warehouse.read("select view_name from duckdb_views() where not internal")
        require("table", name, {next(iter(row.values())): None for row in relations})
        return self.warehouse.ibis.table(name)

    def sql(self, query: str) -> Any:
        """Return the rows of a query as an ibis table."""
        return self.warehouse.ibis.sql(query, dialect="duckdb")

    def export(
        self,
        format: str = "parquet",
        directory: str | os.PathLike[str] = "exports",
        names: Iterable[str] = DATASETS,
    ) -> list[Path]:
        """Each named view or table is a file in the folder; return the files.

        Formats: parquet, csv. A file is replaced as a whole. Raises ConfigError.
        """
        from mlmon import exports

        return exports.export(self.warehouse, format, Path(directory), names)

    def publish(self, path: str | os.PathLike[str]) -> Path:
        """A consistent copy of the warehouse is at the path, replaced as a whole; return it."""
        from mlmon import exports

        return exports.publish(self.warehouse, Path(path))


def _names(batches: Sequence[str]) -> list[str]:
    """Return names as a list; one name alone is a list of one."""
    return [batches] if isinstance(batches, str) else list(batches)
