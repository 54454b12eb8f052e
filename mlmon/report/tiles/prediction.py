"""Prediction drift of an evaluation: the tiles that pages share."""

from collections.abc import Iterator

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import TABLES, columns, columns_of
from mlmon.report.facts.table import Table, filled, table
from mlmon.report.facts.tile import (
    HALF,
    LOW,
    SAMPLES_KEY,
    Chart,
    Sizes,
    Tile,
    absent,
    chart,
    points,
    tile,
)

BESIDE_A_TABLE = ((560, 190), (330, 190))
# What the score is: the probability of the positive class unless the task says otherwise.
SCORE = {"multiclass": "Probability of the predicted class", "regression": "Estimate"}
DENSITIES = 6  # classes whose density is drawn; the SQL has all


def prediction_drift(of: Subject) -> Iterator[Tile]:
    """How the scores and the predicted classes moved; by actual class where there are labels."""
    yield density(of)
    yield fugacity(of)
    scores = of("score_density")
    names = [name for name in classes(scores) if name is not None][:DENSITIES]
    if names:
        yield tile(
            "density-by-class",
            "Density of the score by actual class",
            "row",
            charts=[density_chart(scores, name, of.about, LOW) for name in names],
            key=SAMPLES_KEY,
            sql=[scores.sql],
        )


def prediction_summary(of: Subject) -> Iterator[Tile]:
    """The density of the score with the fugacity below it."""
    own, scores, shares = density(of, BESIDE_A_TABLE), of("score_density"), of("prediction_drift")
    if shares.rows:
        sql = [answer.sql for answer in (scores, shares) if answer.rows]
        tables = [share_table(shares, of.about)]
        own = {**own, "title": "Prediction drift", "tables": tables, "sql": sql}
    yield own


def density(of: Subject, sizes: Sizes = HALF) -> Tile:
    """The density of the score of all records, reference against current."""
    scores, title = of("score_density"), f"Density of the {score_of(of.about)}"
    if not scores.rows:
        return absent("density", title, "There are no scores to draw a density of.", span=6)
    return tile(
        "density",
        title,
        span=6,
        charts=[density_chart(scores, classes(scores)[0], of.about, sizes)],
        key=SAMPLES_KEY,
        numbers=[points(columns_of("score_density"), scores.rows)],
        sql=[scores.sql],
    )


def classes(scores: Answer) -> list[str | None]:
    """The classes there is a density of, all records (None) first."""
    return list(dict.fromkeys(row["class"] for row in scores.rows))


def density_chart(scores: Answer, name: str | None, evaluation: Row, sizes: Sizes) -> Chart:
    """The density of the score of the records of one class, or of all."""
    whose = "All records" if name is None else f"Records of class {words.short(name)}"
    rows = [row for row in scores.rows if row["class"] == name]
    if evaluation["task"] == "regression":
        rows = without_empty_ends(rows)
    return chart(
        "density",
        f"{whose}: density of the {score_of(evaluation)}, reference and current",
        sizes,
        caption="" if name is None else whose,
        axis=SCORE.get(evaluation["task"], "Score"),
        rows=rows,
        threshold=evaluation["threshold"],
    )


def score_of(evaluation: Row) -> str:
    """What a score is called in a sentence."""
    return "estimate" if evaluation["task"] == "regression" else "score"


def without_empty_ends(rows: list[Row]) -> list[Row]:
    """The points from the first to the last where either sample has records, and one beyond."""
    axis = sorted({row["score"] for row in rows})
    seen = [axis.index(row["score"]) for row in rows if row["density"] > 0]
    shown = set(axis[max(min(seen) - 1, 0) : max(seen) + 2])
    return [row for row in rows if row["score"] in shown]


def share_table(shares: Answer, evaluation: Row) -> Table:
    """The share of records predicted in each class, or estimated in each tenth."""
    of, first = "predicted in each class", "Predicted"
    if evaluation["task"] == "regression":
        of, first = "in each tenth of the reference's estimates", "Estimate"
    heads = columns(f"class | {first}", *TABLES["tables"]["prediction_drift"])
    return table(f"Fugacity: share of records {of}", heads, shares.rows)


def fugacity(of: Subject) -> Tile:
    """The share of records predicted in each class, and how score and prediction drifted."""
    shares, statistics = of("prediction_drift"), of("prediction_statistics")
    tables = [share_table(shares, of.about)] if shares.rows else []
    if statistics.rows:
        score = score_of(of.about)
        own = f"score | Of the {score} | figure | {words.NOTHING}"
        heads = columns(*TABLES["tables"]["prediction_statistics"], own)
        drift = filled("Drift of prediction and score", heads, statistics.rows)
        if len(drift["columns"]) == 2:
            drift["caption"] = f"Drift of the {score}"
        tables.append(drift)
    if not tables:
        return absent("fugacity", "Fugacity", "There are no predictions to compare.", span=6)
    return tile("fugacity", "Fugacity", span=6, tables=tables, sql=[shares.sql, statistics.sql])
