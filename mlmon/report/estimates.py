"""How far a regression's estimates are off: the tiles that both pages share."""

from mlmon.report.ask import Read, ask
from mlmon.report.grid import Column, table
from mlmon.report.tile import HALF, SAMPLES_KEY, THIRD, Tile, absent, chart, queries, tile

ERROR_COLUMNS = (
    Column("sample", "Sample"),
    Column("label", "Error", "sentence"),
    Column("share", "Share of records", "share"),
    Column("rows", "Rows", "count"),
)
ACTUAL_COLUMNS = (
    Column("sample", "Sample"),
    Column("mean_estimate", "Mean estimate", "figure"),
    Column("mean_actual", "Mean actual value", "figure"),
    Column("lower_quartile", "Lower quartile", "figure"),
    Column("median", "Median", "figure"),
    Column("upper_quartile", "Upper quartile", "figure"),
    Column("rows", "Rows", "count"),
)
ERRORS = "Share of records by estimate less actual value; the outer bins hold all beyond."
ACTUALS = (
    "Median and quartiles of the actual values, by tenth of the reference's estimates; "
    "on the diagonal the estimates are right."
)


def error_distribution(read: Read, evaluation_id: str, span: int = 6) -> Tile:
    """The errors of the evaluation and of its reference, over the same bins."""
    title = "Error distribution"
    answer = ask(read, "error_distribution", evaluation_id=evaluation_id)
    if not answer.rows:
        return absent("error-distribution", title, "There are no errors to show.", span=span)
    picture = chart("errors", f"{title}, reference and current", sizes(span), rows=answer.rows)
    return tile(
        "error-distribution",
        title,
        span=span,
        sentence=ERRORS,
        charts=[picture],
        key=SAMPLES_KEY,
        numbers=[table("Errors by bin", ERROR_COLUMNS, answer.rows)],
        sql=queries(answer),
    )


def predicted_vs_actual(read: Read, evaluation_id: str, span: int = 6) -> Tile:
    """What the actual values of records with similar estimates were, then and now."""
    title = "Predicted against actual"
    answer = ask(read, "predicted_vs_actual", evaluation_id=evaluation_id)
    if not answer.rows:
        said = "There are no actual values to hold the estimates against."
        return absent("predicted-vs-actual", title, said, span=span)
    picture = chart("actuals", f"{title}, reference and current", sizes(span), rows=answer.rows)
    return tile(
        "predicted-vs-actual",
        title,
        span=span,
        sentence=ACTUALS,
        charts=[picture],
        key=SAMPLES_KEY,
        numbers=[table("Actual values by estimate", ACTUAL_COLUMNS, answer.rows)],
        sql=queries(answer),
    )


def sizes(span: int) -> tuple[tuple[int, int], ...]:
    """The sizes of a picture in a tile of that many twelfths."""
    return HALF if span > 4 else THIRD
