import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ink.drawing import Drawing, Ink, parse_drawing, rasterise
from lab.ink.framing import STEPS, Framing, centred_by_mass, crop, even_pen, fit, frame, line_width
from lab.parts.normalisation import NORMALISATIONS
from tests.support.drawn_digits import Strokes
from tests.support.narrowing import as_a

THREE = [[[90, 70], [130, 50], [180, 80], [130, 135], [185, 180], [140, 230], [85, 205]]]
SEVEN = [[[80, 60], [200, 60], [130, 230]], [[110, 150], [180, 150]]]


def drawn(
    value: Strokes,
    factor: float = 1.0,
    dx: float = 0.0,
    dy: float = 0.0,
    brush: float = 20.0,
    size: float = 280.0,
) -> Drawing:
    moved = [[[x * factor + dx, y * factor + dy] for x, y in stroke] for stroke in value]
    return parse_drawing(moved, width=size, height=size, brush=brush)


def difference(one: Framing, two: Framing) -> float:
    """The share of ink by which two framed pictures differ."""
    return float(np.abs(one.pixels - two.pixels).sum() / (one.pixels.sum() + two.pixels.sum()))


@pytest.mark.parametrize("value", [THREE, SEVEN])
@given(st.floats(0.3, 3.0), st.floats(-60, 60), st.floats(-60, 60), st.floats(8, 32))
@settings(max_examples=25)
def test_a_digit_moved_scaled_or_drawn_thicker_is_framed_the_same(
    value: Strokes, factor: float, dx: float, dy: float, brush: float
) -> None:
    moved = drawn(value, factor, dx, dy, brush, size=1_000)
    assert difference(frame(drawn(value)), frame(moved)) < 0.06


@pytest.mark.parametrize("value", [THREE, SEVEN])
@pytest.mark.parametrize("brush", [8, 14, 20, 26, 32])
def test_pixels_are_framed_like_the_strokes_they_came_from(value: Strokes, brush: float) -> None:
    pixels = frame(rasterise(drawn(value, brush=brush)))
    assert difference(frame(drawn(value)), pixels) < 0.35


@given(st.permutations(range(4)), st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=25)
def test_the_order_and_direction_of_strokes_does_not_matter(order: list[int], turned: list[bool]) -> None:
    corners = [[80, 60], [200, 60], [200, 230], [80, 230], [80, 60]]
    sides = [corners[i : i + 2] for i in range(4)]
    shuffled = [sides[i][::-1] if turned[i] else sides[i] for i in order]
    assert difference(frame(drawn(sides)), frame(drawn(shuffled))) < 0.06


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_any_picture_gives_28_by_28_between_0_and_1(height: int, width: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    noise = generator.random((height, width), dtype=np.float32)
    framed = frame(noise * (generator.random((height, width)) > 0.8))
    assert framed.pixels.shape == framed.values.shape == (28, 28)
    assert framed.pixels.min() >= 0
    assert framed.pixels.max() <= 1


def test_the_longer_side_fills_the_box_of_20() -> None:
    framed = frame(drawn(SEVEN), off=["mass"])
    rows = np.flatnonzero(framed.pixels.sum(axis=1) > 0.3)
    assert (rows[0], rows[-1]) == (4, 23)


def test_the_centre_of_mass_lies_on_pixel_14() -> None:
    pixels = frame(drawn(SEVEN)).pixels
    middle = np.arange(28)
    assert pixels.sum(axis=1) @ middle / pixels.sum() == pytest.approx(14, abs=0.61)
    assert pixels.sum(axis=0) @ middle / pixels.sum() == pytest.approx(14, abs=0.61)


def test_a_framed_picture_framed_again_stays_as_it_is() -> None:
    once = frame(drawn(THREE))
    assert difference(once, frame(once.pixels)) < 0.12


def test_values_are_the_pixels_through_the_normalisation_of_training() -> None:
    for name, normalisation in NORMALISATIONS.items():
        framed = frame(drawn(THREE), normalisation=name)
        np.testing.assert_allclose(framed.values, normalisation(framed.pixels), rtol=1e-6)
        np.testing.assert_allclose(normalisation.undo(framed.values), framed.pixels, atol=1e-6)


def test_each_stage_has_a_picture_and_knows_if_it_was_on() -> None:
    framed = frame(drawn(THREE), off=["pen", "mass"])
    assert [stage.name for stage in framed.stages] == ["raw", *(step.name for step in STEPS)]
    assert [stage.name for stage in framed.stages if not stage.on] == ["pen", "mass"]
    assert framed.stages[3].picture.shape == (20, 20)
    np.testing.assert_array_equal(framed.stages[-1].picture, framed.values)


def test_without_any_step_the_canvas_is_merely_shrunk() -> None:
    framed = frame(drawn(THREE), off=[step.name for step in STEPS])
    shrunk = rasterise(drawn(THREE)).reshape(28, 10, 28, 10).mean(axis=(1, 3))
    assert np.abs(framed.pixels - shrunk).max() < 0.15
    np.testing.assert_array_equal(framed.values, framed.pixels)


@pytest.mark.parametrize(
    "empty", [Drawing(()), np.zeros((280, 280), np.float32), np.zeros((1, 7), np.float32)]
)
def test_an_empty_canvas_gives_an_empty_picture(empty: Drawing | Ink) -> None:
    framed = frame(empty)
    assert framed.is_empty
    assert framed.extent == 0


def test_a_dot_has_no_extent_and_a_digit_has() -> None:
    assert frame(drawn([[[100, 100]]])).extent == 0
    assert frame(drawn([[[100, 100], [104, 102]]])).extent < 1
    assert frame(drawn(THREE)).extent > 5
    assert frame(rasterise(drawn([[[100, 100]]]))).extent < 0.5
    assert frame(rasterise(drawn(THREE))).extent == pytest.approx(frame(drawn(THREE)).extent, rel=0.25)


@pytest.mark.parametrize("dots", [[[[60, 60]], [[220, 220]]], [[[60, 60]], [[220, 60]], [[140, 240]]]])
def test_the_extent_is_that_of_the_longest_piece_not_of_what_lies_between(dots: Strokes) -> None:
    assert frame(drawn(dots)).extent == 0
    assert frame(rasterise(drawn(dots))).extent < 0.5
    line = [[[100, 60], [100, 160]]]
    assert frame(drawn([*dots, *line])).extent == pytest.approx(5)
    halves = [[[100, 60], [100, 110]], [[100, 110], [100, 160]]]
    assert frame(drawn([*dots, *halves])).extent == pytest.approx(5)


@pytest.mark.parametrize("brush", [8, 20, 32])
def test_line_width_finds_the_brush(brush: float) -> None:
    assert line_width(rasterise(drawn(THREE, brush=brush))) == pytest.approx(brush, rel=0.12)


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(ValueError, match="unknown step 'masse'; did you mean 'mass'"):
        frame(drawn(THREE), off=["masse"])


def test_the_steps_stand_alone() -> None:
    ink = rasterise(drawn(THREE))
    cut = as_a(np.ndarray, crop(ink))
    assert max(cut.shape) < 220
    assert max(as_a(np.ndarray, even_pen(cut)).shape) <= 190
    assert fit(cut).shape == (20, 20)
    assert centred_by_mass(fit(cut)).shape == (28, 28)
