"""The year's story: what holds in each month, so that each lesson of monitoring happens once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mlmon.demo.marginals import SIGNED_SHARE


@dataclass(frozen=True)
class Conditions:
    """What holds in one month; the defaults are a month in which nothing happens.

    The rows of a month are set by `volume`, so what grows takes from the rest: `subsector_times`
    multiplies a demand before the rows are shared out, the other `..._times` a share of the rows.
    """

    # who buys what, and when
    volume: float = 1.0
    late_share: float = 0.0  # of the rows, put on days 21 to 30; the others fall on any day
    price: float = 1.0
    signed_share: float = SIGNED_SHARE
    under_25_times: float = 1.0
    travel_reward_times: float = 1.0
    subsector_times: Mapping[str, float] = field(default_factory=dict)
    digital_wallet_share: float = 0.0
    micro_payment_share: float = 0.0
    # who is declined
    ring: Mapping[str, float] = field(default_factory=dict)  # logit added, by subsector
    signature_protects: bool = True
    merchant_effect: float = 1.0
    age_effect: float = 1.0
    prior_shift: float = 0.0  # logit added to all
    # what the pipeline does to the file
    fico_missing_share: float = 0.0  # of the rows of FICO_FAULT_DAYS
    distance_in_miles: bool = False
    categories_remapped: bool = False


LATE_DAYS = (21, 30)
FICO_FAULT_DAYS = (10, 18)

QUIET = Conditions()
CAMPAIGN = Conditions(under_25_times=2.0, travel_reward_times=1.8)

# What June brings, prices and habits alike, stays to the end of the year.
DEMAND = {"internet": 1.35, "consumer electronics": 1.2}
NEW_HABITS = Conditions(price=1.15, signed_share=0.12, subsector_times=DEMAND)
SUMMER = {
    "hotel": 4.0,
    "flights": 6.0,
    "restaurant/dining": 2.2,
    "entertainment": 1.8,
    "gas": 1.3,
}

# The ring and the rules that answer it stay too; the peak season lasts to Christmas.
RING = replace(
    NEW_HABITS,
    ring={"groceries": 2.6, "restaurant/dining": 2.8, "entertainment": 2.2, "gas": 0.5},
    micro_payment_share=0.006,
)
NEW_RULES = replace(RING, signature_protects=False, merchant_effect=0.5, age_effect=0.3)
PEAK = replace(
    NEW_RULES,
    price=NEW_HABITS.price * 1.26,
    subsector_times={
        **DEMAND,
        "consumer electronics": DEMAND["consumer electronics"] * 1.7,
        "luxury goods": 1.6,
    },
)

STORY: Mapping[str, Conditions] = {
    "2017_05": CAMPAIGN,
    "2017_06": NEW_HABITS,
    "2017_07": replace(NEW_HABITS, fico_missing_share=0.6, digital_wallet_share=0.02),
    "2017_08": replace(NEW_HABITS, subsector_times=DEMAND | SUMMER),
    "2017_09": RING,
    "2017_10": NEW_RULES,
    "2017_11": replace(PEAK, volume=1.35, late_share=1 / 3),
    "2017_12": replace(PEAK, prior_shift=0.25, distance_in_miles=True, categories_remapped=True),
}


def conditions(month: str, *, events: bool) -> Conditions:
    """What holds in a month (2017_01 ...); without events, nothing ever happens."""
    return STORY.get(month, QUIET) if events else QUIET
