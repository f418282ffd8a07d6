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

from lab.steps.calls import LOG_SOFTMAX, Call, call_again, call_into
from lab.steps.memory import Memories, Pool, fills_its_memory, memory_of, same_layout
from lab.steps.shortcuts import shortened
from lab.steps.tape import Operation, name_of, own

_EMPTY = ("empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided")
_FILLED = ("zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full")


def replay_of(
    operations: list[Operation], kept: Iterable[Tensor], targets: Iterable[tuple[Tensor, Tensor]]
) -> tuple[list[Call], list[Tensor]]:
    """The calls that repeat `operations`, and the `kept` results, which each replay fills anew.

    Each of `targets` is a result and the tensor it must end up in. What the operations read but did not make
    (inputs, parameters, buffers) is read again by each replay.
    """
    results = [own(tensor) for tensor in kept]
    ends = [(own(result), target) for result, target in targets]
    lasting = [*results, *(result for result, _ in ends)]
    plan = _Plan(shortened(operations, lasting), lasting)
    plan.turn()
    plan.choose()
    plan.land(ends)
    plan.settle()
    return plan.calls, results


_TURNABLE = LOG_SOFTMAX | {"addmm", "mm", "nll_loss_backward"}  # write to columns as well as to rows
_SHORT_ROW = 32


class _Plan:
    """The steps from a tape to calls, in the order of the methods."""

    def __init__(self, operations: list[Operation], lasting: list[Tensor]) -> None:
        self.operations, self.calls = operations, list[Call]()
        self.memories = Memories(operations)
        self.placed: dict[int, int] = {}  # memory that is ours to place -> the operation that first writes it
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

    def turn(self) -> None:
        """Lays matrices of few classes out by columns: torch's log-softmax crawls along short rows."""
        for index in self.needed:
            operation = self.operations[index]
            if name_of(operation) not in LOG_SOFTMAX:
                continue
            matrices = [*operation.read(), *operation.results()]
            makers = [self.memories.born.get(memory_of(matrix)) for matrix in matrices]
            if (
                all(maker is not None and name_of(self.operations[maker]) in _TURNABLE for maker in makers)
                and all(self.memories.can_turn(matrix) for matrix in matrices)
                and matrices[0].shape[1] < min(_SHORT_ROW, len(matrices[0]))
            ):
                for matrix in matrices:
                    if matrix.stride(1) == 1:
                        self.memories.turn(matrix)

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
                self.placed.update({memory_of(tensor): index for tensor in made})

    def land(self, ends: list[tuple[Tensor, Tensor]]) -> None:
        """Lets results be written where they must end up, or copies them there."""
        for result, target in ends:
            memory = self.memories.home(result)
            if memory in self.placed and fills_its_memory(result) and same_layout(result, target):
                self.memories.move(memory, target.untyped_storage(), int(target.storage_offset()))
                del self.placed[memory]
            else:
                self.calls.append(partial(target.copy_, result))

    def settle(self) -> None:
        """Gives all other results their memory: blocks that are used again as soon as they are free."""
        pool, blocks = Pool(), dict[int, int]()
        first = {index: [m for m, born in self.placed.items() if born == index] for index in self.needed}
        for index in self.needed:
            for memory in first[index]:
                blocks[memory] = pool.take(self.memories.members[memory][0].untyped_storage().nbytes())
            for memory in self.memories.touched_by(index) & self.placed.keys():
                if self.memories.last_use[memory] == index:
                    pool.give_back(blocks[memory])
        for call in self.calls:
            if isinstance(call, _Bound):
                call.settle()
        storages = pool.storages()
        for memory, block in blocks.items():
            self.memories.move(memory, storages[block])


class _Bound:
    """An operation that torch can only run into new memory: whoever reads its results is bound to that."""

    def __init__(self, operation: Operation, memories: Memories) -> None:
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
