"""Input drift and prediction drift of an evaluation: the tiles that both pages share."""

from collections import defaultdict
from typing import Any

from mlmon.report import geometry, words
from mlmon.report.ask import Answer, Read, Row, ask
from mlmon.report.grid import Column, filled, table
from mlmon.report.points import points_caption, thinned
from mlmon.report.tile import (
    HALF,
    LOW,
    SAMPLES_KEY,
    STATUS_KEY,
    Chart,
    Tile,
    absent,
    chart,
    queries,
    tile,
)

FEATURE_COLUMNS = (
    Column("feature", "Feature", "feature"),
    Column("status", "Status", "status"),
    Column("population_stability_index", "PSI", "figure"),
    Column("histogram", "Distribution", "histogram"),
    Column("trend", "PSI so far", "trend"),
    Column("model_importance", "Model importance", "share"),
    Column("drift_importance", "Drift importance", "share"),
    Column("pvalue_adjusted", "Adjusted p-value", "figure"),
    Column("missing_rate", "Missing", "share"),
    Column("unseen_rate", "Unseen", "share"),
    Column("out_of_range_rate", "Out of range", "share"),
)
FUGACITY_COLUMNS = (
    Column("class", "Predicted"),
    Column("reference_share", "Reference", "share"),
    Column("current_share", "Current", "share"),
    Column("change", "Change", "points"),
)
STATISTIC_COLUMNS = (
    Column("title", "Statistic"),
    Column("feature", "Of the"),
    Column("value", "Value", "figure"),
    Column("lower", "Lower", "figure", ""),
    Column("upper", "Upper", "figure", ""),
)
DENSITIES = 6


def lead(evaluation: Row, counts: Row) -> str:
    """What was compared with what, and what came of it."""
    size = f"{words.figure(evaluation['rows'])} rows"
    reference = f"the reference of version {evaluation['model_version']}"
    if evaluation["reference_rows"] is not None:
        reference += f" ({words.figure(evaluation['reference_rows'])} rows)"
    text = f"{evaluation['batch']} ({size}) against {reference}."
    if evaluation["data_drift"] is not None:
        accuracy = words.figure(evaluation["data_drift"]) + interval(evaluation)
        text += (
            f" A classifier told the two apart with accuracy {accuracy}; 0.5 is a coin toss, "
            "1 is full certainty."
        )
    if counts.get("features"):
        text += f" {counts['drifted']} of {words.plural(counts['features'], 'feature')} drifted."
    return text


def interval(evaluation: Row) -> str:
    """The interval of the data drift in brackets, where there is one."""
    low, high = evaluation["data_drift_lower"], evaluation["data_drift_upper"]
    return "" if low is None or high is None else f" ({words.figure(low)} to {words.figure(high)})"


def input_drift(read: Read, evaluation_id: str, counts: Row) -> list[Tile]:
    """The drift table with its distributions, and which of the features matter to the model."""
    drift = ask(read, "feature_drift", evaluation_id=evaluation_id)
    if not drift.rows:
        return [absent("features", "Drift by feature", "This evaluation has no input feature.")]
    bins = ask(read, "feature_distribution", evaluation_id=evaluation_id)
    return [feature_table(drift, bins, counts), importance(drift)]


def feature_table(drift: Answer, bins: Answer, counts: Row) -> Tile:
    """One row per feature, worst first; each opens the two distributions."""
    by_feature = defaultdict(list)
    for row in bins.rows:
        by_feature[row["feature"]].append(row)
    rows = [{**row, "histogram": by_feature[row["feature"]]} for row in drift.rows]
    numbers = table("Input drift by feature, worst first", filled(FEATURE_COLUMNS, rows), rows)
    numbers["details"] = [distribution(row["feature"], row["histogram"]) for row in rows]
    numbers["statuses"] = [row["status"] for row in rows]
    said = f"{counts['drifted']} drifted, {counts['watch']} to watch, of {counts['features']}"
    return tile(
        "features",
        "Drift by feature",
        "features",
        table=numbers,
        sentence=said,
        sql=queries(drift, bins),
    )


def distribution(feature: str, bins: list[Row]) -> dict[str, Any]:
    """Both samples' shares per bin, as figures and as bars."""
    keys = ("reference_share", "current_share")
    top = max([row[key] or 0 for row in bins for key in keys] or [1])
    return {
        "title": feature,
        "bins": [
            {
                "label": row["label"],
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


def importance(drift: Answer) -> Tile:
    """The scatter of drift importance against model importance."""
    rows = [
        row
        for row in drift.rows
        if row["model_importance"] is not None and row["drift_importance"] is not None
    ]
    title = "Feature drift importance"
    if not rows:
        return absent("importance", title, "No importance is known for these features.", span=6)
    picture = chart(
        "importance",
        "Importance in the model against importance in the drift classifier, one mark per feature",
        HALF,
        rows=rows,
    )
    columns = [FEATURE_COLUMNS[place] for place in (0, 1, 5, 6)]
    return tile(
        "importance",
        title,
        span=6,
        charts=[picture],
        key=STATUS_KEY,
        table=table("Importance by feature", columns, rows),
        folded=True,
        sql=queries(drift),
    )


def prediction_drift(read: Read, evaluation: Row) -> list[Tile]:
    """How the scores and the predicted classes moved; by actual class where there are labels."""
    key = evaluation["evaluation_id"]
    answer = ask(read, "score_density", evaluation_id=key)
    title = "Density of the score"
    moved = fugacity(read, key)
    if not answer.rows:
        return [absent("density", title, "There are no scores to draw a density of.", 6), moved]
    classes = list(dict.fromkeys(row["class"] for row in answer.rows))
    first, *others = [density_chart(answer.rows, name, evaluation["threshold"]) for name in classes]
    columns = [
        Column("sample", "Sample"),
        Column("class", "Class"),
        Column("score", "Score", "figure"),
        Column("density", "Density", "figure"),
    ]
    numbers = table(points_caption(answer.rows), filled(columns, answer.rows), thinned(answer.rows))
    made = [
        tile(
            "density",
            title,
            span=6,
            charts=[first],
            key=SAMPLES_KEY,
            table=numbers,
            folded=True,
            sql=queries(answer),
        ),
        moved,
    ]
    if others:
        made.append(
            tile(
                "density-by-class",
                f"{title} by actual class",
                "row",
                charts=others[:DENSITIES],
                key=SAMPLES_KEY,
                sql=queries(answer),
            )
        )
    return made


def density_chart(rows: list[Row], name: str | None, threshold: float | None) -> Chart:
    """The density of the score of the records of one class, or of all."""
    said = "All records" if name is None else f"Records of class {words.short(name)}"
    return chart(
        "density",
        f"{said}: density of the score, reference and current",
        HALF if name is None else LOW,
        caption="" if name is None else said,
        rows=[row for row in rows if row["class"] == name],
        threshold=threshold,
    )


def fugacity(read: Read, key: str) -> Tile:
    """The share of records predicted in each class, and how score and prediction drifted."""
    shares = ask(read, "prediction_drift", evaluation_id=key)
    statistics = ask(read, "prediction_statistics", evaluation_id=key)
    tables = []
    if shares.rows:
        tables.append(
            table(
                "Fugacity: share of records predicted in each class", FUGACITY_COLUMNS, shares.rows
            )
        )
    if statistics.rows:
        columns = filled(STATISTIC_COLUMNS, statistics.rows)
        tables.append(table("Drift of prediction and score", columns, statistics.rows))
    if not tables:
        return absent("fugacity", "Fugacity", "There are no predictions to compare.", span=6)
    return tile("fugacity", "Fugacity", span=6, tables=tables, sql=queries(shares, statistics))
