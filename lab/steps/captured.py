"""The gradients of a batch by replaying the recorded operations of another one, and the update likewise.

Owns what happens where that is not possible: a batch of another size than the recorded one (the last of an epoch)
runs eagerly, with the same numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.steps.calls import Call
from lab.steps.eager import EagerGradients
from lab.steps.replay import replay_of
from lab.steps.tape import record
from lab.steps.update import Update

LIMIT_BYTES = 1 << 29


class CapturedStep:
    """Forward, loss, backward and update, recorded once."""

    def __init__(self, eager: EagerGradients, update: Update, limit_bytes: int = LIMIT_BYTES) -> None:
        self._eager, self._update, self._limit_bytes = eager, update, limit_bytes
        self._calls: list[Call] = []
        self._images = self._labels = self._loss = torch.empty(0)
        self.state = "captured"

    def rehearse(self, images: Tensor, labels: Tensor) -> None:
        """Records what a batch of this size takes; changes all that a step changes."""
        self._calls = []
        self._images, self._labels = images.clone(), labels.clone()
        result, tape = record(lambda: self._eager.gradients(self._images, self._labels), self._limit_bytes)
        if tape.refusal:
            self.state = f"eager: {tape.refusal}"
        else:
            targets = zip(result[1], self._eager.targets(), strict=True)
            self._calls, (self._loss,) = replay_of(tape.operations, [result[0]], targets)
        del result, tape
        self._gradients(images, labels)
        self._update()  # the optimizer makes its memory, which what is recorded works on
        self._update.record()

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """Trains on one batch and returns its loss, not waited for."""
        loss = self._gradients(images, labels)
        self._update()
        return loss

    def _gradients(self, images: Tensor, labels: Tensor) -> Tensor:
        if not self._calls or images.shape != self._images.shape:
            return self._eager(images, labels)
        self._images.copy_(images)
        self._labels.copy_(labels)
        for call in self._calls:  # in grad mode, which oneDNN's recurrent layers look at; nothing tracks
            call()
        return self._loss
