"""Tiles that are the rows of one query as a table; among them the dashboard's lists."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mlmon.report.facts import words
from mlmon.report.facts.ask import Answer, Row, Subject
from mlmon.report.facts.columns import columns
from mlmon.report.facts.sentence import Sentence, figure
from mlmon.report.facts.table import Column, filled, table
from mlmon.report.facts.tile import Tile, absent, queries, tile


@dataclass(frozen=True)
class Listing:
    """A tile of the rows of a query: what it is called, its columns, what stands there for none.

    Without `none` there is no tile of no rows. `lines` makes other rows of the query's. The
    columns that hold nothing are left out unless `whole`. `every` is the key of how many there
    are, of which the query gives the newest; the tile says so if there are more.
    """

    query: str
    id: str
    title: str
    caption: str
    columns: Sequence[Column]
    none: str | Callable[[Subject], str] = ""
    lines: Callable[[Subject, list[Row]], list[Row]] = lambda _, rows: rows
    kind: str = "table"
    span: int = 12
    sentence: str | None = None
    every: str = ""
    noun: str = ""
    whole: bool = False
    absent_title: str = ""

    def __call__(self, of: Subject) -> Iterator[Tile]:
        """The tile about that, or what stands there for none."""
        answer = of(self.query)
        yield from self.tiles(of, answer)
        if not answer.rows and self.none:
            sentence = self.none if isinstance(self.none, str) else self.none(of)
            yield absent(self.id, self.absent_title or self.title, sentence, span=self.span)

    def tiles(self, of: Subject, answer: Answer) -> Iterator[Tile]:
        """The tile of the rows, if there are any."""
        if rows := self.lines(of, answer.rows):
            made = (table if self.whole else filled)(self.caption, self.columns, rows)
            sentence = self.newest(answer.first, len(rows)) or self.sentence
            facts = {"sentence": sentence, "tables": [made], "sql": queries(answer)}
            yield tile(self.id, self.title, self.kind, span=self.span, **facts)

    def newest(self, first: Row, few: int) -> Sentence:
        """That there are more than the few that are listed; nothing where there are not."""
        if not self.every or first[self.every] <= few:
            return []
        return [f"The newest {few} of ", figure(first[self.every]), f" {self.noun or self.every}."]


CHECK_COLUMNS = "check_name outcome verdict meter limits"
CHECKS = Listing(
    "checks",
    "check-table",
    "Latest checks",
    "Latest result of every check, worst first",
    columns(CHECK_COLUMNS, "store batch checked_at"),
    none="No check has run. Limits are set under checks: in mlmon.yml; mlmon check runs them.",
    whole=True,
)
EVALUATIONS = Listing(
    "evaluations",
    "evaluation-table",
    "All evaluations",
    "Evaluations, newest batch first",
    columns(
        "evaluation store against model_version rows data_drift",
        Column("drifted_feature_share", "Drifted features", "share", words.NOTHING),
        Column("roc_auc_score", "ROC AUC", "figure", words.NOTHING),
        Column("average_precision_score", "Average precision", "figure", words.NOTHING),
        Column("f1_score", "F1", "figure", words.NOTHING),
        Column("log_loss", "Log loss", "figure", words.NOTHING),
        Column("r2_score", "R2", "figure", words.NOTHING),
        Column("root_mean_squared_error", "RMSE", "figure", words.NOTHING),
        Column("diagnostics", "Diagnostics", "count"),
        "evaluated_at",
    ),
    none="No batch has been evaluated yet.",
)
