"""What drawing keeps between runs, and the font that it measures texts in."""

import os
import sys
from pathlib import Path

import pytest

from mlmon.report.charts import theme
from mlmon.report.render import cache as keeping
from mlmon.report.render.cache import cached, folder


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "folder", lambda: tmp_path)
    return tmp_path


def never():
    raise AssertionError("it was made already")


def test_what_was_made_is_not_made_again(place):
    assert cached("a circle", lambda: {"marks": ["é"]}) == {"marks": ["é"]}
    assert cached("a circle", never) == {"marks": ["é"]}
    assert cached("a square", lambda: {"marks": []}) == {"marks": []}
    assert len(list(place.iterdir())) == 2


def test_a_broken_file_is_made_anew(place):
    cached("a circle", lambda: {"marks": []})
    (file,) = place.iterdir()
    file.write_bytes(b'{"marks": [')
    assert cached("a circle", lambda: {"marks": [1]}) == {"marks": [1]}
    assert cached("a circle", never) == {"marks": [1]}


def test_without_a_place_it_is_made_each_time(monkeypatch):
    monkeypatch.setattr(keeping, "folder", lambda: None)
    assert cached("a circle", lambda: {"marks": []}) == {"marks": []}
    assert cached("a circle", lambda: {"marks": [1]}) == {"marks": [1]}


def test_a_place_that_takes_no_file_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "folder", lambda: tmp_path / "gone")
    assert cached("a circle", lambda: {"marks": []}) == {"marks": []}


def test_it_lies_where_python_keeps_bytecode_and_only_if_it_does(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    assert folder() is None
    beside = Path(keeping.__file__).parent
    usual = tmp_path / beside.relative_to(beside.anchor)
    usual.mkdir(parents=True)
    assert folder() == usual
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert folder() is None
    monkeypatch.undo()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert folder() is None


@pytest.fixture
def registered(monkeypatch):
    """Fresh functions; and each folder of fonts that vl-convert got, with the variable then."""
    seen = []
    monkeypatch.setattr(
        theme.vl_convert,
        "register_font_directory",
        lambda folder: seen.append((folder, os.environ.get(theme.VARIABLE))),
    )
    for name in ("carried", "all_of_the_system"):
        monkeypatch.setattr(theme, name, getattr(theme, name).__wrapped__)
    return seen


@pytest.mark.parametrize("before", [None, "/my/fonts.conf"])
def test_the_systems_fonts_are_hidden_while_it_looks_for_them(registered, monkeypatch, before):
    if before is None:
        monkeypatch.delenv(theme.VARIABLE, raising=False)
    else:
        monkeypatch.setenv(theme.VARIABLE, before)
    theme.load_fonts("Größe ≥ 0.5 · Ωμέγα · тест")
    assert [variable for _, variable in registered] == [str(theme.NO_FONTS)]
    assert theme.NO_FONTS.is_file()
    assert os.environ.get(theme.VARIABLE) == before


@pytest.mark.parametrize("text", ["مبلغ", "金額", "सीमा", "🦊"])
def test_other_scripts_are_measured_in_the_systems_fonts(registered, monkeypatch, tmp_path, text):
    monkeypatch.delenv(theme.VARIABLE, raising=False)
    monkeypatch.setattr(theme, "SYSTEM", (str(tmp_path), str(tmp_path / "absent")))
    theme.load_fonts(f'{{"text": "{text}"}}')
    assert registered[1:] == [(str(tmp_path), None)]
