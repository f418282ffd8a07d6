"""The losses of the steps, kept where they were computed until somebody asks.

Owns when the device is waited for: never per step.
"""

from __future__ import annotations

import torch
from torch import Tensor


class LossRing:
    """A buffer of 0-d losses on the device, drained to the host a few times a second."""

    def __init__(self, device: torch.device, size: int = 1024) -> None:
        self._buffer = torch.zeros(size, device=device)
        self._slots = self._buffer.unbind()
        self._used = 0
        self._drained: list[float] = []

    def append(self, loss: Tensor) -> None:
        """Keeps one loss; copies, does not wait."""
        if self._used == len(self._slots):
            self._drain()
        self._slots[self._used].copy_(loss)
        self._used += 1

    def fetch(self) -> list[float]:
        """The losses since the last fetch, oldest first."""
        self._drain()
        losses, self._drained = self._drained, []
        return losses

    def _drain(self) -> None:
        self._drained += self._buffer[: self._used].tolist()
        self._used = 0
