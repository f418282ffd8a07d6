"""The whole step as one CUDA graph: a batch costs one launch, not one for each operation.

Owns warming up and capturing, all on one stream. A batch of another size runs eagerly with the same numbers. Knows
neither the network nor the optimizer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch
from torch import Tensor

WARM_UP = 3  # eager batches first: libraries choose their kernels, the optimizer makes its memory


class Graphs(Protocol):
    """What the step asks of a device that can note work and launch it again as a whole."""

    def stream(self) -> AbstractContextManager[None]:
        """Whatever is launched inside runs after what came before, and before what comes after."""

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """Notes what `work` launches, without running it; returns the launch of all of it.

        Whatever it raises, the device's generator is as it was.
        """


class CudaGraphs:
    """CUDA's own graphs, with one stream for capturing and for what runs beside them."""

    def __init__(self, device: torch.device) -> None:
        index = torch.cuda.current_device() if device.index is None else device.index
        self._generator = torch.cuda.default_generators[index]
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Autograd remembers the stream of each gradient, so all run on the one that is captured."""
        here = torch.cuda.current_stream()
        self._stream.wait_stream(here)
        with torch.cuda.stream(self._stream):
            yield
        here.wait_stream(self._stream)

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """See `Graphs`; other threads of the process may go on using the device meanwhile."""
        graph, untouched = torch.cuda.CUDAGraph(), self._generator.clone_state()
        try:
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                work()
        except BaseException:
            # a broken capture leaves the generator waiting for its end, and every later draw fails
            self._generator.graphsafe_set_state(untouched)
            raise
        return graph.replay


class GraphedStep:
    """Gradients and update of a batch, captured once and launched again and again."""

    state = "cuda-graph"

    def __init__(
        self, gradients: Callable[[Tensor, Tensor], Tensor], update: Callable[[], None], graphs: Graphs
    ) -> None:
        self._gradients, self._update, self._graphs = gradients, update, graphs
        self._images = self._labels = self._loss = torch.empty(0)
        self._launch: Callable[[], None] | None = None

    def rehearse(self, images: Tensor, labels: Tensor) -> None:
        """Captures what a batch of this size takes; changes all that a step changes.

        Raises: whatever the warm-up or the capture raises.
        """
        self._launch = None
        self._images, self._labels = images.clone(), labels.clone()
        for _ in range(WARM_UP):
            self._eager(self._images, self._labels)
        self._launch = self._graphs.capture(self._step)

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """Trains on one batch and returns its loss, not waited for."""
        if self._launch is None or images.shape != self._images.shape:
            return self._eager(images, labels)
        self._images.copy_(images)
        self._labels.copy_(labels)
        self._launch()
        return self._loss

    def _step(self) -> None:
        self._loss = self._gradients(self._images, self._labels)
        self._update()

    def _eager(self, images: Tensor, labels: Tensor) -> Tensor:
        with self._graphs.stream():
            loss = self._gradients(images, labels)
            self._update()
        return loss
