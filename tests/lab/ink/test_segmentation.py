import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ink.drawing import Drawing, Ink, parse_drawing, rasterise
from lab.ink.segmentation import split_digits
from tests.support.drawn_digits import DIGITS, written
from tests.support.narrowing import as_a

numbers = st.lists(st.integers(0, 9), min_size=1, max_size=6)


@given(numbers, st.floats(4, 60))
@settings(max_examples=30, deadline=None)
def test_every_digit_of_a_number_is_found_in_order(digits: list[int], gap: float) -> None:
    drawing = written(digits, gap)
    for source in (drawing, rasterise(drawing, size=round(max(drawing.width, drawing.height)))):
        glyphs = split_digits(source)
        assert len(glyphs) == len(digits)
        lefts = [glyph.box[0] for glyph in glyphs]
        assert lefts == sorted(lefts)


@given(st.permutations(range(4)))
def test_the_order_in_which_digits_were_drawn_does_not_matter(order: list[int]) -> None:
    drawing = written([2, 4, 1])
    shuffled = Drawing(tuple(drawing.strokes[i] for i in order), drawing.width, drawing.height, drawing.brush)
    assert [glyph.box for glyph in split_digits(shuffled)] == [glyph.box for glyph in split_digits(drawing)]


def test_a_box_holds_the_ink_and_the_glyph_is_only_its_own() -> None:
    drawing = written([7, 3])
    first, second = split_digits(drawing)
    assert first.box[2] < second.box[0]
    seven = as_a(Drawing, first.source)
    assert len(seven.strokes) == len(DIGITS[7])
    assert seven.height == pytest.approx(first.box[3] - first.box[1], abs=0.01)


def proportion(part: Drawing | Ink) -> float:
    height, width = as_a(np.ndarray, part).shape
    return float(width / height)


def test_digits_that_touch_are_parted_where_the_parts_look_more_like_digits() -> None:
    drawing = written([0, 6], gap=-8)
    ink = rasterise(drawing)
    assert len(split_digits(ink, lambda parts: [-abs(proportion(part) - 0.6) for part in parts])) == 2
    assert len(split_digits(ink, lambda parts: [proportion(part) for part in parts])) == 1


def test_dust_is_left_out_and_an_empty_canvas_has_no_digit() -> None:
    drawing = written([5])
    ink = np.pad(rasterise(drawing), ((0, 0), (0, 100)))
    ink[20:22, -10:-8] = 1
    assert len(split_digits(ink)) == 1
    assert split_digits(Drawing(())) == ()
    assert split_digits(np.zeros((50, 90), np.float32)) == ()


def test_at_most_forty_are_found() -> None:
    dashes = [[[10 * i, 10], [10 * i, 60]] for i in range(90)]
    assert len(split_digits(parse_drawing(dashes, width=900, height=80, brush=2))) == 40
