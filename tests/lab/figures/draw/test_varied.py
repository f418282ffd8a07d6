"""The preview of augmentation: real samples, the same twins for the same draw, others for another."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lab.data import load
from lab.figures.draw.varied import one_of_each, varied_data, varied_figure
from lab.parts.augmentations import Noise, Rotate


def test_there_is_one_sample_of_each_digit(home: Path) -> None:
    data = load("digits", home)
    images = one_of_each(data)
    assert images.shape == (10, 28, 28)
    for digit, image in enumerate(images):
        matches = (data.train_images == image).all(axis=(1, 2))
        assert digit in data.train_labels[matches]


def test_the_upper_row_is_as_it_is_and_the_lower_varied(home: Path) -> None:
    images = one_of_each(load("digits", home))
    upper, lower = varied_data(images, [Rotate(degrees=30)], draw=1)
    assert (upper == images).all()
    assert (lower != images).any(axis=(1, 2)).all()


def test_the_same_draw_gives_the_same_and_another_draw_others(home: Path) -> None:
    images = one_of_each(load("digits", home))
    first, again, other = (varied_data(images, [Noise()], draw) for draw in (1, 1, 2))
    assert (first == again).all()
    assert (first[1] != other[1]).any()


def test_the_sheet_shows_each_pixel_and_is_clear_between() -> None:
    pairs = np.arange(2 * 3 * 4 * 4, dtype=np.uint8).reshape(2, 3, 4, 4)
    sheet = varied_figure(pairs, cell=2, gap=1)
    assert sheet.shape == (17, 26, 4)
    assert (sheet[:8, 9:17:1, 0][::2, ::2] == pairs[0, 1]).all()
    assert (sheet[:, 8, 3] == 0).all()
