"""How each kind of operation is called when its results already have a place.

Owns the choice between torch's variants of an operation: the one that writes into given tensors, the one in
place, a plain copy or fill. Knows neither tapes nor networks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from lab.steps.halves import by_samples, convolution_way_back, halved_convolution, is_halved_pooling
from lab.steps.products import product_into
from lab.steps.tape import TapeOp, name_of
from lab.steps.torch_internals import (
    COPIES,
    arguments_of,
    as_function_of_torch,
    has_kernel,
    in_place_variant,
    kernel_of,
    result_count,
    variants_of,
    with_tensors,
)

Call = Callable[[], object]

_FILLS = {"zeros": 0, "zeros_like": 0, "new_zeros": 0, "ones": 1, "ones_like": 1, "new_ones": 1}


def call_into(operation: TapeOp, over: Tensor | None) -> list[Call] | None:
    """The calls that repeat an operation into its recorded results, or None where torch has no such variant.

    `over` is the argument whose memory the one result will take over, if any.
    """
    name, results = name_of(operation), operation.results()
    if operation.function in COPIES:
        return [partial(results[0].copy_, operation.arguments[0])]
    if name in _FILLS:
        return [partial(results[0].fill_, _FILLS[name])]
    if whole := _product(operation) or halved_convolution(operation):
        return [whole]
    return _writing(operation) or _in_place(operation, over)


def call_again(operation: TapeOp) -> Call:
    """The operation as it was recorded, into new memory."""
    return convolution_way_back(operation) or partial(
        kernel_of(operation.function), *operation.arguments, **operation.options
    )


def _product(operation: TapeOp) -> Call | None:
    """A matrix product through the faster library, where that is not torch's own."""
    name, arguments = name_of(operation), operation.arguments
    if name not in ("mm", "addmm") or operation.options:
        return None
    added = arguments[0] if name == "addmm" else None
    return product_into(arguments[-2], arguments[-1], operation.results()[0], added)


def _writing(operation: TapeOp) -> list[Call] | None:
    arguments, function, results = operation.arguments, with_tensors(operation.function), operation.results()
    if len(results) != result_count(function):
        return None
    wanted = [(a.name, a.type) for a in arguments_of(function)]
    for other in variants_of(function):
        outs = [a.name for a in arguments_of(other) if a.is_out]
        rest = [(a.name, a.type) for a in arguments_of(other) if not a.is_out]
        if not outs or rest != wanted[: len(rest)] or len(arguments) > len(rest) or not has_kernel(other):
            continue
        if any(option not in {name for name, _ in rest} for option in operation.options):
            continue
        # a number for a tensor would become a tensor at every call
        given = [
            torch.tensor(value) if kind == "Tensor" and isinstance(value, int | float) else value
            for value, (_, kind) in zip(arguments, wanted, strict=False)
        ]
        places = dict(zip(outs, results, strict=True))
        call = (outs == ["out"] and as_function_of_torch(other)) or kernel_of(other)
        if is_halved_pooling(operation):
            return [by_samples(call, given, {**operation.options, **places})]
        return [partial(call, *given, **operation.options, **places)]
    return None


def _in_place(operation: TapeOp, over: Tensor | None) -> list[Call] | None:
    results = operation.results()
    variant = in_place_variant(operation.function)
    first = operation.arguments[0] if operation.arguments else None
    if over is not None and over is not first:
        return None  # the copy of the first argument would destroy the one whose memory it takes over
    if variant is None or len(results) != 1 or not isinstance(first, Tensor) or not has_kernel(variant):
        return None
    if first.dtype != results[0].dtype or first.shape != results[0].shape:
        return None
    bound = getattr(results[0], f"{name_of(operation)}_", None)
    rest = (
        partial(bound, *operation.arguments[1:], **operation.options)
        if bound is not None
        else partial(kernel_of(variant), results[0], *operation.arguments[1:], **operation.options)
    )
    return [rest] if over is first else [partial(results[0].copy_, first), rest]
