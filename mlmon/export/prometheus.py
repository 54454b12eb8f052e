"""The newest figures, checks and runs as a text file that Prometheus's node exporter collects."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mlmon.errors import CONTROL, MissingExtra
from mlmon.system.files import beginning, replacing
from mlmon.warehouse.warehouse import Row, Warehouse

FILE = "mlmon.prom"
Series = tuple[tuple[str, str], ...]  # labels and their values, in order
FIGURE = ("store", "model", "model_version", "metric", "feature")
CHECK = ("store", "check", "metric", "feature")
# Gauge -> what it says, its labels, and the query of those and of its value; what is of a segment
# has the label `segment` too.
GAUGES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "mlmon_metric": (
        "Figure of the newest evaluation of a store; feature is empty for the whole model.",
        FIGURE,
        "select *, value as gauge from latest_metrics",
    ),
    "mlmon_metric_lower": (
        "Lower end of the figure's interval.",
        FIGURE,
        "select *, lower as gauge from latest_metrics",
    ),
    "mlmon_metric_upper": (
        "Upper end of the figure's interval.",
        FIGURE,
        "select *, upper as gauge from latest_metrics",
    ),
    "mlmon_evaluation_timestamp_seconds": (
        "When the newest evaluation of a store was made.",
        ("store", "model", "model_version"),
        "select distinct store, model, model_version, epoch(evaluated_at) as gauge"
        " from latest_metrics",
    ),
    "mlmon_check_outcome": (
        "Newest outcome of a check: 0 OK, 1 EMPTY, 2 WARNING, 3 ERROR.",
        CHECK,
        "select *, check_name as check, list_position("
        "['OK', 'EMPTY', 'WARNING', 'ERROR'], outcome) - 1 as gauge from latest_checks",
    ),
    "mlmon_check_value": (
        "The value that the check looked at.",
        CHECK,
        "select *, check_name as check, value as gauge from latest_checks",
    ),
    "mlmon_scenario_last_run_outcome": (
        "How the last run that has ended did: 0 SUCCESS, 1 WARNING, 2 FAILED, 3 ABORTED.",
        ("scenario",),
        "select scenario, list_position(['SUCCESS', 'WARNING', 'FAILED', 'ABORTED'],"
        " max_by(outcome, started_at)) - 1 as gauge from scenario_last_runs"
        " where ended_at is not null group by scenario",
    ),
    "mlmon_scenario_last_run_timestamp_seconds": (
        "When that run ended.",
        ("scenario",),
        "select scenario, epoch(max_by(ended_at, started_at)) as gauge from scenario_last_runs"
        " where ended_at is not null group by scenario",
    ),
    "mlmon_model_active_version": (
        "The version that scores now.",
        ("model",),
        "select model, model_version as gauge from model_history where is_active"
        " and model in (select name from configured_names where kind = 'model')",
    ),
}


def write(warehouse: Warehouse, path: Path) -> Path:
    """The file, in a folder mlmon.prom, has the newest figures, replaced as a whole; return it.

    A figure that is undefined is left out. Raises MissingExtra.
    """
    try:
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError as error:
        raise MissingExtra("prometheus-client", "prometheus") from error

    registry = CollectorRegistry()
    registry.register(_Gauges(warehouse))
    target = path if path.suffix == ".prom" else path / FILE
    with replacing(target, beginning(b"# HELP mlmon_"), "mlmon's metrics") as draft:
        draft.write_bytes(generate_latest(registry))
    return target


class _Gauges:
    """What a registry asks for its families of metrics."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def describe(self) -> list[Any]:
        """Return no family: the warehouse is read once, when all are collected."""
        return []

    def collect(self) -> Iterator[Any]:
        """Yield a family per gauge."""
        from prometheus_client.core import GaugeMetricFamily

        for name, (words, labels, query) in GAUGES.items():
            family = GaugeMetricFamily(name, words)
            rows = self.warehouse.read(f"from ({query}) where gauge is not null")
            for series, value in sorted(_series(rows, labels).items()):
                family.add_sample(name, dict(series), value)
            yield family


def _series(rows: Iterable[Row], labels: tuple[str, ...]) -> dict[Series, float]:
    """Return labels -> value, each once: a file with a series twice is refused as a whole.

    Of rows whose labels are alike the greatest value counts.
    """
    found: dict[Series, float] = {}
    for row in rows:
        named = [(label, _label(row[label])) for label in labels]
        if row.get("segment"):
            named.append(("segment", _label(row["segment"])))
        series, value = tuple(named), float(row["gauge"])
        if series not in found or not found[series] >= value:  # NaN is no greater than anything
            found[series] = value
    return found


def _label(value: object) -> str:
    """Return a label's value; the format itself escapes a line feed, quotes and backslashes."""
    lines = str("" if value is None else value).split("\n")
    return "\n".join(CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", line) for line in lines)
