"""How each kind of operation is called when its results already have a place.

Owns the choice between torch's variants of an operation: the one that writes into given tensors, the one in
place, a plain copy or fill. Knows neither tapes nor networks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lab.steps.halves import by_samples, convolution_way_back, halved_convolution, is_halved_pooling
from lab.steps.products import product_into
from lab.steps.tape import TapeOp, name_of

aten = torch.ops.aten
Call = Callable[[], object]

_COPIES = {aten._to_copy.default, aten.clone.default}
_FILLS = {"zeros": 0, "zeros_like": 0, "new_zeros": 0, "ones": 1, "ones_like": 1, "new_ones": 1}


def call_into(operation: TapeOp, over: Tensor | None) -> list[Call] | None:
    """The calls that repeat an operation into its recorded results, or None where torch has no such variant.

    `over` is the argument whose memory the one result will take over, if any.
    """
    name, results = name_of(operation), operation.results()
    if operation.function in _COPIES:
        return [partial(results[0].copy_, operation.arguments[0])]
    if name in _FILLS:
        return [partial(results[0].fill_, _FILLS[name])]
    if whole := _product(operation) or halved_convolution(operation):
        return [whole]
    return _writing(operation) or _in_place(operation, over)


def call_again(operation: TapeOp) -> Call:
    """The operation as it was recorded, into new memory."""
    return convolution_way_back(operation) or partial(
        operation.function._op, *operation.arguments, **operation.options
    )


def _product(operation: TapeOp) -> Call | None:
    """A matrix product through the faster library, where that is not torch's own."""
    name, arguments = name_of(operation), operation.arguments
    if name not in ("mm", "addmm") or operation.options:
        return None
    added = arguments[0] if name == "addmm" else None
    return product_into(arguments[-2], arguments[-1], operation.results()[0], added)


def _writing(operation: TapeOp) -> list[Call] | None:
    arguments, function, results = operation.arguments, operation.function, operation.results()
    if function._overloadname == "Scalar" and hasattr(function.overloadpacket, "Tensor"):
        function = function.overloadpacket.Tensor  # only this one writes into given tensors
    schema = function._schema
    if len(results) != len(schema.returns):
        return None
    wanted = [(a.name, str(a.type)) for a in schema.arguments]
    for variant in function.overloadpacket.overloads():
        other = getattr(function.overloadpacket, variant)
        outs = [a.name for a in other._schema.arguments if a.is_out]
        rest = [(a.name, str(a.type)) for a in other._schema.arguments if not a.is_out]
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
        call = _direct(other, outs) or other._op
        if is_halved_pooling(operation):
            return [by_samples(call, given, {**operation.options, **places})]
        return [partial(call, *given, **operation.options, **places)]
    return None


def _in_place(operation: TapeOp, over: Tensor | None) -> list[Call] | None:
    results = operation.results()
    packet = getattr(aten, f"{name_of(operation)}_", None)
    variant = getattr(packet, operation.function._overloadname, None)
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
        else partial(variant._op, results[0], *operation.arguments[1:], **operation.options)
    )
    return [rest] if over is first else [partial(results[0].copy_, first), rest]


def _direct(variant: Any, outs: list[str]) -> Any:
    """The same variant as a function of the `torch` module: half the way to the kernel."""
    name = variant._schema.name.rpartition("::")[2]
    return getattr(torch._C._VariableFunctions, name, None) if outs == ["out"] else None


def has_kernel(variant: Any, device_type: str = "cpu") -> bool:
    """Whether this torch has a variant of an operation made for a kind of device."""
    name, overload = variant._schema.name, variant._schema.overload_name
    full_name = f"{name}.{overload}" if overload else name
    return torch._C._dispatch_has_kernel_for_dispatch_key(full_name, device_type.upper())
