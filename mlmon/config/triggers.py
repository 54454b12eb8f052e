"""`triggers:` of a scenario in mlmon.yml: what starts it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Annotated, Literal, Protocol

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from mlmon.config.values import Section, Zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS = ("every", "cron", "new_data", "sql", "after")
# What belongs to some kinds only.
BELONGS = {"at": ("every",), "time_zone": ("every", "cron"), "outcome": ("after",)}
EVERY = r"^[1-9]\d{0,3} (minute|hour|day|week|month)s?$"
LEAP_YEAR = datetime(2024, 1, 1, tzinfo=UTC)

Outcome = Literal["SUCCESS", "WARNING", "FAILED", "ABORTED"]


def _cron(expression: str) -> str:
    """Return a cron expression of five fields that some moment fits."""
    if len(expression.split()) != 5:
        raise ValueError("give five fields: minute, hour, day, month, day of the week")
    try:
        next(CronSim(expression, LEAP_YEAR))
    except CronSimError as error:
        raise ValueError(f"{expression!r} is no cron expression: {error}") from error
    except StopIteration as error:
        raise ValueError(f"{expression!r} is never due") from error
    return expression


class Trigger(Section):
    """What starts a scenario: a time, new data, another result of a query, another scenario."""

    name: str = Field(description="What `trigger_state` calls it; once in a scenario.")
    every: Annotated[str, Field(pattern=EVERY)] | None = Field(
        default=None, description="A time: `1 week`, `30 minutes`, `2 months`, up to 9999."
    )
    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        default=None, description="A time: the five fields of cron."
    )
    new_data: str | None = Field(
        default=None, description="A dataset: a file or batch of it is new or has changed."
    )
    sql: str | None = Field(default=None, description="A query: it has another result.")
    after: str | None = Field(default=None, description="A scenario: a run of it has ended.")
    at: str | None = Field(
        default=None, description="Of `every:`: `06:00`, `Monday 06:00`, or `1 06:00` of a month."
    )
    time_zone: Zone = Field(
        default="UTC", description="Of `every:` and `cron:`: the zone, such as Europe/Berlin."
    )
    outcome: Annotated[list[Outcome], Field(min_length=1)] | None = Field(
        default=None, description="Of `after:`: the run has ended so; by default any."
    )
    enabled: bool = Field(default=True, description="false switches it off.")

    @model_validator(mode="after")
    def _one_kind(self) -> "Trigger":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"a trigger has exactly one of {', '.join(KINDS)}")
        for key, kinds in BELONGS.items():
            if key in self.model_fields_set and given[0] not in kinds:
                raise ValueError(f"`{key}:` belongs to {' and '.join(f'`{k}:`' for k in kinds)}")
        if self.every:
            _ = self.expression  # a time that cannot be understood is refused here
        return self

    @property
    def expression(self) -> str | None:
        """The cron expression of a time trigger, of `every:` that of one unit; None without one.

        >>> Trigger(name="Weekly", every="1 week", at="Monday 06:00").expression
        '0 6 * * 1'
        """
        return _of_unit(self.every.split()[1].rstrip("s"), self.at) if self.every else self.cron


def _of_unit(unit: str, at: str | None) -> str:
    """Return the cron expression of a unit; raises ValueError when `at` does not fit it."""
    found = re.fullmatch(r"(?:(?P<day>\w+) +)?(?P<hour>\d{1,2}):(?P<minute>\d\d)", at or "00:00")
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError(f"at: {at!r} is not like `Monday 06:00`")
    time, day = f"{int(found['minute'])} {int(found['hour'])}", (found["day"] or "").lower()
    if unit == "week":
        if (day or "monday") not in DAYS:
            raise ValueError(f"at: {found['day']} is not a day of the week")
        return f"{time} * * {(DAYS.index(day or 'monday') + 1) % 7}"
    if unit == "month":
        if day and not (day.isdigit() and 1 <= int(day) <= 28):
            raise ValueError("at: give a day of the month from 1 to 28")
        return f"{time} {int(day or 1)} * *"
    if day:
        raise ValueError("at: a day belongs to weeks and months only")
    hourly = f"{int(found['minute'])} * * * *"
    return {"minute": "* * * * *", "hour": hourly, "day": f"{time} * * *"}[unit]


class Running(Protocol):
    """A step, as far as what it starts goes."""

    @property
    def run(self) -> str | None:
        """The scenario that it runs."""


class Triggered(Protocol):
    """A scenario, as far as what starts it and what it starts goes."""

    @property
    def steps(self) -> Sequence[Running]:
        """What it does."""

    @property
    def triggers(self) -> Sequence[Trigger]:
        """What starts it."""


Place = tuple[int | str, ...]


def misplaced(
    scenarios: Mapping[str, Triggered], datasets: Mapping[str, object]
) -> Iterator[tuple[Place, str]]:
    """Yield where a trigger names what is not there, has another's name, or runs in a circle."""
    for name, scenario in scenarios.items():
        known: set[str] = set()
        for position, trigger in enumerate(scenario.triggers):
            place = ("scenarios", name, "triggers", position)
            if trigger.name in known:
                yield (*place, "name"), f"two triggers of {name} are called '{trigger.name}'"
            known.add(trigger.name)
            if trigger.new_data is not None and trigger.new_data not in datasets:
                yield (*place, "new_data"), f"no dataset is called '{trigger.new_data}'"
            if trigger.after is not None and trigger.after not in scenarios:
                yield (*place, "after"), f"no scenario is called '{trigger.after}'"
    yield from _circles(scenarios)


def _circles(scenarios: Mapping[str, Triggered]) -> Iterator[tuple[Place, str]]:
    try:
        in_order(scenarios)
    except CycleError as error:
        circle: list[str] = error.args[1]  # each makes the one that follows it run
        for earlier, name in pairwise(circle):
            for position, trigger in enumerate(scenarios[name].triggers):
                if trigger.after == earlier:
                    words = f"a circle: {' makes run '.join(circle)}"
                    yield ("scenarios", name, "triggers", position, "after"), words
                    return


def in_order(scenarios: Mapping[str, Triggered]) -> list[str]:
    """Return the scenarios, each behind those that make it run; raises CycleError."""
    order = TopologicalSorter(dict.fromkeys(scenarios, ()))
    for name, scenario in scenarios.items():
        order.add(name, *(t.after for t in scenario.triggers if t.after in scenarios and t.after))
        for step in scenario.steps:
            if step.run in scenarios and step.run:
                order.add(step.run, name)
    return list(order.static_order())
