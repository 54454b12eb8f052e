"""`datasets:` of mlmon.yml: where records come from."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mlmon.config.values import Section


class Batching(Section):
    """How files become batches: one each, by a period of a time column, or by a count of rows."""

    by: Literal["file"] | None = None
    time: str | None = None
    every: Literal["hour", "day", "week", "month", "year"] | None = None
    rows: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Batching":
        if sum(way is not None for way in (self.by, self.time, self.rows)) != 1:
            raise ValueError("give one of `by: file`, `time: <column>` with `every:`, or `rows:`")
        if (self.time is None) != (self.every is None):
            raise ValueError("`time:` and `every:` belong together")
        return self


class Dataset(Section):
    """Where records come from; `path` is a file, a glob, or a pattern with `{batch}`."""

    path: str | None = None
    key: str
    time: str | None = None
    batches: Batching | None = None
    ignore_extra_columns: bool = False

    @model_validator(mode="after")
    def _one_batch_a_file(self) -> "Dataset":
        if self.path and self.path.count("{batch}") > 1:
            raise ValueError("path: {batch} may stand there once")
        if self.path and "{batch}" in self.path and self.batching.by != "file":
            raise ValueError(
                "a path with {batch} makes a batch of every file; leave out `batches:`"
            )
        return self

    @property
    def batching(self) -> Batching:
        """How files become batches, the default filled in."""
        return self.batches or Batching(by="file")
