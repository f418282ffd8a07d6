"""What a network looks for and says at one moment: first-layer weights, answers on test images.

Owns turning a `Snapshot` into values and small pictures. Knows no page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.events import Snapshot
from lab.figures import look
from lab.figures.pixels import signed_picture

COLUMNS = 8


def weights_data(snapshot: Snapshot, dark: bool = False) -> NDArray[np.uint8] | None:
    """The first layer's weights side by side as one colour picture: blue positive, orange negative.

    Shapes: (rows, columns, 4), with a line between neighbours; None where there are no pictures.
    """
    height, width = snapshot.weight_height, snapshot.weight_width
    if not snapshot.weights or height * width == 0:
        return None
    across = min(COLUMNS, len(snapshot.weights)) if height > 1 else 1
    down = math.ceil(len(snapshot.weights) / across)
    sheet = np.full((down * (height + 1) - 1, across * (width + 1) - 1), np.nan)
    for index, values in enumerate(snapshot.weights):
        top, left = index // across * (height + 1), index % across * (width + 1)
        sheet[top : top + height, left : left + width] = np.reshape(values, (height, width)) / 127
    picture = signed_picture(sheet, max(sheet.shape), limit=1.0, dark=dark)
    picture[np.isnan(sheet)] = (*look.rgb("gray", dark), 255)
    return picture


@dataclass(frozen=True)
class Prediction:
    """What the network says about one test image, with which probability, and what it is."""

    index: int
    says: int
    share: float
    label: int

    @property
    def right(self) -> bool:
        """Whether it says what it is."""
        return self.says == self.label


def predictions_data(snapshot: Snapshot, labels: Sequence[int]) -> list[Prediction]:
    """The answers on the first twelve test images."""
    found = []
    for index, (row, label) in enumerate(zip(snapshot.probabilities, labels, strict=False)):
        known = [-1.0 if value is None else value for value in row]  # a diverged network has none
        says = max(range(len(known)), key=known.__getitem__)
        found.append(Prediction(index, says, max(0.0, known[says]), int(label)))
    return found
