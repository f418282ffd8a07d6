"""The blocks of a network: one for each layer, side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.figures.network.picture import (
    network_picture_data,
    shape_text,
)
from lab.parts.layers import LAYERS, Linear
from lab.presets import PRESETS, preset
from tests.lab.figures.network.drawn import drawn, picture_of


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
