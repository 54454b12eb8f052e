"""A value spelled in SQL is the value: DuckDB reads back what Python had."""

import math
from datetime import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlmon.warehouse.sql import literal, spelled
from mlmon.warehouse.warehouse import Warehouse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
    TEXTS,
    st.lists(TEXTS),
)


@pytest.fixture(scope="module")
def warehouse():
    with Warehouse() as opened:
        yield opened


@settings(max_examples=300, deadline=None)
@given(value=VALUES)
@example(value=0.00020590737827471322)  # as a DECIMAL it has its neighbour for a double
def test_a_value_comes_back(warehouse, value):
    assert warehouse.value("select $value", value=value) == value


def test_a_number_that_is_none_comes_back(warehouse):
    assert math.isnan(warehouse.value("select $value", value=math.nan))


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_no_text_ends_the_string_it_stands_in(warehouse, text):
    row = warehouse.one("select $text as text, 1 as one, 'a $text' as said", text=text)
    assert row == {"text": text, "one": 1, "said": "a $text"}


def test_a_dollar_elsewhere_is_no_name():
    query = "select '$a', \"$a\", $a -- $a\n/* $a\n */ + $a"
    expected = "select '$a', \"$a\", 1 -- $a\n/* $a\n */ + 1"
    assert spelled(query, {"a": 1}) == expected


def test_a_name_without_a_value_is_an_error():
    with pytest.raises(KeyError):
        spelled("select $b", {"a": 1})


def test_what_has_no_spelling_is_refused():
    with pytest.raises(TypeError, match="object"):
        literal(object())
