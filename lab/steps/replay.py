"""A tape made into calls that can be repeated: no autograd, no search for kernels, hardly an allocation.

Owns the plan: which operations must run again at all, where their results go, and in which order. Views,
constants and empty memory cost nothing; where torch can only make a new tensor, those who read it are bound to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lab.steps.calls import Call, call_again, call_into
from lab.steps.memory import Memories, fills_its_memory, memory_of, same_layout
from lab.steps.shortcuts import shortened
from lab.steps.tape import TapeOp, name_of, own

_EMPTY = ("empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided")
_FILLED = ("zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full")


def replay_of(
    operations: list[TapeOp], kept: Iterable[Tensor], targets: Iterable[tuple[Tensor, Tensor]]
) -> tuple[list[Call], list[Tensor]]:
    """The calls that repeat `operations`, and the `kept` results, which each replay fills anew.

    Each of `targets` is a result and the tensor it must end up in. What the operations read but did not make
    (inputs, parameters, buffers) is read again by each replay.
    """
    results = [own(tensor) for tensor in kept]
    ends = [(own(result), target) for result, target in targets]
    lasting = [*results, *(result for result, _ in ends)]
    plan = _Plan(shortened(operations, lasting), lasting)
    plan.choose()
    plan.land(ends)
    plan.settle()
    return plan.calls, results


class _Plan:
    """The steps from a tape to calls, in the order of the methods."""

    def __init__(self, operations: list[TapeOp], lasting: list[Tensor]) -> None:
        self.operations, self.calls = operations, list[Call]()
        self.memories = Memories(operations)
        self.placed = set[int]()  # memory that is ours to place
        for tensor in lasting:
            self.memories.members[memory_of(tensor)].append(tensor)
        self.needed, fixed = self._needed()
        self.memories.count_uses(self.needed, [*fixed, *(memory_of(tensor) for tensor in lasting)])

    def _needed(self) -> tuple[list[int], set[int]]:
        """The operations that must run again, and the memory that is the same in every batch."""
        needed, fixed = list[int](), set[int]()
        for index, operation in enumerate(self.operations):
            made = {memory_of(tensor) for tensor in self.memories.made_by(index)}
            name = name_of(operation)
            if not operation.written() and (not made or name in _EMPTY):
                continue  # a view, or memory that another operation fills
            random = torch.Tag.nondeterministic_seeded in operation.function.tags
            same = name in _FILLED or all(memory_of(tensor) in fixed for tensor in operation.read())
            if same and not random and not operation.written() and not made & self.memories.changed:
                fixed |= made
            else:
                needed.append(index)
        return needed, fixed

    def choose(self) -> None:
        """Chooses the call of each needed operation, and lets results take over memory that is done with."""
        for index in self.needed:
            operation, made = self.operations[index], self.memories.made_by(index)
            if not made:
                self.calls.append(call_again(operation))
                continue
            over = self.memories.overwritable(index)
            into = call_into(operation, over) if len(made) == len(operation.made) else None
            if into is None:
                self.calls.append(_Bound(operation, self.memories))
                continue
            self.calls += into
            if over is not None:
                self.memories.merge(made[0], over)
            else:
                self.placed |= {memory_of(tensor) for tensor in made}

    def land(self, ends: list[tuple[Tensor, Tensor]]) -> None:
        """Lets results be written where they must end up, or copies them there."""
        for result, target in ends:
            memory = self.memories.home(result)
            if memory in self.placed and fills_its_memory(result) and same_layout(result, target):
                self.memories.move(memory, target.untyped_storage(), int(target.storage_offset()))
                self.placed.remove(memory)
            else:
                self.calls.append(partial(target.copy_, result))

    def settle(self) -> None:
        """Lets what took over memory look at it, and what torch can only run into new memory know its readers."""
        for memory in self.placed:
            self.memories.move(memory, self.memories.members[memory][0].untyped_storage())
        for call in self.calls:
            if isinstance(call, _Bound):
                call.settle()


class _Bound:
    """An operation that torch can only run into new memory: whoever reads its results is bound to that."""

    def __init__(self, operation: TapeOp, memories: Memories) -> None:
        self._call = call_again(operation)
        self._several = len(operation.made) > 1
        self._readers = [
            (position, memories.members[memory_of(made)])
            for position, made in enumerate(operation.made)
            if made is not None
        ]
        self._views: list[tuple[int, list[tuple[Any, Any, Any, Any]]]] = []

    def __call__(self) -> None:
        for _, readers in self._views:
            for tensor, *_ in readers:
                tensor.set_()  # gives the last batch's memory back just before as much is asked for
        fresh: Any = self._call()
        for position, readers in self._views:
            made = fresh[position] if self._several else fresh
            storage = made.untyped_storage()
            for tensor, offset, shape, stride in readers:
                tensor.set_(storage, offset, shape, stride)

    def settle(self) -> None:
        """Notes how the readers look at the memory, once all merging is done."""
        self._views = [
            (position, [(t, t.storage_offset(), t.shape, t.stride()) for t in readers])
            for position, readers in self._readers
        ]
