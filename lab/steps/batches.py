"""Batches from a data set that stays in memory as bytes.

Owns gathering: rows are picked for several batches at once, so that a batch costs a view. Knows neither what
the images mean nor what is done with them.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

_BLOCK_BYTES = 1 << 20  # stays in a core's second-level cache until it is read


class Batches:
    """The samples of a data set in a given order, `batch_size` at a time.

    Shapes: images (N, ...) uint8, labels (N,) int64, both on one device.
    """

    def __init__(self, images: Tensor, labels: Tensor, batch_size: int) -> None:
        self._images, self._labels = images.flatten(1), labels
        self._shape = tuple(images.shape[1:])
        self._size = batch_size
        sample_bytes = max(1, self._images[:1].numel() * images.element_size())
        block = max(1, _BLOCK_BYTES // (sample_bytes * batch_size)) * batch_size
        self._block = min(block, max(batch_size, -(-len(labels) // batch_size) * batch_size))
        self._images_block = images.new_empty((self._block, self._images.shape[1]))
        self._labels_block = labels.new_empty(self._block)

    def __call__(self, order: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one pass over `order` (indices into the data set); the last one may be smaller.

        The tensors are views into one buffer: they hold until the next batch is asked for.
        """
        order = order.to(self._labels.device)
        for start in range(0, len(order), self._block):
            rows = order[start : start + self._block]
            images = self._images_block[: len(rows)]
            labels = self._labels_block[: len(rows)]
            torch.index_select(self._images, 0, rows, out=images)
            torch.index_select(self._labels, 0, rows, out=labels)
            shaped = images.view(len(rows), *self._shape)
            yield from zip(torch.split(shaped, self._size), torch.split(labels, self._size), strict=True)
