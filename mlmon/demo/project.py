"""The tutorial's mlmon.yml, as it stands in the repository and in the wheel."""

from pathlib import Path

from mlmon.config import FILE
from mlmon.errors import ConfigError
from mlmon.system.files import own, replacing


def write_project(folder: Path) -> Path:
    """The folder has the tutorial's mlmon.yml; return its path.

    Raises ConfigError when another one stands there.
    """
    target = folder / FILE
    if target.exists():
        if target.is_file() and target.read_bytes() == text().encode():
            return target
        raise ConfigError(f"{target} is there already; choose another folder")
    with replacing(target, own, "the tutorial's mlmon.yml") as draft:
        draft.write_text(text(), encoding="utf-8")
    return target


def text() -> str:
    """Return the tutorial's mlmon.yml."""
    here = Path(__file__).parent
    packaged = here / FILE
    return (packaged if packaged.exists() else here.parent.parent / FILE).read_text("utf-8")
