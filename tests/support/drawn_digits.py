"""Ten digits as pen strokes, written down by hand for the tests."""

from collections.abc import Sequence
from typing import Any

from lab.ink.drawing import Drawing, parse_drawing
from lab.ink.framing import Framing, frame

Strokes = Sequence[Sequence[Sequence[float]]]

DIGITS: dict[int, list[list[list[int]]]] = {
    0: [
        [[50, 10], [25, 20], [12, 50], [14, 85], [35, 105], [60, 100], [76, 70], [74, 35], [60, 14], [50, 10]]
    ],
    1: [[[30, 25], [45, 8], [45, 108]]],
    2: [[[14, 30], [25, 12], [50, 8], [66, 22], [62, 45], [40, 72], [12, 104], [40, 102], [74, 104]]],
    3: [[[16, 18], [40, 8], [64, 18], [62, 40], [36, 52], [66, 66], [70, 90], [44, 108], [14, 98]]],
    4: [[[46, 8], [14, 66], [74, 66]], [[56, 40], [54, 108]]],
    5: [[[66, 10], [24, 12], [20, 50], [44, 44], [68, 62], [66, 92], [40, 106], [14, 96]]],
    6: [[[58, 8], [32, 36], [18, 74], [28, 102], [54, 104], [68, 84], [56, 62], [34, 62], [20, 78]]],
    7: [[[12, 12], [72, 12], [52, 52], [36, 108]]],
    8: [
        [
            [62, 22],
            [42, 8],
            [24, 24],
            [40, 50],
            [66, 78],
            [52, 106],
            [26, 104],
            [18, 80],
            [44, 52],
            [64, 30],
            [62, 22],
        ]
    ],
    9: [[[66, 28], [44, 8], [22, 26], [30, 52], [54, 50], [66, 28], [64, 70], [54, 108]]],
}


def written(digits: list[int], gap: float = 30.0, brush: float = 10.0, top: float = 40.0) -> Drawing:
    """The digits side by side on a wide canvas, `gap` pixels of paper between them."""
    strokes, left = [], 20.0
    for digit in digits:
        xs = [x for stroke in DIGITS[digit] for x, _ in stroke]
        shift = left - min(xs) + brush / 2
        strokes += [[[x + shift, y + top] for x, y in stroke] for stroke in DIGITS[digit]]
        left += max(xs) - min(xs) + brush + gap
    return parse_drawing(strokes, width=left + 20, height=top + 160, brush=brush)


def framed(digit: int, brush: float = 10.0, **options: Any) -> Framing:
    return frame(parse_drawing(DIGITS[digit], width=90, height=120, brush=brush), **options)
