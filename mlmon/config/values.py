"""Values that sections of mlmon.yml hold: text as DuckDB would have it, what to measure against."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, model_validator


def _as_text(value: object) -> object:
    """Return a scalar of the file as the text that DuckDB would make of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class Reference(BaseModel, extra="forbid", frozen=True):
    """A batch, or an evaluation by its id, the beginning of that, or its name."""

    batch: Text | None = None
    evaluation: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> "Reference":
        if (self.batch is None) == (self.evaluation is None):
            raise ValueError("give one of `batch:` or `evaluation:`")
        return self
