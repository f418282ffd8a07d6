"""The first weights and the answers of one moment."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from lab.events import Snapshot
from lab.figures.look import rgb
from lab.figures.pixels import as_png
from lab.figures.runs.glance import predictions_data, weights_data

ROW = tuple(0.9 if digit == 7 else 0.01 for digit in range(10))


def test_weights_are_blue_orange_and_white_side_by_side() -> None:
    shot = Snapshot(step=1, weights=((127, -127, 0, 0),) * 10, weight_height=2, weight_width=2)
    sheet = weights_data(shot)
    assert sheet is not None
    assert sheet.shape == (2 * 3 - 1, 8 * 3 - 1, 4)
    assert tuple(sheet[0, 0]) == (*rgb("blue"), 255)
    assert tuple(sheet[0, 1]) == (*rgb("orange"), 255)
    assert sheet[1, 0, 3] == 0  # nothing where the weight is zero: the page shows through
    assert tuple(sheet[3, 3]) == (*rgb("blue"), 255)  # the second picture of the second row
    assert tuple(sheet[0, 2]) == (*rgb("gray"), 255)  # the line between neighbours


def test_without_pictures_there_are_none() -> None:
    assert weights_data(Snapshot(step=1)) is None


def test_an_answer_is_the_most_probable_digit() -> None:
    right, wrong = predictions_data(Snapshot(step=1, probabilities=(ROW, ROW)), [7, 3, 5])
    assert (right.says, right.share, right.label, right.right) == (7, 0.9, 7, True)
    assert (wrong.index, wrong.says, wrong.right) == (1, 7, False)


def test_a_picture_for_the_page_is_the_picture() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    head, data = as_png(picture).split(",")
    assert head == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), picture)
