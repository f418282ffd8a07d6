"""A device that captures and launches, without a card: the work runs on the CPU, and each way of failing can be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch


class FakeGraphs:
    """Launching runs the captured work again; what is broken happens from the launch numbered `from_launch` on."""

    def __init__(
        self,
        while_capturing: BaseException | None = None,
        at_launch: Callable[[int], None] = lambda number: None,
    ) -> None:
        self._while_capturing, self._at_launch = while_capturing, at_launch
        self.captured = self.launched = self.eager = 0

    @contextmanager
    def stream(self) -> Iterator[None]:
        self.eager += 1
        yield

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """A capture runs nothing; what it raises, it raises half way through."""
        self.captured += 1
        if self._while_capturing is not None:
            torch.rand(3)  # the generator has moved
            raise self._while_capturing

        def launch() -> None:
            self.launched += 1
            work()
            self._at_launch(self.launched)

        return launch
