"""A project whose views are up to date opens without the libraries that make views."""

import subprocess
import sys

import mlmon
from mlmon.views import freshness

OPENED = """
import sys, mlmon
with mlmon.open(sys.argv[1]) as project:
    project.status()
print(*sorted({"ibis", "sqlglot", "pandas", "pyarrow", "sklearn"} & set(sys.modules)))
"""


def loaded(folder):
    """Return what opening a project and asking for its status loads."""
    command = [sys.executable, "-c", OPENED, str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_opening_what_is_up_to_date_loads_nothing_heavy(trained):
    mlmon.open(trained).close()
    assert loaded(trained) == []


def test_what_changed_is_made_again(trained):
    def current():
        with mlmon.open(trained, read_only=True) as project:
            return freshness.is_current(project.warehouse, project.config)

    mlmon.open(trained).close()
    assert current()
    config = trained / "mlmon.yml"
    config.write_text(config.read_text() + "views: own\n")
    (trained / "own").mkdir()
    assert not current()
    mlmon.open(trained).close()
    assert current()
    (trained / "own" / "big.sql").write_text("select 1 as one")
    assert not current()
    with mlmon.open(trained) as project:
        assert project.warehouse.value("select one from big") == 1
        project.warehouse.write("drop view big")
    assert not current()
    with mlmon.open(trained) as project:
        assert project.warehouse.value("select one from big") == 1
