"""What is built once for all workers of a session of tests."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def place(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of this session share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def built(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker to need it has built."""
    folder = place(factory) / name
    with (place(factory) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_suffix(".draft")
            build(draft)
            draft.rename(folder)
    return folder
