"""The training images that lie nearest to a drawing, as the network sees it.

Owns the distance in the last hidden layer; draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.data import DataError, Dataset, load
from lab.ink.framing import Framing
from lab.models.answers import inputs
from lab.models.loading import Model, ModelError
from lab.models.outliers import hidden_part
from lab.texts import text

REMEMBERED = 6_000  # training images compared with; all 60,000 would take a CNN ten seconds


@dataclass(frozen=True, eq=False)
class Neighbour:
    """A training image near the drawing in the last hidden layer. Shapes: image (28, 28) uint8."""

    image: NDArray[np.uint8]
    label: int
    distance: float


def nearest_training_images(
    model: Model, framing: Framing, home: Path, count: int = 8
) -> tuple[Neighbour, ...]:
    """The training images nearest to the drawing in the last hidden layer, nearest first.

    Compares with the first REMEMBERED training images; the first call for a model takes a second or two.
    Raises: ModelError, when the data set cannot be read.
    """
    data, hidden = _remembered(model, home)
    with torch.inference_mode():
        here = hidden_part(model.network)(inputs(model, (framing,))).flatten(1)
        distances = torch.cdist(here, hidden)[0]
    nearest = distances.argsort()[:count].tolist()
    return tuple(
        Neighbour(np.array(data.train_images[i]), int(data.train_labels[i]), float(distances[i]))
        for i in nearest
    )


def compared_with(model: Model, home: Path) -> int:
    """How many training images, from the first on, a drawing is compared with.

    Raises: ModelError, when the data set cannot be read.
    """
    _, hidden = _remembered(model, home)
    return len(hidden)


@lru_cache(maxsize=8)
def _remembered(model: Model, home: Path) -> tuple[Dataset, Tensor]:
    """The data set a model was trained on, and its first images in the last hidden layer."""
    try:
        data = load(model.spec.data.dataset, home)
    except DataError as error:
        raise ModelError(text("explain.images_unreadable", reason=error)) from None
    pixels = torch.from_numpy(np.array(data.train_images[:REMEMBERED])).unsqueeze(1).float() / 255
    hidden = hidden_part(model.network)
    with torch.inference_mode():
        values = model.normalisation(pixels)
        blocks = [hidden(values[i : i + 500]).flatten(1) for i in range(0, len(values), 500)]
    return data, torch.cat(blocks)
