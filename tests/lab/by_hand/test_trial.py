"""A row of a trial: what is printed, what holds, and whether they agree."""

from __future__ import annotations

import pytest

from lab.by_hand.example import DOCUMENT
from lab.by_hand.oracles import autograd
from lab.by_hand.tracer import trace
from lab.by_hand.trial import Court, Row


@pytest.mark.parametrize(
    ("printed", "holds", "agrees"),
    [
        (1.0, 1.0, True),
        (1.0, 1.0 + 1e-12, True),
        (1e6, 1e6 + 1e-4, True),
        (1.0, 1.0001, False),
        (None, 1.0, False),
        (1.0, None, False),
        (None, None, False),
    ],
)
def test_a_row_agrees_where_both_numbers_are_there_and_equal(
    printed: float | None, holds: float | None, agrees: bool
) -> None:
    row = Row("", "", printed, holds, None, None)
    assert row.agrees == agrees
    assert (row.difference is None) == (printed is None or holds is None)


@pytest.mark.parametrize("name", ["w5_4", "b1", "z2", "a3"])
def test_the_three_reckonings_of_a_row_agree(name: str) -> None:
    row = Court(trace(DOCUMENT), autograd(DOCUMENT)).row(name, 0.0)
    assert row.name == f"d{name}"
    assert row.holds == pytest.approx(row.by_autograd, abs=1e-9)
    assert row.holds == pytest.approx(row.by_difference, abs=1e-6)
