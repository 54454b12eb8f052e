"""The page of a comparison: that of its evaluation, without the project around it."""

from pathlib import Path

from mlmon.errors import ConfigError
from mlmon.report.ask import Read, ask
from mlmon.report.evaluation import evaluation_page
from mlmon.report.site import fingerprint, write


def write_comparison(read: Read, evaluation_id: str, path: Path) -> Path:
    """Write the page of a comparison's evaluation; return its path. Raises ConfigError."""
    if path.is_dir():
        raise ConfigError(
            f"{path}: this is a folder; give the page's file, as {path / 'page.html'}"
        )
    (listed,) = (
        row for row in ask(read, "evaluations").rows if row["evaluation_id"] == evaluation_id
    )
    page = evaluation_page(read, listed, "comparison")
    page |= {"kind": "comparison", "title": listed["name"], "ways": [], "root": None}
    for section in page["sections"]:  # there are no limits to check
        section["tiles"] = [tile for tile in section["tiles"] if tile["id"] != "checks"]
    write(path, page, fingerprint(page))
    return path
