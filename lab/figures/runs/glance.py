"""What a network looks for and says at one moment: first-layer weights, answers on test images.

Owns turning a `Snapshot` into values and small pictures. Knows no page.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.events import Snapshot

POSITIVE, NEGATIVE, NEUTRAL = (8, 119, 189), (245, 147, 34), (255, 255, 255)
COLUMNS = 8


def weights_data(snapshot: Snapshot) -> NDArray[np.uint8] | None:
    """The first layer's weights side by side as one colour picture: blue positive, orange negative.

    Shapes: (rows, columns, 3), with a line between neighbours; None where there are no pictures.
    """
    height, width = snapshot.weight_height, snapshot.weight_width
    if not snapshot.weights or height * width == 0:
        return None
    across = min(COLUMNS, len(snapshot.weights)) if height > 1 else 1
    down = math.ceil(len(snapshot.weights) / across)
    sheet = np.full((down * (height + 1) - 1, across * (width + 1) - 1, 3), 128, np.uint8)
    for index, values in enumerate(snapshot.weights):
        top, left = index // across * (height + 1), index % across * (width + 1)
        share = np.asarray(values, np.float32).reshape(height, width, 1) / 127
        tone = np.where(share >= 0, np.array(POSITIVE), np.array(NEGATIVE))
        colour = NEUTRAL + np.abs(share) * (tone - NEUTRAL)
        sheet[top : top + height, left : left + width] = colour.round().astype(np.uint8)
    return sheet


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


def as_png(picture: NDArray[np.uint8]) -> str:
    """The picture as a data address that a page can show.

    Shapes: (H, W) grey or (H, W, 3) colour.
    """
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(picture).save(out, format="PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
