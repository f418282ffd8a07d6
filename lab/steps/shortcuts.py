"""Shorter ways to the same numbers: what of a tape is played otherwise than torch recorded it.

Owns which operations stand for which others. Knows no memory plan and no layer.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from lab.steps.memory import memory_of, same_layout
from lab.steps.tape import TapeOp, name_of

aten = torch.ops.aten


def shortened(operations: list[TapeOp], lasting: list[Tensor]) -> list[TapeOp]:
    """The operations to play instead, which make all that the others made for each other and the `lasting`.

    On the way back through ReLU and max pooling, the ReLU's slope is taken where the pooled are, a quarter as many:
    a gradient goes to the largest of its window, so the slope there is that of the pooled number.
    """
    kept = {memory_of(tensor) for tensor in lasting}
    changed = {memory_of(tensor) for operation in operations for tensor in operation.written()}
    readers: dict[int, list[TapeOp]] = {}
    pools: dict[int, TapeOp] = {}  # by their memory of where the largest stood
    for operation in operations:
        for memory in {memory_of(tensor) for tensor in operation.read()}:
            readers.setdefault(memory, []).append(operation)
        if name_of(operation) == "max_pool2d_with_indices":
            pools[memory_of(operation.results()[1])] = operation
    stand_in: dict[int, list[TapeOp]] = {}
    for back in operations:
        if name_of(back) != "max_pool2d_with_indices_backward":
            continue
        unpooled, pool = memory_of(back.results()[0]), pools.get(memory_of(back.arguments[-1]))
        after = readers.get(unpooled, [])
        if (
            pool is None
            or [name_of(reader) for reader in after] != ["threshold_backward"]
            or memory_of(after[0].arguments[1]) != memory_of(pool.arguments[0])
            or unpooled in kept
            or changed & {unpooled, memory_of(pool.arguments[0]), memory_of(pool.results()[0])}
        ):
            continue
        stand_in[id(back)] = _slope_and_unpool(back, after[0], pool.results()[0])
        stand_in[id(after[0])] = []
    return [now for operation in operations for now in stand_in.get(id(operation), [operation])]


def _slope_and_unpool(back: TapeOp, slope: TapeOp, pooled: Tensor) -> list[TapeOp]:
    incoming, sloped = back.arguments[0], torch.empty_like(pooled)
    moved: list[TapeOp] = []
    if not same_layout(incoming, pooled):  # mixed, the slope takes four times as long
        moved = [TapeOp(aten.clone.default, (incoming,), {}, (torch.empty_like(pooled),))]
        incoming = moved[0].made[0]
    return [
        *moved,
        replace(slope, arguments=(incoming, pooled, *slope.arguments[2:]), made=(sloped,)),
        replace(back, arguments=(sloped, *back.arguments[1:]), made=slope.made),
    ]
