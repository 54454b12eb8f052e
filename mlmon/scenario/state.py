"""What the steps of a run have come to so far."""

from dataclasses import dataclass

SEVERITY = ("SUCCESS", "WARNING", "FAILED", "ABORTED")


@dataclass
class State:
    """The outcome so far, and whether a step has failed since the last reset."""

    outcome: str = "SUCCESS"
    failed: bool = False

    def add(self, outcome: str) -> None:
        """Take a step's outcome in; a skipped one changes nothing."""
        if outcome != "SKIPPED":
            self.outcome = max(self.outcome, outcome, key=SEVERITY.index)
            self.failed = self.failed or outcome == "FAILED"

    def reset(self) -> None:
        """Clear the failure: what failed before counts as a warning."""
        if self.failed:
            self.outcome, self.failed = "WARNING", False
