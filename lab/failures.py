"""What a run says when it cannot go on: what it was, and what to try.

Owns the words of divergence, of memory that did not suffice, and of a process that was lost. Knows no torch.
"""

from __future__ import annotations

import math

from lab.events import Failed
from lab.registry import SpecError
from lab.spec import parse_spec


def diverged(step: int, loss: float, before: float, learning_rate: float) -> Failed:
    """The end of a run whose loss is no number any more."""
    was = f" (it was {before:.3g} before)" if math.isfinite(before) else ""
    what = "not a number" if math.isnan(loss) else "infinite"
    return Failed(
        step,
        f"The loss became {what} at step {step}{was}, with a learning rate of {learning_rate:.3g}.",
        f"Try a learning rate of {float(f'{learning_rate / 10:.1g}'):g}, gradient clipping at 1, or another initialisation.",
        "diverged",
    )


def is_out_of_memory(error: Exception) -> bool:
    """Whether the CPU's or the GPU's memory did not suffice."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return "can't allocate memory" in text or "out of memory" in text or "not enough memory" in text


def out_of_memory(step: int, batch_size: int | None) -> Failed:
    """The end of a run that asked for more memory than there is."""
    of_what = f" for a batch size of {batch_size}" if batch_size else ""
    return Failed(step, f"The memory did not suffice{of_what}.", _with_less(batch_size), "out_of_memory")


def given_up(step: int, attempts: int, reason: str, batch_size: int | None) -> Failed:
    """The end of a run whose process was lost again and again, most often for want of memory."""
    said = f"given up after {attempts} attempts without progress: {reason}"
    return Failed(step, said, _with_less(batch_size), "lost")


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
