"""The tutorial's data: the same bytes always, the published marginals, each event in its month."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlmon.demo.columns import COLUMNS, MILES
from mlmon.demo.data import MONTHS, SEED, write_months
from mlmon.demo.marginals import AMOUNT, HOUR, ITEM_CATEGORY, SUBSECTOR, Marginal
from mlmon.errors import ConfigError

ROWS = 10_000
SMALL_JULY = "628a11af2e0dcd235fd257fd9c6fb1c78ae56f4111b21a8fc436ecfa258d451d"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return _read(write_months(tmp_path_factory.mktemp("story"), rows_per_month=ROWS))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    directory = tmp_path_factory.mktemp("quiet")
    return _read(write_months(directory, rows_per_month=ROWS, events=False))


def _read(paths: list[Path]) -> dict[str, pd.DataFrame]:
    dates = ["purchase_date", "label_available_at"]
    return {path.stem[-7:]: pd.read_csv(path, parse_dates=dates) for path in paths}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _share(months: pd.DataFrame, subsector: str) -> float:
    return float((months["merchant_subsector_description"] == subsector).mean())


def _published(marginal: Marginal) -> dict[str, float]:
    return dict(zip(marginal.names, marginal.share.tolist(), strict=True))


def _declined(months: pd.DataFrame, subsector: str | None = None) -> float:
    if subsector is not None:
        months = months[months["merchant_subsector_description"] == subsector]
    return float((months["authorized_flag"] == 0).mean())


# the file


def test_pinned_bytes(tmp_path: Path) -> None:
    """A change here changes every figure of the tutorial: make it on purpose or not at all."""
    (path,) = write_months(tmp_path, ["2017_07"], rows_per_month=500)
    assert _digest(path) == SMALL_JULY


def test_a_month_depends_on_nothing_but_itself(tmp_path: Path) -> None:
    year = write_months(tmp_path / "year", rows_per_month=600)
    some = write_months(tmp_path / "some", ["2017_12", "2017_03"], rows_per_month=600)
    assert [_digest(path) for path in some] == [_digest(year[11]), _digest(year[2])]
    assert [path.name for path in year] == [
        f"transactions_prepared_{month}.csv" for month in MONTHS
    ]


def test_the_seed_and_the_rows_matter(tmp_path: Path) -> None:
    settings: list[dict[str, Any]]
    settings = [{}, {"seed": SEED + 1}, {"rows_per_month": 501}, {"events": False}]
    for number, setting in enumerate(settings):
        write_months(tmp_path / str(number), ["2017_09"], **{"rows_per_month": 500} | setting)
    assert len({_digest(path) for path in tmp_path.glob("*/*.csv")}) == len(settings)


def test_the_story_begins_in_may(tmp_path: Path) -> None:
    told = write_months(tmp_path / "story", rows_per_month=500)
    untold = write_months(tmp_path / "quiet", rows_per_month=500, events=False)
    same = [_digest(one) == _digest(other) for one, other in zip(told, untold, strict=True)]
    assert same == [month < "2017_05" for month in MONTHS]


def test_an_identical_file_is_left_alone(tmp_path: Path) -> None:
    (path,) = write_months(tmp_path, ["2017_01"], rows_per_month=500)
    before = path.stat()
    write_months(tmp_path, ["2017_01"], rows_per_month=500)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_different_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "transactions_prepared_2017_07.csv"
    path.write_text("something else\n")
    write_months(tmp_path, ["2017_07"], rows_per_month=500)
    assert _digest(path) == SMALL_JULY
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    in_the_way = tmp_path / "transactions_prepared_2017_07.csv"
    in_the_way.mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        write_months(tmp_path, ["2017_07"], rows_per_month=500)
    assert list(tmp_path.iterdir()) == [in_the_way]


@pytest.mark.parametrize("setting", [{"months": ["2018_01"]}, {"rows_per_month": 0}])
def test_what_cannot_be_written(tmp_path: Path, setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="2017_01 to 2017_12"):
        write_months(tmp_path, **setting)


def test_months_beyond_one_chunk(tmp_path: Path) -> None:
    (path,) = write_months(tmp_path, ["2017_01"], rows_per_month=100_001)
    january = pd.read_csv(path)
    assert len(january) == january["transaction_id"].nunique() == 100_001
    assert january["purchase_date"].is_monotonic_increasing
    assert _declined(january) == pytest.approx(0.0947, abs=0.003)


# the columns


def test_columns(story: dict[str, pd.DataFrame]) -> None:
    for month, rows in story.items():
        assert tuple(rows.columns) == COLUMNS
        assert rows["purchase_date"].is_monotonic_increasing
        assert set(rows["purchase_date"].dt.strftime("%Y_%m")) == {month}
        assert (rows["label_available_at"] >= rows["purchase_date"]).all()
        assert set(rows.columns[rows.isna().any()]) == (
            {"card_fico_score"} if month == "2017_07" else set()
        )


def test_keys(story: dict[str, pd.DataFrame]) -> None:
    year = pd.concat(story.values())
    assert year["transaction_id"].is_unique
    cards = year.drop_duplicates(["card_id", "card_age", "card_state", "card_latitude"])
    merchants = year.drop_duplicates(["merchant_id", "merchant_state", "merchant_longitude"])
    assert cards["card_id"].is_unique
    assert merchants["merchant_id"].is_unique


def test_only_active_cards_transact(story: dict[str, pd.DataFrame]) -> None:
    for month, rows in story.items():
        assert rows["card_first_active_month"].max() <= month.replace("_", "-")
        since = pd.to_datetime(rows["card_first_active_month"])
        assert (rows["days_active"] == (rows["purchase_date"] - since).dt.days).all()


def test_distance(quiet: dict[str, pd.DataFrame]) -> None:
    """Against the angle between two vectors, on rounded coordinates."""
    rows = quiet["2017_01"]
    points = []
    for owner in ("card", "merchant"):
        east, north = np.radians(rows[f"{owner}_longitude"]), np.radians(rows[f"{owner}_latitude"])
        points.append([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    angle = np.arccos(np.clip((np.array(points[0]) * points[1]).sum(axis=0), -1, 1))
    assert np.allclose(rows["merchant_cardholder_distance"], 6371 * angle, atol=0.1)


# the marginals


def test_decline_rate_of_january(quiet: dict[str, pd.DataFrame]) -> None:
    assert _declined(quiet["2017_01"]) == pytest.approx(0.0947, abs=0.009)


def test_published_shares(quiet: dict[str, pd.DataFrame]) -> None:
    year = pd.concat(quiet.values())
    buckets = pd.cut(year["purchase_amount"], [0, 5, 10, 20, 50, 100, 250, 500, 1000, 1e9])
    expected: list[tuple[pd.Series[Any], dict[Any, float]]] = [
        (year["item_category"], _published(ITEM_CATEGORY)),
        (year["merchant_subsector_description"], _published(SUBSECTOR)),
        (year["purchase_date"].dt.hour.astype(str), _published(HOUR)),
        (buckets.cat.codes, dict(enumerate(AMOUNT.share))),
        (year["signature_provided"], {0: 0.811, 1: 0.189}),
        (year["purchase_amount"] < 0, {True: 0.0011}),
        (year["card_reward_program"], {"cash_back": 0.59, "travel": 0.2}),
        (year["card_age"] < 25, {True: 0.148}),
    ]
    for column, published in expected:
        found = column.value_counts(normalize=True)
        for value, share in published.items():
            assert found.get(value, 0) == pytest.approx(share, abs=0.006), value


def test_labels_take_their_time(quiet: dict[str, pd.DataFrame]) -> None:
    rows = quiet["2017_01"]
    days = (rows["label_available_at"] - rows["purchase_date"]).dt.total_seconds() / 86_400
    mean = days.groupby(rows["authorized_flag"]).mean()
    assert mean[1] == pytest.approx(14, rel=0.05)
    assert mean[0] == pytest.approx(14 * 1.6, rel=0.1)


# the story


def test_may_campaign(story: dict[str, pd.DataFrame], quiet: dict[str, pd.DataFrame]) -> None:
    may, before = story["2017_05"], quiet["2017_05"]
    young = [(rows["card_age"] < 25).mean() for rows in (may, before)]
    travel = [(rows["card_reward_program"] == "travel").mean() for rows in (may, before)]
    assert young[0] / young[1] == pytest.approx(2.0, rel=0.1)
    assert travel[0] / travel[1] == pytest.approx(1.8, rel=0.1)


def test_june_habits(story: dict[str, pd.DataFrame], quiet: dict[str, pd.DataFrame]) -> None:
    june, before = story["2017_06"], quiet["2017_06"]
    price = june["purchase_amount"].median() / before["purchase_amount"].median()
    assert price == pytest.approx(1.15, rel=0.08)
    assert june["signature_provided"].mean() == pytest.approx(0.12, abs=0.01)
    # Demand times 1.35 and 1.2, shared out over the same number of rows.
    total = 1 + 0.35 * _share(before, "internet") + 0.2 * _share(before, "consumer electronics")
    for subsector, times in {"internet": 1.35, "consumer electronics": 1.2, "gas": 1.0}.items():
        found = _share(june, subsector) / _share(before, subsector)
        assert found == pytest.approx(times / total, rel=0.08)


def test_july_fault(story: dict[str, pd.DataFrame]) -> None:
    july = story["2017_07"]
    in_fault = july["purchase_date"].dt.day.between(10, 18)
    missing = july["card_fico_score"].isna()
    assert missing[in_fault].mean() == pytest.approx(0.6, abs=0.03)
    assert not missing[~in_fault].any()


def test_july_digital_wallet(story: dict[str, pd.DataFrame]) -> None:
    found = {month: _share(rows, "digital wallet") for month, rows in story.items()}
    assert found.pop("2017_07") == pytest.approx(0.02, abs=0.005)
    assert set(found.values()) == {0.0}


def test_august_season(story: dict[str, pd.DataFrame]) -> None:
    season = {"hotel": 4, "flights": 6, "restaurant/dining": 2.2, "entertainment": 1.8, "gas": 1.3}
    june, august, september = (story[month] for month in ("2017_06", "2017_08", "2017_09"))
    others = [1 - sum(_share(rows, name) for name in season) for rows in (june, august)]
    for name, times in season.items():
        found = _share(august, name) / _share(june, name)
        assert found == pytest.approx(times * others[1] / others[0], rel=0.35)
        assert _share(september, name) == pytest.approx(_share(june, name), abs=0.015)


def test_september_ring(story: dict[str, pd.DataFrame], quiet: dict[str, pd.DataFrame]) -> None:
    for month in ("2017_09", "2017_10", "2017_11", "2017_12"):
        for name in ("groceries", "restaurant/dining", "entertainment"):
            assert _declined(story[month], name) > 2 * _declined(quiet[month], name)
    august, september = (
        story[month]["purchase_amount"].between(0, 5.75).mean() for month in ("2017_08", "2017_09")
    )
    assert september - august == pytest.approx(0.006, abs=0.0035)


def test_october_rules(story: dict[str, pd.DataFrame]) -> None:
    def signed_ratio(*months: str) -> float:
        rows = pd.concat(story[month] for month in months)
        rates = (rows["authorized_flag"] == 0).groupby(rows["signature_provided"]).mean()
        return float(rates[1] / rates[0])

    assert signed_ratio("2017_06", "2017_07", "2017_08", "2017_09") < 0.65
    assert signed_ratio("2017_10", "2017_11", "2017_12") > 0.8


def test_november_peak(story: dict[str, pd.DataFrame]) -> None:
    october, november = story["2017_10"], story["2017_11"]
    assert len(november) == 1.35 * ROWS
    price = november["purchase_amount"].median() / october["purchase_amount"].median()
    assert price == pytest.approx(1.26, rel=0.08)
    # A third is put there; of the other two thirds, spread over thirty days, a third falls there.
    late = november["purchase_date"].dt.day >= 21
    assert late.mean() == pytest.approx(1 / 3 + 2 / 9, abs=0.02)
    for name in ("consumer electronics", "luxury goods"):
        assert _share(november, name) > 1.2 * _share(october, name)


def test_december_fault(story: dict[str, pd.DataFrame], quiet: dict[str, pd.DataFrame]) -> None:
    december, before = story["2017_12"], quiet["2017_12"]
    distances = [rows["merchant_cardholder_distance"].median() for rows in (december, before)]
    assert distances[0] / distances[1] == pytest.approx(MILES, rel=0.05)
    unknown = ~december["merchant_category_id"].isin(before["merchant_category_id"])
    assert unknown.mean() == pytest.approx(0.4, abs=0.05)
    assert _declined(december) > _declined(story["2017_11"]) + 0.015


def test_a_quiet_year(quiet: dict[str, pd.DataFrame]) -> None:
    """Every month has the same shares, amounts, prices and rates as January."""
    january = quiet["2017_01"]
    for rows in quiet.values():
        assert len(rows) == ROWS
        assert not rows.isna().any().any()
        for name in SUBSECTOR.names:
            assert _share(rows, name) == pytest.approx(_share(january, name), abs=0.02)
        for column in ("signature_provided", "card_age", "card_fico_score", "purchase_amount"):
            error = 5 * january[column].std() * (2 / ROWS) ** 0.5
            assert rows[column].mean() == pytest.approx(january[column].mean(), abs=error)
        assert _declined(rows) == pytest.approx(0.0947, abs=0.012)
        assert rows["merchant_category_id"].max() < 1000
