"""The probabilities of several models."""

from __future__ import annotations

import pytest

from lab.figures.draw.probabilities import probabilities_data, probabilities_figure


def test_probabilities_keep_their_names_and_refuse_a_short_row() -> None:
    data = probabilities_data({"with": [0.1] * 10, "without": [0.0] * 9 + [1.0]})
    figure = probabilities_figure(data)
    assert [trace["name"] for trace in figure["data"]] == ["with", "without"]
    assert list(figure["data"][1]["y"])[-1] == 1.0
    with pytest.raises(ValueError, match="9; expected: 10"):
        probabilities_data({"short": [0.1] * 9})
