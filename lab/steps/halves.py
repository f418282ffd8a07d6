"""Large operations over images in two halves, the second for the helper.

Owns which operations are halved, and how: what has a result for each sample by samples, a convolution's way back
by what it gives. Halved by its size alone, so that a run has the same numbers whatever else the machine does. Knows
no memory plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from torch import Tensor

from lab.steps.helper import WORTH_TWO, together
from lab.steps.tape import TapeOp, name_of
from lab.steps.torch_internals import kernel_of

_POOLS = {"max_pool2d_with_indices", "max_pool2d_with_indices_backward", "avg_pool2d", "avg_pool2d_backward"}
_NUMBERS = 500_000  # some 150 microseconds of pooling
_ALL = slice(None)


def is_halved_pooling(operation: TapeOp) -> bool:
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


def halved_convolution(operation: TapeOp) -> Callable[[], None] | None:
    """A large convolution by samples, written into its recorded result."""
    if name_of(operation) != "convolution" or not _is_large(operation.results()[0], operation.arguments[1]):
        return None
    images, *rest = operation.arguments
    result, run = operation.results()[0], kernel_of(operation.function)

    def over(images: Tensor, result: Tensor) -> None:
        result.copy_(run(images, *rest))  # it takes no place to write to

    return by_samples(over, (images, result), {})


def convolution_way_back(operation: TapeOp) -> Callable[[], Sequence[Tensor | None]] | None:
    """A convolution's gradients, that of its bias as a plain sum, for which torch takes four times as long.

    Of a large one, the gradient of its images by one and the others by the other; where nobody asks for that of the
    images, the gradient of its weights by samples.
    """
    if name_of(operation) != "convolution_backward":
        return None
    gradient, images, *given, wanted = operation.arguments
    run, is_large = kernel_of(operation.function), _is_large(gradient, given[0])
    pixels = tuple(range(2, gradient.dim()))
    first = slice(len(gradient) * 5 // 8)  # the bias goes with the rest
    rest = slice(first.stop, None)

    def found(which: list[bool], some: slice = _ALL) -> Any:
        return run(gradient[some], images[some], *given, [*which, False])

    def of_bias() -> Tensor | None:
        return gradient.sum(pixels).sum(0) if wanted[2] else None  # in two, to the last digits

    def call() -> Sequence[Tensor | None]:
        if not is_large or not wanted[1]:
            return [*found(wanted[:2])[:2], of_bias()]
        if wanted[0]:
            of_images, (of_weights, bias) = _both(
                lambda: found([True, False])[0], lambda: (found([False, True])[1], of_bias())
            )
            return [of_images, of_weights, bias]
        some, (others, bias) = _both(
            lambda: found([False, True], first)[1], lambda: (found([False, True], rest)[1], of_bias())
        )
        return [None, some.add_(others), bias]

    return call


def _both(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """What the two give, the second computed by the helper if it can."""
    given = [None, None]

    def give(which: int, work: Callable[[], Any]) -> None:
        given[which] = work()

    together(partial(give, 0, first), partial(give, 1, second))
    return given


def _is_large(result: Tensor, weights: Tensor) -> bool:
    return result.dim() == 4 and len(result) > 1 and result.numel() * weights[0].numel() >= WORTH_TWO
