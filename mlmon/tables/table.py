"""What a stored table is, and how one is declared."""

from collections.abc import Mapping
from dataclasses import dataclass

NULLABLE = {"evaluation_id", "sample_id", "feature", "segment", "class", "label"}
NULLABLE |= {"actual", "predicted"}


@dataclass(frozen=True)
class Table:
    """A stored table: `columns` maps names to DuckDB types, `key` identifies a row."""

    name: str
    comment: str
    key: tuple[str, ...]
    columns: Mapping[str, str]

    @property
    def required(self) -> tuple[str, ...]:
        """The key columns that are never NULL."""
        return tuple(name for name in self.key if len(self.key) == 1 or name not in NULLABLE)


def _columns(declaration: str) -> dict[str, str]:
    """Return name -> type of a declaration like `batch VARCHAR, rows BIGINT`."""
    pairs = (part.strip().split(" ", 1) for part in declaration.replace("\n", " ").split(","))
    return {name: kind.strip() for name, kind in pairs}


def table(name: str, comment: str, key: str, declaration: str) -> Table:
    """Return a table; `key` and `declaration` are texts, as the callers write them."""
    return Table(name, comment, tuple(key.split()), _columns(declaration))
