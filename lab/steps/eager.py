"""The gradients of one batch, computed as any torch tutorial does: the reference for every faster way."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lab.steps.update import Update

Loss = Callable[[Tensor, Tensor], Tensor]
Prepare = Callable[..., Tensor]


class EagerGradients:
    """Forward, loss and backward through autograd; leaves the gradients in every `p.grad`."""

    def __init__(self, module: nn.Module, loss: Loss, prepare: Prepare, update: Update) -> None:
        self._module, self._loss, self._prepare, self._update = module, loss, prepare, update

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """The loss of the batch, not waited for.

        Shapes: images (B, 28, 28) uint8, labels (B,) int64; returns a 0-d float tensor.
        """
        self._update.zero_gradients()
        loss = self._loss(self._module(self._prepare(images)), labels)
        torch.autograd.backward(loss)
        return loss.detach()
