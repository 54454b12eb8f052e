"""The published marginals of the card transactions of 2017: shares and decline rates."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DECLINE_RATE = 0.0947  # share of all purchases


@dataclass(frozen=True)
class Marginal:
    """One attribute's values, each with its share of the rows and its pull on the decline logit."""

    names: tuple[str, ...]
    share: Floats  # sums to 1
    pull: Floats  # logit(decline rate of the value) - logit(DECLINE_RATE)

    def code(self, name: str) -> int:
        """The position of a value."""
        return self.names.index(name)


def marginal(table: Iterable[tuple[str, float, float]]) -> Marginal:
    """Build a marginal from (value, rows or share, percent declined)."""
    names, rows, percent = zip(*table, strict=True)
    weight = np.array(rows, dtype=np.float64)
    odds = 1 / (100 / np.array(percent, dtype=np.float64) - 1)
    pull = np.log(odds) - math.log(DECLINE_RATE / (1 - DECLINE_RATE))
    return Marginal(names, weight / weight.sum(), pull)


ITEM_CATEGORY = marginal(
    [("A", 0.284, 8.4), ("B", 0.193, 12.1), ("C", 0.194, 12.2), ("D", 0.329, 7.3)]
)

# The five that come first hold three quarters of the rows, and all the hot merchants.
BIG_SUBSECTORS = 5
DIGITAL_WALLET = "digital wallet"
SUBSECTOR = marginal(
    [
        ("gas", 41388, 10.7),
        ("consumer electronics", 39851, 12.2),
        ("internet", 39198, 12.0),
        ("insurance", 37594, 11.2),
        ("luxury goods", 35946, 14.0),
        ("restaurant/dining", 12024, 1.0),
        ("groceries", 11070, 1.7),
        ("entertainment", 9984, 1.2),
        ("carpentry", 5176, 2.0),
        ("retail apparel", 3634, 1.1),
        ("beauty & personal care", 3614, 0.9),
        ("biotechnology", 1711, 2.4),
        ("hotel", 1588, 1.8),
        ("health care services", 1388, 1.1),
        ("liquor", 1272, 1.3),
        ("gym", 1147, 3.8),
        ("real estate investments", 1125, 1.2),
        ("advertising services", 975, 0.6),
        ("semiconductors", 881, 0.9),
        ("tobacco", 826, 2.7),
        ("flights", 655, 0.8),
        ("pharmaceuticals", 540, 1.9),
        ("news & journalism", 505, 2.0),
        ("misc entertainment", 398, 1.3),
        ("furniture", 240, 1.5),
        ("education", 210, 1.2),
        ("pet supplies", 180, 1.0),
        ("sporting goods", 160, 2.1),
        ("books & stationery", 140, 1.4),
        ("toys", 120, 1.6),
        ("health care technology", 101, 18.8),
        ("parking", 95, 2.6),
        ("florists", 80, 1.1),
        ("car rental", 65, 3.0),
        ("laundry", 55, 1.3),
        ("photography", 40, 2.2),
        (DIGITAL_WALLET, 0, 2.0),  # unheard of until the story brings it in
    ]
)

# Dollars at which a bucket begins; inside a bucket the logarithm of the amount is uniform.
# The published buckets are open at both ends: nothing under 1 or above 5,000 dollars is drawn.
AMOUNT_EDGES = np.array([1.0, 5, 10, 20, 50, 100, 250, 500, 1000, 5000])
AMOUNT = marginal(
    [
        ("under 5", 1481, 47.9),
        ("5-10", 6284, 12.1),
        ("10-20", 23492, 8.1),
        ("20-50", 54214, 7.6),
        ("50-100", 49593, 8.1),
        ("100-250", 52029, 9.0),
        ("250-500", 33401, 10.3),
        ("500-1000", 22404, 11.2),
        ("above 1000", 11060, 16.9),
    ]
)
REFUND_SHARE = 0.0011  # of the rows; a refund's amount is negative

# Years of age at which a group begins; inside a group the age is uniform.
AGE_EDGES = np.array([18, 25, 35, 50, 65, 91])
AGE = marginal(
    [
        ("under 25", 0.148, 10.9),
        ("25-34", 0.218, 10.4),
        ("35-49", 0.265, 10.3),
        ("50-64", 0.175, 10.0),
        ("65+", 0.195, 5.8),
    ]
)

SIGNED_SHARE = 0.189  # of the rows
FIRST_ACTIVE_SHARE = np.array([0.01, 0.02, 0.04, 0.07, 0.24, 0.62])  # of the cards, 2012 to 2017
FIRST_ACTIVE_YEAR = 2012
REWARD_PROGRAMS = ("cash_back", "dining_entertainment", "travel")
REWARD_SHARE = np.array([0.59, 0.21, 0.20])  # of the cards

# fmt: off
HOUR_ROWS = (13106, 2993, 1982, 1202, 900, 844, 1496, 4200, 7200, 9800, 12800, 15200,
             18200, 17800, 16800, 16600, 16400, 16800, 17200, 16400, 14400, 12200, 9800, 6900)
HOUR_PERCENT = (7.9, 12.3, 12.8, 18.6, 18.4, 14.7, 12.5, 11.3, 10.3, 10.0, 9.9, 9.9,
                9.5, 9.2, 9.4, 9.3, 9.8, 9.2, 9.0, 8.6, 8.9, 8.7, 9.2, 9.7)
# fmt: on
HOUR = marginal(
    (str(hour), rows, percent)
    for hour, (rows, percent) in enumerate(zip(HOUR_ROWS, HOUR_PERCENT, strict=True))
)


class State(NamedTuple):
    """Where cards and merchants sit: around the centre of a state."""

    name: str
    residents: float  # millions: its weight for cards and merchants alike
    latitude: float  # of the centre, degrees
    longitude: float


STATES = (
    State("California", 39.5, 36.8, -119.4),
    State("Texas", 28.3, 31.0, -98.5),
    State("Florida", 21.0, 28.1, -81.9),
    State("New York", 19.8, 42.2, -75.0),
    State("Pennsylvania", 12.8, 40.9, -77.7),
    State("Illinois", 12.8, 40.3, -89.0),
    State("Ohio", 11.7, 40.4, -82.8),
    State("Georgia", 10.4, 32.9, -83.4),
    State("North Carolina", 10.3, 35.5, -79.4),
    State("Michigan", 10.0, 43.3, -84.5),
    State("New Jersey", 9.0, 40.1, -74.5),
    State("Virginia", 8.5, 37.8, -78.2),
    State("Washington", 7.4, 47.4, -120.5),
    State("Arizona", 7.0, 34.0, -111.1),
    State("Massachusetts", 6.9, 42.2, -71.8),
    State("Tennessee", 6.7, 35.7, -86.7),
    State("Indiana", 6.7, 40.0, -86.3),
    State("Missouri", 6.1, 38.5, -92.6),
    State("Wisconsin", 5.8, 44.5, -89.5),
    State("Colorado", 5.6, 39.0, -105.5),
)
