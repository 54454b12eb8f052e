"""C4: what a command writes never takes the place of a file that is not mlmon's."""

import os
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import mlmon
from mlmon.cli import main
from mlmon.errors import ConfigError
from mlmon.schedule import emit
from mlmon.system.files import DRAFT, MACHINE, abandoned

MINE = "somebody's own words\n"


def test_c4_publish_replaces_databases_only(trained, tmp_path):
    with mlmon.open(trained) as project:
        other = tmp_path / "other.duckdb"
        duckdb.connect(other).close()
        for target in (other, tmp_path / "new.duckdb", tmp_path / "new.duckdb"):
            assert project.publish(target) == target
        (tmp_path / "empty").touch()
        project.publish(tmp_path / "empty")
        (tmp_path / "folder").mkdir()
        link = tmp_path / "link.yml"
        link.symlink_to(trained / "mlmon.yml")
        warehouse = project.warehouse.path
        beside = warehouse.with_name(f"{warehouse.name}.wal")
        files = [trained / "mlmon.yml", *(trained / "landing").iterdir(), link]
        files += [*(trained / "warehouse").rglob("*.skops"), warehouse]
        before = {path: path.read_bytes() for path in files}
        strange = [*files, tmp_path / "folder", Path(os.devnull), beside]
        for target in strange:
            with pytest.raises(ConfigError):
                project.publish(target)
        assert {path: path.read_bytes() for path in files} == before
        assert link.is_symlink()
        assert Path(os.devnull).is_char_device()
        assert not list(trained.glob(".*"))


def test_c4_publish_by_the_command_line(trained, capsys, monkeypatch):
    monkeypatch.setattr(
        "sys.argv", ["mlmon", "publish", str(trained / "mlmon.yml"), "-C", str(trained)]
    )
    before = (trained / "mlmon.yml").read_text()
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "is not a database of DuckDB" in capsys.readouterr().err
    assert (trained / "mlmon.yml").read_text() == before


@pytest.mark.parametrize("kind", ["csv", "parquet", "prometheus"])
def test_c4_export_replaces_exports_only(evaluated, kind):
    with mlmon.open(evaluated) as project:
        names = ["orders", "evaluation_history"]
        first = project.export(kind, evaluated / "out", *([names] if kind != "prometheus" else []))
        again = project.export(kind, evaluated / "out", *([names] if kind != "prometheus" else []))
        assert again == first
        last = first[-1]
        frame = pd.DataFrame({"id": [1], "batch": ["x"]})
        frame.to_parquet(last) if kind == "parquet" else last.write_text("id,batch\n1,x\n")
        before = {path: path.read_bytes() for path in first}
        with pytest.raises(ConfigError, match="name another place"):
            project.export(kind, evaluated / "out", *([names] if kind != "prometheus" else []))
        assert {path: path.read_bytes() for path in first} == before


def test_c4_a_report_replaces_pages_only(evaluated, tmp_path):
    with mlmon.open(evaluated) as project:
        (tmp_path / "index.html").write_text(MINE)
        with pytest.raises(ConfigError, match="a page of mlmon's"):
            project.report(directory=tmp_path)
        assert [path.name for path in tmp_path.glob("*.html")] == ["index.html"]
        assert (tmp_path / "index.html").read_text() == MINE
        (tmp_path / "index.html").unlink()
        (tmp_path / "summary.md").write_text(MINE)
        with pytest.raises(ConfigError, match="a page of mlmon's"):
            project.report(directory=tmp_path, summary=True)
        assert (tmp_path / "summary.md").read_text() == MINE


def test_c4_a_comparison_replaces_pages_only(tmp_path):
    frame = pd.DataFrame({"x": range(40)})
    made = mlmon.compare(frame, frame, classifier_rows=0)
    page = tmp_path / "page.html"
    page.write_text(MINE)
    with pytest.raises(ConfigError, match="a page of mlmon's"):
        made.to_html(page)
    assert page.read_text() == MINE


@pytest.mark.parametrize("kind", emit.KINDS)
def test_c4_a_timer_replaces_its_own_only(shop, tmp_path, kind):
    files = emit.KINDS[kind](mlmon.open(shop).config, ["mlmon"])
    paths = emit.write(files, tmp_path / "out")
    assert emit.write(files, tmp_path / "out") == paths
    paths[-1].write_text(MINE)
    before = {path: path.read_bytes() for path in paths}
    with pytest.raises(ConfigError, match="a file of mlmon's"):
        emit.write(files, tmp_path / "out")
    assert {path: path.read_bytes() for path in paths} == before


@pytest.mark.parametrize("content", [MINE.encode(), b"\xff\xfe", b""])
def test_c4_init_writes_no_second_project(tmp_path, capsys, monkeypatch, content):
    (tmp_path / "mlmon.yml").write_bytes(content)
    monkeypatch.setattr("sys.argv", ["mlmon", "init", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "mlmon.yml").read_bytes() == content


def test_c7_only_drafts_of_dead_processes_of_this_machine_are_abandoned(tmp_path):
    dead, alive = 4194305, os.getpid()
    names = [f".a.mlmon.{MACHINE}.{dead}", f".a.mlmon.{MACHINE}.{dead}.wal"]
    others = [f".a.mlmon.{MACHINE}.{alive}", f".a.mlmon.elsewhere.{dead}", f".a.{dead}", "a"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert [path.name for path in abandoned(tmp_path)] == names
    assert not DRAFT.fullmatch(f"a.mlmon.{MACHINE}.{dead}")
