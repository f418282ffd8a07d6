"""Real samples before and after augmentation, as one picture: the upper row as they are, the lower varied.

Owns the choice of samples and the sheet. Needs torch only when the samples are varied.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lab.data import Dataset
from lab.parts.augmentations import Augmentation

Pixels = NDArray[np.uint8]
ROW = 10


def one_of_each(data: Dataset) -> Pixels:
    """The first training image of each digit, from 0 to 9.

    Shapes: (10, 28, 28) uint8.
    """
    return np.stack([data.train_images[int(np.argmax(data.train_labels == digit))] for digit in range(ROW)])


def varied_data(images: Pixels, augmentations: Sequence[Augmentation], draw: int) -> Pixels:
    """The images and their augmented twins; `draw` counts the throws of the dice.

    Shapes: images (N, 28, 28) -> (2, N, 28, 28) uint8.
    """
    import torch

    from lab.training.augmenting import augmented

    generator = torch.Generator().manual_seed(draw)
    twins = augmented(torch.from_numpy(images.copy()), tuple(augmentations), generator)
    return np.stack([images, twins.numpy()])


def varied_figure(pairs: Pixels, cell: int = 3, gap: int = 6) -> Pixels:
    """The sheet: both rows side by side, each pixel `cell` wide, clear between the images.

    Shapes: pairs (2, N, 28, 28) -> (height, width, 4) RGBA.
    """
    rows, count, size, _ = pairs.shape
    side = size * cell
    sheet = np.zeros((rows * (side + gap) - gap, count * (side + gap) - gap, 4), dtype=np.uint8)
    for row in range(rows):
        for place in range(count):
            top, left = row * (side + gap), place * (side + gap)
            grey = pairs[row, place].repeat(cell, 0).repeat(cell, 1)
            sheet[top : top + side, left : left + side, :3] = grey[..., None]
            sheet[top : top + side, left : left + side, 3] = 255
    return sheet
