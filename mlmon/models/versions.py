"""The versions of a model in the warehouse: find one, make one the active one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from mlmon.errors import ModelNotTrained, UnknownName
from mlmon.models.records import Source
from mlmon.system.commands import command
from mlmon.warehouse.rows import OfRow
from mlmon.warehouse.warehouse import Warehouse, now


@dataclass(frozen=True)
class Version(OfRow):
    """A trained or registered version of a model, as table `model_versions` has it."""

    model: str
    model_version: int
    algorithm: str
    task: str
    dataset: str
    key: str
    target: str
    positive_class: str | None
    classes: list[str] | None
    threshold: float | None
    train_batches: list[str]
    train_fingerprints: list[str]
    train_rows: int
    test_size: float
    seed: int
    created_at: datetime
    created_by: str
    is_active: bool
    activated_at: datetime | None
    artifact: str
    sha256: str
    features: Mapping[str, str]  # inputs in order -> numeric or categorical
    versions: str | None  # of the libraries, JSON
    trusted_types: list[str] | None
    category_format: int | None  # None: of versions before there was one

    @classmethod
    def of(cls, row: Mapping[str, Any], **more: Any) -> Self:
        """Return a row of `model_versions` as a version."""
        return super().of(row, features=json.loads(row["features"]), **more)

    @property
    def source(self) -> Source:
        """Where its records are and how it reads them, as when it was trained."""
        return Source(
            self.model,
            self.dataset,
            self.key,
            self.target,
            self.features,
            self.task,
            (self.model_version,),
            self.category_format,
        )


def active(warehouse: Warehouse, model: str) -> Version:
    """Return the active version; raises ModelNotTrained."""
    query = "from model_versions where model = $model and is_active"
    row = warehouse.one(query, model=model)
    if row is None:
        todo = command("train", model)
        raise ModelNotTrained(f"model {model} has no version; run `{todo}` first")
    return Version.of(row)


def number(warehouse: Warehouse, model: str, version: int | str) -> Version:
    """Return a version by its number; raises UnknownName."""
    rows = warehouse.read("from model_versions where model = $model", model=model)
    for row in rows:
        if row["model_version"] == version:
            return Version.of(row)
    known = [row["model_version"] for row in rows]
    raise UnknownName(f"version of {model}", str(version), known)


def activate(warehouse: Warehouse, model: str, version: int) -> Version:
    """The version scores from now on; return it. Raises UnknownName."""
    found = number(warehouse, model, version)
    if found.is_active:
        return found
    with warehouse.transaction():
        warehouse.write(
            "update model_versions set is_active = (model_version = $version), activated_at ="
            " case when model_version = $version then $now else activated_at end"
            " where model = $model",
            model=model,
            version=version,
            now=now(),
        )
    return number(warehouse, model, version)
