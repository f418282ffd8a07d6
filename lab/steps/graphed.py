"""The whole step as one CUDA graph: a batch costs one launch, not one for each operation.

Owns warming up, capturing and falling back: a batch of another size, or what a graph cannot hold, runs eagerly
with the same numbers. Knows neither the network nor the optimizer.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

WARM_UP = 3  # eager batches first: libraries choose their kernels, the optimizer makes its state


class GraphedStep:
    """Gradients and update of a batch on a CUDA device, captured once and launched again and again."""

    def __init__(self, gradients: Callable[[Tensor, Tensor], Tensor], update: Callable[[], None]) -> None:
        self._gradients, self._update = gradients, update
        self._images = self._labels = self._loss = torch.empty(0)
        self.state = "cuda graph"
        self.forget()

    def forget(self) -> None:
        """Captures anew: the memory that the graph works on has been replaced."""
        self._graph: torch.cuda.CUDAGraph | None = None
        self._eager_batches = 0

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """Trains on one batch and returns its loss, not waited for."""
        if self._graph is None and self._eager_batches >= WARM_UP and self.state == "cuda graph":
            self._capture(images, labels)
        if self._graph is None or images.shape != self._images.shape:
            self._eager_batches += 1
            return self._eager(images, labels)
        self._images.copy_(images)
        self._labels.copy_(labels)
        self._graph.replay()
        return self._loss

    def _eager(self, images: Tensor, labels: Tensor) -> Tensor:
        # On a stream of its own, as the graph will run: autograd remembers the stream of each gradient.
        here, side = torch.cuda.current_stream(), torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(here)
        with torch.cuda.stream(side):
            loss = self._gradients(images, labels)
            self._update()
        here.wait_stream(side)
        return loss

    def _capture(self, images: Tensor, labels: Tensor) -> None:
        self._images, self._labels = images.clone(), labels.clone()
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph):  # notes what is launched; nothing runs yet
                self._loss = self._gradients(self._images, self._labels)
                self._update()
        except RuntimeError as error:
            self.state = f"eager: {str(error).splitlines()[0]}"
            return
        self._graph = graph
