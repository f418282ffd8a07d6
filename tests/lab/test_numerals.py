"""Numbers are read as people write them, and nothing else is taken for one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.numerals import numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.001", 0.001),
        (" -2e-3 ", -0.002),
        ("\N{MINUS SIGN}3", -3.0),
        ("1/4", 0.25),
        ("-1 / 3", -1 / 3),
        ("１２", 12.0),
        ("１/２", 0.5),
        ("1e-08", 1e-8),
    ],
)
def test_what_people_write_is_taken_everywhere(text: str, value: float) -> None:
    assert numeral(text) == numeral(text, thousands=True) == value


@given(st.floats(allow_nan=False))
def test_what_python_writes_is_read_back(value: float) -> None:
    assert numeral(repr(value)) == value


@given(st.integers(-(10**12), 10**12))
def test_thousands_are_read_where_they_are_asked_for(value: int) -> None:
    assert numeral(f"{value:,}", thousands=True) == value
    if abs(value) >= 1000:
        with pytest.raises(ValueError, match="could not convert"):
            numeral(f"{value:,}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,5",
        "0,500",
        "1,23",
        "1,2345",
        "1/0",
        "²/3",
        "1/2/3",
        "0.5/2",
        "--1",
        "0x1",
        "9" * 101,
        "1" * 50 + "/0",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    for thousands in (False, True):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever the reason
            numeral(text, thousands=thousands)


def test_infinity_is_left_to_whoever_knows_the_bounds() -> None:
    assert math.isinf(numeral("inf"))
