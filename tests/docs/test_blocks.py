"""Every block of README and docs is run, in its order, by somebody who has the tutorial."""

import shutil
from pathlib import Path

import pytest
from blocks import OUTPUT, Reader, blocks, documents
from shared import built

from mlmon.demo.chapters import tell

DOCUMENTS = [
    name for name in documents() if any(one.language not in OUTPUT for one in blocks(name))
]
NOT_RUN = 3  # blocks that need what a test cannot have; each says what


@pytest.fixture(scope="session")
def whole_tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tutorial in its full size, whose figures the documents show."""
    return built(tmp_path_factory, "whole", tell)


def follow(document: str, folder: Path, run, monkeypatch, *, exact: bool) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TEAM_URL", "json://127.0.0.1:9")
    reader = Reader(folder, run, exact)
    for block in blocks(document):
        reader.follow(block)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_says_can_be_done(document, finished_copy, run, monkeypatch):
    follow(document, finished_copy, run, monkeypatch, exact=False)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_shows_is_printed(document, whole_tutorial, tmp_path, run, monkeypatch):
    copy = shutil.copytree(whole_tutorial, tmp_path / "tutorial")
    follow(document, copy, run, monkeypatch, exact=True)


def test_few_blocks_are_not_run():
    assert len([1 for name in DOCUMENTS for one in blocks(name) if one.why_not]) == NOT_RUN
