"""B5: a dataset, a model, a column may be called anything, or one line says that it may not."""

import json
from pathlib import Path

import pytest
from shop import CONFIG, orders, write

import mlmon
from mlmon.config import parse
from mlmon.errors import ConfigError, SourceError
from mlmon.ingest import ingest
from mlmon.warehouse.warehouse import Warehouse

STRANGE = (
    *("csv", "Parquet", "x.json", "main", "temp", "select", "batch", "sqlite_master"),
    *("main.orders", 'q"u', "数据 é", "--", "{batch}"),
)
TAKEN = (
    *("FEATURE_VALUES", "Batches", "metrics", "Latest_Metrics", "sample_records", "scored_x"),
    *("Scored_Orders", "mlmon_incoming", "MLMON_frame", "source_files", "upcoming_batches"),
    *("", " ", "a\nb", "\x07"),
)


def project(*datasets: str, models: str = "") -> str:
    named = ", ".join(f"? {json.dumps(name)} : {{path: 'in/*.csv', key: id}}" for name in datasets)
    return f"version: 1\nproject: p\ndatasets: {{{named}}}\n{models}"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Warehouse]:
    folder = tmp_path_factory.mktemp("names")
    (folder / "in").mkdir()
    return folder, Warehouse(folder / "mlmon.duckdb", comments=False)


def test_b5_a_dataset_may_be_called_so(opened):
    folder, warehouse = opened
    (folder / "in/1.csv").write_text("id,v\n1,a\n")
    config = parse(project(*STRANGE), folder)
    for name in STRANGE:
        assert ingest(warehouse, config, name) == ["1"], name
        assert ingest(warehouse, config, name) == [], name
        assert warehouse.columns(name) == {"batch": "VARCHAR", "id": "BIGINT", "v": "VARCHAR"}


@pytest.mark.parametrize("name", TAKEN, ids=repr)
def test_b5_a_name_that_is_taken_is_refused(tmp_path, name):
    with pytest.raises(ConfigError) as caught:
        parse(project(name), tmp_path)
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith("mlmon.yml:3:")
    assert caught.value.exit_code == 2


def test_b5_case_makes_no_difference(tmp_path, opened):
    with pytest.raises(ConfigError, match="there is orders too, and case makes no difference"):
        parse(project("orders", "Orders"), tmp_path)
    folder, warehouse = opened
    (folder / "in/1.csv").write_text("id\n1\n")
    ingest(warehouse, parse(project("cased"), folder), "cased")
    with pytest.raises(SourceError, match="the warehouse has it as cased"):
        ingest(warehouse, parse(project("Cased"), folder), "Cased")


@pytest.mark.parametrize(
    ("datasets", "models"),
    [
        (("orders", "orders_x"), ("a", "x")),
        (("orders",), ("a", "b", "B")),
    ],
)
def test_b5_two_views_of_one_name_are_refused(tmp_path, datasets, models):
    model = "{dataset: orders, target: y, features: [v], positive_class: 1, train: {batches: [a]}}"
    text = "models:\n" + "".join(f"  {name}: {model}\n" for name in models)
    with pytest.raises(ConfigError, match=r"would also be the view of|case makes no difference"):
        parse(project(*datasets, models=text), tmp_path)


def test_b5_columns_may_be_called_like_those_of_wide_rows(tmp_path):
    """But for features, which stand beside them: those are refused in mlmon.yml."""
    ours = {"id": "_key", "day": "_Record_Id", "returned": "_score"}
    text, header = CONFIG, "id,day,amount,kind,returned"
    for plain, own in ours.items():
        text = text.replace(f": {plain}\n", f": {own}\n").replace(f"key: {plain}", f"key: {own}")
        text = text.replace(f"time: {plain}", f"time: {own}")
        header = header.replace(plain, own)
    (tmp_path / "mlmon.yml").write_text(text)
    more = ",_prediction,_by,_rank,_Batch,_proba_0"
    for month in ("2024_01", "2024_02"):
        lines = [f"{line},1,2,3,4,5" for line in orders(month)]
        write(tmp_path, month, lines, header + more)
    with mlmon.open(tmp_path) as opened:
        opened.ingest("orders")
        opened.train("returns")
        assert opened.evaluate("truth", batch="2024_02").value("roc_auc_score") is not None
        query = "select count(*) from scored_orders where prediction is not null"
        assert opened.warehouse.value(query) > 200
