"""The command line: data to stdout, words to stderr, an exit code for every ending."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import Done
from shop import edit

import mlmon
from mlmon.warehouse.warehouse import Warehouse


def rows(done: Done) -> list[dict]:
    assert done.code == 0, done.err
    found: list[dict] = json.loads(done.out)
    return found


# What is printed where -----------------------------------------------------------


def test_from_files_to_figures(run, shop):
    done = run("ingest", "-C", shop, "--format", "json")
    assert [row["batch"] for row in rows(done)] == ["2024_01", "2024_02"]
    assert done.err == "2 batches written\n"
    assert run("ingest", "-C", shop).err == "nothing new or changed\n"

    (version,) = rows(run("train", "returns", "-C", shop, "--format", "json"))
    assert (version["model_version"], version["created_by"]) == (1, "mlmon train")

    plan = rows(run("evaluate", "truth", "--dry-run", "-C", shop, "--format", "json"))
    assert [step["command"] for step in plan] == [
        "mlmon score returns --batch 2024_02",
        "mlmon evaluate truth --batch 2024_02",
    ]
    done = run("score", "returns", "-C", shop)
    assert (done.code, done.err) == (0, "200 records scored\n")
    assert run("score", "returns", "-C", shop).err == "every record was scored already\n"

    words = (
        "evaluate",
        "truth",
        "-C",
        shop,
        "--name",
        "mine",
        "--label",
        "a=b=c",
        "--format",
        "json",
    )
    (evaluation,) = rows(run(*words))
    assert evaluation["rows"] == 200
    assert 0 <= evaluation["roc_auc_score"] <= 1
    query = "select name, labels->>'a' as a from evaluations"
    assert rows(run("sql", query, "-C", shop, "--format", "json")) == [{"name": "mine", "a": "b=c"}]

    several = ("evaluate", "blind", "--batch", "2024_01", "--batch", "2024_02", "-C", shop)
    assert [row["batch"] for row in rows(run(*several, "--format", "json"))] == [
        "2024_01",
        "2024_02",
    ]
    (checked,) = rows(run("check", "-C", shop, "--format", "json"))
    assert (checked["check_name"], checked["outcome"]) == ("calm", "OK")

    done = run("report", "-C", shop)
    assert Path(done.out.strip()) == shop / "reports/index.html"
    assert Path(done.out.strip()).is_file()


def test_a_comparison_prints_its_page(run, evaluated):
    words = ("report", "-C", evaluated, "--compare", "truth/2024_01", "--compare", "returns/1")
    done = run(*words)
    assert (done.code, done.err) == (0, "")
    page = Path(done.out.strip())
    assert page.parent == evaluated / "reports/comparisons"
    assert "2024_01 in truth (version 1) beside Version 1" in page.read_text(encoding="utf-8")
    other = Path(run(*words, "--champion", "returns/1").out.strip())
    assert "Version 1 of returns (test part) beside 2024_01" in other.read_text(encoding="utf-8")
    assert run("report", "-C", evaluated).out == f"{evaluated / 'reports/index.html'}\n"
    assert page.is_file()
    a_line(run("report", "-C", evaluated, "--compare", "returns/1"), 2, "2 to 12 things")
    a_line(run(*words, "--compare", "truth/2024_03"), 3, "there is truth/2024_01 and truth/2024_02")
    a_line(run(*words, "--champion", "blind/2024_01"), 2, "is not compared")


def test_a_report_in_short(run, evaluated):
    run("check", "-C", evaluated)
    folder = evaluated / "reports"
    done = run("report", "--summary", "-C", evaluated)
    assert done.code == 0
    assert done.out == (folder / "summary.txt").read_text(encoding="utf-8")
    assert done.out.startswith("OK: Everything is within its limits\nshop, Model monitoring, ")
    assert f"wrote {folder / 'index.html'} and, beside it, summary.txt, summary.md" in done.err
    assert (folder / "summary.png").read_bytes().startswith(b"\x89PNG")
    done = run("report", "--summary", "--format", "md", "-C", evaluated)
    assert done.out == (folder / "summary.md").read_text(encoding="utf-8")
    assert done.out.startswith("## \N{BLACK CIRCLE} OK: Everything is within its limits\n")
    assert run("report", "-C", evaluated).out == f"{folder / 'index.html'}\n"
    done = run("report", "--summary", "--format", "json", "-C", evaluated)
    assert (done.code, done.out) == (2, "")
    assert done.err == "mlmon: --format json: a summary is plain text, or Markdown with md\n"
    elsewhere = evaluated / "elsewhere"
    assert run("report", "--summary", "-o", elsewhere, "-C", evaluated).code == 0
    assert (elsewhere / "summary.png").is_file()


def test_deleting(run, evaluated):
    (found,) = rows(
        run(
            "sql",
            "select evaluation_id from evaluations limit 1",
            "-C",
            evaluated,
            "--format",
            "json",
        )
    )
    done = run("delete", "evaluation", found["evaluation_id"], "-C", evaluated)
    assert (done.code, done.out) == (0, "")
    again = run("delete", "evaluation", found["evaluation_id"], "-C", evaluated)
    assert (again.code, "nothing to do" in again.err) == (0, True)
    assert run("delete", "evaluation", found["evaluation_id"][:8], "-C", evaluated).code == 3
    assert run("delete", "batch", "orders", "2024_02", "-C", evaluated).code == 0
    again = run("delete", "batch", "orders", "2024_02", "-C", evaluated)
    assert (again.code, "nothing to do: dataset orders has no batch 2024_02" in again.err) == (
        0,
        True,
    )
    assert run("delete", "batch", "ordres", "2024_02", "-C", evaluated).code == 2


def test_versions(run, trained):
    run("train", "returns", "--batch", "2024_02", "-C", trained)
    versions = rows(run("models", "-C", trained, "--format", "json"))
    assert [(v["model_version"], v["is_active"]) for v in versions] == [(2, True), (1, False)]
    (active,) = rows(run("activate", "returns", 1, "-C", trained, "--format", "json"))
    assert active["model_version"] == 1
    assert run("activate", "returns", 9, "-C", trained).code == 2


def test_status_and_files(run, evaluated, tmp_path):
    status = rows(run("status", "-C", evaluated, "--format", "json"))
    assert {row["kind"] for row in status} == {"dataset", "model", "store"}
    for kind in ("csv", "parquet"):
        done = run("export", kind, "-o", tmp_path / kind, "-C", evaluated)
        paths = [Path(line) for line in done.out.split()]
        assert (done.code, len(paths)) == (0, 6)
        for path in paths:
            count = f"select count(*) as n from '{path}'"
            words = ("sql", "--allow-files", count, "-C", evaluated)
            (row,) = rows(run(*words, "--format", "json"))
            assert row["n"] > 0 or path.stem == "check_results"
    copy = tmp_path / "copy" / "shop.duckdb"
    assert run("publish", copy, "-C", evaluated).out == f"{copy}\n"
    assert run("publish", copy, "-C", evaluated).code == 0
    with Warehouse(copy, read_only=True) as published:
        assert published.value("select count(*) from metrics") > 100
        views = "select count(*), count(comment) from duckdb_views() where not internal"
        (counts,) = published.read(views)
        assert len(set(counts.values())) == 1
    assert [path.name for path in copy.parent.iterdir()] == ["shop.duckdb"]


def test_formats(run, trained):
    words = (
        "sql",
        "select 1 as one, null as none, 'a|b, c' as text, [1, 2] as list",
        "-C",
        trained,
    )
    assert rows(run(*words, "--format", "json")) == [
        {"one": 1, "none": None, "text": "a|b, c", "list": [1, 2]}
    ]
    (row,) = csv.DictReader(io.StringIO(run(*words, "--format", "csv").out))
    assert row == {"one": "1", "none": "", "text": "a|b, c", "list": "[1, 2]"}
    assert run(*words, "--format", "md").out.splitlines() == [
        "| one | none | text | list |",
        "| --- | --- | --- | --- |",
        "| 1 |  | a\\|b, c | [1, 2] |",
    ]
    assert re.split(r"\s{2,}", run(*words).out.splitlines()[0].strip()) == [
        "one",
        "none",
        "text",
        "list",
    ]


def test_no_rows(run, trained):
    words = ("sql", "select 1 as one where false", "-C", trained)
    assert rows(run(*words, "--format", "json")) == []
    assert run(*words).out == ""


def test_the_project_may_be_named_before_or_after_the_command(run, trained, monkeypatch):
    expected = run("models", "-C", trained, "--format", "csv").out
    assert expected.count("\n") == 2
    assert run("-C", trained, "--format", "csv", "models").out == expected
    assert run("--project", trained, "models", "--format", "csv").out == expected
    monkeypatch.chdir(trained)
    assert run("models", "--format", "csv").out == expected


def test_groups_take_the_project_too(run, shop):
    with (shop / "mlmon.yml").open("a") as file:
        file.write(
            "scenarios:\n  Look:\n    triggers: [{name: Weekly, every: 1 week, at: Monday 06:00}]\n"
            "    steps: [{name: look, check: blind}]\n"
        )
    for words in (
        ("schedule", "next", "-C", shop, "--format", "json"),
        ("-C", shop, "--format", "json", "schedule", "next"),
    ):
        (row,) = rows(run(*words))
        assert (row["scenario"], row["trigger"], row["due"][11:]) == ("Look", "Weekly", "06:00:00")


def test_schema_and_version(run):
    assert json.loads(run("schema").out)["title"] == "Config"
    assert run("--version").out == f"{mlmon.__version__}\n"


def test_init(run, tmp_path):
    done = run("init", tmp_path / "new")
    assert (done.code, done.out) == (0, f"{tmp_path / 'new/mlmon.yml'}\n")
    assert run("init", tmp_path / "new").code == 0
    edit(tmp_path / "new", "project: fraud", "project: mine")
    assert run("init", tmp_path / "new").code == 2


def test_the_dictionary(run, evaluated):
    text = run("docs", "-C", evaluated).out
    assert "## evaluation_metrics (table)" in text
    assert "| roc_auc_score | DOUBLE |" in text
    assert "|  |\n" not in text


# Exit codes ------------------------------------------------------------------------


def a_line(done: Done, code: int, words: str) -> None:
    """The command ended with this code and one line that says why; nothing on stdout."""
    assert (done.code, done.out) == (code, ""), done
    assert done.err.startswith("mlmon: ")
    assert done.err.count("\n") == 1
    assert words in done.err


def test_1_a_check_is_error(run, evaluated):
    edit(evaluated, "max: 0.99", "max: 0.0")
    done = run("check", "blind", "-C", evaluated)
    assert done.code == 1
    assert "ERROR" in done.out
    assert done.err == ""


def test_0_a_check_is_only_a_warning(run, evaluated):
    edit(evaluated, "max: 0.99", "soft_max: 0.0")
    done = run("check", "blind", "-C", evaluated)
    assert done.code == 0
    assert "WARNING" in done.out


@pytest.mark.parametrize(
    ("step", "code"), [("{name: a, sql: select error('no')}", 1), ("{name: a, sql: select 1}", 0)]
)
def test_1_a_scenario_failed(run, ingested, step, code):
    with (ingested / "mlmon.yml").open("a") as file:
        file.write(f"scenarios: {{Nightly: {{steps: [{step}]}}}}\n")
    done = run("run", "Nightly", "-C", ingested)
    assert done.code == code
    assert done.err == f"Nightly: {'FAILED' if code else 'SUCCESS'}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ingest", "ordres"), "no dataset is called 'ordres'; there is orders"),
        (("train", "refunds"), "no model is called 'refunds'; there is returns"),
        (("evaluate", "trust"), "no store is called 'trust'; there is blind, truth"),
        (("check", "trust"), "no store is called 'trust'"),
        (("run", "Daily"), "no scenario is called 'Daily'"),
        (("report", "--dashboard", "other"), "no dashboard is called 'other'"),
        (("evaluate", "truth", "--label", "nothing"), "--label nothing: give it as key=value"),
        (("sql", "delete from batches"), "read-only"),
        (("export", "csv", "--model", "returns"), "export csv has no such option"),
        (("export", "mlflow", "-o", "here"), "export mlflow has no such option"),
    ],
)
def test_2_wrong_usage_that_we_find(run, trained, words, message):
    a_line(run(*words, "-C", trained), 2, message)


@pytest.mark.parametrize(
    "words",
    [
        ("ingets",),
        ("train",),
        ("activate", "returns", "first"),
        ("export", "xlsx"),
        ("delete",),
        ("models", "--format", "xml"),
        ("check", "--bach", "1"),
        ("demo", "--rows-per-month", "1"),
    ],
)
def test_2_wrong_usage_that_the_parser_finds(run, words):
    done = run(*words)
    assert (done.code, done.out) == (2, "") or words == ("delete",)
    assert done.code == 2


def test_2_no_project_or_a_wrong_one(run, shop, tmp_path):
    a_line(run("status", "-C", tmp_path), 2, "there is no mlmon.yml in")
    edit(shop, "key: id", "kee: id")
    done = run("status", "-C", shop)
    assert done.code == 2
    assert "mlmon.yml:4:" in done.err
    edit(shop, "project: shop", "project: [shop")
    assert run("status", "-C", shop).code == 2


def test_3_the_work_could_not_be_done(run, shop, trained):
    a_line(run("status", "-C", shop), 3, "make it with `mlmon ingest`")
    a_line(run("score", "returns", "-C", shop), 3, "has no batch; run `mlmon ingest orders`")
    a_line(run("ingest", "--batch", "2031_01", "-C", shop), 3, "no file for batch 2031_01")
    a_line(run("check", "blind", "-C", trained), 3, "run `mlmon evaluate blind`")
    a_line(run("evaluate", "truth", "--only-this", "-C", trained), 3, "are not scored by version 1")
    (shop / "landing/orders_2024_02.csv").write_text("id,day\n")
    a_line(run("ingest", "-C", shop), 3, "orders_2024_02.csv: no records")


def test_3_a_folder_that_cannot_be_written(run, trained, tmp_path):
    (tmp_path / "taken").write_text("a file")
    a_line(run("export", "csv", "-o", tmp_path / "taken", "-C", trained), 3, "taken")
    a_line(run("publish", tmp_path / "taken/copy.duckdb", "-C", trained), 3, "taken")
    a_line(run("report", "-o", tmp_path / "taken", "-C", trained), 3, "taken")


SLOW = """
import pathlib, time
def slow():
    pathlib.Path(__file__).with_name("started").touch()
    time.sleep(300)
"""
LISTENING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from mlmon.cli import main
main()
"""


def test_130_interrupted(ingested):
    (ingested / "slow_estimator.py").write_text(SLOW)
    edit(
        ingested, "positive_class: back", "positive_class: back\n    estimator: slow_estimator:slow"
    )
    # What a session in the background starts ignores SIGINT; LISTENING hears it all the same.
    command = [sys.executable, "-c", LISTENING, "train", "returns", "-C", str(ingested)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        deadline = time.monotonic() + 120
        while not (ingested / "started").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "mlmon: interrupted; run the command again to finish\n"
    with mlmon.open(ingested, read_only=True) as project:
        assert project.models() == []


ENDLESS = (
    "select count(*) from range(1000000000) a, range(1000) b where (a.range * b.range) % 7 = 3"
)


def test_130_interrupted_in_a_query(ingested):
    started = ingested / "started.csv"
    with (ingested / "mlmon.yml").open("a") as file:
        file.write("scenarios:\n  Slow:\n    steps:\n")
        file.write(f"      - {{name: quick, sql: \"copy (select 1) to '{started}'\"}}\n")
        file.write(f'      - {{name: slow, sql: "create table slow as {ENDLESS}"}}\n')
    command = [sys.executable, "-c", LISTENING, "run", "Slow", "-C", str(ingested)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        deadline = time.monotonic() + 120
        while not started.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1)  # the slow query has begun
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out) == (130, ""), err
    with mlmon.open(ingested, read_only=True) as project:
        steps = project.warehouse.read("select step, outcome from step_runs")
        assert not project.warehouse.has("slow")
    assert steps[0] == {"step": "quick", "outcome": "SUCCESS"}


def test_debug_shows_the_traceback(shop):
    command = [sys.executable, "-m", "mlmon", "--debug", "status", "-C", str(shop)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" in done.stderr
    assert "WarehouseNotFound" in done.stderr


def test_a_reader_that_leaves_early(trained):
    command = [sys.executable, "-m", "mlmon", "sql", "from range(50000)", "--format", "csv"]
    with subprocess.Popen(
        [*command, "-C", str(trained)], stdout=-1, stderr=-1, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


# What a command loads --------------------------------------------------------------

LOADS = """
import json, sys
from mlmon.cli import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["mlmon", *words]
    try:
        main()
    except SystemExit as ending:
        assert not ending.code, (words, ending.code)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
"""
HEAVY = {"ibis", "mlflow", "sklearn", "skops", "scipy", "altair", "vl_convert", "jinja2", "sqlglot"}


def loaded(*commands: tuple[object, ...]) -> set[str]:
    """Return the packages that a process has loaded after some commands."""
    words = json.dumps([[str(word) for word in command] for command in commands])
    done = subprocess.run(
        [sys.executable, "-c", LOADS, words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_loads_next_to_nothing():
    packages = loaded(("--help",), ("evaluate", "--help"), ("--version",), ("schema",))
    assert "typer" in packages
    assert not packages & (HEAVY | {"numpy", "pandas", "pyarrow"})


def test_reading_loads_neither_ibis_nor_scikit_learn(evaluated, tmp_path):
    packages = loaded(
        *(
            (*command, "-C", evaluated)
            for command in (
                ("status",),
                ("models",),
                ("sql", "from metrics"),
                ("docs",),
                ("schedule", "next"),
                ("schedule", "due"),
                ("export", "csv", "-o", tmp_path / "csv"),
                ("publish", tmp_path / "copy.duckdb"),
            )
        )
    )
    assert "duckdb" in packages
    assert not packages & HEAVY


def test_a_report_without_news_draws_nothing(evaluated, run):
    assert run("report", "-C", evaluated).code == 0
    packages = loaded(("report", "-C", evaluated))
    assert "duckdb" in packages
    assert not packages & {"altair", "ibis", "jinja2", "pandas", "sklearn", "vl_convert"}
