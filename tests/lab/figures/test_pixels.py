"""Pictures of ink, signs, maps and strips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lab.figures.look import rgb
from lab.figures.pixels import (
    ink_picture,
    signed_picture,
    strip_picture,
    tiled_picture,
    with_box,
)

POSITIVE, NEGATIVE = rgb("blue"), rgb("orange")
GRIDS = arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.floats(-3, 3))


@given(GRIDS)
def test_a_signed_picture_is_blue_above_zero_orange_below_and_clear_at_zero(values: np.ndarray) -> None:
    picture = signed_picture(values, side=max(values.shape))
    assert picture.shape == (*values.shape, 4)
    assert (picture[values > 0][:, :3] == POSITIVE).all()
    assert (picture[values < 0][:, :3] == NEGATIVE).all()
    assert (picture[values == 0][:, 3] == 0).all()
    if np.abs(values).max() > 0:
        assert picture[..., 3].max() == 255


@given(GRIDS.map(np.abs), st.integers(20, 300))
def test_an_ink_picture_is_square_and_white_where_there_is_ink(ink: np.ndarray, side: int) -> None:
    picture = ink_picture(ink, side)
    assert picture.shape[0] == picture.shape[1]
    assert (picture[..., 3] == 255).all()
    if ink.max() >= 1 and max(ink.shape) <= 2 * side:
        assert picture[..., 0].max() == 255


@pytest.mark.parametrize(("count", "size"), [(1, 28), (16, 26), (32, 7), (64, 1), (3, 5)])
def test_all_maps_of_a_layer_are_in_its_picture(count: int, size: int) -> None:
    maps = np.ones((count, size, size))
    picture = tiled_picture(maps, side=4096)
    blue = (picture[..., :3] == POSITIVE).all(axis=-1) & (picture[..., 3] == 255)
    seams = blue[:, 1:] != blue[:, :-1]
    assert blue.any()
    assert seams.any()
    cell = np.gcd.reduce(np.flatnonzero(np.diff(blue[blue.any(axis=1)][0].astype(int))) + 1)
    assert blue.sum() == pytest.approx(count * size * size * cell**2, rel=0.01)


@given(arrays(np.float64, st.integers(1, 300), elements=st.floats(-5, 5)))
def test_a_strip_holds_a_layer_of_any_width(values: np.ndarray) -> None:
    picture = strip_picture(values)
    assert picture.ndim == 3
    assert picture.dtype == np.uint8


def test_a_box_is_drawn_on_a_copy() -> None:
    picture = ink_picture(np.zeros((28, 28)))
    marked = with_box(picture, (0.1, 0.1, 0.9, 0.9), cross=True)
    assert (marked != picture).any()
    assert (picture[..., :3] == 0).all()
