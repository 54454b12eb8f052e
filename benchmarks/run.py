"""Speed, measured in processes of their own: CPU and wall seconds, peak memory.

Run by `make bench`; `python benchmarks/run.py wide` measures wide models alone. Machines are
noisy: compare figures of one run with each other only.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import data

ROWS = 1_000_000
HERE = Path(__file__).parent

EVALUATION = """
import time, mlmon, mlmon.measure.snapshot as snapshot
project = mlmon.open({folder!r})
snapshot._domain_classifier = lambda *_: []
began = time.process_time()
project.evaluate("mes_for_ground_truth", batch="2017_04")
print(f"{{time.process_time() - began:.1f}}")
"""


def measured(*command: str) -> tuple[float, float, int, str]:
    """Return wall seconds, CPU seconds, peak megabytes and output of a command."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, output.read().strip()


COMPARISON = """
import mlmon, sys
mlmon.compare(*sys.argv[1:], classifier_rows=0)
"""
SCORES = """
import mlmon, sys
mlmon.compare(*sys.argv[1:], target={target!r}, features=["one"], classifier_rows=0)
"""
SCAN = """
import duckdb, sys
for file in sys.argv[1:]:
    names = [column[0] for column in duckdb.execute(f"describe from '{file}'").fetchall()]
    duckdb.execute("select " + ", ".join(f'max("{name}")' for name in names) + f" from '{file}'")
"""
RUNS = 3
MLMON = [sys.executable, "-m", "mlmon"]


def interleaved(runs: int, **commands: list[str]) -> dict[str, tuple[float, int]]:
    """Return by name the median CPU seconds of interleaved runs, and the largest peak memory."""
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            _, cpu, memory, _ = measured(*command)
            found[name].append((cpu, memory))
    return {
        name: (statistics.median(cpu for cpu, _ in each), max(memory for _, memory in each))
        for name, each in found.items()
    }


def exact_drift(root: Path, rows: int, runs: int) -> None:
    """Print what all exact drift statistics of two files cost, beside a script and a bare scan."""
    sides = [str(side) for side in data.write_sides(root, rows)]
    python = sys.executable
    found = interleaved(
        runs,
        mlmon=[python, "-c", COMPARISON, *sides],
        script=[python, str(HERE / "drift_by_hand.py"), *sides],
        scan=[python, "-c", SCAN, *sides],
    )
    print(f"drift, {rows:,} against {rows:,} rows, 14 numeric and 6 categorical columns")
    _ratios(found)


def performance(root: Path, rows: int, runs: int) -> None:
    """Print what a truth adds: the binary performance set with curves, beside a script."""
    few, many = (str(data.write_scores(root, n)) for n in (1_000, rows))
    python, script = sys.executable, str(HERE / "performance_by_hand.py")
    found = interleaved(
        runs,
        mlmon=[python, "-c", SCORES.format(target="truth"), few, many],
        mlmon_without=[python, "-c", SCORES.format(target=None), few, many],
        script=[python, script, many],
        script_without=[python, script, few],
    )
    print(f"performance with curves, {rows:,} rows, beyond the same without a truth (or rows)")
    _ratios(
        {
            name: (found[name][0] - found[f"{name}_without"][0], found[name][1])
            for name in ("mlmon", "script")
        }
    )


BARE = """
import duckdb, sys
db = duckdb.connect(sys.argv[2])
db.execute(f"create table log as from read_parquet('{sys.argv[1]}')")
db.execute("select t::date, count(*) from log group by 1").fetchall()
"""


def days(root: Path, count: int = 365, rows: int = 327_000) -> None:
    """Print what a year of daily batches out of one file costs, beside a bare DuckDB."""
    folder = root / "days"
    path = data.write_days(folder, count, rows)
    table = [sys.executable, "-c", BARE, str(path), str(root / "bare.duckdb")]
    _, bare, *_ = measured(*table)
    first = measured(*MLMON, "ingest", "-C", str(folder))
    again = measured(*MLMON, "ingest", "-C", str(folder))
    print(f"ingest, {count} daily batches of one Parquet file of {rows:,} rows, 20 columns")
    for name, (_, cpu, memory, _), most in (
        ("mlmon", first, min(12 * bare, 30)),
        ("again", again, 1.5),
    ):
        print(f"  {name:10}{cpu:8.2f} CPU s{memory:7} MB   of at most {most:.1f}", flush=True)
    print(f"  {'bare':10}{bare:8.2f} CPU s")


def _ratios(found: dict[str, tuple[float, int]]) -> None:
    for name, (cpu, memory) in found.items():
        ratio = cpu / found["script"][0]
        print(f"  {name:10}{cpu:8.2f} CPU s{memory:7} MB{ratio:8.2f} of the script", flush=True)


def drift(root: Path) -> None:
    """Print what exact drift costs, of a million rows and of five."""
    exact_drift(root, ROWS, RUNS)
    exact_drift(root, 5 * ROWS, 1)


def main(*names: str) -> None:
    """Print a line a measurement, of the parts that are named or of all."""
    parts = {
        "days": days,
        "drift": drift,
        "performance": lambda root: performance(root, ROWS, RUNS),
        "wide": wide,
        "journey": lambda _: journey(),
    }
    for name in names or parts:
        with tempfile.TemporaryDirectory() as root:
            parts[name](Path(root))


def line(what: str, *command: str, most: float | None = None) -> str:
    """Print what a command costs and, where there is one, its limit; return its output."""
    wall, cpu, memory, output = measured(*command)
    limit = "" if most is None else f"   of at most {most:g} CPU s"
    print(f"{what:58}{wall:8.1f}{cpu:8.1f}{memory:9}{limit}", flush=True)
    return output


def report(folder: str) -> None:
    """Print what the pages of a finished tutorial cost: all, one, and none that changed."""
    written = Path(folder) / "reports"
    shutil.rmtree(written, ignore_errors=True)
    command = [*MLMON, "report", "-C", folder]
    line("write every page", *command, most=20)
    line("write every page again: nothing changed", *command, most=2)
    one = max((written / "evaluations").iterdir(), key=lambda path: path.stat().st_size)
    one.unlink()
    identity = one.stem.rpartition("-")[2]
    line("write the page of one evaluation", *command, "--evaluation", identity, most=3)


def wide(root: Path) -> None:
    """Print what models of 10 to 1,000 numeric features cost, no domain classifier."""
    print(f"{'batches of 300 rows':58}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")
    for features in (10, 100, 300, 1_000):
        folder = str(data.lay_out_wide(root / f"wide_{features}", features))
        for verb in ("ingest", "train m", "evaluate s --batch 2", "report"):
            line(f"mlmon {verb}, {features:,} features", *MLMON, *verb.split(), "-C", folder)


def journey() -> None:
    """Print what the commands of the tutorial cost, as whole processes."""
    mlmon = MLMON
    print(f"{'what':58}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")

    with tempfile.TemporaryDirectory() as root:
        line("mlmon status --help", *mlmon, "status", "--help")
        small, large = str(Path(root) / "small"), str(Path(root) / "large")
        line("mlmon demo, 21,000 rows a month", *mlmon, "demo", small)
        line("mlmon demo again: nothing to do", *mlmon, "demo", small)
        report(small)
        line("mlmon status", *mlmon, "status", "-C", small)
        line("mlmon init", *mlmon, "init", large)
        write = (
            "from pathlib import Path; from mlmon.demo.data import write_months; "
            f"d = Path({large!r}) / 'warehouse/landing'; "
            "write_months(d, ['2017_01', '2017_02', '2017_03']); "
            f"write_months(d, ['2017_04'], rows_per_month={ROWS})"
        )
        line(f"write a month of {ROWS:,} rows", sys.executable, "-c", write)
        line(f"ingest {ROWS:,} rows of 23 columns", *mlmon, "ingest", "transactions", "-C", large)
        line("train on 63,000 rows", *mlmon, "train", "fraud", "-C", large)
        line(f"score {ROWS:,} rows", *mlmon, "score", "fraud", "--batch", "2017_04", "-C", large)
        code = EVALUATION.format(folder=large)
        what = f"evaluate 10,000 of {ROWS:,} rows, no domain classifier"
        seconds = line(what, sys.executable, "-c", code)
        print(f"  of which the evaluation itself, CPU s: {seconds}")


if __name__ == "__main__":
    main(*sys.argv[1:])
