"""A project: mlmon.yml and its warehouse. One method a verb; the command line is the same list.

Verbs are imported where they are used: they load scikit-learn and ibis, which reading does not
need.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from mlmon import made_views, progress
from mlmon.config import load
from mlmon.errors import ConfigError, require
from mlmon.quiet import quietly
from mlmon.reading import Reading
from mlmon.results import CheckResult, Evaluation, ModelVersion, ScenarioRun, StepRun
from mlmon.warehouse import Row, now


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
            made_views.remember(self.warehouse, self.config)
        elif written:
            from mlmon import project_views

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
        """A new version is trained on mlmon.yml's batches or these, and active or kept; return it.

        Which of the two goes by `activate:` of mlmon.yml; `decisions` says why.
        """
        from mlmon import project_views, train

        require("model", model, self.config.models)
        with progress.during(f"train {model}"):
            row = train.train(self.warehouse, self.config, model, _names(batches), created_by)
        project_views.follow(self.warehouse, self.config)
        return ModelVersion.of(row)

    def score(self, model: str, *, batches: Sequence[str] = ()) -> int:
        """The batches (the newest one) are scored by the active version; return the records."""
        from mlmon import plan, score

        section = require("model", model, self.config.models)
        chosen = _names(batches) or [plan.newest_batch(self.warehouse, section.dataset)]
        each = progress.each(f"score {model}", chosen)
        return sum(score.score(self.warehouse, self.config, model, batch) for batch in each)

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
        from mlmon import prune

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
        from mlmon import check

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
        from mlmon import acknowledgements

        if (alert is None) == (store is None and check is None):
            raise ConfigError("give an alert, or --store and --check; `mlmon alerts` lists them")
        if alert is None and (store is None or check is None):
            raise ConfigError("give --store and --check, both")
        end = acknowledgements.moment(until) if isinstance(until, str) else until
        chosen = (
            acknowledgements.called(self.warehouse, alert)
            if alert is not None
            else acknowledgements.of_check(self.warehouse, str(store), str(check))
        )
        return acknowledgements.acknowledge(self.warehouse, chosen, by, end, note)

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
        from mlmon.scenario.preview import preview

        require("scenario", scenario, self.config.scenarios)
        return preview(self.warehouse, self.config, scenario, self._doors())

    def _doors(self) -> Any:
        from mlmon.scenario.doors import Doors

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
        from mlmon import decisions, generated

        require("model", model, self.config.models)
        with self.warehouse.transaction():
            row = decisions.by_hand(self.warehouse, model, version, decided_by)
            generated.refresh(self.warehouse, self.config)
        return ModelVersion.of(row)


def _names(batches: Sequence[str]) -> list[str]:
    """Return names as a list; one name alone is a list of one."""
    return [batches] if isinstance(batches, str) else list(batches)
