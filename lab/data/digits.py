"""The 1,797 handwritten digits that come with scikit-learn, brought to MNIST's size and framing.

Owns the way from 8 x 8 to 28 x 28 and the split; needs no network.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lab.data.dataset import Bytes, read_only
from lab.files import write_beside

TRAIN_SIZE, TEST_SIZE = 1437, 360
_FILE = "digits-28.npy"


def enlarged(small: NDArray[np.float64]) -> Bytes:
    """8 x 8 ink counts as 28 x 28 images: 20 x 20 ink, its centre of mass in the middle.

    Shapes: small (N, 8, 8) with values 0..16 -> (N, 28, 28) uint8.
    Source: LeCun's framing of MNIST.
    """
    places = (np.arange(20) + 0.5) * 8 / 20 - 0.5
    weights = np.stack([np.interp(places, np.arange(8), row) for row in np.eye(8)], axis=1)
    # Interpolation flattens the strokes; stretched again, they are as dark as MNIST's.
    big = np.clip((weights @ small @ weights.T / 16 - 0.15) * 1.5, 0, 1) * 255
    framed = np.zeros((len(big), 28, 28), np.uint8)
    grid = np.arange(20)
    for image, out in zip(big, framed, strict=True):
        mass = max(float(image.sum()), 1e-9)
        row = round(13.5 - float((image.sum(1) * grid).sum()) / mass)
        column = round(13.5 - float((image.sum(0) * grid).sum()) / mass)
        row, column = min(max(row, 0), 8), min(max(column, 0), 8)
        out[row : row + 20, column : column + 20] = image.round()
    return framed


def load_digits(home: Path) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Train images, train labels, test images, test labels.

    The last fifth is the test set, unshuffled: the file is ordered by writer, so most of the
    writers tested were never trained on.
    """
    cached = home / "data" / _FILE
    try:
        table = np.load(cached, allow_pickle=False)
        if table.shape != (TRAIN_SIZE + TEST_SIZE, 785) or table.dtype != np.uint8:
            raise ValueError(cached)
    except (OSError, ValueError, EOFError):
        table = _enlarged_table()
        _keep(table, cached)
    images, labels = table[:, :784].reshape(-1, 28, 28), table[:, 784]
    parts = images[:TRAIN_SIZE], labels[:TRAIN_SIZE], images[TRAIN_SIZE:], labels[TRAIN_SIZE:]
    first, second, third, fourth = (read_only(np.ascontiguousarray(part)) for part in parts)
    return first, second, third, fourth


def _enlarged_table() -> Bytes:
    from sklearn.datasets import load_digits as bundled

    digits = bundled()
    images = enlarged(digits.images).reshape(-1, 784)
    return np.concatenate([images, digits.target[:, None].astype(np.uint8)], axis=1)


def _keep(table: Bytes, path: Path) -> None:
    """Saves a second's work for the next run; a folder that cannot be written costs only that."""
    try:
        content = io.BytesIO()
        np.save(content, table)
        write_beside(path, content.getvalue())
    except OSError:
        return
