import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ink.drawing import Drawing, Ink, parse_drawing, rasterise
from lab.ink.segmentation import split_digits
from lab.models.answers import read_number
from lab.models.loading import load_model
from tests.support.drawn_digits import DIGITS
from tests.support.narrowing import as_a


def written(digits: list[int], gap: float = 30.0, brush: float = 10.0, top: float = 40.0) -> Drawing:
    """The digits side by side on a wide canvas, `gap` pixels of paper between them."""
    strokes, left = [], 20.0
    for digit in digits:
        xs = [x for stroke in DIGITS[digit] for x, _ in stroke]
        shift = left - min(xs) + brush / 2
        strokes += [[[x + shift, y + top] for x, y in stroke] for stroke in DIGITS[digit]]
        left += max(xs) - min(xs) + brush + gap
    return parse_drawing(strokes, width=left + 20, height=top + 160, brush=brush)


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


def test_a_digit_in_two_pieces_stays_one() -> None:
    five = [[[20, 40], [22, 80], [60, 90], [50, 130], [18, 125]], [[24, 28], [70, 26]]]
    drawing = parse_drawing(five, brush=8)
    assert len(split_digits(drawing)) == 1
    assert len(split_digits(rasterise(drawing))) == 1


def test_a_box_holds_the_ink_and_the_glyph_is_only_its_own() -> None:
    drawing = written([7, 3])
    first, second = split_digits(drawing)
    assert first.box[2] < second.box[0]
    seven = as_a(Drawing, first.source)
    assert len(seven.strokes) == len(DIGITS[7])
    assert seven.height == pytest.approx(first.box[3] - first.box[1], abs=0.01)


def test_two_rows_are_read_from_the_top() -> None:
    above, below = written([1, 2], top=10), written([3], top=200)
    drawing = Drawing((*below.strokes, *above.strokes), 400, 400, 10)
    glyphs = split_digits(drawing)
    assert len(glyphs) == 3
    assert glyphs[2].box[1] > glyphs[0].box[3]


@pytest.mark.parametrize("top", [30, 60, 90])
@pytest.mark.parametrize("apart", [4, 8])
def test_a_four_whose_bar_stands_apart_is_read_as_one(top: float, apart: int) -> None:
    brush = 10
    bar = [[80 + apart + brush, top], [80 + apart + brush, 150]]
    drawing = parse_drawing([[[60, 30], [30, 110], [80, 110]], bar], width=600, brush=brush)
    assert digits_read(drawing) == [4]
    assert digits_read(rasterise(drawing, size=600)) == [4]


def test_digits_of_a_number_that_stand_close_stay_apart() -> None:
    for digits in ([6, 1], [1, 0], [2, 7], [1, 1], [8, 3]):
        drawing = written(digits, gap=6)
        assert digits_read(drawing) == digits
        assert len(split_digits(rasterise(drawing))) == 2


def rows(height: float, gap: float, brush: float = 8.0) -> Drawing:
    """1 2 3 above 4 6 7, all of one height."""
    strokes = []
    for row, digits in enumerate(([1, 2, 3], [4, 6, 7])):
        for column, digit in enumerate(digits):
            points = np.concatenate([np.array(stroke, float) for stroke in DIGITS[digit]])
            low, scale = points.min(axis=0), height / np.ptp(points[:, 1])
            shift = np.array([30 + column * 100, 20 + row * (height + gap)])
            strokes += [((np.array(stroke) - low) * scale + shift).tolist() for stroke in DIGITS[digit]]
    return parse_drawing(strokes, width=360, height=2 * height + gap + 40, brush=brush)


def digits_read(source: Drawing | Ink) -> list[int]:
    return [answer.digit for _, answer in read_number(load_model("cnn"), source)]


@pytest.mark.parametrize(("height", "gap"), [(80, 40), (60, 30), (80, 25)])
def test_rows_that_stand_close_are_not_one_row_of_tall_digits(height: float, gap: float) -> None:
    drawing = rows(height, gap)
    for source in (drawing, rasterise(drawing)):
        assert len(split_digits(source)) == 6
        assert digits_read(source) == [1, 2, 3, 4, 6, 7]


def test_a_seven_with_a_gap_stays_one() -> None:
    seven = parse_drawing([[[12, 12], [72, 12], [62, 40]], [[58, 60], [36, 128]]], brush=8)
    assert digits_read(seven) == [7]
    assert digits_read(rasterise(seven)) == [7]


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
