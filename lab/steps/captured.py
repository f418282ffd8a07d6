"""The gradients of a batch by replaying the recorded operations of the first one.

Owns when recording is worth it and what happens where it is not possible: that batch runs eagerly, with the same
numbers. A batch of another size than the first (the last of an epoch) always does.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.steps.calls import Call
from lab.steps.eager import EagerGradients
from lab.steps.replay import replay_of
from lab.steps.tape import record

LIMIT_BYTES = 1 << 29


class CapturedGradients:
    """Forward, loss and backward, recorded once."""

    def __init__(self, eager: EagerGradients, limit_bytes: int = LIMIT_BYTES) -> None:
        self._eager, self._limit_bytes = eager, limit_bytes
        self._calls: list[Call] = []
        self._images = self._labels = self._loss = torch.empty(0)
        self.state = "captured"

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """The loss of the batch, not waited for; the gradients are in every `p.grad`."""
        if images.shape == self._images.shape and self._calls:
            self._images.copy_(images)
            self._labels.copy_(labels)
            for call in self._calls:  # in grad mode, which oneDNN's recurrent layers look at; nothing tracks
                call()
            return self._loss
        if self._calls or self.state != "captured":
            return self._eager(images, labels)
        return self._record(images, labels)

    def _record(self, images: Tensor, labels: Tensor) -> Tensor:
        self._images, self._labels = images.clone(), labels.clone()
        result, tape = record(lambda: self._eager.gradients(self._images, self._labels), self._limit_bytes)
        loss: Tensor = result[0]
        gradients: Sequence[Tensor] = result[1]
        targets = self._eager.targets()
        for gradient, target in zip(gradients, targets, strict=True):
            target.copy_(gradient)
        if tape.refusal:
            self.state = f"eager: {tape.refusal}"
            return loss
        value = loss.clone()  # the memory of the recorded one is about to be planned anew
        self._calls, (self._loss,) = replay_of(tape.operations, [loss], zip(gradients, targets, strict=True))
        return value
