"""Champions and challengers on the tutorial's data, many times over: what the gate lets in.

A year's months are tables in memory; versions are fitted and compared by mlmon's own code, only
without what a project stores beside it.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlmon.config import Config, parse
from mlmon.demo.data import write_months
from mlmon.models import features
from mlmon.models.pipeline import Fitted, one_thread
from mlmon.models.records import Source, cutoff
from mlmon.models.versions import Version
from mlmon.train import challenge, estimators
from mlmon.views import files, of_models
from mlmon.warehouse.warehouse import Warehouse

PROJECT = """\
version: 1
project: fraud
datasets: {{transactions: {{path: "{{batch}}.csv", key: transaction_id, time: purchase_date}}}}
models:
  fraud:
    dataset: transactions
    target: authorized_flag
    positive_class: 0
    features: [signature_provided, merchant_subsector_description, purchase_amount,
      merchant_state, card_fico_score, card_age]
    train: {{batches: ["2017_01"]}}
    activate: if_better
    {more}
"""
FRESH = 100_000
HARM = 0.01


@dataclass(frozen=True)
class Contest:
    """What the gate decided, and the areas of both versions on fresh rows."""

    decision: challenge.Decision
    champion: float
    challenger: float

    @property
    def activated(self) -> bool:
        """Whether the challenger became the active version."""
        return bool(self.decision["decision"] == "activated")

    @property
    def is_worse(self) -> bool:
        """Whether the challenger's area is lower by more than .01."""
        return self.challenger < self.champion - HARM


class Year:
    """A year of the tutorial in memory, and a model on it."""

    def __init__(self, seed: int, *, events: bool, rows: int, months: Sequence[str], more: str):
        """The months have that many rows each; `more` is a line of the model's section."""
        self.seed, self.events = seed, events
        self.config: Config = parse(PROJECT.format(more=more), Path(__file__).parent)
        self.model = self.config.models["fraud"]
        self.warehouse = Warehouse(comments=False)
        needed = [view for view in files.file_views() if view.name == "upcoming_batches"]
        files.create(self.warehouse, needed)
        for month in months:
            self.add(month, rows)

    def add(self, month: str, rows: int) -> None:
        """The month is a batch."""
        with tempfile.TemporaryDirectory() as folder:
            (path,) = write_months(
                Path(folder), [month], seed=self.seed, events=self.events, rows_per_month=rows
            )
            read = f"select '{month}' as batch, * from read_csv('{path}')"
            exists = self.warehouse.has("transactions")
            verb = "insert into transactions" if exists else "create table transactions as"
            self.warehouse.connection.execute(f"{verb} {read}")

    @property
    def source(self) -> Source:
        """How the model reads its records."""
        return of_models.source_of(self.warehouse, self.config, "fraud")

    def rows(self, batches: Sequence[str], seed: int = 1337) -> pd.DataFrame:
        """The batches' records as a training sees them, with the hash that splits them."""
        rows = features.model_rows(self.warehouse.ibis.table("transactions"), self.source)
        hashed = features.hash_of(features.ibis.literal(seed), rows["_record_id"])
        chosen = rows.filter(rows["_batch"].isin(list(batches))).mutate(_hash=hashed)
        frame: pd.DataFrame = chosen.order_by("_hash").to_pandas()
        return frame

    def train(self, batches: Sequence[str], share: float = 1.0) -> tuple[Version, Fitted]:
        """A version and what was fitted; it learned from that share of its training part."""
        frame = self.rows(batches)
        is_test = frame["_hash"] < cutoff(0.2)
        learned = frame[~is_test]
        learned = learned.tail(round(share * len(learned)))
        with one_thread():  # several wait for each other on a busy machine
            pipeline = estimators.fit(self.config, self.model, self.source, learned)
        fitted = estimators.fit_threshold(self.model, self.source, pipeline, frame[is_test])
        row = {
            "model": "fraud",
            "model_version": 1,
            "dataset": "transactions",
            "key": "transaction_id",
            "target": "authorized_flag",
            "task": "binary",
            "positive_class": "0",
            "category_format": self.source.category_format,
            "features": json.dumps(dict(fitted.features)),
            "train_batches": list(batches),
            "test_size": 0.2,
            "seed": 1337,
        }
        return Version.of({**dict.fromkeys(field.name for field in fields(Version)), **row}), fitted

    def contest(self, champion: Any, challenger: Any, fresh: pd.DataFrame) -> Contest:
        """What the gate says of two versions, and how they do on the fresh rows."""
        both, fitted = zip(champion, challenger, strict=True)
        decision = challenge.contest(self.warehouse, self.model, both, fitted)
        positive = fresh["_actual"] == "0"
        areas = [float(roc_auc_score(positive, one.predict(fresh)["score"])) for one in fitted]
        return Contest(decision, *areas)


BEFORE, AFTER = ("2017_01", "2017_02", "2017_03"), ("2017_08", "2017_09", "2017_10")


def calm(seeds: Sequence[int], rows: int, shares: Sequence[float], more: str = "") -> Iterator[Any]:
    """Yield per seed and share the contest of a year without events; fresh rows are November's."""
    for seed in seeds:
        year = Year(seed, events=False, rows=rows, months=(*BEFORE, *AFTER), more=more)
        champion = year.train(BEFORE)
        later = Year(seed, events=False, rows=FRESH, months=["2017_11"], more=more)
        fresh = later.rows(["2017_11"])
        for share in shares:
            yield seed, share, year.contest(champion, year.train(AFTER, share), fresh)


def eventful(rows: int, seed: int = 25) -> Contest:
    """Return the contest of the tutorial's year after October, with November as fresh rows."""
    year = Year(seed, events=True, rows=rows, months=(*BEFORE, *AFTER), more="")
    later = Year(seed, events=True, rows=rows, months=["2017_11"], more="")
    champion, challenger = year.train(BEFORE), year.train(AFTER)
    return year.contest(champion, challenger, later.rows(["2017_11"]))


def quick() -> Any:
    """Return a small estimator that fits and predicts many times over in little time."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    words = ["signature_provided", "merchant_subsector_description", "merchant_state"]
    columns = ColumnTransformer([("words", codes, words)], remainder="passthrough")
    boosting = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=1)
    return Pipeline([("columns", columns), ("boosting", boosting)])


def drawn(seeds: Sequence[int], rows: int, shares: Sequence[float]) -> Iterator[Contest]:
    """Yield per seed the contest on a tenth of a year without events, drawn by that seed.

    The year is the same for all and so are November's fresh rows: most of the time would go into
    making them. The shares take turns.
    """
    more = "estimator: challengers:quick"
    later = Year(25, events=False, rows=FRESH, months=["2017_11"], more=more)
    fresh = later.rows(["2017_11"])
    year = Year(25, events=False, rows=10 * rows, months=(*BEFORE, *AFTER), more=more)
    year.warehouse.write("create table pool as from transactions")
    for seed in seeds:
        year.warehouse.write(
            "create or replace table transactions as from pool where"
            f" md5('draw {seed}:' || transaction_id)[:8] < '{cutoff(0.1)}'"
        )
        share = shares[seed % len(shares)]
        yield year.contest(year.train(BEFORE), year.train(AFTER, share), fresh)


if __name__ == "__main__":
    first, last, size = map(int, sys.argv[1:4])
    if first == 0:
        print("eventful", eventful(21_000), flush=True)
        first = 1
    for seed, share, found in calm(range(first, last), size, (1.0, 0.25)):
        print(
            f"{seed} {share} {found.decision['decision']} {found.champion:.4f}"
            f" {found.challenger:.4f} {found.decision.get('gain', float('nan')):.4f}"
            f" {found.decision.get('lower', float('nan')):.4f}"
            f" {found.decision.get('upper', float('nan')):.4f} {found.decision.get('rows')}"
            f"{' WORSE' if found.is_worse else ''}",
            flush=True,
        )
