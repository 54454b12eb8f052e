"""Judgements: hard bounds win, a bound itself is OK, no value is EMPTY; which checks there are."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mlmon.check.check import worst
from mlmon.check.kinds import JUDGES, OfFigures, limits_of, of_answer, of_trouble
from mlmon.config import Check

ALL = {"min": 1, "soft_min": 2, "soft_max": 3, "max": 4}


def judged(value, note="", **settings):
    """Return outcome and message of a value under a check of `lift` with these settings."""
    check = Check(name="c", metric="lift", **settings)
    judge = JUDGES[check.kind]
    assert isinstance(judge, OfFigures)
    figure = {"feature": None, "segment": None, "value": value, "note": note}
    return judge.judgement(check, limits_of(check), figure)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (0.999, "ERROR"),
        (1, "WARNING"),
        (1.5, "WARNING"),
        (2, "OK"),
        (2.5, "OK"),
        (3, "OK"),
        (3.001, "WARNING"),
        (4, "WARNING"),
        (4.001, "ERROR"),
        (-1e9, "ERROR"),
        (1e9, "ERROR"),
        (None, "EMPTY"),
    ],
)
def test_four_bounds(value, outcome):
    assert judged(value, **ALL)[0] == outcome


@pytest.mark.parametrize(
    ("bounds", "value", "outcome"),
    [
        ({"max": 0.4}, 0.4, "OK"),
        ({"max": 0.4}, 0.41, "ERROR"),
        ({"max": 0.4}, -1, "OK"),
        ({"min": 0}, 0, "OK"),
        ({"min": 0}, -0.1, "ERROR"),
        ({"soft_max": 0}, 0.1, "WARNING"),
        ({"soft_min": 0}, -0.1, "WARNING"),
        ({"soft_max": 0.3, "max": 0.3}, 0.31, "ERROR"),
        ({"min": 0, "max": 0}, 0, "OK"),
    ],
)
def test_some_bounds(bounds, value, outcome):
    assert judged(value, **bounds)[0] == outcome


def test_the_message_says_which_bound():
    assert judged(0.5, **ALL)[1] == "lift 0.5 is below the minimum 1"
    assert judged(3.5, **ALL)[1] == "lift 3.5 is above the soft maximum 3"
    assert judged(None, "no rows", **ALL) == ("EMPTY", "lift has no value: no rows")


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(0.5, "WARNING"), (1.5, "WARNING"), (2, "OK"), (3, "OK"), (5, "WARNING"), (None, "EMPTY")],
)
def test_a_warning_at_most(value, outcome):
    assert judged(value, severity="warning", **ALL)[0] == outcome


def test_a_hard_bound_alone_is_soft_when_severity_is_warning():
    limits = limits_of(Check(name="c", metric="lift", severity="warning", min=1, max=4))
    assert vars(limits) == {
        "minimum": None,
        "soft_minimum": 1,
        "soft_maximum": 4,
        "maximum": None,
    }


@pytest.mark.parametrize(
    ("value", "outcome"), [(0, "OK"), (2, "OK"), (1, "ERROR"), (None, "EMPTY")]
)
def test_a_set_of_values(value, outcome):
    assert judged(value, values=[0, 2])[0] == outcome
    softer = {"ERROR": "WARNING"}.get(outcome, outcome)
    assert judged(value, values=[0, 2], severity="warning")[0] == softer


def test_a_value_out_of_the_set_is_named():
    assert judged(1, values=[0, 2])[1] == "lift 1 is none of 0, 2"


@pytest.mark.parametrize(
    ("answer", "judgement"),
    [
        ("OK", ("OK", "m:f says OK")),
        (("WARNING", "hot"), ("WARNING", "hot")),
        (("ERROR", None), ("ERROR", "m:f says ERROR")),
        ("EMPTY", ("EMPTY", "m:f says EMPTY")),
        (["OK"], ("ERROR", "m:f returned \"['OK']\"")),
        (None, ("ERROR", "m:f returned 'None'")),
        (("OK", "a", "b"), ("ERROR", "m:f returned")),
        (True, ("ERROR", "m:f returned 'True'")),
    ],
)
def test_what_a_function_answers(answer, judgement):
    outcome, message = of_answer(Check(name="c", python="m:f"), answer)
    assert outcome == judgement[0]
    assert message.startswith(judgement[1])


def test_a_function_whose_errors_are_warnings():
    check = Check(name="c", python="m:f", severity="warning")
    assert of_answer(check, ("ERROR", "hot")) == ("WARNING", "hot")
    assert of_answer(check, 3)[0] == "WARNING"


def test_rows_of_trouble():
    check = Check(name="c", sql="select 1")
    assert of_trouble(check, 0, None) == ("OK", "no row of trouble")
    assert of_trouble(check, 1, {"a": 1, "b": None}) == (
        "ERROR",
        "1 row of trouble; the first: a=1, b=None",
    )
    assert of_trouble(check, 3, {"a": "x"})[1] == "3 rows of trouble; the first: a=x"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "give a metric and its bounds"),
        ({"metric": "lift"}, "give at least one of min, soft_min, soft_max, max"),
        ({"max": 1}, "name the `metric:`"),
        ({"values": [1]}, "name the `metric:`"),
        ({"metric": "lift", "values": []}, "at least 1 item"),
        ({"metric": "lift", "max": 1, "values": [1]}, "max and values are two"),
        ({"metric": "lift", "values": [1], "typical": {}}, "values and typical are two"),
        ({"sql": "select 1", "python": "m:f"}, "sql and python are two"),
        ({"sql": "select 1", "metric": "lift"}, "`metric:` does not go with `sql:`"),
        ({"python": "m:f", "feature": "*"}, "`feature:` does not go with `python:`"),
        ({"sql": "select 1", "segment": "a"}, "`segment:` does not go with `sql:`"),
        ({"sql": "select $day"}, "nothing is called \\$day"),
        ({"python": "f"}, "module:function"),
        ({"metric": "lift", "values": [1], "hysteresis": 1}, "`hysteresis:` goes with min"),
        ({"metric": "lift", "max": 1, "hysteresis": -1}, "greater than or equal to 0"),
        ({"metric": "lift", "max": 1, "open_after": 0}, "greater than 0"),
        ({"metric": "lift", "max": 1, "severity": "mild"}, "'error' or 'warning'"),
        ({"metric": "lift", "typical": {"last": 3}}, "there would never be a range"),
    ],
)
def test_a_check_that_cannot_be(settings, reason):
    with pytest.raises(ValueError, match=reason):
        Check(name="c", **settings)


def test_the_worst_outcome():
    rows = [{"outcome": outcome} for outcome in ("OK", "EMPTY", "WARNING")]
    assert worst(rows) == "WARNING"
    assert worst([*rows, {"outcome": "ERROR"}]) == "ERROR"
    assert worst([]) == "OK"


def test_the_documented_checks_are_one_of_each_kind():
    text = (Path(__file__).parents[2] / "docs/scenarios.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(stores:\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (store,) = YAML(typ="safe").load(block)["stores"].values()
    made = [Check(**entry) for entry in store["checks"]]
    assert {check.kind for check in made} == {"range", "values", "typical", "sql", "python"}
