"""The gradients of a batch by replaying the recorded operations of the first one.

Owns when recording is worth it and what happens where it is not possible: that batch runs eagerly, with the same
numbers. A batch of another size than the first (the last of an epoch) always does.
"""

from __future__ import annotations

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
        if self.state == "captured" and not self._calls:
            self.rehearse(images, labels)
        if not self._calls or images.shape != self._images.shape:
            return self._eager(images, labels)
        self._images.copy_(images)
        self._labels.copy_(labels)
        for call in self._calls:  # in grad mode, which oneDNN's recurrent layers look at; nothing tracks
            call()
        return self._loss

    def rehearse(self, images: Tensor, labels: Tensor) -> None:
        """Records the batch and leaves no trace: the first batch is replayed like all others.

        Else the last bits of a resumed run would depend on where it was interrupted.
        """
        self._images, self._labels = images.clone(), labels.clone()
        with self._eager.untouched():
            result, tape = record(
                lambda: self._eager.gradients(self._images, self._labels), self._limit_bytes
            )
        if tape.refusal:
            self.state = f"eager: {tape.refusal}"
            return
        loss: Tensor = result[0]
        targets = zip(result[1], self._eager.targets(), strict=True)
        self._calls, (self._loss,) = replay_of(tape.operations, [loss], targets)
