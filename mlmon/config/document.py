"""Reading mlmon.yml; a mistake in it is reported as `mlmon.yml:line:column: key: what is wrong`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlmon.config import syntax
from mlmon.config.names import FILE, Location, mistakes
from mlmon.config.sections import Config
from mlmon.errors import ConfigError, reason


def load(folder: Path) -> Config:
    """Return the project that stands in a folder; raises ConfigError."""
    file = folder / FILE
    if not file.is_file():
        raise ConfigError(f"there is no {FILE} in {folder.resolve()}; make one with `mlmon init`")
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = content[: error.start].decode("utf-8", "replace")
        line, column = syntax.place_of(start, len(start))
        raise ConfigError(
            f"{FILE}:{line}:{column}: byte {error.start} is not UTF-8; save it as UTF-8"
        ) from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {reason(error)}") from error
    return parse(text, folder)


def parse(text: str, folder: Path) -> Config:
    """Return the project that a text describes; raises ConfigError."""
    try:
        document = syntax.loaded(text)
    except syntax.Mistake as mistake:
        line, column = mistake.place
        raise ConfigError(f"{FILE}:{line}:{column}: {mistake}") from mistake
    if not isinstance(document, Mapping):
        raise ConfigError(f"{FILE}:1:1: this is not a project; see `mlmon schema`")
    if "folder" in document:  # which is told, not read
        raise ConfigError(*_lines(document, [(("folder",), "Extra inputs are not permitted")]))
    try:
        config = Config.model_validate({**document, "folder": folder})
    except ValidationError as error:
        found = [(mistake["loc"], mistake["msg"]) for mistake in error.errors()]
        raise ConfigError(*_lines(document, found)) from error
    if mistaken := list(mistakes(config)):
        raise ConfigError(*_lines(document, mistaken))
    return config


def _lines(document: Any, mistakes: list[tuple[Location, str]]) -> list[str]:
    """Return a line per mistaken key: where it stands, its name, what is wrong."""
    lines: dict[str, str] = {}
    for location, message in mistakes:
        keys, line, column = _locate(document, location)
        words = re.sub(r"^Value error, ", "", message)
        name = ".".join(map(str, keys))
        lines.setdefault(name, f"{FILE}:{line}:{column}: {name + ': ' if name else ''}{words}")
    return list(lines.values())


def _locate(document: Any, location: Location) -> tuple[list[int | str], int, int]:
    """Return the part of a location that is in the document, with its line and column."""
    keys: list[int | str] = []
    node, line, column = document, 1, 1
    for key in location:
        if isinstance(node, Mapping) and key not in node and key == location[-1]:
            keys.append(key)  # a key that is missing: named, at its owner's place
        if not _holds(node, key):
            break
        keys.append(key)
        if key not in node.lc.data:  # merged in by `<<`: it stands where that does
            node = node[key]
            continue
        *_, line, column = node.lc.data[key]
        node, line, column = node[key], line + 1, column + 1
    return keys, line, column


def _holds(node: Any, key: int | str) -> bool:
    """Return whether a mapping or list of the document has that key or position."""
    if isinstance(node, Mapping):
        return key in node
    return isinstance(node, list) and isinstance(key, int) and key < len(node)
