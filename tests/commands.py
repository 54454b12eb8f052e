"""Commands as a terminal would give them, in this process."""

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from mlmon.cli import main


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line as a terminal would; no command ever shows a traceback."""

    def typed(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["mlmon", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code: object = 0
        except SystemExit as ending:
            code = ending.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(int(str(code)), out, err)

    return typed
