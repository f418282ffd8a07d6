import numpy as np
import pytest

from lab.ink.drawing import Drawing, parse_drawing, rasterise, unit_drawing
from lab.ink.framing import Framing, frame
from lab.models.outliers import verdicts
from tests.support import non_digits
from tests.support.drawn_digits import DIGITS, Strokes


def framed(value: Strokes) -> Framing:
    return frame(unit_drawing(value), stages=False)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_is_a_digit(digit: int) -> None:
    (verdict,) = verdicts([framed(DIGITS[digit])])
    assert verdict.is_digit
    assert verdict.refusal is None
    assert verdict.surprise < 1


def test_an_empty_canvas_and_a_dot_have_too_little_ink() -> None:
    dot = parse_drawing([[[140, 140]]], brush=20)
    jitter = parse_drawing([[[140, 140], [146, 143], [141, 147]]], brush=20)
    found = verdicts([frame(Drawing(())), frame(dot), frame(jitter)])
    assert [verdict.refusal for verdict in found] == ["empty", "dot", "dot"]
    assert not any(verdict.is_digit for verdict in found)
    assert all(verdict.surprise >= 1 for verdict in found)


@pytest.mark.parametrize("brush", [4, 8, 20, 32])
@pytest.mark.parametrize(
    "places", [[(56, 56), (224, 224)], [(140, 56), (140, 224)], [(60, 60), (190, 80), (140, 220)]]
)
def test_dots_far_from_one_another_are_no_digit(places: list[tuple[int, int]], brush: float) -> None:
    dots = parse_drawing([[[x, y], [x + 2, y + 1]] for x, y in places], brush=brush)
    found = verdicts([frame(dots), frame(rasterise(dots))])
    assert [verdict.refusal for verdict in found] == ["dot", "dot"]


def test_a_digit_whose_strokes_do_not_meet_is_a_digit() -> None:
    five = [[[24, 62], [20, 100], [44, 94], [68, 112], [66, 142], [40, 156], [14, 146]], [[36, 50], [70, 50]]]
    drawing = parse_drawing(five, width=90, height=200, brush=6)
    found = verdicts([frame(drawing), frame(rasterise(drawing))])
    assert all(verdict.is_digit for verdict in found)


def test_a_black_sheet_has_too_much() -> None:
    (verdict,) = verdicts([frame(np.ones((280, 280), np.float32))])
    assert verdict.refusal in ("full", "dot")


def share_refused(framings: list[Framing]) -> float:
    found = verdicts(framings)
    assert {verdict.refusal for verdict in found if not verdict.is_digit} <= {"strange", "dot", "full"}
    return sum(not verdict.is_digit for verdict in found) / len(found)


def test_letters_scribbles_and_noise_are_seldom_called_digits() -> None:
    generator = np.random.default_rng(99)
    letters = [framed(non_digits.letter(name, generator)) for name in "AEFHKMNRTWXahkmnw" for _ in range(10)]
    scribbles = [framed(non_digits.scribble(generator)) for _ in range(100)]
    noise = [frame(non_digits.noise(generator), stages=False) for _ in range(40)]
    assert share_refused(letters) > 0.9
    assert share_refused(scribbles) > 0.9
    assert share_refused(noise) > 0.9
