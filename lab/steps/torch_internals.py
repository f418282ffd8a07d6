"""What the lab asks of torch's inside, by names that torch does not promise to keep: the only file to update.

Owns every private name of torch that recording and replaying need, as torch 2.15 has them; `lab/network/report.py`
takes its TorchDispatchMode from torch, since the steps would make its import half a second longer.
Asked while a batch is recorded, never in a step. Knows neither tapes nor networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = [
    "COPIES",
    "Argument",
    "OpOverload",
    "TorchDispatchMode",
    "arguments_of",
    "as_function_of_torch",
    "fused_rule",
    "has_kernel",
    "in_place_variant",
    "kernel_of",
    "linear_of_onednn",
    "name_of",
    "result_count",
    "variants_of",
    "with_tensors",
]

aten = torch.ops.aten
COPIES = {aten._to_copy.default, aten.clone.default}


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of an operation: its name and type, whether it is written to, and whether only that."""

    name: str
    type: str
    is_written: bool
    is_out: bool


@cache
def name_of(function: OpOverload) -> str:
    """An operation's name without namespace and variant, such as `addmm`."""
    return function._schema.name.rpartition("::")[2]


@cache
def arguments_of(function: OpOverload) -> tuple[Argument, ...]:
    """The arguments of an operation in their order."""
    return tuple(
        Argument(
            name=argument.name,
            type=str(argument.type),
            is_written=argument.alias_info is not None and argument.alias_info.is_write,
            is_out=argument.is_out,
        )
        for argument in function._schema.arguments
    )


def result_count(function: OpOverload) -> int:
    """How many results an operation gives."""
    return len(function._schema.returns)


def kernel_of(function: OpOverload) -> Callable[..., Any]:
    """The operation itself, without the way through Python."""
    kernel: Callable[..., Any] = function._op
    return kernel


def variants_of(function: OpOverload) -> Iterator[OpOverload]:
    """All variants of an operation, itself among them."""
    packet = function.overloadpacket
    return (getattr(packet, variant) for variant in packet.overloads())


def with_tensors(function: OpOverload) -> OpOverload:
    """The variant that takes a tensor for a number, where there is one: only this one writes into given tensors."""
    if function._overloadname == "Scalar":
        return getattr(function.overloadpacket, "Tensor", function)
    return function


def in_place_variant(function: OpOverload) -> OpOverload | None:
    """The variant that writes its result over its first argument."""
    packet = getattr(aten, f"{name_of(function)}_", None)
    return getattr(packet, function._overloadname, None)


def as_function_of_torch(function: OpOverload) -> Callable[..., Any] | None:
    """The same operation as a function of the `torch` module: half the way to the kernel."""
    found: Callable[..., Any] | None = getattr(torch._C._VariableFunctions, name_of(function), None)
    return found


def has_kernel(function: OpOverload, device_type: str = "cpu") -> bool:
    """Whether this torch has an operation made for a kind of device."""
    name, variant = function._schema.name, function._schema.overload_name
    full_name = f"{name}.{variant}" if variant else name
    return torch._C._dispatch_has_kernel_for_dispatch_key(full_name, device_type.upper())


def fused_rule(name: str, device_type: str) -> bool:
    """Whether this torch has an optimizer's rule as one kernel that takes the rate as a tensor."""
    packet = getattr(aten, f"_fused_{name}_", None)
    return (
        packet is not None and "tensor_lr" in packet.overloads() and has_kernel(packet.tensor_lr, device_type)
    )


def linear_of_onednn() -> Callable[..., Any]:
    """oneDNN's linear layer, with weights as they lie."""
    return kernel_of(torch.ops.mkldnn._linear_pointwise.default)
