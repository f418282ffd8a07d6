"""Where the tensors of a tape live when it is played again.

Owns which tensors share memory, for how long each memory is needed, and what takes its place: an operation may
write over what nobody reads any more, so that a batch passes through few buffers that stay in the cache.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

from lab.steps.tape import TapeOp

FOREVER = 1 << 60


def memory_of(tensor: Tensor) -> int:
    """The identity of the memory a tensor looks at, while it is held."""
    return tensor.untyped_storage().data_ptr()


def fills_its_memory(tensor: Tensor) -> bool:
    """Whether a tensor is all there is in its memory."""
    return bool(
        tensor.storage_offset() == 0
        and tensor.numel() * tensor.element_size() == tensor.untyped_storage().nbytes()
    )


def same_layout(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors hold the same kind of numbers at the same places."""
    return bool(one.dtype == other.dtype and one.shape == other.shape and one.stride() == other.stride())


class Memories:
    """The memory a tape passes through: who looks at it, which operation made it, when it is last used."""

    def __init__(self, operations: list[TapeOp]) -> None:
        self._operations = operations
        self._home: dict[int, int] = {}
        self.members: dict[int, list[Tensor]] = defaultdict(list)
        self.born: dict[int, int] = {}
        self.last_use: dict[int, int] = {}
        self.changed: set[int] = set()
        for index, operation in enumerate(operations):
            for tensor in operation.read():
                self.members[memory_of(tensor)].append(tensor)
            for tensor in operation.results():
                if memory_of(tensor) not in self.members:
                    self.born[memory_of(tensor)] = index
                self.members[memory_of(tensor)].append(tensor)
            self.changed |= {memory_of(tensor) for tensor in operation.written()}

    def made_by(self, index: int) -> list[Tensor]:
        """The results of an operation that are new memory, not views of older memory."""
        results = self._operations[index].results()
        return [tensor for tensor in results if self.born.get(memory_of(tensor)) == index]

    def count_uses(self, needed: Iterable[int], lasting: Iterable[int]) -> None:
        """Notes the last of the `needed` operations that touches each memory; the `lasting` are never free."""
        for index in needed:
            self.last_use.update(dict.fromkeys(self.touched_by(index), index))
        self.last_use.update(dict.fromkeys(lasting, FOREVER))

    def touched_by(self, index: int) -> set[int]:
        """The memories an operation reads, writes or makes, after all merging so far."""
        operation = self._operations[index]
        return {self.home(tensor) for tensor in (*operation.read(), *operation.results())}

    def home(self, tensor: Tensor) -> int:
        """The memory a tensor looks at after all merging so far."""
        memory = memory_of(tensor)
        while memory in self._home:
            memory = self._home[memory]
        return memory

    def overwritable(self, index: int) -> Tensor | None:
        """An argument of an elementwise operation whose memory its one result can take over."""
        made = self.made_by(index)
        if len(made) != 1 or torch.Tag.pointwise not in self._operations[index].function.tags:
            return None
        read = list(self._operations[index].read())
        for candidate in read:
            memory = self.home(candidate)
            sharing = [tensor for tensor in read if self.home(tensor) == memory]
            if (
                memory in self.born
                and self.last_use.get(memory) == index
                and fills_its_memory(candidate)
                and all(same_layout(tensor, made[0]) for tensor in sharing)
            ):
                return candidate
        return None

    def merge(self, result: Tensor, into: Tensor) -> None:
        """Lets a result live where an argument lived."""
        memory, older = memory_of(result), self.home(into)
        self._home[memory] = older
        self.members[older] += self.members.pop(memory)
        self.last_use[older] = self.last_use[memory]

    def move(self, memory: int, to: torch.UntypedStorage, by: int = 0) -> None:
        """Lets every tensor on `memory` look at other memory instead, `by` elements further."""
        for tensor in self.members[memory]:
            tensor.set_(to, tensor.storage_offset() + by, tensor.shape, tensor.stride())
