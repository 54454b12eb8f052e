"""Other processes of this machine, as far as the system tells of them."""

import os
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

LENGTH = 100  # characters of a command line that are shown


def runs(process: int) -> bool:
    """Return whether a process of that number runs on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def described(process: int) -> str:
    """Return a process's number, on Linux with its shortened command line and start as well."""
    told = [words for words in (_command(process), _since(process)) if words]
    return f"process {process}" + (f" ({', '.join(told)})" if told else "")


def _command(process: int) -> str:
    try:
        content = Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return ""
    words = content.decode(errors="replace").rstrip("\0").split("\0")
    line = " ".join(shlex.join([Path(words[0]).name, *words[1:]]).split()) if words[0] else ""
    shown = "".join(sign if sign.isprintable() else "?" for sign in line)
    return shown if len(shown) <= LENGTH else f"{shown[: LENGTH - 3]}..."


def _since(process: int) -> str:
    try:
        after_name = Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2]
        running = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return ""
    started = int(after_name.split()[19]) / os.sysconf("SC_CLK_TCK")  # seconds after the boot
    at = datetime.now(UTC) - timedelta(seconds=running - started)
    return f"since {at:%Y-%m-%d %H:%M:%S} UTC"
