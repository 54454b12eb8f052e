"""Where pages lie, seen from the report's folder: names that any file system takes."""

import hashlib
import re

from mlmon.report.facts.ask import Row

DASHBOARD = "index.html"
FOLDERS = ("evaluations", "features", "models", "runs", "stores")
UNSAFE = re.compile(r"[^a-z0-9_]+")
LONGEST = 40


def page_of(evaluation: Row) -> str:
    """The page of an evaluation: store, batch and the beginning of its id."""
    name = file_name(evaluation["store"], evaluation["batch"])
    return f"evaluations/{name}-{evaluation['evaluation_id'][:8]}.html"


def store_page(store: str) -> str:
    """The page of a store: all of its evaluations."""
    return f"stores/{file_name(store)}.html"


def model_page(model: str) -> str:
    """The page of a model: its versions."""
    return f"models/{file_name(model)}.html"


def feature_page(model: str, feature: str) -> str:
    """The page of a model's feature: its history."""
    return f"features/{file_name(model, feature)}.html"


def run_page(scenario: str, run_id: str) -> str:
    """The page of one run of a scenario."""
    return f"runs/{file_name(scenario, run_id)}.html"


def comparison_page(label: str, keys: list[str], champion: str) -> str:
    """The page of several things side by side: the champion's name, and a digest of them all."""
    digest = hashlib.md5(" ".join([champion, *keys]).encode(), usedforsecurity=False).hexdigest()
    return f"comparisons/{file_name(label)}-{digest[:8]}.html"


def file_name(*names: str) -> str:
    """The names joined; where that does not spell them exactly, with a digest that does.

    Small letters only, so that two names never share a file where case does not count.
    """
    plain = [UNSAFE.sub("-", name.lower())[:LONGEST].strip("-") for name in names]
    joined = "-".join(part for part in plain if part)
    if plain == list(names) and all(names) and "-" not in "".join(names):
        return joined
    digest = hashlib.md5("\0".join(names).encode(), usedforsecurity=False).hexdigest()
    return f"{joined}-{digest[:6]}".strip("-")
