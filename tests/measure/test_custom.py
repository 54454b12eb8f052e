"""A project's own metrics: a view or a function becomes a figure like any other, or a finding."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from shop import HEADER, MONTHS, edit, lay_out, orders

import mlmon
from mlmon.errors import ConfigError, ViewError
from mlmon.project import Project
from mlmon.views.dictionary import markdown
from mlmon.warehouse import metrics as catalogue

REFUNDS = """\
-- Money of the orders that came back, of an evaluation and by kind of goods.
-- value: the sum of the amounts.
select
    e.evaluation_id,
    'refunds' as metric,
    k.category as feature,
    sum(a.number) as value
from evaluations as e
join scored_records as s on e.sample_id = s.sample_id and s.actual = 'back'
join feature_values as a on s.sample_id = a.sample_id and s.record_id = a.record_id
join feature_values as k on s.sample_id = k.sample_id and s.record_id = k.record_id
where a.feature = 'amount' and k.feature = 'kind'
group by grouping sets ((e.evaluation_id), (e.evaluation_id, k.category))
"""
PLAIN = "from orders select kind, count(*) as n group by kind;"
FUNCTIONS = """\
def refunds(truth, prediction, evaluated, reference):
    return evaluated["amount"][truth == "back"].sum()

def seen(truth, prediction, evaluated, reference):
    assert list(evaluated) == ["amount", "kind", "score", "prediction", "truth", "record_id"]
    assert list(reference) == list(evaluated)
    assert truth.equals(evaluated["truth"]) and prediction.equals(evaluated["prediction"])
    assert set(prediction) <= {"back", "kept"} and reference["truth"].notna().all()
    assert evaluated["record_id"].is_monotonic_increasing
    known = float(truth.notna().mean())
    evaluated["amount"] = 0
    reference["amount"] = 0
    return known, f"{len(evaluated)} against {len(reference)}"

def untouched(truth, prediction, evaluated, reference):
    return min(evaluated["amount"].min(), reference["amount"].min())

def undefined(truth, prediction, evaluated, reference):
    return None

def broken(truth, prediction, evaluated, reference):
    raise ValueError("not today\\nnor tomorrow")

def text(truth, prediction, evaluated, reference):
    return "0.5"

def nan(truth, prediction, evaluated, reference):
    return float("nan")

def leaves(truth, prediction, evaluated, reference):
    raise SystemExit(7)
"""


def view(folder: Path, name: str, text: str) -> Path:
    """The project's folder of views has a file; mlmon.yml names the folder."""
    path = folder / "own" / f"{name}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    config = folder / "mlmon.yml"
    if "views: own" not in config.read_text():
        config.write_text(config.read_text() + "views: own\n")
    return path


def metric(name: str, value: str, more: str = "") -> str:
    return f"select evaluation_id, '{name}' as metric, {value} as value{more} from evaluations"


def functions(folder: Path, **metrics: str) -> None:
    """The shop's model has metrics: name -> function of the module own_metrics."""
    (folder / "own_metrics.py").write_text(FUNCTIONS)
    listed = ", ".join(f'{name}: "own_metrics:{what}"' for name, what in metrics.items())
    edit(folder, "    target: returned", f"    metrics: {{{listed}}}\n    target: returned")


def findings(project: Project, evaluation: mlmon.Evaluation) -> list[str]:
    rows = project.warehouse.read(
        "from diagnostics where evaluation_id = $id and code = 'custom_metric_failed'"
        " order by message",
        id=evaluation.id,
    )
    return [row["message"] for row in rows]


def money(month: str, kind: str | None = None) -> float:
    rows = [line.split(",") for line in orders(month)]
    return sum(float(r[2]) for r in rows if r[4] == "back" and kind in (None, r[3]))


# Views ------------------------------------------------------------------------


def test_a_file_is_a_view_with_comments(ingested):
    view(ingested, "kinds", PLAIN)
    view(ingested, "big_kinds", "-- Kinds with many orders.\n-- n: how many.\nfrom kinds where n>9")
    view(ingested, ".kinds", "an editor's leftover")
    with mlmon.open(ingested) as project:
        counted = dict(project.sql("from big_kinds").to_pandas().itertuples(index=False))
        lines = [line for month in MONTHS for line in orders(month)]
        expected = pd.Series([line.split(",")[3] for line in lines])
        assert counted == expected.value_counts().to_dict()
        comments = project.warehouse.read("select view_name, comment from duckdb_views()")
        said = {row["view_name"]: row["comment"] for row in comments}
        assert said["kinds"] == "The project's view in own/kinds.sql."
        assert said["big_kinds"] == "Kinds with many orders."
        columns = project.warehouse.read(
            "select table_name || '.' || column_name as name, comment from duckdb_columns()"
            " where table_name in ('kinds', 'big_kinds')"
        )
        words = {row["name"]: row["comment"] for row in columns}
        assert words["big_kinds.n"] == "how many."
        assert len(words) == 4
        assert all(words.values())


def test_the_dictionary_lists_it(ingested):
    view(ingested, "kinds", PLAIN)
    mlmon.open(ingested).close()
    with mlmon.open(ingested, read_only=True) as project:
        text = markdown(project.warehouse)
    assert "## kinds (view)\n\nThe project's view in own/kinds.sql.\n" in text


def test_a_view_follows_its_file(ingested):
    path = view(ingested, "kinds", PLAIN)
    view(ingested, "reader", "select * from Kinds")
    with mlmon.open(ingested) as project:
        assert list(project.table("reader").columns) == ["kind", "n"]
    path.write_text("select kind, 1 as one, 2 as two from orders")
    with mlmon.open(ingested) as project:
        assert list(project.table("reader").columns) == ["kind", "one", "two"]
        assert len(project.sql("from reader").to_pandas()) == 400
    (ingested / "own" / "reader.sql").unlink()
    path.rename(path.with_name("Kinds.sql"))
    with mlmon.open(ingested) as project:
        assert project.warehouse.views() & {"kinds", "Kinds", "reader"} == {"Kinds"}
    edit(ingested, "views: own\n", "")
    with mlmon.open(ingested) as project:
        assert "Kinds" not in project.warehouse.views()


def test_an_unchanged_view_is_not_made_again(ingested):
    view(ingested, "kinds", PLAIN)
    mlmon.open(ingested).close()
    before = (ingested / "warehouse" / "mlmon.duckdb").read_bytes()
    mlmon.open(ingested).close()
    assert (ingested / "warehouse" / "mlmon.duckdb").read_bytes() == before


def test_a_view_waits_for_what_it_reads(shop):
    view(shop, "kinds", PLAIN)
    view(shop, "reader", "from kinds")
    view(shop, "said", "select prediction, count(*) as n from scored_orders group by all")
    own = {"kinds", "reader", "said"}
    with mlmon.open(shop) as project:
        assert project.warehouse.views() & own == set()
        project.ingest("orders")
        assert project.warehouse.views() & own == {"kinds", "reader"}
        project.train("returns")
        assert project.warehouse.views() & own == own


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("bad", "select kind,\n    nope\nfrom orders", 'own/bad.sql:2: Binder Error: .*"nope"'),
        ("bad", "select kind\nfrom orders\nwhre 1", "own/bad.sql:3: Invalid expression"),
        ("bad", "-- Hello.\nselect 1 as n\nfrom ordrs", "own/bad.sql:3: Catalog Error: .*ordrs"),
        ("bad", "select 1 as n; drop table orders", "own/bad.sql: a view is one select"),
        ("bad", "create view x as select 1 as n", "own/bad.sql: a view is one select"),
        ("bad", "", "own/bad.sql: a view is one select"),
        ("bad", "from read_csv('nowhere.csv')", r"own/bad.sql: .*read_csv\(\) reads files"),
        ("bad", "from 'landing/orders_2024_01.csv'", "own/bad.sql: .*nothing is called landing"),
        ("bad", "with a as (from glob('*')) from a", r"own/bad.sql: .*glob\(\) reads files"),
        ("bad", "select nextval('s') as n", r"own/bad.sql: .*nextval\(\) does more"),
        ("bad", "from bad", "own/bad.sql reads own/bad.sql; a view cannot read itself"),
        ("bad", "from good", "own/.*.sql reads own/.*.sql reads own/.*.sql; a view cannot"),
        ("orders", PLAIN, "own/orders.sql: orders is a relation of mlmon's; rename the file"),
        ("Metrics", PLAIN, "own/Metrics.sql: Metrics is a relation of mlmon's; rename the file"),
        ("scored_orders", PLAIN, "own/scored_orders.sql: scored_orders is a relation of mlmon's"),
        ("lift", PLAIN, "own/lift.sql: lift is a relation of mlmon's; rename the file"),
        ("GOOD", PLAIN, "own/good.sql: another file is called so too; rename one"),
        ("not good", PLAIN, "own/not good.sql: a view's name is letters, digits and _"),
    ],
)
def test_a_file_that_is_no_view_is_refused_and_nothing_changes(ingested, name, text, words):
    good = view(ingested, "good", "select 1 as n")
    mlmon.open(ingested).close()
    good.write_text("select n from bad" if text == "from good" else "select 2 as n")
    view(ingested, name, text)
    with pytest.raises(ConfigError, match=words) as caught:
        mlmon.open(ingested)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    with mlmon.open(ingested, read_only=True) as project:
        assert project.warehouse.read("from good") == [{"n": 1}]
        assert project.warehouse.value("select count(*) from orders") == 400
        assert "bad" not in project.warehouse.views()


def test_a_file_in_another_encoding(ingested):
    view(ingested, "bad", "").write_bytes("-- Schläppchen\nselect 1".encode("latin-1"))
    with pytest.raises(ViewError, match=r"own/bad\.sql: byte 7 is not UTF-8"):
        mlmon.open(ingested)


def test_a_broken_view_does_not_undo_what_a_verb_did(shop):
    view(shop, "bad", metric("bad", "nope").replace("from", "from orders, "))
    view(shop, "reader", "from bad")
    with mlmon.open(shop) as project:
        project.ingest("orders")
        project.train("returns")
        evaluation = project.evaluate("truth")
        said = findings(project, evaluation)
    assert len(said) == 2
    assert said[0].startswith("view bad: own/bad.sql:1: Binder Error: ")
    with pytest.raises(ConfigError, match=r"own/bad\.sql:1: Binder Error"):
        mlmon.open(shop)


# Views that are metrics --------------------------------------------------------


def test_a_view_of_the_row_type_of_metrics_is_a_metric(trained):
    view(trained, "refunds", REFUNDS)
    edit(
        trained,
        "truth: {model: returns}",
        "truth:\n    model: returns\n    checks:\n"
        "      - {name: all, metric: refunds, max: 1}\n"
        "      - {name: toys, metric: refunds, feature: toy, max: 100000}\n",
    )
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth", batch="2024_02")
        assert findings(project, evaluation) == []
        assert evaluation.value("refunds") == pytest.approx(money("2024_02"))
        assert evaluation.value("refunds", "toy") == pytest.approx(money("2024_02", "toy"))
        rows = project.warehouse.read("from metrics where metric = 'refunds'")
        assert {row["feature"] for row in rows} == {None, "book", "shoe", "toy"}
        results = project.check("truth")
        assert [row.outcome for row in results] == ["ERROR", "OK"]
        assert results[1].value == evaluation.value("refunds", "toy")
        blind = project.evaluate("blind", batch="2024_02")
        with pytest.raises(KeyError):
            blind.value("refunds")
        assert findings(project, blind) == []


def test_a_view_may_give_all_columns_of_a_metric(trained):
    more = ", 0 as lower, 2.5::decimal(3, 1) as upper, 'north' as segment, 'so it is' as note"
    view(trained, "full", metric("full", "true", more))
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth")
        row = project.warehouse.one("from metrics where metric = 'full'")
        assert findings(project, evaluation) == []
    stored = {name: row[name] for name in ("value", "lower", "upper", "segment", "note")}
    assert stored == {
        "value": 1.0,
        "lower": 0.0,
        "upper": 2.5,
        "segment": "north",
        "note": "so it is",
    }


def test_a_view_reads_what_the_evaluation_has_just_written(trained):
    view(
        trained,
        "half_drift",
        "select evaluation_id, 'half_drift' as metric, value / 2 as value from metrics"
        " where metric = 'data_drift'",
    )
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth")
        assert evaluation.value("half_drift") == evaluation.value("data_drift") / 2


FAILING = {  # view -> its query, what is said of it, whether its figure is there as undefined
    "cast": (
        metric("cast", "store::integer"),
        "Conversion Error: Could not convert string 'truth' to INT32",
        False,
    ),
    "fails": (metric("fails", "error('no way')"), "Invalid Input Error: no way", False),
    "text": (metric("text", "'high'"), "the value of text is 'high', no number", True),
    "nan": (metric("nan", "'nan'::double"), "the value of nan is nan, no number", True),
    "low": (metric("low", "1", ", 'x' as lower"), "the lower of low is 'x', no number", True),
    "twice": (
        f"{metric('twice', '1')} union all {metric('twice', '2')}",
        "twice stands there twice",
        True,
    ),
    "ours": (
        metric("data_drift", "1"),
        "data_drift is a metric that there is already; give it another name",
        False,
    ),
    "nameless": (metric("", "1"), "a row has no metric", False),
}


def test_a_view_that_fails_is_a_finding(trained):
    for name, (text, *_) in FAILING.items():
        view(trained, name, text)
    view(trained, "works", metric("works", "7"))
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth")
        said = [message.removeprefix("view ") for message in findings(project, evaluation)]
        expected = [f"{name}: {words}" for name, (_, words, _) in sorted(FAILING.items())]
        for message, words in zip(said, expected, strict=True):
            assert message.startswith(words)
        for name, (_, _, stored) in FAILING.items():
            figures = project.warehouse.read("from metrics where metric = $name", name=name)
            assert [row["value"] for row in figures] == [None] * stored, name
            assert all(row["note"] for row in figures)
        assert evaluation.value("works") == 7.0
        assert evaluation.value("data_drift") > 0.1
        figures = project.warehouse.read("from metrics where metric = 'data_drift'")
        assert len(figures) == 1
        assert project.warehouse.value("select count(*) from evaluations") == 1
        assert project.evaluate("truth").id == evaluation.id


def test_an_undefined_value_says_so(trained):
    view(trained, "none", metric("none", "null::double"))
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("truth")
        assert evaluation.value("none") is None
        assert findings(project, evaluation) == []
        note = project.warehouse.value("select note from metrics where metric = 'none'")
    assert note == "the view gives no value"


def test_a_scenario_goes_on_when_a_view_fails(trained):
    view(trained, "cast", metric("cast", "store::integer"))
    text = "scenarios:\n  Daily:\n    steps:\n      - {name: Build, evaluate: truth}\n"
    config = trained / "mlmon.yml"
    config.write_text(config.read_text() + text)
    with mlmon.open(trained) as project:
        run = project.run("Daily")
        assert [(step.step, step.outcome) for step in run.steps] == [("Build", "SUCCESS")]
        found = project.warehouse.read("from diagnostics where code = 'custom_metric_failed'")
        assert len(found) == 1
        assert project.warehouse.value("select count(*) from evaluations") == 1
        assert project.warehouse.value("select count(*) from step_runs") == 1


# Functions --------------------------------------------------------------------


def test_a_function_is_a_metric(trained):
    functions(trained, refund_sum="refunds", share_known="seen", least="untouched")
    edit(trained, "metric: data_drift, max: 0.99", "metric: share_known, max: 0")
    with mlmon.open(trained) as project:
        truth = project.evaluate("truth", batch="2024_02")
        assert findings(project, truth) == []
        assert truth.value("refund_sum") == pytest.approx(money("2024_02"))
        assert truth.value("share_known") == 1.0
        assert truth.value("least") > 0
        tests = project.warehouse.value("select rows from samples where role = 'reference'")
        note = project.warehouse.value("select note from metrics where metric = 'share_known'")
        assert note == f"200 against {tests}"
        blind = project.evaluate("blind", batch="2024_02")
        assert findings(project, blind) == []
        assert blind.value("share_known") == 0.0
        assert [row.outcome for row in project.check("blind")] == ["OK"]


REASONS = {
    "broken": "ValueError: not today",
    "text": "the result is '0.5', no number",
    "nan": "the result is nan, no number",
    "leaves": "SystemExit: 7",
    "missing": "AttributeError: module 'own_metrics' has no attribute 'missing'",
}


def test_a_function_that_fails_is_a_finding(trained):
    functions(trained, fine="undefined", **{f"{name}_one": name for name in REASONS})
    edit(trained, "metric: data_drift,", "metric: broken_one,")
    with mlmon.open(trained) as project:
        evaluation = project.evaluate("blind")
        assert findings(project, evaluation) == [
            f"{name}_one: own_metrics:{name}: {REASONS[name]}" for name in sorted(REASONS)
        ]
        assert [evaluation.value(f"{name}_one") for name in REASONS] == [None] * len(REASONS)
        assert evaluation.value("fine") is None
        assert evaluation.value("data_drift") > 0.1
        (result,) = project.check("blind")
    assert result.outcome == "EMPTY"
    assert result.message == ("broken_one has no value: own_metrics:broken: ValueError: not today")


def test_a_module_that_is_not_there_or_cannot_be_read(trained):
    functions(trained, mine="undefined")
    (trained / "own_metrics.py").unlink()
    with mlmon.open(trained) as project:
        (said,) = findings(project, project.evaluate("blind"))
        assert said.startswith("mine: own_metrics:undefined: ModuleNotFoundError: No module named")
        (trained / "own_metrics.py").write_text("def undefined(\n")
        (said,) = findings(project, project.evaluate("blind"))
        assert said.startswith("mine: own_metrics:undefined: SyntaxError: ")


def test_classes_have_the_type_of_the_dataset_and_estimates_are_numbers(tmp_path):
    rows = [line.replace(",back", ",1").replace(",kept", ",0") for line in orders("2024_01")]
    for task, kind in (("binary", "int64"), ("regression", "float64")):
        folder = tmp_path / task
        lay_out(folder)
        shutil.rmtree(folder / "landing")
        (folder / "landing").mkdir()
        unknown = rows[0].rsplit(",", 1)[0] + ","
        text = "\n".join([HEADER, unknown, *rows[1:]])
        (folder / "landing" / "orders_2024_01.csv").write_text(text + "\n")
        positive = "positive_class: 1" if task == "binary" else "task: regression"
        edit(folder, "positive_class: back", positive)
        functions(folder, mine="mine")
        (folder / "own_metrics.py").write_text(
            "def mine(truth, prediction, evaluated, reference):\n"
            f"    assert str(prediction.dtype).lower() == '{kind}', prediction.dtype\n"
            "    assert truth.isna().sum() == 1\n"
            "    return (truth == 1).sum()\n"
        )
        with mlmon.open(folder) as project:
            project.ingest("orders")
            project.train("returns")
            evaluation = project.evaluate("truth")
            assert findings(project, evaluation) == []
            expected = sum(row.endswith(",1") for row in rows[1:])
            assert evaluation.value("mine") == expected


# Settings, checks, pages ---------------------------------------------------------


def test_without_custom_metrics_the_identity_is_what_it_was(trained):
    with mlmon.open(trained) as project:
        before = project.evaluate("truth").id
    view(trained, "kinds", PLAIN)
    with mlmon.open(trained) as project:
        assert project.evaluate("truth").id == before


def test_custom_metrics_are_settings(trained):
    ids = []

    def evaluated() -> str:
        with mlmon.open(trained) as project:
            ids.append(project.evaluate("truth").id)
            assert project.evaluate("truth").id == ids[-1]
        return ids[-1]

    def value(name: str) -> float:
        with mlmon.open(trained) as project:
            return project.evaluate("truth").value(name)

    first = evaluated()
    view(trained, "base", "select 1 as n")
    assert evaluated() == first
    view(trained, "mine", metric("mine", "(select n from base)"))
    evaluated()
    view(trained, "base", "select 2 as n")
    evaluated()
    assert value("mine") == 2.0
    functions(trained, other="undefined")
    evaluated()
    (trained / "own_metrics.py").write_text(FUNCTIONS.replace("return None", "return 9.5"))
    evaluated()
    assert value("other") == 9.5
    assert len(set(ids)) == 5


def test_a_typo_in_a_check_is_told_with_what_is_near(evaluated):
    view(evaluated, "refunds", REFUNDS)
    functions(evaluated, expected_loss="undefined")
    edit(evaluated, "metric: data_drift,", "metric: refund,")
    for wrong, right in (("refund", "refunds"), ("expectd_loss", "expected_loss")):
        with (
            mlmon.open(evaluated) as project,
            pytest.raises(ConfigError, match=f"called '{wrong}'; did you mean {right}"),
        ):
            project.check("blind")
        edit(evaluated, "metric: refund,", "metric: expectd_loss,") if wrong == "refund" else None


def test_a_check_on_a_metric_that_was_not_measured_yet_or_failed(evaluated):
    view(evaluated, "mine", metric("mine", "store::integer"))
    edit(evaluated, "metric: data_drift,", "metric: mine,")
    with mlmon.open(evaluated) as project:
        (result,) = project.check("blind")
        assert result.outcome == "EMPTY"
        assert "has no such figure" in result.message
        project.evaluate("blind")
        (result,) = project.check("blind")
    assert result.outcome == "EMPTY"
    assert "view mine: Conversion Error" in result.message


def test_pages_show_it_under_its_name(trained):
    view(trained, "refunds", REFUNDS)
    functions(trained, expected_loss="refunds")
    config = trained / "mlmon.yml"
    tiles = "".join(
        f"      - {{metric: {name}, store: truth, show: {show}}}\n"
        for name in ("refunds", "expected_loss")
        for show in ("value", "history")
    )
    config.write_text(config.read_text() + f"dashboards:\n  default:\n    tiles:\n{tiles}")
    with mlmon.open(trained) as project:
        project.evaluate("truth", batch="2024_01")
        project.evaluate("truth", batch="2024_02")
        index = project.report()
    dashboard = index.read_text(encoding="utf-8")
    for name in ("refunds", "expected_loss"):
        assert f"{name}, history" in dashboard
    assert f"{money('2024_02'):,.0f}" in dashboard
    files = index.parent.glob("evaluations/*.html")
    pages = [path.read_text(encoding="utf-8").replace("<wbr>", "") for path in files]
    assert len(pages) == 2
    assert all(">refunds<" in page and ">expected_loss<" in page for page in pages)


def test_the_names_of_mlmons_metrics_are_known_without_a_database(trained):
    with mlmon.open(trained, read_only=True) as project:
        rows = project.warehouse.read("select metric from metric_catalogue")
    assert catalogue.names() == {row["metric"] for row in rows} | catalogue.STORED_BESIDE


def block(language: str, word: str) -> str:
    """Return the block of docs/metrics.md in a language that has a word in it."""
    text = (Path(__file__).parents[2] / "docs/metrics.md").read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (one,) = [each for each in found if word in each]
    return one


def test_the_documented_metrics(finished_copy):
    view(finished_copy, "declined", block("sql", "as metric"))
    (finished_copy / "my_metrics.py").write_text(block("python", "def missed_amount"))
    settings = block("yaml", "missed_amount").splitlines()
    assert settings[0].startswith("views: ")
    (line,) = [line.partition(" #")[0] for line in settings if "metrics:" in line]
    edit(finished_copy, "    target: authorized_flag", f"{line}\n    target: authorized_flag")
    with mlmon.open(finished_copy) as project:
        truth = project.evaluate("mes_for_ground_truth", batch="2017_12")
        blind = project.evaluate("mes_for_input_drift", batch="2017_12")
        assert findings(project, truth) == findings(project, blind) == []
        rows = project.sql("from scored_transactions where batch = '2017_12'").to_pandas()
        declined, missed = truth.value("declined_amount"), truth.value("missed_amount")
        assert blind.value("declined_amount") == pytest.approx(declined)
        assert blind.value("missed_amount") is None
    assert truth.rows == len(rows)
    amount, passed = rows["purchase_amount"], rows["prediction"] == "1"
    assert declined == pytest.approx(amount[~passed].sum())
    fraud = rows["authorized_flag"] == 0
    assert missed == pytest.approx(amount[passed & fraud].sum() / len(rows))
    assert missed > 0
