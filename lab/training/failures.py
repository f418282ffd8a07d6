"""What a run says when it cannot go on: what it was, and what to try.

Owns the words of divergence and the rate to try after it, of memory that did not suffice, and of a process that
crashed or was lost. Knows no torch.
"""

from __future__ import annotations

import math

from lab.events import Failed
from lab.parts.optimizers import AnyOptimizer
from lab.registry import SpecError
from lab.spec import TrainSpec, parse_spec

_AFTER_CRASHES = (
    "Try another setting of its layers (kernel, stride, channels) or another device,"
    " and report the crash together with the run's configuration."
)
_AFTER_LOSSES = (
    "Start it again; if it ends in the same way, look for a program or a time limit"
    " that ends processes on this machine."
)
LARGE = 10  # times the rate that an optimizer begins with: from here on steps are seldom small enough


def diverged(
    step: int, loss: float, before: float, learning_rate: float, base: float, train: TrainSpec
) -> Failed:
    """The end of a run whose loss is no number any more.

    `learning_rate` is that of the step, `base` the one that was set, before the schedule's factor.
    """
    was = f" (it was {before:.3g} before)" if math.isfinite(before) else ""
    what = "not a number" if math.isnan(loss) else "infinite"
    scheduled = not math.isclose(learning_rate, base, rel_tol=1e-3)
    set_to = f" ({base:.3g} before the schedule's factor)" if scheduled else ""
    clipping = "" if train.clip_norm else " gradient clipping at 1,"
    return Failed(
        step,
        f"The loss became {what} at step {step}{was}, with a learning rate of {learning_rate:.3g}{set_to}.",
        f"Try a learning rate of {gentler(base, train.optimizer):g},{clipping} or another initialisation.",
        "diverged",
    )


def gentler(rate: float, optimizer: AnyOptimizer) -> float:
    """The learning rate to try where the steps were far too large: a tenth, and no more than is usual."""
    return float(f"{min(rate / 10, largest_rate(optimizer)):.2g}")


def largest_rate(optimizer: AnyOptimizer) -> float:
    """The learning rate above which nobody is sent."""
    return LARGE * float(type(optimizer).model_fields["lr"].default)


def is_out_of_memory(error: Exception) -> bool:
    """Whether the CPU's or the GPU's memory did not suffice."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return "can't allocate memory" in text or "out of memory" in text or "not enough memory" in text


def out_of_memory(step: int, batch_size: int | None, gpu_gb: tuple[float, float] | None = None) -> Failed:
    """The end of a run that asked for more memory than there is; `gpu_gb` is what of a GPU's is free, and all."""
    of_what = f" for a batch size of {batch_size}" if batch_size else ""
    whose = "The GPU's memory" if gpu_gb else "The memory"
    left = f" Of its {gpu_gb[1]:.1f} GB, {gpu_gb[0]:.1f} GB are free now." if gpu_gb else ""
    said = f"{whose} did not suffice{of_what}.{left}"
    return Failed(step, said, _with_less(batch_size), "out_of_memory")


def given_up(step: int, attempts: int, reason: str, cause: str, batch_size: int | None) -> Failed:
    """The end of a run whose process was lost again and again.

    `cause` is that of the last loss: only where it was memory can a smaller batch help.
    """
    said = f"given up after {attempts} attempts without progress: {reason}"
    advice = {"out_of_memory": _with_less(batch_size), "crashed": _AFTER_CRASHES}.get(cause, _AFTER_LOSSES)
    return Failed(step, said, advice, cause)


def smaller(batch_size: int) -> int:
    """The batch size to try where the memory did not suffice."""
    return max(1, batch_size // 4)


def batch_size_in(spec_json: str) -> int | None:
    """The batch size of a kept run; None where another version of the lab wrote it."""
    try:
        return parse_spec(spec_json).train.batch_size
    except SpecError:
        return None


def _with_less(batch_size: int | None) -> str:
    if batch_size is None or batch_size == 1:
        return "Try a smaller network."
    return f"Try a batch size of {smaller(batch_size)}, or a smaller network."
