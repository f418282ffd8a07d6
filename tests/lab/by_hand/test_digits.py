"""Numbers as a person reads and writes them."""

from __future__ import annotations

import pytest

from lab.by_hand.digits import four, full, read_number
from lab.registry import SpecError


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.0, "0"),
        (0.30000000000000004, "0.3"),
        (1e-9, "1e-9"),
        (-2.325581, "-2.326"),
        (1234567.0, "1.235e6"),
    ],
)
def test_numbers_have_four_digits_and_no_minus_zero(value: float, written: str) -> None:
    assert four(value) == written
    assert not full(value).startswith("-0.0 ")


@pytest.mark.parametrize(
    "text", ["abc", "", "nan", "inf", "-inf", "1e308", "1/0", "1,5", "0x1", "9" * 60, "--1"]
)
def test_what_is_no_number_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SpecError, match="write a number from"):
        read_number(text, "w11")


@pytest.mark.parametrize(("text", "value"), [("1/4", 0.25), (" -2e-3 ", -0.002), ("−3", -3.0), ("-0", 0.0)])
def test_what_a_person_writes_as_a_number_is_taken(text: str, value: float) -> None:
    assert str(read_number(text, "w11")) == str(value)
