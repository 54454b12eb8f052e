"""Commands as a terminal would give them: in this process, or in one of their own on a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
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


def on_a_terminal(
    *words: str, width: int = 80, stdout: int | None = None, **environment: str
) -> tuple[str, str]:
    """Return what Python, given these words, writes to a terminal of that width, and to `stdout`.

    Its output goes to the terminal too unless it is a PIPE. Without terminals the test is skipped.
    """
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"this machine gives no pseudo-terminal: {error}")
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, *words],
        stderr=theirs,
        stdout=stdout or theirs,
        env={**known, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    out, _ = process.communicate()
    assert process.returncode == 0, parts
    return b"".join(parts).decode(), (out or b"").decode()
