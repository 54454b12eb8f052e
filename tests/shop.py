"""A tiny hand-made project: a shop, its orders by month, and whether they were sent back."""

import random
from pathlib import Path

from mlmon.config import FILE, Config, parse

HEADER = "id,day,amount,kind,returned"
MONTHS = ("2024_01", "2024_02")
ROWS = 200
CONFIG = """\
version: 1
project: shop
datasets:
  orders: {path: "landing/orders_{batch}.csv", key: id, time: day}
models:
  returns:
    dataset: orders
    target: returned
    positive_class: back
    features: [amount, kind]
    train: {batches: ["2024_01"]}
stores:
  truth: {model: returns}
  blind:
    model: returns
    performance: false
    checks:
      - {name: calm, metric: data_drift, max: 0.99}
"""


def orders(month: str, rows: int = ROWS) -> list[str]:
    """Return the lines of a month's file, without the header: dear orders come back more often."""
    chance = random.Random(month)
    first = 1 + 1000 * int(month[-2:])
    return [_order(chance, key, month.replace("_", "-")) for key in range(first, first + rows)]


def _order(chance: random.Random, key: int, month: str) -> str:
    amount, kind = chance.uniform(1, 100), chance.choice(("book", "shoe", "toy"))
    back = chance.random() < amount / (150 if kind == "shoe" else 300)
    day = f"{month}-{chance.randint(1, 28):02d}"
    return f"{key},{day},{amount:.2f},{kind},{'back' if back else 'kept'}"


def write(folder: Path, month: str, lines: list[str], header: str = HEADER) -> Path:
    """A month's file has these lines; return its path."""
    path = folder / "landing" / f"orders_{month}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def lay_out(folder: Path) -> Path:
    """The folder has the shop's mlmon.yml and the files of two months; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(CONFIG, encoding="utf-8")
    for month in MONTHS:
        write(folder, month, orders(month))
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    """The shop's mlmon.yml has `new` where it had `old`."""
    file = folder / FILE
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")


def dataset(folder: Path, section: str) -> Config:
    """Return a project that has nothing but the dataset `orders`."""
    text = f"version: 1\nproject: shop\ndatasets:\n  orders: {{{section}}}\n"
    return parse(text, folder)
