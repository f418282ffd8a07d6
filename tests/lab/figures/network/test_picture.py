"""The picture of a network: every layer is in it, it is well-formed, and activations colour it."""

from __future__ import annotations

from lab.figures.network.picture import (
    NEGATIVE,
    POSITIVE,
    network_picture_data,
)
from lab.parts.layers import Linear
from tests.lab.figures.network.drawn import drawn, picture_of


def test_activations_colour_units_blue_and_orange() -> None:
    data = network_picture_data([Linear(units=3)], [(3,)], activity=[(1.0, -0.5, 0.0)])
    units = list(drawn(data).iter("circle"))
    assert [unit.attrib["class"].split()[-1] for unit in units] == [POSITIVE, NEGATIVE, POSITIVE]
    strengths = [float(unit.attrib["fill-opacity"]) for unit in units]
    assert strengths[0] > strengths[1] > strengths[2]


def test_a_layer_that_does_not_fit_is_marked_with_its_reason() -> None:
    data = network_picture_data([Linear()], [None], errors=["needs a <vector>"])
    svg = drawn(data)
    assert any("np-wrong" in text.attrib.get("class", "") for text in svg.iter("text"))
    assert any("needs a <vector>" in (title.text or "") for title in svg.iter("title"))


def test_the_picture_says_itself_in_words() -> None:
    assert picture_of("softmax").description == "Input 1 × 28 × 28, then Flatten 784, then Linear 10"
