"""One drawing through all epochs."""

from __future__ import annotations

import pytest

from lab.figures.draw.my_digit import my_digit_data, my_digit_figure


def test_my_digit_orders_epochs_and_names_the_best_of_each() -> None:
    sure = tuple(0.91 if digit == 7 else 0.01 for digit in range(10))
    torn = tuple(0.4 if digit in (1, 7) else 0.025 for digit in range(10))
    data = my_digit_data([(3, sure), (1, torn)])
    assert data.epochs == (1, 3)
    assert data.best == (1, 7)
    assert data.probabilities[7] == (0.4, 0.91)
    assert data.leaders[0] == 7
    assert set(data.leaders) == {1, 7}
    assert len(my_digit_figure(data)["data"]) == 10


def test_my_digit_without_epochs_says_so() -> None:
    with pytest.raises(ValueError, match="epochs: 0"):
        my_digit_data([])
