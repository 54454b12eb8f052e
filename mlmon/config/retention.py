"""`retention:` of mlmon.yml: how much of the past `mlmon prune` leaves."""

from typing import Annotated

from pydantic import Field

from mlmon.config.values import Section

AtLeastOne = Annotated[int, Field(ge=1)]


class Retention(Section):
    """How many are kept: evaluations per store, runs per scenario, scored batches per model.

    What is not named is kept for ever.
    """

    evaluations: AtLeastOne | None = None
    runs: AtLeastOne | None = None
    predictions: AtLeastOne | None = None
