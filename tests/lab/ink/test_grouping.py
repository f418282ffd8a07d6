"""Which strokes belong to one digit."""

from __future__ import annotations

import numpy as np
import pytest

from lab.ink.drawing import Drawing, Ink, parse_drawing, rasterise
from lab.ink.segmentation import split_digits
from lab.models.answers import read_number
from lab.models.loading import load_model
from tests.support.drawn_digits import DIGITS, written


def test_a_digit_in_two_pieces_stays_one() -> None:
    five = [[[20, 40], [22, 80], [60, 90], [50, 130], [18, 125]], [[24, 28], [70, 26]]]
    drawing = parse_drawing(five, brush=8)
    assert len(split_digits(drawing)) == 1
    assert len(split_digits(rasterise(drawing))) == 1


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
