"""`checks:` of a store in mlmon.yml: what its figures must be."""

from pydantic import model_validator

from mlmon.config.values import Section


class Check(Section):
    """A metric in a numeric range; the hard bounds win, a bound itself is OK."""

    name: str
    metric: str
    feature: str | None = None
    min: float | None = None
    soft_min: float | None = None
    soft_max: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Check":
        bounds = [b for b in (self.min, self.soft_min, self.soft_max, self.max) if b is not None]
        if not bounds:
            raise ValueError("give at least one of min, soft_min, soft_max, max")
        if bounds != sorted(bounds):
            raise ValueError("bounds must rise: min <= soft_min <= soft_max <= max")
        return self
