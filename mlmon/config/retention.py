"""`retention:` of mlmon.yml: how much of the past `mlmon prune` leaves."""

from pydantic import Field

from mlmon.config.values import Count, Section


class Retention(Section):
    """How many are kept: evaluations per store, runs per scenario, scored batches per model.

    What is not named is kept for ever.
    """

    evaluations: Count | None = Field(default=None, description="So many per store.")
    runs: Count | None = Field(default=None, description="So many per scenario.")
    predictions: Count | None = Field(
        default=None, description="Of so many scored batches per model."
    )
