"""The file for Prometheus, read back by its own parser, says what the views say."""

import json
import subprocess
import sys
from datetime import UTC

import pytest
from measured import measured
from shop import edit

import mlmon
from mlmon.errors import MissingExtra

parser = pytest.importorskip("prometheus_client.parser")
HOSTILE = 'a "b"\\n\\\\c\n{d="e"} 1\n# HELP'
ONE_LINE = HOSTILE.replace("\n", " ")  # a key of mlmon.yml is one line
STEPS = "steps: [{name: a, report: default}]"
SCENARIO = f"scenarios: {{{json.dumps(ONE_LINE)}: {{{STEPS}}}}}\nstores:"


def read(path):
    """Return (name, labels) -> value of every sample of a file."""
    families = parser.text_string_to_metric_families(path.read_text(encoding="utf-8"))
    samples = [sample for family in families for sample in family.samples]
    found = {(each.name, frozenset(each.labels.items())): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def test_every_figure_of_the_newest_evaluations(evaluated, tmp_path):
    with mlmon.open(evaluated) as project:
        project.evaluate("truth", batch="2024_02", against="2024_01")  # aside: not the newest
        project.warehouse.write("update evaluation_metrics set value = null where metric = 'mean'")
        (path,) = project.export("prometheus", tmp_path)
        rows = project.warehouse.read(
            "from metrics semi join (from evaluations where batch = '2024_02'"
            " and is_aside is not true) using (evaluation_id)"
        )
    assert path == tmp_path / "mlmon.prom"
    found = read(path)
    expected = {}
    for row in rows:
        labels = ("store", "model", "model_version", "metric", "feature")
        assert row["segment"] is None
        key = frozenset((name, str(row[name] or "")) for name in labels)
        for gauge, figure in (("", "value"), ("_lower", "lower"), ("_upper", "upper")):
            if row[figure] is not None:
                expected[f"mlmon_metric{gauge}", key] = row[figure]
        made = frozenset((name, str(row[name])) for name in labels[:3])
        expected["mlmon_evaluation_timestamp_seconds", made] = pytest.approx(
            row["evaluated_at"].replace(tzinfo=UTC).timestamp()
        )
    expected["mlmon_model_active_version", frozenset({("model", "returns")})] = 1
    assert len(expected) > 100
    assert any(row["value"] is None for row in rows)
    assert found == expected


def test_checks_and_runs(evaluated, tmp_path):
    with mlmon.open(evaluated) as project:
        write = project.warehouse.write
        project.check("blind")
        value = project.warehouse.value("select value from latest_checks")
        for position, outcome in enumerate(("OK", "EMPTY", "WARNING", "ERROR")):
            write("update check_results set outcome = $outcome", outcome=outcome)
            found = read(*project.export("prometheus", tmp_path / "one.prom"))
            of = {"store": "blind", "check": "calm", "metric": "data_drift", "feature": ""}
            assert found["mlmon_check_outcome", frozenset(of.items())] == position
        assert found["mlmon_check_value", frozenset(of.items())] == value
    edit(evaluated, "stores:", SCENARIO)
    with mlmon.open(evaluated) as project:
        write = project.warehouse.write
        for run, day, outcome in (("a", 1, "FAILED"), ("b", 2, "ABORTED"), ("c", 3, None)):
            write(
                "insert into scenario_runs by name select $run as run_id, $scenario as scenario,"
                " make_timestamp(1970, 1, $day, 0, 0, 0) as started_at, $outcome as outcome,"
                " if($outcome is null, null, make_timestamp(1970, 1, $day, 0, 0, 9)) as ended_at",
                run=run,
                scenario=ONE_LINE,
                day=day,
                outcome=outcome,
            )
        found = read(*project.export("prometheus", tmp_path / "one.prom"))
    of = frozenset({("scenario", ONE_LINE)})
    assert found["mlmon_scenario_last_run_outcome", of] == 3
    assert found["mlmon_scenario_last_run_timestamp_seconds", of] == 86409
    assert [path.name for path in tmp_path.glob("*.prom*")] == ["one.prom"]


def test_hostile_names(evaluated, tmp_path):
    edit(evaluated, "  truth: {", f"  {json.dumps(ONE_LINE)}: {{")
    with mlmon.open(evaluated) as project:
        project.warehouse.write("update evaluations set store = $store", store=ONE_LINE)
        found = read(*project.export("prometheus", tmp_path))
    stores = {dict(labels)["store"] for _, labels in found if "store" in dict(labels)}
    assert stores == {ONE_LINE}


def test_results_and_figures_of_a_segment_keep_it(trained, tmp_path):
    each = '{name: each, metric: data_drift, segment: "*", max: 0.4}'
    edit(trained, "{name: calm, metric: data_drift, max: 0.99}", each)
    names = [*(f"state={number}" for number in range(13)), HOSTILE, "carriage\rreturn"]
    figures = {(None, name): place / 10 for place, name in enumerate(names)}
    figures[None, names[0]], figures[None, names[1]] = float("inf"), float("nan")
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.1, figures)
        project.warehouse.write("update evaluation_metrics set upper = '-inf'::double")
        project.check("blind")
        found = read(*project.export("prometheus", tmp_path))
    values = {
        dict(labels).get("segment"): value
        for (name, labels), value in found.items()
        if name == "mlmon_check_value"
    }
    shown = {name.replace("\r", "\\x0d"): figures[None, name] for name in names}
    assert values == pytest.approx(shown, nan_ok=True)
    assert len([name for name, _ in found if name == "mlmon_check_outcome"]) == 15
    of_segments = [labels for name, labels in found if name == "mlmon_metric"]
    assert len(of_segments) == 16  # with that of all rows
    assert set(map(float, (v for (n, _), v in found.items() if n.endswith("upper")))) == {
        float("-inf")
    }


def test_no_series_stands_twice(trained, tmp_path):
    with mlmon.open(trained) as project:
        measured(project, "b1", 0.5)
        project.check("blind")
        for feature in ("", "a\r", "a\\x0d"):
            project.warehouse.write(
                "insert into evaluation_metrics by name select 'b1' as evaluation_id,"
                " 'b1' as sample_id, 'data_drift' as metric, $feature as feature, 1 as value",
                feature=feature,
            )
        found = read(*project.export("prometheus", tmp_path))
    assert len([name for name, _ in found if name == "mlmon_metric"]) == 2


def test_without_the_extra(evaluated, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    extra = r"run `pip install 'mlmon\[prometheus\]'`"
    with mlmon.open(evaluated, read_only=True) as project:  # noqa: SIM117
        with pytest.raises(MissingExtra, match=extra) as caught:
            project.export("prometheus", tmp_path)
    assert caught.value.exit_code == 3


def test_the_command(evaluated, tmp_path):
    edit(evaluated, "project: shop", "project: shop\nlock_wait: 5")
    words = ["export", "prometheus", "-o", str(tmp_path / "x.prom"), "-C", str(evaluated)]
    done = subprocess.run(
        [sys.executable, "-m", "mlmon", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'x.prom'}\n")
    assert read(tmp_path / "x.prom")
