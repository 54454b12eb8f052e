"""The dashboards of mlmon.yml: which tiles stand on one, how wide, and what follows them."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field, model_validator

Place = tuple[int | str, ...]

Part = Literal["alerts", "drift", "performance", "model", "flow", "checks", "evaluations"]
SECTIONS: tuple[Part, ...] = get_args(Part)
# What a tile may show, by what it is about; the report has what makes each.
OfAMetric = Literal["value", "history"]
OfAScenario = Literal["last_runs"]
OfAStore = Literal[
    "features",
    "importance",
    "density",
    "fugacity",
    "performance",
    "confusion_matrix",
    "roc_curve",
    "precision_recall_curve",
    "calibration_curve",
    "lift_curve",
    "decision_chart",
    "error_distribution",
    "predicted_vs_actual",
    "classification_report",
]
OfTheProject = Literal["checks", "evaluations"]
OfAModel = Literal["versions"]
Show = Literal[OfAMetric, OfAScenario, OfAStore, OfTheProject, OfAModel]
OF_A_STORE: tuple[str, ...] = get_args(OfAStore)
OF_THE_PROJECT: tuple[str, ...] = get_args(OfTheProject)
# What a tile is about -> the keys that go with it (`title` and `width` always do), what it shows.
SUBJECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": ((), ()),
    "query": (("chart",), ()),
    "scenario": ((), get_args(OfAScenario)),
    "metric": (("store", "feature"), get_args(OfAMetric)),
    "model": ((), get_args(OfAModel)),
    "store": ((), OF_A_STORE),
}
KEYS = ("text", "query", "chart", "scenario", "metric", "feature", "model", "store")
ONE_OF = (
    "a tile is a `text:`, a `query:` with a `title:`, a `metric:` of a `store:`, a `scenario:`, "
    "a `store:` or `model:` with `show:`, or `show: checks` or `show: evaluations`"
)
DEEPEST = 60  # levels of a chart's specification
ADDRESS = re.compile(r"://|url\(|^\s*(?://|(?:data|file|javascript|vbscript):)", re.IGNORECASE)
NO_ADDRESS = "a chart names no address, for a page asks for nothing; take it out"


def plain(value: object, depth: int = 0) -> object:
    """What YAML makes of a specification, as JSON has it."""
    if depth > DEEPEST:
        raise ValueError("it lies too deep; a chart's specification has fewer levels")
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, depth + 1) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def foreign(value: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Where a specification would have its own data or fetch something, and what to do."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if why := unfit(key, inner, top=not place):
                yield (*place, key), why
            elif key != "values" and (place or key != "$schema"):  # rows given there are text
                yield from foreign(inner, (*place, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for position, inner in enumerate(value):
            yield from foreign(inner, (*place, position))
    elif isinstance(value, str) and ADDRESS.search(value):
        yield place, NO_ADDRESS


def unfit(key: str, value: object, *, top: bool) -> str | None:
    """Why a key may not stand in a specification."""
    if top and key in ("data", "datasets"):
        return "leave it out; the rows of the query are the chart's data"
    if key == "usermeta":
        return "it is for a page that loads things; take it out"
    if key.lower() in ("url", "href"):
        return NO_ADDRESS
    kind = value.get("type") if isinstance(value, Mapping) else value
    if key == "mark" and kind == "image":
        return "an image would be fetched; take another mark, such as point"
    return None


class Tile(BaseModel, extra="forbid", frozen=True, allow_inf_nan=False):
    """A tile of a dashboard: a text, a query, or something that mlmon knows how to show."""

    title: str | None = Field(None, description="Its heading; a query needs one.", min_length=1)
    width: Literal[3, 4, 6, 8, 12] | None = Field(
        None, description="Its width in twelfths of the page; each kind of tile has a default."
    )
    text: str | None = Field(None, description="Markdown; no HTML and no images.", min_length=1)
    query: str | None = Field(
        None,
        description="One select on the warehouse, shown as a table of at most 200 rows.",
        min_length=1,
    )
    chart: Annotated[dict[str, Any], BeforeValidator(plain)] | None = Field(
        None, description="A Vega-Lite specification without data: it draws the query's rows."
    )
    metric: str | None = Field(None, description="A metric of `store:`, also one of your own.")
    store: str | None = Field(
        None, description="The store of `metric:`, or whose latest evaluation `show:` is about."
    )
    feature: str | None = Field(None, description="The feature of `metric:`, where it has one.")
    scenario: str | None = Field(None, description="The scenario whose last runs are shown.")
    model: str | None = Field(None, description="The model whose versions are shown.")
    show: Show | None = Field(
        None,
        description=(
            "Of a metric: value (default) or history. Of a scenario: last_runs. Of a model: "
            "versions. Of a store: a part of its latest evaluation, such as features. "
            "By itself: checks, evaluations."
        ),
    )

    @model_validator(mode="after")
    def _one_subject(self) -> "Tile":
        given = [key for key in KEYS if getattr(self, key) is not None]
        subject = next((key for key in SUBJECTS if key in given), None)
        if subject is None:
            if self.show not in OF_THE_PROJECT or given:
                raise ValueError(ONE_OF)
            return self
        if self.show in OF_THE_PROJECT:
            raise ValueError(
                f"`show: {self.show}` is about the whole project; leave out `{subject}:`"
            )
        self._fits(subject, given)
        if self.query is not None and self.title is None:
            raise ValueError("a `query:` needs a `title:`")
        if self.metric is not None and self.store is None:
            raise ValueError("a `metric:` needs the `store:` that measures it")
        return self

    def _fits(self, subject: str, given: Sequence[str]) -> None:
        """Everything else that the tile says goes with what it is about."""
        others, shows = SUBJECTS[subject]
        for key in given:
            if key not in (subject, *others):
                raise ValueError(f"`{key}:` does not go with `{subject}:`; make it another tile")
        if self.show is None and subject in ("model", "store"):
            raise ValueError(f"a `{subject}:` needs `show:`, one of {', '.join(shows)}")
        if self.show is not None and self.show not in shows:
            advice = f"write {' or '.join(shows)}" if shows else "leave it out"
            raise ValueError(f"`show: {self.show}` does not go with `{subject}:`; {advice}")


class Dashboard(BaseModel, extra="forbid", frozen=True):
    """A titled grid of tiles, and the sections that follow it."""

    title: str = Field("Model monitoring", description="The heading of the page.")
    tiles: list[Tile] = Field(
        [], description="What stands below the verdict, in this order; by default what matters."
    )
    sections: list[Part] = Field(
        [*SECTIONS], description="What follows the tiles, in this order; by default all, [] none."
    )

    @model_validator(mode="after")
    def _once(self) -> "Dashboard":
        if len({*self.sections}) < len(self.sections):
            raise ValueError("sections: one stands there twice")
        return self
