"""The columns of a file of transactions: what the pipeline delivers, its faults included."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlmon.demo.marginals import (
    FIRST_ACTIVE_YEAR,
    ITEM_CATEGORY,
    REWARD_PROGRAMS,
    STATES,
    SUBSECTOR,
    Floats,
    Integers,
)
from mlmon.demo.population import CATEGORIES_PER_SUBSECTOR, Cards, Merchants, Place, Population
from mlmon.demo.purchases import DAY_SECONDS, Purchases
from mlmon.demo.story import Conditions
from mlmon.demo.truth import Truth

COLUMNS = (
    "transaction_id",
    "authorized_flag",
    "purchase_date",
    "card_id",
    "merchant_id",
    "merchant_category_id",
    "item_category",
    "purchase_amount",
    "signature_provided",
    "card_first_active_month",
    "card_reward_program",
    "card_latitude",
    "card_longitude",
    "card_fico_score",
    "card_age",
    "card_state",
    "days_active",
    "merchant_subsector_description",
    "merchant_state",
    "merchant_latitude",
    "merchant_longitude",
    "merchant_cardholder_distance",
    "label_available_at",
)

MILES = 0.621371  # per km
FIRST_CATEGORY = 100
REMAPPED_SHARE = 0.4  # of the category ids
REMAPPED_BY = 1_000
DEGREE_DIGITS, DISTANCE_DIGITS, DOLLAR_DIGITS = 4, 2, 2


@dataclass(frozen=True)
class Registry:
    """The population as columns: a row per card, a row per merchant."""

    cards: pa.Table
    merchants: pa.Table
    active_since: Integers  # by card, days since 1970


def registry(population: Population) -> Registry:
    """Turn the population into columns, once for all months."""
    return Registry(
        _card_table(population.cards),
        _merchant_table(population.merchants),
        _first_active(population.cards).astype("M8[D]").astype(np.int64),
    )


def transaction_columns(
    first_id: int, purchases: Purchases, truth: Truth, known: Registry, now: Conditions
) -> pa.Table:
    """One row per purchase, its fields in the order of COLUMNS; a missing value is null."""
    cards = known.cards.take(pa.array(purchases.card))
    merchants = known.merchants.take(pa.array(purchases.merchant))
    columns = dict(zip(cards.column_names, cards.columns, strict=True))
    columns |= dict(zip(merchants.column_names, merchants.columns, strict=True))
    fico, category = columns["card_fico_score"], columns["merchant_category_id"]
    distance = purchases.distance * (MILES if now.distance_in_miles else 1)
    columns |= {
        "transaction_id": pa.array(np.arange(first_id, first_id + len(purchases.moment))),
        "authorized_flag": pa.array((~truth.is_declined).astype(np.int64)),
        "purchase_date": _timestamps(purchases.moment),
        "merchant_category_id": _remapped(category) if now.categories_remapped else category,
        "item_category": _named(ITEM_CATEGORY.names, purchases.item),
        "purchase_amount": _decimals(purchases.cents, DOLLAR_DIGITS),
        "signature_provided": pa.array(purchases.is_signed.astype(np.int64)),
        "card_fico_score": pa.array(fico.to_numpy(), mask=purchases.fico_is_lost),
        "days_active": pa.array(
            purchases.moment // DAY_SECONDS - known.active_since[purchases.card]
        ),
        "merchant_cardholder_distance": _rounded(distance, DISTANCE_DIGITS),
        "label_available_at": _timestamps(truth.known_at),
    }
    return pa.table({name: columns[name] for name in COLUMNS})


def _card_table(cards: Cards) -> pa.Table:
    return pa.table(
        {
            "card_id": [f"C{number:05d}" for number in range(len(cards.age))],
            "card_first_active_month": [str(month) for month in _first_active(cards)],
            "card_reward_program": _named(REWARD_PROGRAMS, cards.reward),
            "card_fico_score": pa.array(cards.fico),
            "card_age": pa.array(cards.age),
            **_place_columns("card", cards.place),
        }
    )


def _merchant_table(merchants: Merchants) -> pa.Table:
    category = CATEGORIES_PER_SUBSECTOR * merchants.subsector + merchants.category
    return pa.table(
        {
            "merchant_id": [f"M{number:05d}" for number in range(len(category))],
            "merchant_category_id": pa.array(FIRST_CATEGORY + category),
            "merchant_subsector_description": _named(SUBSECTOR.names, merchants.subsector),
            **_place_columns("merchant", merchants.place),
        }
    )


def _place_columns(owner: str, place: Place) -> dict[str, pa.Array]:
    return {
        f"{owner}_state": _named([state.name for state in STATES], place.state),
        f"{owner}_latitude": _rounded(place.latitude, DEGREE_DIGITS),
        f"{owner}_longitude": _rounded(place.longitude, DEGREE_DIGITS),
    }


def _first_active(cards: Cards) -> np.ndarray:
    return np.datetime64(str(FIRST_ACTIVE_YEAR), "M") + cards.first_active


def _remapped(category: pa.ChunkedArray) -> pa.Array:
    """The ids after an upstream system renumbered the first of each subsector's categories."""
    numbers = category.to_numpy()
    code = (numbers - FIRST_CATEGORY) % CATEGORIES_PER_SUBSECTOR
    is_remapped = code < REMAPPED_SHARE * CATEGORIES_PER_SUBSECTOR
    return pa.array(np.where(is_remapped, numbers + REMAPPED_BY, numbers))


def _named(names: Sequence[str], code: Integers) -> pa.Array:
    return pa.array(names).take(pa.array(code))


def _timestamps(seconds: Integers) -> pa.Array:
    return pa.array(seconds.astype("M8[s]"))


def _rounded(values: Floats, digits: int) -> pa.Array:
    return _decimals(np.rint(values * 10**digits).astype(np.int64), digits)


def _decimals(scaled: Integers, digits: int) -> pa.Array:
    """Numbers with a fixed count of decimals: whole multiples of 10^-digits.

    Arrow's decimals are 128-bit little-endian integers: the number, then its sign extended.
    """
    words = np.stack([scaled, scaled >> 63], axis=1).astype("<i8")
    kind = pa.decimal128(18, digits)
    return pa.Array.from_buffers(kind, len(scaled), [None, pa.py_buffer(words.tobytes())])
