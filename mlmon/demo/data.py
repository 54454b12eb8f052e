"""The tutorial's data: the card transactions of 2017, the same bytes on every machine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from mlmon.demo.columns import COLUMNS, Registry, registry, transaction_columns
from mlmon.demo.population import Population, draw_population
from mlmon.demo.purchases import draw_month
from mlmon.demo.story import QUIET, Conditions, conditions
from mlmon.demo.truth import decline_logit, draw_truth, solve_intercept
from mlmon.errors import ConfigError
from mlmon.system import fingerprints
from mlmon.system.files import own, replacing

MONTHS: tuple[str, ...] = tuple(f"2017_{number:02d}" for number in range(1, 13))
ROWS_PER_MONTH = 21_000
SEED = 25

# An id is the month's number followed by nine digits, so it is unique in the year.
IDS_PER_MONTH = 1_000_000_000


@dataclass(frozen=True)
class Year:
    """What all months of a seed have in common."""

    seed: int
    population: Population
    registry: Registry
    intercept: float  # of the decline logit


def write_months(
    directory: Path,
    months: Iterable[str] = MONTHS,
    *,
    seed: int = SEED,
    events: bool = True,
    rows_per_month: int | None = None,
) -> list[Path]:
    """Write transactions_prepared_<month>.csv for each month (2017_01 ...); return their paths.

    A file depends on its month, the seed, the events and the rows, on nothing else. It appears
    whole or not at all, and one that already holds the same bytes is left alone.
    Raises ConfigError for a month that is not in MONTHS and for less than one row.
    """
    months = tuple(months)
    rows = ROWS_PER_MONTH if rows_per_month is None else rows_per_month
    if rows < 1 or not set(months) <= set(MONTHS):
        raise ConfigError(f"expected months of {MONTHS[0]} to {MONTHS[-1]} and at least one row")
    year = _year(seed)
    paths = []
    for month in months:
        path = directory / f"transactions_prepared_{month}.csv"
        _replace(path, _transactions(year, month, rows, conditions(month, events=events)))
        paths.append(path)
    return paths


def _year(seed: int) -> Year:
    """Draw the population; solve the intercept in a January of the default size."""
    population = draw_population(_stream(seed, 0))
    stream, month = _stream(seed, 1, 0), MONTHS[0]
    january = draw_month(stream, month, ROWS_PER_MONTH, population, QUIET)
    logit = np.concatenate([decline_logit(chunk, population, QUIET) for chunk in january])
    return Year(seed, population, registry(population), solve_intercept(logit))


def _transactions(year: Year, month: str, rows: int, now: Conditions) -> Iterator[pa.Table]:
    """Yield a month's transactions in chunks, in the order of time."""
    number = MONTHS.index(month) + 1
    truth_stream = _stream(year.seed, number, 1)
    count, population = round(rows * now.volume), year.population
    next_id = number * IDS_PER_MONTH + 1
    for chunk in draw_month(_stream(year.seed, number, 0), month, count, population, now):
        logit = year.intercept + decline_logit(chunk, population, now)
        truth = draw_truth(truth_stream, chunk, logit)
        yield transaction_columns(next_id, chunk, truth, year.registry, now)
        next_id += len(logit)


def _stream(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def _replace(path: Path, chunks: Iterator[pa.Table]) -> None:
    """Make the file hold the chunks; leave it alone if it does."""
    with replacing(path, own, "a month of the tutorial") as draft:
        _write(draft, chunks)
        if path.exists() and fingerprints.of(path) == fingerprints.of(draft):
            draft.unlink()


def _write(path: Path, chunks: Iterator[pa.Table]) -> None:
    first = next(chunks)
    # The header is written by hand: Arrow would put it in quotes.
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        with csv.CSVWriter(file, first.schema, write_options=options) as writer:
            for chunk in chain([first], chunks):
                writer.write_table(chunk)
