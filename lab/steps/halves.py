"""Large operations over images in two halves, the second for the helper.

Owns which operations are halved, and how: what has a result for each sample by samples, a convolution's way back
into the gradient of its images and that of its weights. Halved by its size alone, so that a run has the same
numbers whatever else the machine does. Knows no memory plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from torch import Tensor

from lab.steps.helper import together
from lab.steps.tape import Operation, name_of

_POOLS = {"max_pool2d_with_indices", "max_pool2d_with_indices_backward", "avg_pool2d", "avg_pool2d_backward"}
_NUMBERS = 500_000  # some 150 microseconds of pooling
_PRODUCTS = 10_000_000  # some 150 microseconds of convolution


def is_halved_pooling(operation: Operation) -> bool:
    """Whether a pooling, or its way back, is large enough for two."""
    if name_of(operation) not in _POOLS or len(operation.results()[0]) < 2:
        return False
    return max(tensor.numel() for tensor in (*operation.read(), *operation.results())) >= _NUMBERS


def by_samples(
    run: Callable[..., object], arguments: Sequence[Any], options: Mapping[str, Any]
) -> Callable[[], None]:
    """A call over the first half of every tensor's samples, and one over the rest."""
    samples = next(len(value) for value in arguments if isinstance(value, Tensor))

    def over(some: slice) -> None:  # views are made anew: the memory may have moved
        run(
            *(value[some] if isinstance(value, Tensor) else value for value in arguments),
            **{name: value[some] if isinstance(value, Tensor) else value for name, value in options.items()},
        )

    half = samples // 2
    return partial(together, partial(over, slice(half)), partial(over, slice(half, None)))


def halved_convolution(operation: Operation) -> Callable[[], None] | None:
    """A large convolution by samples, written into its recorded result."""
    if name_of(operation) != "convolution" or not _is_large(operation.results()[0], operation.arguments[1]):
        return None
    images, *rest = operation.arguments
    result, run = operation.results()[0], operation.function._op

    def over(images: Tensor, result: Tensor) -> None:
        result.copy_(run(images, *rest))  # it takes no place to write to

    return by_samples(over, (images, result), {})


def halved_way_back(operation: Operation) -> Callable[[], Sequence[Tensor | None]] | None:
    """A large convolution's way back: the gradient of its images by one, that of its weights by the other."""
    if name_of(operation) != "convolution_backward":
        return None
    *given, wanted = operation.arguments
    if wanted != [True, True, False] or not _is_large(given[0], given[2]):
        return None
    run = operation.function._op

    def call() -> Sequence[Tensor | None]:
        found: list[Tensor | None] = [None, None, None]

        def find(which: int) -> None:
            found[which] = run(*given, [position == which for position in range(3)])[which]

        together(partial(find, 0), partial(find, 1))
        return found

    return call


def _is_large(result: Tensor, weights: Tensor) -> bool:
    return result.dim() == 4 and len(result) > 1 and result.numel() * weights[0].numel() >= _PRODUCTS
