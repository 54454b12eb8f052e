"""The values of mlmon.yml: what they may be, and what is said when they are not."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mlmon.warehouse import categories, metrics


def _as_text(value: object) -> object:
    """Return a scalar of the file as the text that DuckDB would make of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _as_class(value: object) -> object:
    """Return a scalar of the file as the class that it is in the data."""
    is_scalar = isinstance(value, bool | int | float | date)
    return categories.text(value) if is_scalar else value


def _own_metric(name: str) -> str:
    """Return a name that a metric of the project's own may have."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("a metric's name is letters, digits and _, and starts with no digit")
    if name.lower() in metrics.names():
        raise ValueError(f"{name.lower()} is a metric of mlmon's; give yours another name")
    return name


def _function(reference: str) -> str:
    """Return a reference to a function that a module may have."""
    module, _, function = reference.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), function)):
        raise ValueError("give it as module:function")
    return reference


def _dotted(name: str) -> str:
    """Return the whole name of a type or a function: its module's and its own."""
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        raise ValueError("give a whole name, like lightgbm.sklearn.LGBMClassifier")
    return name


def _zone(name: str) -> str:
    """Return the name of a time zone that there is."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {name}; one is Europe/Berlin") from error
    return name


def _seconds(given: object) -> object:
    """Return a duration like `90`, `30 seconds` or `2 hours` in seconds."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) *(second|minute|hour|day)s?", str(given))
    if isinstance(given, str) and not found:
        raise ValueError("give a duration like 30 seconds, 5 minutes or 2 hours")
    return float(found[1]) * SECONDS[found[2]] if found else given


def _parameter(name: str) -> str:
    """Return a name that a query can use as `$name`; mlmon's own are taken."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise ValueError("a parameter's name is lower case letters, digits and _")
    if name in OF_THE_RUN:
        raise ValueError(f"{name} is what the run itself gives; give the parameter another name")
    return name


LARGEST = 1e300  # of any figure
LONGEST = 366 * 86400.0  # seconds of any duration
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
OF_THE_RUN = ("batch", "outcome", "run_id", "scenario", "trigger")
OwnMetric = Annotated[str, AfterValidator(_own_metric)]
Function = Annotated[str, AfterValidator(_function)]
Dotted = Annotated[str, AfterValidator(_dotted)]
Zone = Annotated[str, AfterValidator(_zone)]
Text = Annotated[str, BeforeValidator(_as_text)]
Class = Annotated[str, BeforeValidator(_as_class)]
Duration = Annotated[float, Field(ge=0, le=LONGEST), BeforeValidator(_seconds)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # as numpy has it
Count = Annotated[int, Field(gt=0, le=1_000_000_000)]
Figure = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Parameters = Mapping[Annotated[str, AfterValidator(_parameter)], bool | int | float | str | None]
Kind = Literal["numeric", "categorical"]
Task = Literal["binary", "multiclass", "regression"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Section(BaseModel):
    """A part of mlmon.yml: unknown keys are refused, values never change, numbers are numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Entry = TypeVar("Entry")


def entries(section: type[Section], kind: type[Entry]) -> dict[str, Entry]:
    """Return key -> its entry of a kind, of the section's keys that are annotated with one."""
    return {
        key: entry
        for key, field in section.model_fields.items()
        for entry in field.metadata
        if isinstance(entry, kind)
    }


class Reference(Section):
    """A batch, or an evaluation by its id, the beginning of that, or its name."""

    batch: Text | None = Field(default=None, description="Name of a batch of the dataset.")
    evaluation: Text | None = Field(
        default=None, description="An evaluation: its id, the beginning of that, or its name."
    )

    @model_validator(mode="after")
    def _one(self) -> "Reference":
        if (self.batch is None) == (self.evaluation is None):
            raise ValueError("give one of `batch:` or `evaluation:`")
        return self
