"""The training step: one batch in, new parameters out.

Owns the order of zero_grad, forward, loss, backward, L1, clipping and update, and its speed. What cannot be
made faster, or does not give the numbers of the plain way when it is tried, runs the plain way. Knows no data set,
no schedule and no events.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lab.steps.batches import Batches
from lab.steps.captured import CapturedStep
from lab.steps.eager import EagerGradients, Loss, Prepare
from lab.steps.generators import generator_states, set_generator_states
from lab.steps.graphed import CudaGraphs, GraphedStep, Graphs
from lab.steps.ring import LossRing
from lab.steps.trial import Fault, as_it_was, difference
from lab.steps.update import Update

__all__ = ["Batches", "Step", "make_step"]

_log = logging.getLogger(__name__)


class Step:
    """A network's training, one batch per call; see `make_step`."""

    def __init__(
        self,
        update: Update,
        eager: EagerGradients,
        fast: CapturedStep | GraphedStep | None,
        state: str,
    ) -> None:
        self._update, self._eager, self._fast = update, eager, fast
        self._device = update.parameters[0].device
        self._losses = LossRing(self._device)
        self._state = state
        self._rehearsed = fast is None
        self.fault: Fault | None = None

    @property
    def capture(self) -> str:
        """How the step runs, for programs: "captured", "cuda-graph", or "eager" with the reason."""
        return self._fast.state if self._fast else self._state

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
        if not self._rehearsed:
            self.rehearse(images, labels)
        if self._fast is not None:
            self._losses.append(self._fast(images, labels))
            return
        self._losses.append(self._eager(images, labels))
        self._update()

    def rehearse(self, images: Tensor, labels: Tensor) -> None:
        """Makes the fast way for batches of this size, tries it against the plain one, and leaves all as it was.

        Where they differ, or the fast one breaks, `fault` says how, and the plain one is taken from now on. Without
        a rehearsal the first batch is taken for it: a run resumed just before the small last batch of an epoch
        would differ from one that was not in the last digit.
        """
        self._rehearsed = True
        if self._fast is None:
            return
        fault: Fault | None = None
        with as_it_was(self._eager, self._update):
            try:
                self._fast.rehearse(images, labels)
            except Exception as error:
                fault = Fault("not_made", _in_a_line(error))
        if fault is None:
            with as_it_was(self._eager, self._update):
                try:
                    fault = difference(self._fast, self._eager, self._update, images, labels)
                except Exception as error:
                    fault = Fault("broke", _in_a_line(error))
        if fault is not None:
            _log.warning("the fast step is not used: %s", fault)
            self.fault, self._state, self._fast = fault, f"eager: {fault}", None
            self._update.go_on_plainly()
            if self._device.type == "cuda":
                torch.cuda.empty_cache()

    def fetch_losses(self) -> list[float]:
        """The loss of each step since the last fetch, oldest first."""
        return self._losses.fetch()

    def gradient_norm(self) -> float:
        """The length of the latest gradient before clipping; waits for the device."""
        return self._update.gradient_norm()

    def state(self) -> dict[str, Tensor]:
        """What decides the next steps besides the module: the optimizer's memory, torch's generators."""
        kept = {f"optimizer.{key}": value for key, value in self._update.state().items()}
        return kept | {f"rng.{name}": state for name, state in generator_states(self._device).items()}

    def load_state(self, kept: Mapping[str, Tensor]) -> None:
        """Continues exactly where `state` was taken; the module's own state is loaded apart.

        Raises: KeyError for state of a parameter that this network does not have.
        """
        self._update.load_state(_under(kept, "optimizer."))
        self._rehearsed = self._fast is None  # what was recorded works on memory that has been replaced
        set_generator_states(_under(kept, "rng."), self._device)


def make_step(
    module: nn.Module,
    loss: Loss,
    optimizer: Optimizer,
    *,
    prepare: Prepare,
    clip_norm: float = 0.0,
    l1: float = 0.0,
    fast: bool = True,
    graphs: Graphs | None = None,
) -> Step:
    """The training step of `module`; its parameters may move into one buffer, the Parameter objects stay.

    `prepare` turns uint8 images into what the network takes. Dropout draws from torch's default generator.
    `graphs` captures whole steps; on a CUDA device that is CUDA, if nothing else is given.

    Raises: TypeError for LBFGS.
    """
    device = next(module.parameters()).device
    update = Update(module, optimizer, clip_norm, l1)
    eager = EagerGradients(module, loss, prepare, update)
    if not fast:
        return Step(update, eager, None, "eager")
    if device.type == "cpu" and graphs is None:
        return Step(update, eager, CapturedStep(eager, update), "")
    if not update.can_be_repeated:
        rule = type(optimizer).__name__
        return Step(update, eager, None, f"eager: {rule}")
    graphed = GraphedStep(eager, update, graphs or CudaGraphs(device))
    return Step(update, eager, graphed, "")


def _in_a_line(error: Exception) -> str:
    said = str(error).splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__


def _under(kept: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in kept.items() if key.startswith(prefix)}
