"""How far a run is: what an exact resume needs, as named tensors, and the clock of its training.

Owns the layout of a checkpoint's state. Knows no file and no event.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from lab.steps import Step
from lab.texts.formats import noun, number

Tensors = dict[str, Tensor]


@dataclass
class Progress:
    """Where a run stands: epochs done, steps done, seconds trained, and the best validation so far.

    `rate_scale` is what a person's change of the learning rate multiplies the schedule by; `best` the
    weights of the best validation loss, kept only where early stopping wants them back.
    """

    step: int = 0
    epoch: int = 0
    epoch_step: int = 0
    elapsed_s: float = 0.0
    epoch_elapsed_s: float = 0.0
    epoch_s: list[float] = field(default_factory=list)
    rate_scale: float = 1.0
    best_loss: float = math.inf
    best_epoch: int = 0
    best: Tensors | None = None

    def end_epoch(self) -> None:
        """Moves on to the next epoch."""
        self.epoch_s.append(self.epoch_elapsed_s)
        self.epoch += 1
        self.epoch_step, self.epoch_elapsed_s = 0, 0.0

    def note_validation(self, loss: float, network: nn.Module, keep: bool) -> None:
        """Notes the validation loss of the epoch just ended, and its weights if it is the best."""
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, self.epoch
            if keep:
                self.best = copied(network.state_dict())

    def stop_reason(self, patience: int) -> str:
        """Why the run should end early; "" while it should not."""
        if not patience or not self.best_epoch or self.epoch - self.best_epoch < patience:
            return ""
        return (
            f"early stopping: no better validation loss for {number(patience)} {noun(patience, ('epoch', 'epochs'))}; "
            f"the weights of epoch {self.best_epoch} are kept"
        )

    def saved(self, network: nn.Module, step: Step) -> tuple[Tensors, Tensors]:
        """The state that an exact resume needs, and the network's weights alone, as copies on the CPU."""
        weights = copied(network.state_dict())
        state = {f"network.{name}": tensor for name, tensor in weights.items()}
        state |= {f"step.{name}": tensor for name, tensor in copied(step.state()).items()}
        state |= {f"best.{name}": tensor for name, tensor in (self.best or {}).items()}
        state["run.position"] = torch.tensor([self.step, self.epoch, self.epoch_step, self.best_epoch])
        figures = [self.elapsed_s, self.epoch_elapsed_s, self.rate_scale, self.best_loss, *self.epoch_s]
        state["run.figures"] = torch.tensor(figures, dtype=torch.float64)
        return state, weights

    @classmethod
    def restored(cls, state: Mapping[str, Tensor], network: nn.Module, step: Step) -> Progress:
        """Puts network and step back to where `saved` was called.

        Raises: KeyError, RuntimeError, where the state belongs to another network.
        """
        network.load_state_dict(_under(state, "network"))
        step.load_state(_under(state, "step"))
        position = [int(value) for value in state["run.position"].tolist()]
        elapsed_s, epoch_elapsed_s, rate_scale, best_loss, *epoch_s = state["run.figures"].tolist()
        done, epoch, epoch_step, best_epoch = position
        return cls(
            done,
            epoch,
            epoch_step,
            elapsed_s,
            epoch_elapsed_s,
            epoch_s,
            rate_scale,
            best_loss,
            best_epoch,
            _under(state, "best") or None,
        )


class Clock:
    """Adds the seconds that are trained, and only those, to a run's progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._since: float | None = None

    def start(self) -> None:
        """Runs from now on."""
        self._since = time.perf_counter()

    def tick(self) -> None:
        """Brings the progress up to this moment."""
        if self._since is None:
            return
        now = time.perf_counter()
        self._progress.elapsed_s += now - self._since
        self._progress.epoch_elapsed_s += now - self._since
        self._since = now

    def stop(self) -> None:
        """Stands still from now on."""
        self.tick()
        self._since = None

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stands still inside the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()


def copied(tensors: Mapping[str, Tensor]) -> Tensors:
    """The tensors as copies on the CPU, each with memory of its own."""
    return {
        name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, tensor in tensors.items()
    }


def _under(state: Mapping[str, Tensor], prefix: str) -> Tensors:
    start = f"{prefix}."
    return {name.removeprefix(start): tensor for name, tensor in state.items() if name.startswith(start)}
