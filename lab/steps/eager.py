"""The gradients of one batch, computed as any torch tutorial does: the reference for every faster way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from lab.steps.generators import generator_states, set_generator_states
from lab.steps.update import Update

Loss = Callable[[Tensor, Tensor], Tensor]
Prepare = Callable[[Tensor], Tensor]


class EagerGradients:
    """Forward, loss and backward through autograd; leaves the gradients in every `p.grad`."""

    state = "eager"

    def __init__(self, module: nn.Module, loss: Loss, prepare: Prepare, update: Update) -> None:
        self._module, self._loss, self._prepare, self._update = module, loss, prepare, update

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """The loss of the batch, not waited for.

        Shapes: images (B, 28, 28) uint8, labels (B,) int64; returns a 0-d float tensor.
        """
        self._update.zero_gradients()
        loss = self._forward(images, labels)
        torch.autograd.backward(loss)
        return loss.detach()

    def gradients(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Sequence[Tensor]]:
        """The loss and the gradients by themselves, every `p.grad` untouched."""
        loss = self._forward(images, labels)
        found = torch.autograd.grad(loss, self._update.parameters, allow_unused=True, materialize_grads=True)
        return loss.detach(), found

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Puts torch's generators and the module's running means back to what they were, whatever happens."""
        device = self._update.parameters[0].device
        generators = generator_states(device)
        buffers = [(buffer, buffer.clone()) for buffer in self._module.buffers()]
        try:
            yield
        finally:
            set_generator_states(generators, device)
            for buffer, before in buffers:
                buffer.copy_(before)

    def targets(self) -> list[Tensor]:
        """Where the gradients must end up."""
        return self._update.gradients_by_parameter()

    def _forward(self, images: Tensor, labels: Tensor) -> Tensor:
        return self._loss(self._module(self._prepare(images)), labels)
