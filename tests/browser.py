"""The browser that the pages are tested in: found, brought where that is possible, started.

`python tests/browser.py` brings one: Debian's as root, else Playwright's own. Where there is none
the tests that need one are skipped, and the end of the run says so; with MLMON_BROWSER=required
they fail instead.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LACKING = (
    "no browser starts here; bring one with `apt-get install chromium` as root, "
    f"or with `{Path(sys.executable).with_name('playwright')} install --with-deps chromium`"
)
PATIENCE = 600  # seconds


@contextmanager
def started() -> Iterator[Browser]:
    """A browser without a window; without one the test is skipped, or fails where it must not."""
    with _tried() as browser:
        if browser is None:
            (pytest.fail if os.environ.get("MLMON_BROWSER") == "required" else pytest.skip)(LACKING)
        yield browser


@contextmanager
def _tried() -> Iterator[Browser | None]:
    """A running browser; None where none starts, or not even Playwright's own driver."""
    try:
        playwright = sync_playwright().start()
    except Exception:  # a bare one: the driver is a program that may lack libraries
        yield None
        return
    try:
        browser = _launched(playwright)
        yield browser
        if browser:
            browser.close()
    finally:
        playwright.stop()


def _launched(playwright: Playwright) -> Browser | None:
    """Return the machine's browser, else Playwright's own, running; None when neither starts."""
    found = filter(None, map(shutil.which, PROGRAMS))
    for program in (*found, None):
        try:
            return playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error:  # not there, or it lacks libraries
            continue
    return None


def bring() -> bool:
    """A browser starts, if one can be had; return whether one does."""
    with _tried() as browser:
        if browser:
            return True
    for command in _ways():
        print(f"bringing a browser for the tests: {' '.join(command)}", file=sys.stderr)
        try:
            if subprocess.run(command, timeout=PATIENCE, stdout=subprocess.DEVNULL).returncode:
                break
        except (OSError, subprocess.TimeoutExpired):
            break
    with _tried() as browser:
        return browser is not None


def _ways() -> list[list[str]]:
    """Return the commands that bring a browser here."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium", "libatomic1"]  # the second is what Playwright's own driver needs
        return [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]]
    return [[sys.executable, "-m", "playwright", "install", "chromium"]]


if __name__ == "__main__":
    if not bring():
        print(f"The tests of pages in a browser will be skipped: {LACKING}.", file=sys.stderr)
        sys.exit(os.environ.get("MLMON_BROWSER") == "required")
