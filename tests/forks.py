"""A process that has loaded everything and works in forks of itself, which can be killed at will.

Run as a program it is that process: a line of JSON is a job, answered by the fork's id and, when it
has ended, by its exit code. The other side is `Forks`.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MONTHS = ("2024_01", "2024_02")
MODEL = '''"""The shop's own model."""

from sklearn.compose import make_column_transformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier


def small() -> Pipeline:
    """Return a tree of two levels."""
    kinds = make_column_transformer((OrdinalEncoder(), ["kind"]), remainder="passthrough")
    return make_pipeline(kinds, DecisionTreeClassifier(max_depth=2, random_state=0))
'''
SCENARIO = """\
scenarios:
  Watch:
    steps:
      - {name: Evaluate, evaluate: blind}
      - {name: Check, check: blind}
      - {name: Train, train: returns, run_if: some_prior_step_failed, reset_failure_state: true}
"""


def lay_out(folder: Path, rows: int = 60) -> Path:
    """The folder is a shop of two small months with a small model and a scenario; return it."""
    import shop

    shop.lay_out(folder)
    for month in MONTHS:
        shop.write(folder, month, shop.orders(month, rows))
    shop.edit(folder, '["2024_01"]}', '["2024_01"]}\n    estimator: tree:small')
    shop.edit(folder, "max: 0.99", "max: 0.3")  # which the second month breaks, as the tutorial's
    (folder / "mlmon.yml").open("a", encoding="utf-8").write(SCENARIO)
    (folder / "tree.py").write_text(MODEL, encoding="utf-8")
    return folder


# The other side ------------------------------------------------------------------


class Forks:
    """The process, and what it has in hand."""

    def __init__(self) -> None:
        """It loads everything; the first job waits for that."""
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, do: str, folder: Path, **settings: Any) -> int:
        """A fork does the job; return its process id."""
        assert self._process.stdin is not None
        job = {"do": do, "folder": str(folder), **settings}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> int:
        """Return the exit code of the fork, negative for a signal, once it has ended."""
        return self._answer()

    def do(self, do: str, folder: Path, **settings: Any) -> int:
        """A fork has done the job; return its exit code."""
        self.start(do, folder, **settings)
        return self.end()

    def close(self) -> None:
        """The process is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


# This side -----------------------------------------------------------------------


def command(*words: str) -> int:
    """Return the exit code of a command line."""
    from mlmon.cli import main

    sys.argv = ["mlmon", *words]
    try:
        main()
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


def year(folder: str) -> int:
    """Everything is done that is not done yet, month by month; return the first bad exit code."""
    import duckdb

    def known(query: str) -> bool:
        with duckdb.connect(f"{folder}/warehouse/mlmon.duckdb", read_only=True) as connection:
            return bool(connection.execute(query).fetchall())

    def each() -> Any:
        yield "ingest", "orders"
        if not known("from model_versions"):
            yield "train", "returns"
        for month in MONTHS:
            yield "score", "returns", "--batch", month
            for store in ("truth", "blind"):
                yield "evaluate", store, "--batch", month
            yield "check", "blind", "--batch", month
        if not known("from scenario_runs where ended_at is not null"):
            yield "run", "Watch"

    for words in each():
        code = command(*words, "-C", folder)
        if code not in (0, 1):
            return code
    return 0


def words(folder: str, words: Sequence[str], dies_at: str = "", days_ago: float = 0) -> int:
    """Return the exit code of a command.

    With `dies_at`, as `module:function`, it is killed where it comes to call that; its clock may
    be slow by some days.
    """
    import importlib
    import pkgutil
    from datetime import datetime, timedelta

    class Slow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - timedelta(days=days_ago)

    if days_ago:
        importlib.import_module("mlmon.warehouse.warehouse").datetime = Slow
    if dies_at:
        module, name = dies_at.replace(":", ".").rsplit(".", 1)
        owner = pkgutil.resolve_name(module)
        setattr(owner, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    return command(*words, "-C", folder)


def without_privileges() -> None:
    """Root gives up what lets it write where the permissions of its own files say no."""
    if os.geteuid() == 0:
        version, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        assert ctypes.CDLL(None).capset(version, nothing) == 0


def serve() -> None:
    """Do one job after the other, each in a fork."""
    import importlib

    for name in LOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        if not (fork := os.fork()):
            os._exit(work(job))
        print(fork, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]), flush=True)


def work(job: dict[str, Any]) -> int:
    """Return the exit code of the job; what it says is in `said` beside the folder."""
    said = os.open(job["folder"] + ".said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(said, 1)
    os.dup2(said, 2)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if most := job.pop("most_bytes", None):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    if job.pop("without_root", False):
        without_privileges()
    code = int(globals()[job.pop("do")](**job))
    sys.stdout.flush()
    sys.stderr.flush()
    return code


LOADED = (
    "duckdb",
    "pandas",
    "pyarrow.compute",
    "sklearn.ensemble",
    "sklearn.tree",
    "sklearn.inspection",
    "skops.io",
    "mlmon.cli",
    "mlmon.project",
    "mlmon.plan",
    "mlmon.train.train",
    "mlmon.check.check",
    "mlmon.upkeep.doctor",
    "mlmon.scenario.run",
)

if __name__ == "__main__":
    serve()
