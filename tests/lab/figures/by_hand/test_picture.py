"""What the picture of a small network sends to the browser."""

from __future__ import annotations

from lab.figures.by_hand.picture import picture_data
from tests.lab.by_hand.examples import taught


def test_hidden_values_never_reach_the_browser() -> None:
    told = taught(detail="value")
    text = str(picture_data(told, frozenset({"z1"})))
    assert "0.43" not in text
    assert text.count("0.3'") > 0
