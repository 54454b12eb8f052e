"""Generated views: the same text in every process, so that nothing is made again for nothing."""

import os
import subprocess
import sys

CODE = """
import sys, mlmon
from mlmon.views import of_models as generated
with mlmon.open(sys.argv[1]) as project:
    for view in generated._generated(project.warehouse, project.config):
        print(view.name, view.sql)
"""


def test_the_text_does_not_depend_on_the_hash_seed(trained):
    texts = {
        subprocess.run(
            [sys.executable, "-c", CODE, str(trained)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
    assert "scored_records" in texts.pop()
