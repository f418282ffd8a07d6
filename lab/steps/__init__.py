"""The training step: one batch in, new parameters out.

Owns the order of zero_grad, forward, loss, backward, L1, clipping and update, and its speed. What cannot be
made faster runs eagerly by itself, with the same numbers. Knows no data set, no schedule and no events.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lab.steps.batches import Batches
from lab.steps.captured import CapturedGradients
from lab.steps.eager import EagerGradients, Loss, Prepare
from lab.steps.graphed import GraphedStep
from lab.steps.ring import LossRing
from lab.steps.update import Update

__all__ = ["Batches", "Step", "make_step"]


class Step:
    """A network's training, one batch per call; see `make_step`."""

    def __init__(
        self,
        update: Update,
        gradients: EagerGradients | CapturedGradients,
        graphed: GraphedStep | None,
        device: torch.device,
    ) -> None:
        self._update, self._gradients, self._graphed = update, gradients, graphed
        self._losses = LossRing(device)
        self._device = device

    @property
    def capture(self) -> str:
        """How the step runs, in words: "captured", "cuda graph", or "eager" with the reason."""
        return self._graphed.state if self._graphed else self._gradients.state

    @property
    def lr(self) -> float:
        """The learning rate of the next step; may be set at any time."""
        return self._update.lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._update.lr = value

    def __call__(self, images: Tensor, labels: Tensor) -> None:
        """Trains on one batch; never waits for the device.

        Shapes: images (B, 28, 28) uint8, labels (B,) int64.
        """
        if self._graphed is not None:
            self._losses.append(self._graphed(images, labels))
            return
        self._losses.append(self._gradients(images, labels))
        self._update()

    def rehearse(self, images: Tensor, labels: Tensor) -> None:
        """Records what a batch of this size takes, and leaves network, optimizer and generators as they were.

        Without it the first batch decides which size is replayed: a run resumed just before the small last batch
        of an epoch would differ from one that was not in the last digit.
        """
        if isinstance(self._gradients, CapturedGradients):
            self._gradients.rehearse(images, labels)

    def fetch_losses(self) -> list[float]:
        """The loss of each step since the last fetch, oldest first."""
        return self._losses.fetch()

    def gradient_norm(self) -> float:
        """The length of the latest gradient before clipping; waits for the device."""
        return self._update.gradient_norm()

    def state(self) -> dict[str, Tensor]:
        """What decides the next steps besides the module: the optimizer's memory, torch's generators."""
        kept = {f"optimizer.{key}": value for key, value in self._update.state().items()}
        kept["rng.cpu"] = torch.get_rng_state()
        if self._device.type == "cuda":
            kept["rng.cuda"] = torch.cuda.get_rng_state(self._device)
        return kept

    def load_state(self, kept: Mapping[str, Tensor]) -> None:
        """Continues exactly where `state` was taken; the module's own state is loaded apart.

        Raises: KeyError for state of a parameter that this network does not have.
        """
        prefix = "optimizer."
        self._update.load_state({k.removeprefix(prefix): v for k, v in kept.items() if k.startswith(prefix)})
        if self._graphed is not None:
            self._graphed.forget()
        if "rng.cpu" in kept:
            torch.set_rng_state(kept["rng.cpu"])
        if "rng.cuda" in kept and self._device.type == "cuda":
            torch.cuda.set_rng_state(kept["rng.cuda"], self._device)


def make_step(
    module: nn.Module,
    loss: Loss,
    optimizer: Optimizer,
    *,
    prepare: Prepare,
    clip_norm: float = 0.0,
    l1: float = 0.0,
    fast: bool = True,
) -> Step:
    """The training step of `module`; its parameters may move into one buffer, the Parameter objects stay.

    `prepare` turns uint8 images into what the network takes. Dropout draws from torch's default generator.

    Raises: TypeError for LBFGS.
    """
    device = next(module.parameters()).device
    update = Update(module, optimizer, clip_norm, l1)
    eager = EagerGradients(module, loss, prepare, update)
    gradients = CapturedGradients(eager) if fast and device.type == "cpu" else eager
    graphed = GraphedStep(eager, update) if fast and device.type == "cuda" else None
    return Step(update, gradients, graphed, device)
