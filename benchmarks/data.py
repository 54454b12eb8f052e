"""The rows of the benchmarks: two sides of 14 numeric and 6 categorical columns, and scores."""

import re
from pathlib import Path

import duckdb

NUMERIC = tuple(f"n{i:02d}" for i in range(14))
CATEGORICAL = {"c0": 2, "c1": 5, "c2": 20, "c3": 100, "c4": 500, "c5": 2000}
SHAPES = (  # of a number, from three uniform numbers u, v, w between 0 and 1
    "sqrt(-2 * ln(1 - u)) * cos(6.283185307179586 * v)",
    "exp(2 * sqrt(-2 * ln(1 - u)) * cos(6.283185307179586 * v))",
    "floor(u * 1000)",
    "round(u * u * 100, 2)",
    "case when w < 0.3 then 0 else -ln(1 - u) end",
    "tan(3.14159 * (u - 0.5))",
    "case when w < 0.05 then null else u end",
)

WIDE = """\
version: 1
project: wide
datasets: {{t: {{path: "landing/rows_{{batch}}.parquet", key: id}}}}
models:
  m:
    dataset: t
    target: y
    positive_class: 1
    features: [{features}]
    train: {{batches: ["1"], test_size: 0.5}}
stores: {{s: {{model: m, classifier_rows: 0}}}}
"""


def write_sides(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write reference.parquet and current.parquet, in which some columns have drifted a little."""
    files = folder / "reference.parquet", folder / "current.parquet"
    for side, file in enumerate(files):
        _write(file, rows, side)
    return files


def write_scores(folder: Path, rows: int) -> Path:
    """Write a file of a score, and a truth that it says something about."""
    path = folder / f"scores_{rows}.parquet"
    score, chance = _random("s", 0), _random("t", 0)
    columns = f"1 as one, {score} as score, ({chance} < score * 0.2)::integer as truth"
    _copy(path, f"select {columns} from range({rows}) r(i)")
    return path


def write_days(folder: Path, days: int, rows: int) -> Path:
    """Write a project whose dataset, 20 columns in one Parquet file, has a batch a day."""
    folder.mkdir(parents=True)
    path = folder / "days.parquet"
    numbers = ", ".join(f"round({_random(f'n{i}', 0)} * 100, 2) as n{i}" for i in range(12))
    names = ", ".join(
        f"'v' || floor({_random(f'c{i}', 0)} * {3 * i + 2}) as c{i}" for i in range(6)
    )
    moment = f"timestamp '2023-01-01' + to_seconds((i * {days} * 86400.0 / {rows})::bigint)"
    _copy(path, f"select i as id, {moment} as t, {numbers}, {names} from range({rows}) r(i)")
    section = "{path: days.parquet, key: id, time: t, batches: {time: t, every: day}}"
    text = f"version: 1\nproject: days\ndatasets:\n  log: {section}\n"
    (folder / "mlmon.yml").write_text(text, encoding="utf-8")
    return path


def lay_out_wide(folder: Path, features: int, rows: int = 300) -> Path:
    """Lay out a project of two batches, whose truth the first of so many features decides."""
    names = [f"f{position:03}" for position in range(features)]
    for batch in (1, 2):
        uniform = ", ".join(f"{_random(name, batch)} as {name}" for name in names)
        truth = f"(f000 + {_random('truth', batch)} > 1)::integer as y"
        query = f"select {batch} || '-' || i as id, {uniform}, {truth} from range({rows}) r(i)"
        path = folder / "landing" / f"rows_{batch}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(path, query)
    (folder / "mlmon.yml").write_text(WIDE.format(features=", ".join(names)), encoding="utf-8")
    return folder


def _write(path: Path, rows: int, side: int) -> None:
    uniform = ", ".join(
        f"{_random(f'{name}{letter}', side)} as {name}_{letter}"
        for name in NUMERIC
        for letter in "uvw"
    )
    uniform += "".join(f", {_random(name, side)} as {name}_u" for name in CATEGORICAL)
    numbers = ", ".join(
        f"({_shape(position, name)}) * {1 + 0.02 * side * (position % 3)} as {name}"
        for position, name in enumerate(NUMERIC)
    )
    names = ", ".join(
        f"'v' || floor({count} * pow({name}_u, {2 + 0.1 * side}))::integer as {name}"
        for name, count in CATEGORICAL.items()
    )
    _copy(path, f"select {numbers}, {names} from (select {uniform} from range({rows}) r(i))")


def _shape(position: int, name: str) -> str:
    shape = SHAPES[position % len(SHAPES)]
    for letter in "uvw":
        shape = _replaced(shape, letter, f"{name}_{letter}")
    return shape


def _replaced(text: str, letter: str, name: str) -> str:
    return re.sub(rf"\b{letter}\b", name, text)


def _random(salt: str, side: int) -> str:
    """Return the SQL of a uniform number that depends on the row alone, so on every machine."""
    return f"hash(i, '{salt}', {side})::double / 18446744073709551616.0"


def _copy(path: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
