"""When a trigger is due: in its own time zone, by the calendar, whenever one asks."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import pytest
from shop import CONFIG

from mlmon.config import Trigger, parse
from mlmon.errors import ConfigError
from mlmon.schedule.times import due, upcoming


def times(trigger: Trigger, after: str, count: int = 3) -> list[str]:
    """Return the next moments as the clocks of the trigger's time zone show them."""
    moments = due(trigger, datetime.fromisoformat(after).replace(tzinfo=UTC))
    return [f"{moment:%a %Y-%m-%d %H:%M}" for moment in islice(moments, count)]


def trigger(every: str, at: str | None = None, zone: str = "UTC") -> Trigger:
    return Trigger(name="t", every=every, at=at, time_zone=zone)


@pytest.mark.parametrize(
    ("every", "at", "expected"),
    [
        ("1 week", "Monday 06:00", "0 6 * * 1"),
        ("1 week", "sunday 23:59", "59 23 * * 0"),
        ("1 week", "06:00", "0 6 * * 1"),
        ("1 day", "07:30", "30 7 * * *"),
        ("1 day", None, "0 0 * * *"),
        ("3 months", "15 06:00", "0 6 15 * *"),
        ("1 month", "06:00", "0 6 1 * *"),
        ("2 hours", "00:15", "15 * * * *"),
        ("5 minutes", None, "* * * * *"),
    ],
)
def test_cron(every, at, expected):
    assert trigger(every, at).expression == expected


def refused(folder: Path, *triggers: str) -> str:
    """Return what is said of a scenario with such triggers, whose first is on line 22."""
    lines = "".join(f"      - {line}\n" for line in triggers)
    text = f"{CONFIG}scenarios:\n  Look:\n    triggers:\n{lines}"
    with pytest.raises(ConfigError) as caught:
        parse(f"{text}    steps: [{{name: look, check: blind}}]\n", folder)
    return str(caught.value)


def test_weekly_is_on_mondays():
    assert times(trigger("1 week", "Monday 06:00"), "2017-12-31 12:00") == [
        "Mon 2018-01-01 06:00",
        "Mon 2018-01-08 06:00",
        "Mon 2018-01-15 06:00",
    ]


def test_a_moment_itself_is_past():
    weekly = trigger("1 week", "Monday 06:00")
    assert times(weekly, "2018-01-01 06:00", 1) == ["Mon 2018-01-08 06:00"]
    assert times(weekly, "2018-01-01 05:59", 1) == ["Mon 2018-01-01 06:00"]


def test_daily_and_monthly():
    assert times(trigger("1 day", "07:30"), "2024-02-28 08:00") == [
        "Thu 2024-02-29 07:30",
        "Fri 2024-03-01 07:30",
        "Sat 2024-03-02 07:30",
    ]
    assert times(trigger("1 month", "15 06:00"), "2023-12-20 00:00") == [
        "Mon 2024-01-15 06:00",
        "Thu 2024-02-15 06:00",
        "Fri 2024-03-15 06:00",
    ]


def test_every_few_minutes_and_hours():
    assert times(trigger("15 minutes"), "2024-01-01 00:07") == [
        "Mon 2024-01-01 00:15",
        "Mon 2024-01-01 00:30",
        "Mon 2024-01-01 00:45",
    ]
    assert times(trigger("6 hours", "00:10"), "2024-01-01 01:00") == [
        "Mon 2024-01-01 06:10",
        "Mon 2024-01-01 12:10",
        "Mon 2024-01-01 18:10",
    ]


@pytest.mark.parametrize("every", ["2 weeks", "3 days", "2 months", "5 hours"])
def test_it_does_not_matter_when_one_asks(every):
    chosen = trigger(every)
    first, second, third = times(chosen, "2024-03-01 00:00")
    shortly_before = f"{datetime.strptime(second[4:], '%Y-%m-%d %H:%M')}"
    assert times(chosen, shortly_before, 1) == [third]
    assert times(chosen, f"{datetime.strptime(first[4:], '%Y-%m-%d %H:%M')}", 2) == [second, third]


def test_fortnights_are_fourteen_days_apart():
    fortnightly = trigger("2 weeks", "Friday 10:00")
    days = [
        datetime.strptime(t[4:], "%Y-%m-%d %H:%M")
        for t in times(fortnightly, "2024-01-01 00:00", 5)
    ]
    assert {(b - a).days for a, b in pairwise(days)} == {14}


def test_a_time_zone_keeps_its_clocks_over_the_change_to_summer_time():
    daily = trigger("1 day", "07:30", "Europe/Berlin")
    moments = islice(due(daily, datetime(2024, 3, 30, tzinfo=UTC)), 3)
    assert [f"{moment.astimezone(UTC):%d %H:%M}" for moment in moments] == [
        "30 06:30",
        "31 05:30",
        "01 05:30",
    ]


def test_an_hour_that_summer_time_skips_is_not_lost():
    daily = trigger("1 day", "02:30", "Europe/Berlin")
    days = [text.split()[1] for text in times(daily, "2024-03-29 12:00")]
    assert days == ["2024-03-30", "2024-03-31", "2024-04-01"]


def test_an_hour_that_comes_twice_counts_once():
    daily = trigger("1 day", "02:30", "Europe/Berlin")
    assert [text.split()[1] for text in times(daily, "2024-10-26 12:00")] == [
        "2024-10-27",
        "2024-10-28",
        "2024-10-29",
    ]


def test_a_day_on_the_other_side_of_the_world():
    weekly = trigger("1 week", "Monday 06:00", "Pacific/Auckland")
    (moment,) = islice(due(weekly, datetime(2024, 1, 5, tzinfo=UTC)), 1)
    assert f"{moment.astimezone(UTC):%a %H:%M}" == "Sun 17:00"


@pytest.mark.parametrize(
    ("every", "at", "words"),
    [
        ("1 week", "Moonday 06:00", "at: Moonday is not a day of the week"),
        ("1 week", "Monday", "at: 'Monday' is not like `Monday 06:00`"),
        ("1 day", "25:00", "at: '25:00' is not like `Monday 06:00`"),
        ("1 day", "Monday 06:00", "at: a day belongs to weeks and months only"),
        ("1 month", "31 06:00", "at: give a day of the month from 1 to 28"),
    ],
)
def test_what_cannot_be_understood(tmp_path, every, at, words):
    line = f'{{name: t, every: {every}, at: "{at}"}}'
    assert refused(tmp_path, line) == f"mlmon.yml:22:9: scenarios.Look.triggers.0: {words}"


def test_upcoming_is_sorted_and_utc(tmp_path):
    text = (
        CONFIG
        + """\
scenarios:
  Weekly:
    triggers: [{name: slow, every: 1 week, at: Tuesday 06:00}]
    steps: [{name: look, check: blind}]
  Daily:
    triggers: [{name: fast, every: 1 day, at: "06:00", time_zone: Asia/Tokyo}]
    steps: [{name: look, check: blind}]
"""
    )
    rows = upcoming(parse(text, tmp_path), datetime(2024, 1, 1, tzinfo=UTC))
    assert [(row["scenario"], row["trigger"], row["due"]) for row in rows] == [
        ("Daily", "fast", datetime(2024, 1, 1, 21, 0)),
        ("Weekly", "slow", datetime(2024, 1, 2, 6, 0)),
    ]


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        (
            "{name: t}",
            "22:9: {t}",
            "a trigger has exactly one of every, cron, new_data, sql, after",
        ),
        (
            '{name: t, every: 1 day, cron: "0 6 * * 1"}',
            "22:9: {t}",
            "a trigger has exactly one of every, cron, new_data, sql, after",
        ),
        (
            '{name: t, cron: "0 25 * * *"}',
            "22:25: {t}.cron",
            "'0 25 * * *' is no cron expression: Bad hour",
        ),
        (
            '{name: t, cron: "0 6 * *"}',
            "22:25: {t}.cron",
            "give five fields: minute, hour, day, month, day of the week",
        ),
        (
            '{name: t, cron: "0 6 31 2 *"}',
            "22:25: {t}.cron",
            "'0 6 31 2 *' is no cron expression: Bad day-of-month",
        ),
        (
            "{name: t, cron: 0 6 * * 1, time_zone: Mars}",
            "22:47: {t}.time_zone",
            "no time zone is called Mars; one is Europe/Berlin",
        ),
        ("{name: t, new_data: clouds}", "22:29: {t}.new_data", "no dataset is called 'clouds'"),
        ("{name: t, after: Nobody}", "22:26: {t}.after", "no scenario is called 'Nobody'"),
        ("{name: t, after: Look}", "22:26: {t}.after", "a circle: Look makes run Look"),
        ("{name: t, sql: select 1, at: '06:00'}", "22:9: {t}", "`at:` belongs to `every:`"),
        (
            "{name: t, new_data: orders, time_zone: UTC}",
            "22:9: {t}",
            "`time_zone:` belongs to `every:` and `cron:`",
        ),
        (
            "{name: t, sql: select 1, outcome: [FAILED]}",
            "22:9: {t}",
            "`outcome:` belongs to `after:`",
        ),
    ],
)
def test_a_wrong_trigger_is_refused_with_its_place(tmp_path, line, place, words):
    place = place.replace("{t}", "scenarios.Look.triggers.0")
    assert refused(tmp_path, line) == f"mlmon.yml:{place}: {words}"


def test_two_triggers_of_a_scenario_have_different_names(tmp_path):
    said = refused(tmp_path, "{name: t, every: 1 day}", "{name: t, new_data: orders}")
    place = "mlmon.yml:23:16: scenarios.Look.triggers.1.name"
    assert said == f"{place}: two triggers of Look are called 't'"


def test_scenarios_do_not_run_after_each_other_in_a_circle(tmp_path):
    scenario = (
        "  {}:\n    triggers: [{{name: t, after: {}}}]\n    steps: [{{name: s, check: blind}}]\n"
    )
    circle = "".join(scenario.format(*pair) for pair in (("A", "C"), ("B", "A"), ("C", "B")))
    with pytest.raises(ConfigError, match=r"triggers\.0\.after: a circle: . makes run . makes"):
        parse(f"{CONFIG}scenarios:\n{circle}", tmp_path)


def test_nor_after_what_they_run_themselves(tmp_path):
    text = """\
scenarios:
  Inner: {steps: [{name: s, check: blind}]}
  Outer:
    triggers: [{name: t, after: Inner}]
    steps: [{name: s, run: Inner}]
"""
    with pytest.raises(ConfigError, match=r"scenarios\.Outer\.triggers\.0\.after: a circle: "):
        parse(CONFIG + text, tmp_path)


def test_what_waits_for_no_time_is_last_and_says_what_for(tmp_path):
    text = """\
scenarios:
  Look:
    triggers:
      - {name: data, new_data: orders}
      - {name: off, every: 1 day, enabled: false}
      - {name: cron, cron: "*/5 * * * *", time_zone: Asia/Tokyo}
      - {name: told, sql: select 42}
    steps: [{name: look, check: blind}]
  Then:
    triggers: [{name: bad, after: Look, outcome: [WARNING, FAILED]}]
    steps: [{name: look, check: blind}]
"""
    rows = upcoming(parse(CONFIG + text, tmp_path), datetime(2024, 1, 1, tzinfo=UTC))
    assert [(row["trigger"], row["waits_for"], row["time_zone"]) for row in rows] == [
        ("cron", "cron */5 * * * *", "Asia/Tokyo"),
        ("data", "new data in orders", None),
        ("off", "nothing: it is switched off", "UTC"),
        ("told", "another result of: select 42", None),
        ("bad", "the end of a run of Look, WARNING or FAILED", None),
    ]
    assert [row["due"] for row in rows] == [datetime(2024, 1, 1, 0, 5), *[None] * 4]


# The clocks change: Berlin on 2024-03-31 and 2024-10-27, New York on 2024-03-10 and 2024-11-03.


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("minute", [0, 30])
def test_a_time_that_comes_twice_is_not_due_again_whenever_one_asks(zone, minute):
    """From every quarter of an hour of the night, the next moment lies ahead, and is the same."""
    chosen = Trigger(name="t", cron=f"{minute} 1,2 * * *", time_zone=zone)
    for year, month, day in ((2024, 3, 31), (2024, 10, 27), (2024, 3, 10), (2024, 11, 3)):
        start = datetime(year, month, day, tzinfo=UTC) - timedelta(hours=12)
        all_moments = [m.astimezone(UTC) for m in islice(due(chosen, start), 20)]
        assert all_moments == sorted(set(all_moments))
        for quarters in range(4 * 36):
            asked = start + timedelta(minutes=15 * quarters)
            following = next(due(chosen, asked)).astimezone(UTC)
            assert following > asked
            assert following in all_moments


def test_every_few_hours_skips_an_hour_that_comes_again():
    moments = islice(
        due(trigger("2 hours", zone="Europe/Berlin"), datetime(2024, 10, 26, 21, tzinfo=UTC)), 4
    )
    assert [f"{m:%H:%M} {m.astimezone(UTC):%H}" for m in moments] == [
        "00:00 22",
        "02:00 00",
        "04:00 03",
        "06:00 05",
    ]


def test_every_half_hour_goes_on_through_an_hour_that_comes_again():
    chosen = Trigger(name="t", cron="*/30 * * * *", time_zone="Europe/Berlin")
    moments = [
        m.astimezone(UTC) for m in islice(due(chosen, datetime(2024, 10, 27, tzinfo=UTC)), 6)
    ]
    assert {b - a for a, b in pairwise(moments)} == {timedelta(minutes=30)}
