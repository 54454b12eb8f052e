"""`datasets:` of mlmon.yml: where records come from."""

from typing import Literal

from pydantic import Field, model_validator

from mlmon.config.values import Count, Section


class Batching(Section):
    """How files become batches: one each, by a period of a time column, or by a count of rows."""

    by: Literal["file"] | None = Field(default=None, description="file: a batch of every file.")
    time: str | None = Field(
        default=None, description="The column whose period names the batch; needs `every:`."
    )
    every: Literal["hour", "day", "week", "month", "year"] | None = Field(
        default=None, description="The period of `time:` that makes a batch."
    )
    rows: Count | None = Field(
        default=None, description="So many rows of a file, in its order, make a batch."
    )

    @model_validator(mode="after")
    def _one_way(self) -> "Batching":
        if sum(way is not None for way in (self.by, self.time, self.rows)) != 1:
            raise ValueError("give one of `by: file`, `time: <column>` with `every:`, or `rows:`")
        if (self.time is None) != (self.every is None):
            raise ValueError("`time:` and `every:` belong together")
        return self


class Dataset(Section):
    """Where records come from; `path` is a file, a glob, or a pattern with `{batch}`."""

    path: str | None = Field(
        default=None,
        description="A file, a glob, or a pattern with {batch}; frames need none.",
    )
    key: str = Field(description="The column that names a record, unique in the dataset.")
    time: str | None = Field(default=None, description="The column of the record's time.")
    batches: Batching | None = Field(
        default=None, description="How files become batches; by default one of each file."
    )
    ignore_extra_columns: bool = Field(
        default=False, description="Whether columns that a later file has beyond the first go."
    )

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
