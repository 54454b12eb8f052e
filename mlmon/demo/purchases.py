"""The purchases of one month, drawn row by row from the population under the month's conditions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlmon.demo.marginals import (
    AMOUNT,
    AMOUNT_EDGES,
    DIGITAL_WALLET,
    FIRST_ACTIVE_YEAR,
    HOUR,
    ITEM_CATEGORY,
    REFUND_SHARE,
    REWARD_PROGRAMS,
    SUBSECTOR,
    Floats,
    Integers,
)
from mlmon.demo.population import Cards, Merchants, Population, pick
from mlmon.demo.story import FICO_FAULT_DAYS, LATE_DAYS, Conditions

HOUR_SECONDS, DAY_SECONDS = 3_600, 86_400
EARTH_RADIUS = 6_371.0  # km

# Rows drawn at a time. It bounds the memory; another value changes the bytes of larger months.
CHUNK = 100_000


@dataclass(frozen=True)
class Purchases:
    """Rows in the order of time; cards and merchants are positions in the population."""

    moment: Integers  # seconds since 1970
    card: Integers
    merchant: Integers
    item: Integers  # position in ITEM_CATEGORY
    is_signed: NDArray[np.bool_]
    cents: Integers
    distance: Floats  # km between card and merchant
    fico_is_lost: NDArray[np.bool_]


class Uniforms(NamedTuple):
    """A uniform number per row and decision, all drawn whatever the conditions.

    So an event changes what it names and nothing else: April is the same without the story.
    """

    card: Floats
    merchant: Floats
    item: Floats
    signature: Floats
    bucket: Floats
    amount: Floats
    refund: Floats
    micro_payment: Floats
    fault: Floats


def draw_month(
    stream: np.random.Generator, month: str, rows: int, population: Population, now: Conditions
) -> Iterator[Purchases]:
    """Yield a month's purchases (month: 2017_01 ...), at most CHUNK rows at a time."""
    start = np.datetime64(month.replace("_", "-"), "M")
    moments = _draw_moments(stream, start, rows, now.late_share)
    card_share = _card_share(population.cards, start, now)
    merchant_share = _merchant_share(population.merchants, now)
    for begin in range(0, rows, CHUNK):
        moment = moments[begin : begin + CHUNK]
        uniforms = Uniforms(*stream.random((len(Uniforms._fields), len(moment))))
        card = pick(card_share, uniforms.card)
        merchant = pick(merchant_share, uniforms.merchant)
        yield Purchases(
            moment=moment,
            card=card,
            merchant=merchant,
            item=pick(ITEM_CATEGORY.share, uniforms.item),
            is_signed=uniforms.signature < now.signed_share,
            cents=_cents(uniforms, now),
            distance=_distance(population, card, merchant),
            fico_is_lost=_in_days(moment, start, FICO_FAULT_DAYS)
            & (uniforms.fault < now.fico_missing_share),
        )


def _draw_moments(
    stream: np.random.Generator, start: np.datetime64, rows: int, late_share: float
) -> Integers:
    """Sorted seconds since 1970: every day alike but for the late ones, every hour as published."""
    first_day = start.astype("M8[D]")
    days = int(((start + 1).astype("M8[D]") - first_day).astype(int))
    day_share = np.full(days, (1 - late_share) / days)
    first_late, last_late = LATE_DAYS
    day_share[first_late - 1 : last_late] += late_share / (last_late - first_late + 1)
    hour = pick(np.outer(day_share, HOUR.share).ravel(), stream.random(rows))
    seconds = hour * HOUR_SECONDS + stream.integers(0, HOUR_SECONDS, rows)
    return np.sort(seconds + int(first_day.astype("M8[s]").astype(int)))


def _card_share(cards: Cards, start: np.datetime64, now: Conditions) -> Floats:
    """Each card's share of the rows: only cards that are active by this month transact."""
    month = int((start - np.datetime64(str(FIRST_ACTIVE_YEAR), "M")).astype(int))
    active = cards.first_active <= month
    share = active / active.sum()
    is_young, is_travel = cards.age_group == 0, cards.reward == REWARD_PROGRAMS.index("travel")
    share = _enlarged(share, is_young, now.under_25_times)
    return _enlarged(share, is_travel, now.travel_reward_times)


def _enlarged(share: Floats, chosen: NDArray[np.bool_], times: float) -> Floats:
    """Shares where the chosen together hold so many times as much; the others make room."""
    before = share[chosen].sum()
    return np.where(chosen, share * times, share * (1 - before * times) / (1 - before))


def _merchant_share(merchants: Merchants, now: Conditions) -> Floats:
    """Each merchant's share of the rows: those of its subsector by rank."""
    demand = SUBSECTOR.share * [now.subsector_times.get(name, 1.0) for name in SUBSECTOR.names]
    share = demand / demand.sum() * (1 - now.digital_wallet_share)
    share[SUBSECTOR.code(DIGITAL_WALLET)] = now.digital_wallet_share
    return np.asarray(share[merchants.subsector] * merchants.share)


def _cents(uniforms: Uniforms, now: Conditions) -> Integers:
    is_micro = uniforms.micro_payment < now.micro_payment_share
    bucket = np.where(is_micro, 0, pick(AMOUNT.share, uniforms.bucket))
    low, high = AMOUNT_EDGES[bucket], AMOUNT_EDGES[bucket + 1]
    dollars = now.price * np.exp(np.log(low) + np.log(high / low) * uniforms.amount)
    cents = np.rint(100 * dollars).astype(np.int64)
    return np.asarray(np.where(uniforms.refund < REFUND_SHARE, -cents, cents))


def _distance(population: Population, card: Integers, merchant: Integers) -> Floats:
    """Great-circle distance in km (haversine)."""
    here, there = population.cards.place, population.merchants.place
    latitude, other_latitude = np.radians(here.latitude[card]), np.radians(there.latitude[merchant])
    east = np.radians(there.longitude[merchant] - here.longitude[card])
    chord = (
        np.sin((other_latitude - latitude) / 2) ** 2
        + np.cos(latitude) * np.cos(other_latitude) * np.sin(east / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(chord)))


def _in_days(moment: Integers, start: np.datetime64, days: tuple[int, int]) -> NDArray[np.bool_]:
    first = int(start.astype("M8[s]").astype(int))
    day = (moment - first) // DAY_SECONDS + 1
    return (day >= days[0]) & (day <= days[1])
