"""The truth about each purchase: whether it is declined, and when that becomes known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmon.demo.marginals import (
    AGE,
    AMOUNT,
    AMOUNT_EDGES,
    DECLINE_RATE,
    HOUR,
    ITEM_CATEGORY,
    SUBSECTOR,
    Floats,
    Integers,
)
from mlmon.demo.population import Cards, Merchants, Population
from mlmon.demo.purchases import DAY_SECONDS, HOUR_SECONDS, Purchases
from mlmon.demo.story import Conditions

SUBSECTOR_PULL = 0.95
SIGNED_PULL, UNSIGNED_PULL = -0.80, 0.13
DISTANCE_PULL, DISTANCE_CENTRE = 0.12, 7.0  # per ln(1 + km)
FICO_PULL, FICO_CENTRE = -0.0012, 570  # per point
LABEL_DELAY = 7 * DAY_SECONDS  # scale of a gamma distribution of shape 2
DECLINE_DELAY = 1.6  # times as long for a declined purchase


@dataclass(frozen=True)
class Truth:
    """The outcome of each purchase of a chunk."""

    is_declined: NDArray[np.bool_]
    known_at: Integers  # seconds since 1970


def draw_truth(stream: np.random.Generator, purchases: Purchases, logit: Floats) -> Truth:
    """Decide each purchase by its logit; a decline takes longer to become known."""
    decision, first_wait, second_wait = stream.random((3, len(logit)))
    is_declined = decision < _probability(logit)
    # A gamma of shape 2 is the sum of two exponentials, each by its inverse CDF.
    delay = -LABEL_DELAY * np.log((1 - first_wait) * (1 - second_wait))
    delay = np.rint(np.where(is_declined, DECLINE_DELAY, 1.0) * delay)
    return Truth(is_declined, purchases.moment + delay.astype(np.int64))


def solve_intercept(logit: Floats) -> float:
    """The intercept at which DECLINE_RATE of these purchases are expected to be declined.

    Rounded, so that the last bit of a machine's exponential cannot change a file.
    """
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if _probability(middle + logit).mean() < DECLINE_RATE:
            low = middle
        else:
            high = middle
    return round(low, 6)


def decline_logit(purchases: Purchases, population: Population, now: Conditions) -> Floats:
    """Each purchase's logit of being declined, without the intercept."""
    signed = SIGNED_PULL if now.signature_protects else UNSIGNED_PULL
    hour = purchases.moment % DAY_SECONDS // HOUR_SECONDS
    return (
        _merchant_logit(population.merchants, purchases.merchant, now)
        + _card_logit(population.cards, purchases.card, now)
        + ITEM_CATEGORY.pull[purchases.item]
        + np.where(purchases.is_signed, signed, UNSIGNED_PULL)
        + HOUR.pull[hour]
        + _amount_logit(purchases.cents)
        + DISTANCE_PULL * (np.log1p(purchases.distance) - DISTANCE_CENTRE)
        + now.prior_shift
    )


def _merchant_logit(merchants: Merchants, merchant: Integers, now: Conditions) -> Floats:
    ring = np.array([now.ring.get(name, 0.0) for name in SUBSECTOR.names])
    by_subsector = SUBSECTOR_PULL * SUBSECTOR.pull + ring
    risk = by_subsector[merchants.subsector] + now.merchant_effect * merchants.risk
    return np.asarray(risk[merchant])


def _card_logit(cards: Cards, card: Integers, now: Conditions) -> Floats:
    risk = now.age_effect * AGE.pull[cards.age_group] + FICO_PULL * (cards.fico - FICO_CENTRE)
    return np.asarray(risk[card])


def _amount_logit(cents: Integers) -> Floats:
    """By the bucket of the amount; a refund is as risky as the average purchase."""
    bucket = np.searchsorted(AMOUNT_EDGES[1:-1], cents / 100, side="right")
    return np.where(cents < 0, 0.0, AMOUNT.pull[bucket])


def _probability(logit: Floats) -> Floats:
    return 1 / (1 + np.exp(-logit))
