"""Input drift of an evaluation: the tiles that both pages share."""

from collections import defaultdict
from typing import Any

from mlmon.report.facts import geometry, words
from mlmon.report.facts.ask import Answer, Read, Row, ask, shown
from mlmon.report.facts.links import feature_page
from mlmon.report.facts.sentence import Said, counted, name, told
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import STATUS_KEY, Tile, absent, chart, queries, tile

SCATTER = ((560, 350), (330, 270))
ONE_SIZE = ((440, 320),)
FEW = 100  # features that are drawn: marks twice, for a wide page and for a narrow one
DRAWN = ("histogram", "trend")  # forms of columns that only these have

FEATURE_COLUMNS = (
    Column("feature", "Feature", "feature"),
    Column("status", "Status", "status"),
    Column("population_stability_index", "PSI", "figure"),
    Column("histogram", "Distribution", "histogram"),
    Column("trend", "PSI so far", "trend"),
    Column("model_importance", "Model importance", "share"),
    Column("drift_importance", "Drift importance", "share"),
    Column("pvalue_adjusted", "Adjusted p-value", "figure"),
    Column("missing_rate", "Missing", "share", words.NOTHING),
    Column("beyond_rate", "Unseen", "share", words.NOTHING),
)


def lead(evaluation: Row, counts: Row) -> Said:
    """What was compared with what, and what came of it."""
    text: Said = [name(evaluation["batch"]), " (", told(evaluation["rows"]), " rows) against "]
    text += reference_of(evaluation)
    if evaluation["reference_rows"] is not None:
        text += [" (", told(evaluation["reference_rows"]), " rows)"]
    text.append(".")
    if evaluation["data_drift"] is not None:
        text += [
            " A classifier told the two apart with accuracy ",
            told(evaluation["data_drift"]),
            *interval(evaluation),
            "; 0.5 is a coin toss, 1 is full certainty.",
        ]
    if counts.get("features"):
        of_all = counted(counts["features"], "feature")
        text += [" ", told(counts["drifted"]), " of ", *of_all, " drifted."]
    return text


def reference_of(evaluation: Row) -> Said:
    """What the evaluation was measured against, in words."""
    version: Said = ["version ", told(evaluation["model_version"])]
    batches = name(words.span(evaluation["reference_batches"]))
    if evaluation["trained_at"] is None:  # a comparison
        return [batches]
    if evaluation["against_training"]:
        return ["the reference of ", *version]
    return [batches, " as ", *version, " scores it"]


def interval(evaluation: Row) -> Said:
    """The interval of the data drift in brackets, where there is one."""
    low, high = evaluation["data_drift_lower"], evaluation["data_drift_upper"]
    return [] if low is None or high is None else [" (", told(low), " to ", told(high), ")"]


def input_drift(read: Read, evaluation_id: str, counts: Row) -> list[Tile]:
    """The drift table with its distributions, and which of the features matter to the model."""
    drift = ask(read, "feature_drift", evaluation_id=evaluation_id)
    if not drift.rows:
        return [absent("features", "Drift by feature", "This evaluation has no input feature.")]
    bins = ask(read, "feature_distribution", evaluation_id=evaluation_id)
    return [feature_table(evaluation_id, drift, bins, counts), importance(drift)]


def feature_table(evaluation_id: str, drift: Answer, bins: Answer, counts: Row) -> Tile:
    """One row per feature, worst first; each opens the two distributions.

    Only the first FEW are drawn, so that a page of 1,000 features stays light; the others stand
    among the tile's numbers. The last two queries are those of the section's lead.
    """
    by_feature = defaultdict(list)
    for row in bins.rows:
        by_feature[row["feature"]].append(row)
    every = [{**row, "histogram": by_feature[row["feature"]]} for row in drift.rows]
    rows, others = every[:FEW], every[FEW:]
    numbers = table("Input drift by feature, worst first", filled(FEATURE_COLUMNS, rows), rows)
    numbers["details"] = [
        {
            **distribution(row["feature"], row["histogram"]),
            "href": feature_page(row["model"], row["feature"]),
        }
        for row in rows
    ]
    numbers["statuses"] = [row["status"] for row in rows]
    said: Said = [
        told(counts["drifted"]),
        " drifted, ",
        told(counts["watch"]),
        " to watch, of ",
        told(counts["features"]),
        ". Distribution: the reference filled, the current sample outlined.",
    ]
    more: list[Table] = []
    if others:
        said.append(f" The first {FEW} stand here, the others under Numbers and SQL.")
        plain = [column for column in FEATURE_COLUMNS if column.form not in DRAWN]
        named = [{**row, "href": feature_page(row["model"], row["feature"])} for row in others]
        more = [table("The other features, worst first", filled(plain, named), named)]
    key = {"evaluation_id": evaluation_id}
    return tile(
        "features",
        "Drift by feature",
        "features",
        tables=[numbers],
        numbers=more or None,
        sentence=said,
        sql=[*queries(drift, bins), shown("drift_counts", **key), shown("evaluation", **key)],
    )


def distribution(feature: str, bins: list[Row]) -> dict[str, Any]:
    """Both samples' shares per bin, as figures and as bars."""
    keys = ("reference_share", "current_share")
    top = max([row[key] or 0 for row in bins for key in keys] or [1])
    return {
        "title": feature,
        "bins": [
            {
                "label": label(row),
                "foreign": row["kind"] == "category",
                **{
                    name: {
                        "value": row[f"{name}_share"],
                        "text": words.share(row[f"{name}_share"]),
                        "width": geometry.place(row[f"{name}_share"] or 0, 0, top),
                    }
                    for name in ("reference", "current")
                },
            }
            for row in bins
        ],
    }


def label(row: Row) -> str:
    """What a bin holds: a value of the user's as it is, numbers with a real minus sign."""
    return str(row["label"]) if row["kind"] == "category" else words.minus(str(row["label"]))


def importance(drift: Answer) -> Tile:
    """The scatter of drift importance against model importance."""
    rows = [
        {**row, "href": feature_page(row["model"], row["feature"])}
        for row in drift.rows
        if row["model_importance"] is not None and row["drift_importance"] is not None
    ]
    title = "Feature drift importance"
    if not rows:
        return absent("importance", title, "No importance is known for these features.", span=6)
    picture = chart(
        "importance",
        "Importance in the model against importance in the drift classifier, one mark per feature",
        SCATTER if len(rows) <= FEW else ONE_SIZE,
        rows=rows,
    )
    columns = [Column("feature", "Feature", "link"), *FEATURE_COLUMNS[1:2], *FEATURE_COLUMNS[5:7]]
    return tile(
        "importance",
        title,
        span=6,
        charts=[picture],
        key=STATUS_KEY,
        numbers=[table("Importance by feature", columns, rows)],
        sql=queries(drift),
    )
