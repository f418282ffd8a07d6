"""The picture of a network: every layer is in it, it is well-formed, and activations colour it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.figures.network.picture import (
    NetworkPicture,
    network_picture,
    network_picture_data,
    shape_text,
)
from lab.network.report import layer_reports
from lab.parts.layers import LAYERS, Linear
from lab.presets import PRESETS, preset

SVG = "{http://www.w3.org/2000/svg}"


def drawn(data: NetworkPicture) -> ElementTree.Element:
    html = network_picture(data)
    return ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def picture_of(name: str) -> NetworkPicture:
    network = preset(name).network
    return network_picture_data(network.layers, [report.out_shape for report in layer_reports(network)])


@pytest.mark.parametrize("name", PRESETS)
def test_every_layer_of_a_preset_is_in_its_picture(name: str) -> None:
    data = picture_of(name)
    svg = drawn(data)
    words = [text.text for text in svg.iter("text")]
    assert len(data.blocks) == len(preset(name).network.layers) + 1
    for block in data.blocks:
        assert block.title in words
        assert shape_text(block.shape) in words
    assert [str(digit) for digit in range(10)] == words[-10:]


@pytest.mark.parametrize("name", PRESETS)
def test_no_block_overlaps_another_and_all_are_inside(name: str) -> None:
    svg = drawn(picture_of(name))
    width = float(svg.attrib["viewBox"].split()[2])
    marks = [mark for group in svg.iter("g") for mark in group.iter("rect")]
    assert marks
    assert all(0 <= float(m.attrib["x"]) <= width - float(m.attrib["width"]) for m in marks)
    ends = [
        max(float(m.attrib["x"]) + float(m.attrib["width"]) for m in group.iter("rect"))
        for group in svg.iter("g")
    ]
    starts = [min(float(m.attrib["x"]) for m in group.iter("rect")) for group in svg.iter("g")]
    assert all(start > end for start, end in zip(starts[1:], ends[:-1], strict=True))


def test_activations_colour_units_blue_and_orange() -> None:
    data = network_picture_data([Linear(units=3)], [(3,)], activity=[(1.0, -0.5, 0.0)])
    units = list(drawn(data).iter("circle"))
    assert [unit.attrib["class"].split("-")[-1] for unit in units] == ["positive", "negative", "positive"]
    strengths = [float(unit.attrib["fill-opacity"]) for unit in units]
    assert strengths[0] > strengths[1] > strengths[2]


def test_a_layer_that_does_not_fit_is_marked_with_its_reason() -> None:
    data = network_picture_data([Linear()], [None], errors=["needs a <vector>"])
    svg = drawn(data)
    assert any("np-wrong" in text.attrib.get("class", "") for text in svg.iter("text"))
    assert any("needs a <vector>" in (title.text or "") for title in svg.iter("title"))


def test_the_picture_says_itself_in_words() -> None:
    assert picture_of("softmax").description == "Input 1 × 28 × 28, then Flatten 784, then Linear 10"


@given(
    st.lists(st.sampled_from([part.model_validate({}) for part in LAYERS.values()]), min_size=1, max_size=20),
    st.data(),
)
def test_any_stack_has_a_picture_even_where_it_does_not_fit(
    layers: list[Linear], data: st.DataObject
) -> None:
    shapes = data.draw(
        st.lists(
            st.none() | st.lists(st.integers(1, 2000), min_size=1, max_size=3).map(tuple),
            max_size=len(layers),
        )
    )
    activity = data.draw(
        st.lists(
            st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=64), max_size=len(layers)
        )
    )
    drawn(network_picture_data(layers, shapes, activity=activity))
