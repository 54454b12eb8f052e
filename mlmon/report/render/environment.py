"""Jinja as all templates have it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parents[1] / "templates"


def jinja(cache: Path | None, **filters: Callable[..., Any]) -> Environment:
    """Jinja with autoescape on for everything; the cache is where compiled templates lie."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(cache), "%s.jinja2") if cache else None,
    )
    environment.filters.update(filters)
    return environment
