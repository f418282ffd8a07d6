"""What a run says when it cannot go on: what it was, and what to try.

Owns the words of divergence and of memory that did not suffice.
"""

from __future__ import annotations

import math

import torch

from lab.events import Failed


def diverged(step: int, loss: float, before: float, learning_rate: float) -> Failed:
    """The end of a run whose loss is no number any more."""
    was = f" (it was {before:.3g} before)" if math.isfinite(before) else ""
    what = "not a number" if math.isnan(loss) else "infinite"
    return Failed(
        step,
        f"The loss became {what} at step {step}{was}, with a learning rate of {learning_rate:.3g}.",
        f"Try a learning rate of {learning_rate / 10:.1g}, gradient clipping at 1, or another initialisation.",
        "diverged",
    )


def is_out_of_memory(error: Exception) -> bool:
    """Whether the CPU's or the GPU's memory did not suffice."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return "can't allocate memory" in text or "out of memory" in text or "not enough memory" in text


def out_of_memory(step: int, batch_size: int) -> Failed:
    """The end of a run that asked for more memory than there is."""
    smaller = max(1, batch_size // 4)
    advice = "Try a smaller network." if batch_size == 1 else f"Try a batch size of {smaller}."
    return Failed(
        step, f"The memory did not suffice for a batch size of {batch_size}.", advice, "out_of_memory"
    )
