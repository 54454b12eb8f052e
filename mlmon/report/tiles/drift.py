"""Input drift of an evaluation: the tiles that pages share."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Row, Subject
from mlmon.report.facts.columns import columns_of
from mlmon.report.facts.links import feature_page
from mlmon.report.facts.sentence import Sentence, counted, figure, name
from mlmon.report.facts.table import filled, table
from mlmon.report.facts.tile import STATUS_KEY, Tile, absent, chart, tile

SCATTER = ((560, 350), (330, 270))
ONE_SIZE = ((440, 320),)
FEW = 100  # features that are drawn: marks twice, for a wide page and for a narrow one
DRAWN = ("histogram", "trend")  # forms of columns that only these have
FEATURE_COLUMNS = columns_of("feature_drift")


def lead(of: Subject) -> Sentence:
    """What was compared with what, and what came of it."""
    about, counts = of.about, of("drift_counts").first
    text: Sentence = [name(about["batch"]), " (", figure(about["rows"]), " rows) against "]
    text += reference_of(about)
    if about["reference_rows"] is not None:
        text += [" (", figure(about["reference_rows"]), " rows)"]
    text.append(".")
    if about["data_drift"] is not None:
        text += [" A classifier told the two apart with accuracy ", figure(about["data_drift"])]
        low, high = about["data_drift_lower"], about["data_drift_upper"]
        if low is not None and high is not None:
            text += [" (", figure(low), " to ", figure(high), ")"]
        text.append("; 0.5 is a coin toss, 1 is full certainty.")
    if counts.get("features"):
        of_all = counted(counts["features"], "feature")
        text += [" ", figure(counts["drifted"]), " of ", *of_all, " drifted."]
    return text


def reference_of(evaluation: Row) -> Sentence:
    """What the evaluation was measured against, in words."""
    version: Sentence = ["version ", figure(evaluation["model_version"])]
    batches = name(words.span(evaluation["reference_batches"]))
    if evaluation["trained_at"] is None:  # a comparison
        return [batches]
    if evaluation["against_training"]:
        return ["the reference of ", *version]
    return [batches, " as ", *version, " scores it"]


def input_drift(of: Subject) -> Iterator[Tile]:
    """The drift table with its distributions, and which of the features matter to the model."""
    if of("feature_drift").rows:
        yield feature_table(of)
        yield importance(of)
    else:
        yield absent("features", "Drift by feature", "This evaluation has no input feature.")


def feature_table(of: Subject) -> Tile:
    """One row per feature, worst first; each opens the two distributions.

    Only the first FEW are drawn, so that a page of 1,000 features stays light; the others stand
    among the tile's numbers. The last two queries are those of the section's lead.
    """
    drift, bins, counts = of("feature_drift"), of("feature_distribution"), of("drift_counts").first
    by_feature = defaultdict(list)
    for row in bins.rows:
        by_feature[row["feature"]].append(row)
    every = [{**row, "histogram": by_feature[row["feature"]]} for row in drift.rows]
    rows, others = every[:FEW], linked(every[FEW:])
    features = filled("Input drift by feature, worst first", FEATURE_COLUMNS, rows)
    features["details"] = [
        {**distribution(row["feature"], row["histogram"]), "href": row["href"]}
        for row in linked(rows)
    ]
    features["statuses"] = [row["status"] for row in rows]
    text: Sentence = [
        figure(counts["drifted"]),
        " drifted, ",
        figure(counts["watch"]),
        " to watch, of ",
        figure(counts["features"]),
        ". Distribution: the reference filled, the current sample outlined.",
    ]
    if others:
        text.append(f" The first {FEW} stand here, the others under Numbers and SQL.")
    plain = [column for column in FEATURE_COLUMNS if column.form not in DRAWN]
    return tile(
        "features",
        "Drift by feature",
        "features",
        tables=[features],
        numbers=[filled("The other features, worst first", plain, others)] if others else None,
        sentence=text,
        sql=[drift.sql, bins.sql, of.shown("drift_counts"), of.shown("evaluation")],
    )


def linked(rows: Sequence[Row]) -> list[Row]:
    """The rows of features with the ways to their pages."""
    return [{**row, "href": feature_page(row["model"], row["feature"])} for row in rows]


def distribution(feature: str, bins: list[Row]) -> dict[str, Any]:
    """Both samples' shares per bin, as figures and as bars."""
    names = ("reference", "current")
    top = max([row[f"{name}_share"] or 0 for row in bins for name in names] or [1])
    return {
        "title": feature,
        "bins": [
            {
                "label": label(row),
                "foreign": row["kind"] == "category",
                **{name: bar(row[f"{name}_share"], top) for name in names},
            }
            for row in bins
        ],
    }


def bar(share: float | None, top: float) -> dict[str, Any]:
    """A share, as a figure and as a bar."""
    width = geometry.place(share or 0, 0, top)
    return {"value": share, "text": words.share(share), "width": width}


def label(row: Row) -> str:
    """What a bin holds: a value of the user's as it is, numbers with a real minus sign."""
    return str(row["label"]) if row["kind"] == "category" else words.minus(str(row["label"]))


def importance(of: Subject) -> Tile:
    """The scatter of drift importance against model importance."""
    drift, title = of("feature_drift"), "Feature drift importance"
    both = ("model_importance", "drift_importance")
    rows = linked([row for row in drift.rows if all(row[key] is not None for key in both)])
    if not rows:
        return absent("importance", title, "No importance is known for these features.", span=6)
    picture = chart(
        "importance",
        "Importance in the model against importance in the drift classifier, one mark per feature",
        SCATTER if len(rows) <= FEW else ONE_SIZE,
        rows=rows,
    )
    return tile(
        "importance",
        title,
        span=6,
        charts=[picture],
        key=STATUS_KEY,
        numbers=[table("Importance by feature", columns_of("importance"), rows)],
        sql=[drift.sql],
    )
