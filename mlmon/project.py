"""A project: mlmon.yml and its warehouse. One method a verb; the command line is the same list.

Verbs are imported where they are used: they load scikit-learn and ibis, which reading does not
need.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlmon.check import alerts
from mlmon.config import Config, load
from mlmon.errors import ConfigError, require
from mlmon.report.facts import words
from mlmon.report.facts.tile import Facts
from mlmon.report.summary.digest import Summary
from mlmon.results import CheckResult, Evaluation, ModelVersion, ScenarioRun, StepRun
from mlmon.system import progress
from mlmon.system.quiet import quietly
from mlmon.views import configuration, freshness
from mlmon.warehouse.warehouse import Row, Warehouse, now

# ---- How a project shows itself: its dashboard in short, on a line, in a notebook


@quietly
class Shown:
    """What a project is to a reader; every figure is one of its dashboard."""

    config: Config
    warehouse: Warehouse

    def summary(self, dashboard: str = "default") -> Summary:
        """Return what the dashboard says: a title, a text, Markdown, a picture. Raises UnknownName.

        It is for a mail, a chat or a job's summary; no file is written.
        """
        from mlmon.report.summary.digest import summarised

        return summarised(self._dashboard(dashboard))

    def __repr__(self) -> str:
        """Return the project on a line."""
        return f"<Project {words.short(self.config.project)}, {self.config.warehouse}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the verdict and the dashboard's figures."""
        from mlmon.report.summary import notebook

        return notebook.project(self.config.project, self._dashboard)

    def _dashboard(self, name: str = "default") -> Facts:
        """Return the facts of a dashboard. Raises UnknownName."""
        from mlmon.report.facts.ask import in_zone
        from mlmon.report.pages.dashboard import dashboard

        if name != "default":
            require("dashboard", name, self.config.dashboards)
        section = self.config.dashboards.get(name)
        wanted = section.model_dump() if section else {}
        read = in_zone(self.warehouse.read, self.config.time_zone)
        return dashboard(read, wanted, self.config.project, self.warehouse.tried)


# ---- What can be asked of a project; but for opening it, nothing here writes to the warehouse


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
        if freshness.is_current(self.warehouse, self.config):
            return
        from mlmon.views import of_models, of_project

        configuration.store(self.warehouse, self.config)
        of_models.refresh(self.warehouse, self.config)
        alerts.retire(self.warehouse, now())
        of_project.refresh(self.warehouse, self.config)
        freshness.remember(self.warehouse, self.config)

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
        steps = plan.for_evaluation(self.warehouse, self.config, store, batch, text=against)
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
        from mlmon.warehouse import queries

        return queries.table(self.warehouse, query)

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
        from mlmon.export import files, prometheus

        if format == "prometheus":
            return [prometheus.write(self.warehouse, Path(directory))]
        return files.export(self.warehouse, format, Path(directory), names)

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
        from mlmon.export import entries, mlflow

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
        from mlmon.export import files

        return files.publish(self.warehouse, Path(path))

    # Keeping ------------------------------------------------------------------

    def doctor(self, *, repair: bool = False) -> list[Row]:
        """Return what is wrong: rule, outcome (ERROR, WARNING), message, advice; none if well.

        With `repair` what can be mended without a loss is, and `mended` says which it was.
        """
        from mlmon.upkeep import doctor

        return (doctor.repair if repair else doctor.examine)(self.warehouse, self.config)

    def backup(self, directory: str | os.PathLike[str]) -> Path:
        """A new folder holds a copy of the warehouse and its artifacts; return it.

        Raises ConfigError when the folder is there already.
        """
        from mlmon.export import files

        return files.backup(self.warehouse, Path(directory))


def open(folder: str | os.PathLike[str] = ".", *, read_only: bool = False) -> "Project":
    """Return the project whose mlmon.yml stands in a folder; the warehouse is made if need be.

    Raises ConfigError, WarehouseLocked; with `read_only` WarehouseNotFound.
    """
    return Project(load(Path(folder)), read_only=read_only)


@quietly
class Project(Reading):
    """mlmon.yml and its warehouse; close it, or use it in a `with`, to let the file go."""

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
        from mlmon import ingest

        require("dataset", dataset, self.config.datasets)
        if frame is not None:
            written = ingest.ingest_frame(self.warehouse, self.config, dataset, frame, batch)
        else:
            chosen = [*_names(batches), *([batch] if batch else [])]
            written = ingest.ingest(self.warehouse, self.config, dataset, chosen)
        if written and self.config.views is None:
            freshness.remember(self.warehouse, self.config)
        elif written:
            from mlmon.views import of_project

            of_project.follow(self.warehouse, self.config)
        return written

    def delete_batch(self, dataset: str, batch: str) -> None:
        """The batch and its records are gone. Raises UnknownName, BatchNotFound, BatchInUse."""
        from mlmon import ingest

        require("dataset", dataset, self.config.datasets)
        ingest.delete_batch(self.warehouse, self.config, dataset, batch)

    def train(
        self, model: str, *, batches: Sequence[str] = (), created_by: str = "Python API"
    ) -> ModelVersion:
        """A new version is trained on mlmon.yml's batches or these, and active or kept; return it.

        Which of the two goes by `activate:` of mlmon.yml; `decisions` says why.
        """
        from mlmon.train import train
        from mlmon.views import of_project

        require("model", model, self.config.models)
        with progress.during(f"train {model}"):
            version = train.train(self.warehouse, self.config, model, _names(batches), created_by)
        of_project.follow(self.warehouse, self.config)
        return ModelVersion.of(version.row)

    def score(self, model: str, *, batches: Sequence[str] = ()) -> int:
        """The batches (the newest one) are scored by the active version; return the records."""
        from mlmon import plan, score
        from mlmon.models import versions

        section = require("model", model, self.config.models)
        chosen = _names(batches) or [plan.newest_batch(self.warehouse, section.dataset)]
        version = versions.active(self.warehouse, model)
        each = progress.each(f"score {model}", chosen)
        return sum(score.score(self.warehouse, self.config, version, batch) for batch in each)

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
        evaluation = plan.evaluate(
            self.warehouse,
            self.config,
            store,
            batch,
            only_this=only_this,
            against=against,
            name=name,
            labels=labels,
        )
        return Evaluation.of(vars(evaluation), warehouse=self.warehouse)

    def delete_evaluation(self, evaluation_id: str) -> None:
        """The evaluation and its figures are gone. Raises EvaluationNotFound."""
        from mlmon.evaluations import stored

        stored.delete(self.warehouse, evaluation_id)

    def prune(
        self,
        *,
        evaluations: int | None = None,
        older_than: str | None = None,
        runs: int | None = None,
        predictions: int | None = None,
        dry_run: bool = False,
    ) -> list[Row]:
        """What is older than these, else than `retention:` keeps is gone; return a row for each.

        Kept are so many evaluations per store (or those not `older_than`, as in 365d), runs per
        scenario, scored batches per model, and all that these need. Raises ConfigError.
        """
        from mlmon.upkeep import prune

        if evaluations is not None and older_than is not None:
            raise ConfigError("give evaluations by their number or by their age, not both")
        given = {"evaluations": evaluations, "runs": runs, "predictions": predictions}
        named = {name: number for name, number in given.items() if number is not None}
        kept = self.config.retention.model_dump() | named
        age = prune.age(older_than) if older_than is not None else None
        return prune.prune(self.warehouse, self.config, prune.kept(**kept), age, dry_run)

    def check(
        self, store: str | None = None, *, batch: str | None = None, evaluation: str | None = None
    ) -> list[CheckResult]:
        """The checks of the store (of all) have new results on its latest evaluation; return them.

        Or on that of a batch, or on an evaluation by its id, the beginning of that, or its name.
        Alerts follow. Raises UnknownName, EvaluationNotFound.
        """
        from mlmon.check import check

        if store:
            require("store", store, self.config.stores)
        rows = check.check(self.warehouse, self.config, store, batch, evaluation)
        return [CheckResult.of(row) for row in rows]

    def acknowledge(
        self,
        alert: str | None = None,
        *,
        by: str,
        store: str | None = None,
        check: str | None = None,
        until: datetime | str | None = None,
        note: str | None = None,
    ) -> list[Row]:
        """An alert (by the beginning of its id), or those of a check, is acknowledged; return them.

        `until` is UTC. Raises UnknownName, ConfigError.
        """
        from mlmon.check import alerts

        if (alert is None) == (store is None and check is None):
            raise ConfigError("give an alert, or --store and --check; `mlmon alerts` lists them")
        if alert is None and (store is None or check is None):
            raise ConfigError("give --store and --check, both")
        end = alerts.moment(until) if isinstance(until, str) else until
        chosen = (
            alerts.called(self.warehouse, alert)
            if alert is not None
            else alerts.of_check(self.warehouse, str(store), str(check))
        )
        return alerts.acknowledge(self.warehouse, chosen, by, end, note)

    def run(
        self,
        scenario: str,
        *,
        trigger: str = "manual",
        parameters: Mapping[str, Any] | None = None,
    ) -> ScenarioRun:
        """The scenario has run, or the run that a killed process left is finished; return it.

        `parameters` are instead of those of mlmon.yml. Raises UnknownName, ConfigError,
        ScenarioRunning.
        """
        from mlmon.scenario.run import run

        require("scenario", scenario, self.config.scenarios)
        row = run(self.warehouse, self.config, scenario, self._doors(), trigger, parameters)
        return ScenarioRun.of(row, steps=[StepRun.of(step) for step in row["steps"]])

    def preview(self, scenario: str) -> list[Row]:
        """Return what a run would do: step, action, would, runs and now. Raises UnknownName."""
        from mlmon.scenario.actions import preview

        require("scenario", scenario, self.config.scenarios)
        return preview(self.warehouse, self.config, scenario, self._doors())

    def _doors(self) -> Any:
        from mlmon.scenario.context import Doors

        return Doors(lambda name: str(self.report(name)), self.summary, self)

    def run_due(self, moment: datetime | None = None) -> list[Row]:
        """What is due now (or at a moment, naive UTC) has run; return a row per fired trigger.

        Rows have scenario, trigger, due_at, run_id, outcome and message; runs that were
        interrupted are finished too. A trigger or run that failed as such has no outcome.
        """
        from mlmon.schedule import due

        return due.run_due(self.warehouse, self.config, moment or now(), self.run)

    def report(
        self,
        dashboard: str = "default",
        *,
        evaluation: str | None = None,
        directory: str | os.PathLike[str] | None = None,
        compare: Sequence[str] = (),
        champion: str | None = None,
        summary: bool = False,
    ) -> Path:
        """The pages show what the warehouse holds; return the path of index.html.

        With `compare`, two to twelve evaluations (id, its beginning, or name; STORE/BATCH) and
        versions (MODEL/VERSION), return that of a page that shows them side by side; the first,
        or the `champion`, is what the others differ from. With `summary` summary.txt, summary.md
        and summary.png stand beside index.html too. Raises UnknownName, ConfigError,
        EvaluationNotFound.
        """
        from mlmon import flow
        from mlmon.report.site import write_report

        if dashboard != "default":
            require("dashboard", dashboard, self.config.dashboards)
        dashboards = {
            name: section.model_dump() for name, section in self.config.dashboards.items()
        }
        wanted = self.config.dashboards.get(dashboard)
        shows = wanted is None or "flow" in wanted.sections
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
            summary=summary,
            tried=self.warehouse.tried,
            flow=partial(flow.flow, self.warehouse, self.config) if shows else None,
        )

    def activate(
        self, model: str, version: int | str, *, decided_by: str = "Python API"
    ) -> ModelVersion:
        """The version scores from now on; return it. Raises UnknownName.

        "previous" is the version that was active before. Writes `activation_decisions`.
        """
        from mlmon.models import decisions
        from mlmon.views import of_models

        require("model", model, self.config.models)
        with self.warehouse.transaction():
            chosen = decisions.by_hand(self.warehouse, model, version, decided_by)
            of_models.refresh(self.warehouse, self.config)
        return ModelVersion.of(chosen.row)


def _names(batches: Sequence[str]) -> list[str]:
    """Return names as a list; one name alone is a list of one."""
    return [batches] if isinstance(batches, str) else list(batches)
