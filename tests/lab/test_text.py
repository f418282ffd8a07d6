"""Numbers, counts and ranges in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.text import counted, range_words, shown


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 epochs"), (1, "1 epoch"), (2, "2 epochs"), (200_960, "200,960 epochs")]
)
def test_one_is_singular_and_all_else_plural(number: int, said: str) -> None:
    assert counted(number, "epoch") == said


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(value: float) -> None:
    assert float(shown(value).replace(",", "")) == value


def test_whole_numbers_are_grouped_and_none_is_nothing() -> None:
    assert (shown(16_384.0), shown(0.001), shown(1e-8), shown(None)) == ("16,384", "0.001", "1e-08", "")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.0, 1.0, None, None), "0 to 1"),
        ((1.0, None, None, None), "at least 1"),
        ((None, None, 0.0, 1.0), "above 0 and below 1"),
        ((0.0, None, None, 1.0), "at least 0 and below 1"),
        ((None, 5.0, 0.0, None), "above 0 and at most 5"),
        ((None, None, None, None), ""),
    ],
)
def test_a_range_says_which_ends_are_open(ends: tuple[float | None, ...], said: str) -> None:
    assert range_words(*ends) == said
