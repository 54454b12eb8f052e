"""The tutorial, told: every chapter does its work unless that is done, and says what it did."""

from collections.abc import Callable
from pathlib import Path

import mlmon
from mlmon.config import FILE, load
from mlmon.demo.data import MONTHS, write_months
from mlmon.demo.project import write_project
from mlmon.errors import ConfigError
from mlmon.project import Project
from mlmon.system.terminal import say, table_lines

MODEL, DATASET = "fraud", "transactions"
TRUTH, DRIFT = "mes_for_ground_truth", "mes_for_input_drift"
SCENARIO = "Retrain Model"
Arrive = Callable[..., None]
TRAINING, FOLLOWED, LAST = MONTHS[:3], MONTHS[3:11], MONTHS[11]


def tell(folder: Path, *, events: bool = True, rows_per_month: int | None = None) -> str:
    """The whole tutorial has happened in the folder; return the path of its page.

    What was done before is not done again, so an interrupted demo is finished by running it
    again. Raises ConfigError when the folder holds something else.
    """
    if not (folder / FILE).exists():
        write_project(folder)
    _require_tutorial(folder)
    with mlmon.open(folder) as project:
        _remember(project, f"events={events} rows_per_month={rows_per_month}")

        def arrive(*months: str) -> None:
            landing = project.config.path("warehouse/landing")
            write_months(landing, months, events=events, rows_per_month=rows_per_month)
            project.ingest(DATASET, batches=months)

        _train(project, arrive)
        _first_month(project, arrive)
        _follow(project, arrive)
        _analyse(project)
        _check(project)
        _retrain(project, arrive)
        return str(_report(project))


def _require_tutorial(folder: Path) -> None:
    config = load(folder)
    found = MODEL in config.models and {TRUTH, DRIFT} <= set(config.stores)
    if not found or SCENARIO not in config.scenarios:
        raise ConfigError(
            f"{folder / FILE} is another project, not the tutorial's; give `mlmon demo` an "
            "empty folder"
        )


def _remember(project: Project, options: str) -> None:
    """A demo goes on with the options that it began with; raises ConfigError for others."""
    known = project.warehouse.value("select value from warehouse_state where name = 'demo'")
    if known is None:
        project.warehouse.append("warehouse_state", [{"name": "demo", "value": options}])
    elif known != options:
        raise ConfigError(
            f"this folder holds a demo with {known}, not {options}; give another folder, or "
            "delete warehouse/ and reports/"
        )


def _chapter(title: str, words: str, *commands: str) -> None:
    """Say a chapter's title, what happens, and the commands that a user would type."""
    say("")
    say(title, bold=True)
    say(words)
    for command in commands:
        say(f"  $ {command}")


def _tell_rows(project: Project, query: str, **parameters: object) -> None:
    """Say the rows of a query."""
    for line in table_lines(project.warehouse.read(query, **parameters)):
        say(f"    {line}")


def _evaluated(project: Project, store: str, batch: str) -> bool:
    query = "select 1 from evaluations where store = $store and batch = $batch"
    return project.warehouse.one(query, store=store, batch=batch) is not None


def _evaluate(project: Project, store: str, batch: str) -> None:
    if not _evaluated(project, store, batch):
        project.evaluate(store, batch=batch)


def _train(project: Project, arrive: Arrive) -> None:
    _chapter(
        "Create the project",
        "Three months of card transactions arrive, January to March 2017. A classification model\n"
        "learns from four fifths of them; the rest is the test part, the reference of all drift.",
        *(f"mlmon ingest {DATASET} --batch {month}" for month in TRAINING),
        f"mlmon train {MODEL}",
    )
    arrive(*TRAINING)
    if not project.models(MODEL):
        project.train(MODEL, created_by="mlmon demo")
    _tell_rows(
        project,
        "select model, model_version, algorithm, train_rows, test_rows, metric, value"
        " from model_history where model_version = 1",
    )


def _first_month(project: Project, arrive: Arrive) -> None:
    month = FOLLOWED[0]
    _chapter(
        "Review the Score recipe",
        "April arrives. Scoring adds three columns to the transactions: proba_0, proba_1 and\n"
        "prediction.",
        f"mlmon ingest {DATASET} --batch {month}",
        f"mlmon score {MODEL} --batch {month}",
        f"mlmon sql 'from scored_{DATASET} limit 3'",
    )
    arrive(month)
    if not _evaluated(project, TRUTH, month):
        project.score(MODEL, batches=[month])
    _tell_rows(
        project,
        "select transaction_id, purchase_amount, merchant_subsector_description as subsector,"
        f" proba_0, proba_1, prediction from scored_{DATASET} where batch = $month"
        " order by transaction_id limit 3",
        month=month,
    )
    _chapter(
        "Compare and contrast model monitoring pipelines",
        "April is evaluated twice: with ground truth, where every performance metric is known,\n"
        "and without, where data drift is the only sign.",
        f"mlmon evaluate {TRUTH} --batch {month}",
        f"mlmon evaluate {DRIFT} --batch {month}",
    )
    _evaluate(project, TRUTH, month)
    _evaluate(project, DRIFT, month)
    _tell_rows(
        project,
        "select store, batch, rows, roc_auc_score, f1_score, data_drift from evaluation_history"
        " where batch = $month order by store",
        month=month,
    )
    _tell_rows(
        project,
        "select distinct code, message from diagnostics join evaluations using (evaluation_id)"
        " where batch = $month order by code",
        month=month,
    )


def _follow(project: Project, arrive: Arrive) -> None:
    _chapter(
        "Run more model evaluations",
        "Month after month arrives, May to November. Evaluating is recursive: what is out of date\n"
        "upstream is done first, so Score runs before Evaluate. --dry-run previews that.",
        f"mlmon evaluate {TRUTH} --batch {FOLLOWED[1]} --dry-run",
    )
    for position, month in enumerate(FOLLOWED[1:]):
        arrive(month)
        if position == 0 and not _evaluated(project, DRIFT, month):
            for line in table_lines(project.plan(TRUTH, batch=month)):
                say(f"    {line}")
        _evaluate(project, DRIFT, month)
        _evaluate(project, TRUTH, month)
        say(f"  $ mlmon evaluate {DRIFT} --batch {month}; mlmon evaluate {TRUTH} --batch {month}")


def _analyse(project: Project) -> None:
    _chapter(
        "Conduct drift analysis",
        "Input data drift and prediction drift are known at once, performance drift when the\n"
        "ground truth is. In September fraud moves to new merchants: the inputs hardly show it,\n"
        "the performance does.",
        f"mlmon sql \"from evaluation_history where store = '{TRUTH}'\"",
    )
    _tell_rows(
        project,
        "select batch, data_drift, drifted_feature_share, roc_auc_score, f1_score, log_loss"
        " from evaluation_history where store = $store and batch <= $last order by batch",
        store=TRUTH,
        last=FOLLOWED[-1],
    )


def _check(project: Project) -> None:
    name = project.config.stores[DRIFT].checks[0].name
    _chapter(
        "Create a check on a MES metric",
        f"`{name}`: data drift is an accuracy, about 0.5 when nothing drifted, so this limit was\n"
        "chosen to be broken.",
        f"mlmon check {DRIFT}",
    )
    checked = "select 1 from check_results join evaluations using (evaluation_id) where batch = $b"
    if not project.warehouse.one(checked, b=FOLLOWED[-1]):
        project.check(DRIFT, batch=FOLLOWED[-1])
    _tell_rows(
        project,
        "select check_name, batch, outcome, check_results.message from check_results"
        " join evaluations using (evaluation_id) where batch = $batch",
        batch=FOLLOWED[-1],
    )


def _retrain(project: Project, arrive: Arrive) -> None:
    _chapter(
        "Automate model monitoring",
        f"December arrives and the scenario {SCENARIO} runs: Build MES, Run MES checks and, since\n"
        "the check fails, Build model.",
        f"mlmon ingest {DATASET} --batch {LAST}",
        f"mlmon run '{SCENARIO}'",
        "mlmon schedule next",
    )
    arrive(LAST)
    finished = "select 1 from scenario_runs where scenario = $name and batch = $batch"
    if not project.warehouse.one(finished + " and ended_at is not null", name=SCENARIO, batch=LAST):
        project.run(SCENARIO)
    _tell_rows(
        project,
        "select step, action, step_runs.outcome, message from step_runs join scenario_runs"
        " using (run_id) where batch = $batch order by position",
        batch=LAST,
    )
    _chapter(
        "The new version on December",
        "With its ground truth known, December is evaluated too. The new version learned from the\n"
        "same three months as the old one, so it is no better: retrain on fresh data to be.",
        f"mlmon models {MODEL}",
        f"mlmon evaluate {TRUTH} --batch {LAST}",
    )
    _evaluate(project, TRUTH, LAST)
    _tell_rows(
        project,
        "select model_version, is_active, created_by, test_rows, metric, value from model_history"
        " order by model_version",
    )


def _report(project: Project) -> Path:
    _chapter(
        "Create a model monitoring dashboard",
        "Tiles for the value and the history of data drift and the scenario's last runs; a page\n"
        "for every evaluation. The metrics datasets are views.",
        "mlmon report",
        "mlmon export csv",
        f"mlmon sql \"from metrics where store = '{DRIFT}'\"",
    )
    page = project.report()
    say("\nVerdict")
    _tell_rows(project, "select status, store, message from model_status")
    say("\nOpen this page in a browser:")
    return page
