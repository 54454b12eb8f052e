"""Prediction drift of an evaluation: the tiles that both pages share."""

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Read, Row, ask
from mlmon.report.facts.table import Column, Table, filled, table
from mlmon.report.facts.tile import (
    HALF,
    SAMPLES_KEY,
    Chart,
    Tile,
    absent,
    chart,
    points_caption,
    queries,
    thinned,
    tile,
)

LOW = ((350, 190),)
BESIDE_A_TABLE = ((560, 190), (330, 190))
DENSITY_COLUMNS = (
    Column("sample", "Sample"),
    Column("class", "Class"),
    Column("score", "Score", "figure"),
    Column("density", "Density", "figure"),
)
FUGACITY_COLUMNS = (
    Column("class", "Predicted"),
    Column("reference_share", "Reference", "share"),
    Column("current_share", "Current", "share"),
    Column("change", "Change", "points"),
)
STATISTIC_COLUMNS = (
    Column("title", "Statistic", "named"),
    Column("prediction", "Of the prediction", "figure", words.NOTHING),
)
# What the score is: the probability of the positive class unless the task says otherwise.
SCORE = {"multiclass": "Probability of the predicted class", "regression": "Estimate"}
DENSITIES = 6  # classes whose density is drawn; the SQL has all


def prediction_drift(read: Read, evaluation: Row) -> list[Tile]:
    """How the scores and the predicted classes moved; by actual class where there are labels."""
    key = evaluation["evaluation_id"]
    scores = ask(read, "score_density", evaluation_id=key)
    shares = ask(read, "prediction_drift", evaluation_id=key)
    made = [density(scores, evaluation, HALF), fugacity(read, shares, evaluation)]
    others = [name for name in classes(scores) if name is not None][:DENSITIES]
    if others:
        drawn = [density_chart(scores, name, evaluation, LOW) for name in others]
        made.append(
            tile(
                "density-by-class",
                "Density of the score by actual class",
                "row",
                charts=drawn,
                key=SAMPLES_KEY,
                sql=queries(scores),
            )
        )
    return made


def prediction_summary(read: Read, evaluation: Row) -> Tile:
    """The density of the score with the fugacity below it."""
    key = evaluation["evaluation_id"]
    scores = ask(read, "score_density", evaluation_id=key)
    shares = ask(read, "prediction_drift", evaluation_id=key)
    made = density(scores, evaluation, BESIDE_A_TABLE)
    if not shares.rows:
        return made
    sql = queries(*[answer for answer in (scores, shares) if answer.rows])
    return {
        **made,
        "title": "Prediction drift",
        "tables": [share_table(shares, evaluation)],
        "sql": sql,
    }


def density(scores: Answer, evaluation: Row, sizes: tuple[tuple[int, int], ...]) -> Tile:
    """The density of the score of all records, reference against current."""
    title = f"Density of the {score_of(evaluation)}"
    if not scores.rows:
        return absent("density", title, "There are no scores to draw a density of.", span=6)
    columns = filled(DENSITY_COLUMNS, scores.rows)
    numbers = table(points_caption(scores.rows), columns, thinned(scores.rows))
    drawn = density_chart(scores, classes(scores)[0], evaluation, sizes)
    return tile(
        "density",
        title,
        span=6,
        charts=[drawn],
        key=SAMPLES_KEY,
        numbers=[numbers],
        sql=queries(scores),
    )


def classes(scores: Answer) -> list[str | None]:
    """The classes there is a density of, all records (None) first."""
    return list(dict.fromkeys(row["class"] for row in scores.rows))


def density_chart(
    scores: Answer, name: str | None, evaluation: Row, sizes: tuple[tuple[int, int], ...]
) -> Chart:
    """The density of the score of the records of one class, or of all."""
    said = "All records" if name is None else f"Records of class {words.short(name)}"
    rows = [row for row in scores.rows if row["class"] == name]
    if evaluation["task"] == "regression":
        rows = without_empty_ends(rows)
    return chart(
        "density",
        f"{said}: density of the {score_of(evaluation)}, reference and current",
        sizes,
        caption="" if name is None else said,
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
    if evaluation["task"] == "regression":
        said = "Fugacity: share of records in each tenth of the reference's estimates"
        return table(said, (Column("class", "Estimate"), *FUGACITY_COLUMNS[1:]), shares.rows)
    return table(
        "Fugacity: share of records predicted in each class", FUGACITY_COLUMNS, shares.rows
    )


def fugacity(read: Read, shares: Answer, evaluation: Row) -> Tile:
    """The share of records predicted in each class, and how score and prediction drifted."""
    statistics = ask(read, "prediction_statistics", evaluation_id=evaluation["evaluation_id"])
    tables = [share_table(shares, evaluation)] if shares.rows else []
    if statistics.rows:
        score = score_of(evaluation)
        columns = filled(
            (*STATISTIC_COLUMNS, Column("score", f"Of the {score}", "figure", words.NOTHING)),
            statistics.rows,
        )
        said = f"Drift of the {score}" if len(columns) == 2 else "Drift of prediction and score"
        tables.append(table(said, columns, statistics.rows))
    if not tables:
        return absent("fugacity", "Fugacity", "There are no predictions to compare.", span=6)
    return tile("fugacity", "Fugacity", span=6, tables=tables, sql=queries(shares, statistics))
