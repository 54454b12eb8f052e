"""The cards and merchants that exist all year long, drawn once from the seed."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mlmon.demo.marginals import (
    AGE,
    AGE_EDGES,
    BIG_SUBSECTORS,
    FIRST_ACTIVE_SHARE,
    REWARD_SHARE,
    STATES,
    SUBSECTOR,
    Floats,
    Integers,
)

CARDS = 44_335
MERCHANTS = 14_000
HOT_MERCHANTS = 46
HOT_RISK = (1.6, 3.2)  # uniform, on the decline logit
MERCHANT_RISK = 0.9  # standard deviation on the decline logit
RANK_OFFSET, RANK_POWER = 8, 0.75  # weight of a merchant: 1 / (rank + 8) ^ 0.75
FICO_RANGE = (300, 850)
LOW_FICO_SHARE, LOW_FICO_MEAN, LOW_FICO_DEVIATION = 0.12, 430, 40
SCATTER = 1.1  # degrees, standard deviation around a state's centre
CATEGORIES_PER_SUBSECTOR = 10

# Even a subsector of forty rows a year has a few dozen merchants.
MERCHANT_FLOOR = 0.002


@dataclass(frozen=True)
class Place:
    """Where each card or merchant sits."""

    state: Integers  # position in STATES
    latitude: Floats  # degrees
    longitude: Floats


@dataclass(frozen=True)
class Cards:
    """One row per card; it stays the same all year."""

    first_active: Integers  # months since January 2012
    reward: Integers  # position in REWARD_PROGRAMS
    age_group: Integers  # position in AGE
    age: Integers  # years
    fico: Integers
    place: Place


@dataclass(frozen=True)
class Merchants:
    """One row per merchant, the most frequented first."""

    subsector: Integers  # position in SUBSECTOR
    category: Integers  # 0 to CATEGORIES_PER_SUBSECTOR - 1, within the subsector
    share: Floats  # of the rows of its subsector
    risk: Floats  # on the decline logit
    place: Place


@dataclass(frozen=True)
class Population:
    """Everybody who buys and sells in the year of one seed."""

    cards: Cards
    merchants: Merchants


def draw_population(stream: np.random.Generator) -> Population:
    """Draw all cards and merchants: the same ones whichever months are written."""
    return Population(_draw_cards(stream), _draw_merchants(stream))


def pick(share: Floats, uniform: Floats) -> Integers:
    """Positions drawn with the given shares (any positive sum): the inverse of their CDF."""
    cumulated = np.cumsum(share)
    return np.searchsorted(cumulated / cumulated[-1], uniform, side="right").astype(np.int64)


def _draw_cards(stream: np.random.Generator) -> Cards:
    age_group = pick(AGE.share, stream.random(CARDS))
    youngest, oldest = AGE_EDGES[age_group], AGE_EDGES[age_group + 1]
    year = pick(FIRST_ACTIVE_SHARE, stream.random(CARDS))
    return Cards(
        first_active=12 * year + stream.integers(0, 12, CARDS),
        reward=pick(REWARD_SHARE, stream.random(CARDS)),
        age_group=age_group,
        age=youngest + _floor(stream.random(CARDS) * (oldest - youngest)),
        fico=_draw_fico(stream),
        place=_draw_places(stream, CARDS),
    )


def _draw_fico(stream: np.random.Generator) -> Integers:
    is_low = stream.random(CARDS) < LOW_FICO_SHARE
    spread = stream.integers(FICO_RANGE[0], FICO_RANGE[1] + 1, CARDS)
    low = np.rint(LOW_FICO_MEAN + LOW_FICO_DEVIATION * ndtri(stream.random(CARDS)))
    return np.where(is_low, np.clip(low, *FICO_RANGE).astype(np.int64), spread)


def _draw_merchants(stream: np.random.Generator) -> Merchants:
    subsector = pick(SUBSECTOR.share + MERCHANT_FLOOR, stream.random(MERCHANTS))
    weight = 1.0 / (np.arange(MERCHANTS) + RANK_OFFSET) ** RANK_POWER
    within = np.bincount(subsector, weight, len(SUBSECTOR.names))
    return Merchants(
        subsector=subsector,
        category=stream.integers(0, CATEGORIES_PER_SUBSECTOR, MERCHANTS),
        share=weight / within[subsector],
        risk=_draw_risk(stream, subsector),
        place=_draw_places(stream, MERCHANTS),
    )


def _draw_risk(stream: np.random.Generator, subsector: Integers) -> Floats:
    """A normal effect for every merchant; a few of the big subsectors are far riskier."""
    risk = MERCHANT_RISK * ndtri(stream.random(MERCHANTS))
    order = np.argsort(stream.random(MERCHANTS), kind="stable")
    hot = order[subsector[order] < BIG_SUBSECTORS][:HOT_MERCHANTS]
    low, high = HOT_RISK
    risk[hot] = low + (high - low) * stream.random(HOT_MERCHANTS)
    return np.asarray(risk, dtype=np.float64)


def _draw_places(stream: np.random.Generator, count: int) -> Place:
    residents, latitude, longitude = np.array([state[1:] for state in STATES]).T
    state = pick(residents, stream.random(count))
    return Place(
        state,
        latitude[state] + SCATTER * ndtri(stream.random(count)),
        longitude[state] + SCATTER * ndtri(stream.random(count)),
    )


def _floor(values: Floats) -> Integers:
    return np.floor(values).astype(np.int64)
