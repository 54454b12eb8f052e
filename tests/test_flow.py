"""What feeds what: what is out of date, by the plan's own reasons, and what to type for it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import shop as small_shop

import mlmon
from mlmon.flow import flow
from mlmon.sources import files


def nodes(project: mlmon.project.Project) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in flow(project.warehouse, project.config)["nodes"]}


def reasons(project: mlmon.project.Project) -> dict[str, list[str]]:
    """Why what is out of date is so, by its name."""
    found = nodes(project)
    return {
        name: [each["reason"] for each in row["reasons"]]
        for name, row in found.items()
        if row["state"] == "OUTDATED"
    }


def commands(project: mlmon.project.Project) -> list[str]:
    return [each["command"] for row in nodes(project).values() for each in row["reasons"]]


def test_nothing_was_done_yet(shop):
    with mlmon.open(shop) as project:
        assert reasons(project) == {
            "orders": [
                "orders_2024_02.csv was never read, and so with 1 more that are new or have changed"
            ],
            "returns": ["it has no version yet"],
            "truth": ["returns has no version yet"],
            "blind": ["returns has no version yet"],
            "calm": ["blind is out of date"],
        }
        assert commands(project)[:2] == ["mlmon ingest orders", "mlmon train returns"]


def test_data_feed_models_that_feed_stores_that_feed_checks(trained):
    small_shop.edit(
        trained,
        "stores:\n",
        "scenarios:\n  again: {steps: [{name: judge, check: blind}]}\n"
        "dashboards:\n  default: {tiles: [{metric: data_drift, store: truth}]}\nstores:\n",
    )
    with mlmon.open(trained) as project:
        made = flow(project.warehouse, project.config)
    names = [row["name"] for row in made["nodes"]]
    assert [(names[edge["source"]], names[edge["target"]]) for edge in made["edges"]] == [
        ("orders", "returns"),
        ("returns", "truth"),
        ("returns", "blind"),
        ("blind", "calm"),
        ("calm", "again"),
        ("truth", "default"),
    ]
    assert {row["zone"] for row in made["nodes"]} == {"returns", None}


def test_a_batch_that_is_not_scored_and_not_evaluated(trained):
    with mlmon.open(trained) as project:
        assert reasons(project) == {
            "returns": ["batch 2024_02: 200 records are not scored by version 1"],
            "truth": ["batch 2024_02 is not evaluated yet"],
            "blind": ["batch 2024_02 is not evaluated yet"],
            "calm": ["blind is out of date"],
        }


def test_what_is_typed_brings_everything_up_to_date(trained):
    with mlmon.open(trained) as project:
        for command in commands(project):
            verb, target, *_ = command.split()[1:]
            if verb == "evaluate":
                project.evaluate(target, batch="2024_02")
            elif verb == "check":
                project.check(target, batch="2024_02")
            else:
                project.score(target)
        assert reasons(project) == {}
        assert {row["state"] for row in nodes(project).values()} == {"CURRENT"}


def test_a_new_version_is_not_what_was_evaluated(evaluated):
    with mlmon.open(evaluated) as project:
        project.check("blind")
        assert reasons(project) == {}
        project.train("returns")
        assert reasons(project)["blind"] == [
            "batch 2024_02 is evaluated with version 1, and version 2 is active"
        ]
        assert "returns" in reasons(project)  # it has not scored the batch either


def test_files_that_changed_or_were_never_read(evaluated):
    small_shop.write(evaluated, "2024_02", small_shop.orders("2024_02", 150))
    with mlmon.open(evaluated) as project:
        found = reasons(project)
        assert found["orders"] == ["orders_2024_02.csv has changed"]
        assert found["truth"] == [
            "batch 2024_02 is not evaluated as it is now: orders_2024_02.csv has changed"
        ]
        assert commands(project)[0] == "mlmon ingest orders --batch 2024_02"
        project.ingest("orders")
        assert reasons(project)["truth"] == [
            "batch 2024_02, the reference or a setting has changed since it was evaluated"
        ]
    small_shop.write(evaluated, "2024_03", small_shop.orders("2024_03"))
    with mlmon.open(evaluated) as project:
        assert reasons(project)["orders"] == ["orders_2024_03.csv was never read"]
        assert commands(project)[-1] == "mlmon check blind --batch 2024_03"


def test_the_reasons_are_those_of_the_plan(trained):
    small_shop.write(trained, "2024_02", small_shop.orders("2024_02", 150))
    with mlmon.open(trained) as project:
        planned = project.plan("truth", batch="2024_02")
        told = [each["reason"] for row in nodes(project).values() for each in row["reasons"]]
        for step in planned[:-1]:
            assert any(step["reason"] in reason for reason in told), step
        assert {step["command"] for step in planned} <= {*commands(project)}


def test_a_training_batch_that_changed(evaluated):
    small_shop.write(evaluated, "2024_01", small_shop.orders("2024_01", 190))
    with mlmon.open(evaluated) as project:
        project.ingest("orders")
        assert "Training batch 2024_01 has changed" in reasons(project)["returns"][0]


def test_a_setting_that_changed(evaluated):
    with mlmon.open(evaluated) as project:
        project.check("blind")
    small_shop.edit(evaluated, "max: 0.99", "max: 0.98")
    with mlmon.open(evaluated) as project:
        assert reasons(project) == {"calm": ["its limits have changed since it ran"]}
    small_shop.edit(
        evaluated, "    performance: false\n", "    sampling: {method: ratio, ratio: 0.5}\n"
    )
    with mlmon.open(evaluated) as project:
        assert list(reasons(project)) == ["blind", "calm"]


def test_a_reference_that_is_gone_is_the_stores_reason(evaluated):
    small_shop.edit(
        evaluated,
        "truth: {model: returns}",
        "truth: {model: returns, reference: {evaluation: gone}}",
    )
    with mlmon.open(evaluated) as project:
        (reason,) = reasons(project)["truth"]
        assert "no evaluation has the id or the name 'gone'" in reason
        assert project.report().is_file()


@pytest.mark.parametrize(
    ("section", "state"),
    [
        ("batches: {time: day, every: month}", "UNKNOWN"),
        ("batches: {rows: 100}", "UNKNOWN"),
    ],
)
def test_only_reading_tells_what_is_new_where_a_file_is_no_batch(shop, section, state):
    small_shop.edit(
        shop,
        'path: "landing/orders_{batch}.csv", key: id, time: day',
        f'path: "landing/orders_*.csv", key: id, time: day, {section}',
    )
    with mlmon.open(shop) as project:
        assert "orders" in reasons(project)
        project.ingest("orders")
        assert nodes(project)["orders"]["state"] == state


def test_a_frame_stays_as_it_is(trained):
    small_shop.edit(trained, 'path: "landing/orders_{batch}.csv", ', "")
    with mlmon.open(trained) as project:
        assert nodes(project)["orders"]["state"] == "CURRENT"


def test_a_run_that_has_not_ended(evaluated):
    small_shop.edit(
        evaluated,
        "stores:\n",
        "scenarios:\n  try again: {steps: [{name: x, check: blind}]}\nstores:\n",
    )
    with mlmon.open(evaluated) as project:
        project.run("try again")
        assert nodes(project)["try again"]["state"] is None
        project.warehouse.append(
            "scenario_runs",
            [{"run_id": "a", "scenario": "try again", "started_at": datetime(2024, 1, 1)}],
        )
        assert commands(project) == ["mlmon run 'try again'"]


def test_the_dashboard_changes_when_a_file_does_and_only_then(evaluated: Path):
    with mlmon.open(evaluated) as project:
        index = project.report()
        first = index.stat().st_mtime_ns
        assert project.report().stat().st_mtime_ns == first
        small_shop.write(evaluated, "2024_03", small_shop.orders("2024_03"))
        text = project.report().read_text(encoding="utf-8")
        assert index.stat().st_mtime_ns != first
        assert "orders_2024_03.csv was never read" in text
        assert str(evaluated) not in text


def test_five_hundred_files_are_looked_through_once(shop, monkeypatch):
    for number in range(500):
        small_shop.write(shop, f"2025_{number:03}", ["1,2024-01-01,1.00,book,kept"])
    with mlmon.open(shop) as project:
        looked: list[str] = []
        find = files.find
        monkeypatch.setattr(files, "find", lambda *given: looked.append("") or find(*given))
        assert "and so with 501 more" in reasons(project)["orders"][0]
        assert len(looked) == 1
