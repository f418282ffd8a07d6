"""What a run says when it cannot go on: what it was, and what to try.

Owns the causes of divergence, of too little memory and of a process that was lost, with the rate and the batch size
to try. Knows no torch and no sentence.
"""

from __future__ import annotations

import math
import re

from lab.events import Diverged, Failed, GivenUp, Loss, OutOfMemory
from lab.parts.optimizers import AnyOptimizer
from lab.registry import SpecError
from lab.spec import TrainSpec, parse_spec

_TORCH_SAYS = re.compile("can't allocate memory|out of memory|not enough memory", re.IGNORECASE)
LARGE = 10  # times the rate that an optimizer begins with: from here on steps are seldom small enough


class OtherDataError(RuntimeError):
    """The run was interrupted on other data than there are now."""

    def __init__(self, dataset: str) -> None:
        super().__init__(dataset)
        self.dataset = dataset


def diverged(
    step: int, loss: float, before: float, learning_rate: float, base: float, train: TrainSpec
) -> Failed:
    """The end of a run whose loss is no number any more.

    `learning_rate` is that of the step, `base` the one that was set, before the schedule's factor.
    """
    scheduled = not math.isclose(learning_rate, base, rel_tol=1e-3)
    cause = Diverged(
        loss="nan" if math.isnan(loss) else "infinite",
        before=before if math.isfinite(before) else None,
        learning_rate=learning_rate,
        base_rate=base if scheduled else learning_rate,
        try_rate=gentler(base, train.optimizer),
        try_clipping=not train.clip_norm,
    )
    return Failed(step=step, cause=cause)


def gentler(rate: float, optimizer: AnyOptimizer) -> float:
    """The learning rate to try where the steps were far too large: a tenth, and no more than is usual."""
    return float(f"{min(rate / 10, largest_rate(optimizer)):.2g}")


def largest_rate(optimizer: AnyOptimizer) -> float:
    """The highest learning rate that is ever suggested."""
    return LARGE * float(type(optimizer).model_fields["lr"].default)


def is_out_of_memory(error: Exception) -> bool:
    """Whether there was not enough memory, the CPU's or the GPU's."""
    if isinstance(error, MemoryError):
        return True
    return _TORCH_SAYS.search(str(error)) is not None


def out_of_memory(step: int, batch_size: int | None, gpu_gb: tuple[float, float] | None = None) -> Failed:
    """The end of a run that asked for more memory than there is; `gpu_gb` is what of a GPU's is free, and all."""
    free, total = gpu_gb or (None, None)
    cause = OutOfMemory(
        batch_size=batch_size, try_batch_size=_less_than(batch_size), gpu_free_gb=free, gpu_gb=total
    )
    return Failed(step=step, cause=cause)


def given_up(step: int, attempts: int, loss: Loss, batch_size: int | None) -> Failed:
    """The end of a run whose process was lost again and again, the last time in this way."""
    cause = GivenUp(attempts=attempts, loss=loss, try_batch_size=_less_than(batch_size))
    return Failed(step=step, cause=cause)


def smaller(batch_size: int) -> int:
    """The batch size to try where there was not enough memory."""
    return max(1, batch_size // 4)


def batch_size_in(spec_json: str) -> int | None:
    """The batch size of a kept run; None where another version of the lab wrote it."""
    try:
        return parse_spec(spec_json).train.batch_size
    except SpecError:
        return None


def _less_than(batch_size: int | None) -> int | None:
    """The batch size to try; None where there is no smaller one."""
    return None if batch_size is None or batch_size == 1 else smaller(batch_size)
