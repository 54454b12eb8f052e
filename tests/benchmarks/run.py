"""Speed, measured in processes of their own: CPU and wall seconds, peak memory.

Run by `make bench`. Machines are noisy: compare figures of one run with each other only.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 1_000_000

EVALUATION = """
import time, mlmon, mlmon.measure as measure
project = mlmon.open({folder!r})
measure._domain_classifier = lambda *_: []
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


def main() -> None:
    """Print a line a measurement."""
    mlmon = [sys.executable, "-m", "mlmon"]
    print(f"{'what':58}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")

    def line(what: str, *command: str) -> str:
        wall, cpu, memory, output = measured(*command)
        print(f"{what:58}{wall:8.1f}{cpu:8.1f}{memory:9}", flush=True)
        return output

    with tempfile.TemporaryDirectory() as root:
        line("mlmon status --help", *mlmon, "status", "--help")
        small, large = str(Path(root) / "small"), str(Path(root) / "large")
        line("mlmon demo, 21,000 rows a month", *mlmon, "demo", small)
        line("mlmon demo again: nothing to do", *mlmon, "demo", small)
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
    main()
