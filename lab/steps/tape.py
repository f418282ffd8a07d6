"""One batch, written down operation by operation while it really runs.

Owns recording: every tensor operation of forward, loss and backward, below autograd, with the tensors it read and
made. The record keeps them alive, so that their memory can be used again. Knows no layer by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from lab.steps import torch_internals
from lab.steps.torch_internals import OpOverload, TorchDispatchMode, arguments_of

_UNPREDICTABLE = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)


@dataclass
class TapeOp:
    """One call: what was called, with what, and what it made."""

    function: OpOverload
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    made: tuple[Tensor | None, ...]

    def read(self) -> Iterator[Tensor]:
        """The tensors among the arguments, those in lists too."""
        return tensors_in((*self.arguments, *self.options.values()))

    def results(self) -> list[Tensor]:
        """The tensors it made."""
        return [tensor for tensor in self.made if tensor is not None]

    def written(self) -> list[Tensor]:
        """The arguments it changes in place."""
        found: list[Tensor] = []
        for position, argument in enumerate(arguments_of(self.function)):
            if argument.is_written:
                given = (
                    self.arguments[position]
                    if position < len(self.arguments)
                    else self.options.get(argument.name)
                )
                found += tensors_in((given,))
        return found


def name_of(operation: TapeOp) -> str:
    """The operation's name without namespace and variant, such as `addmm`."""
    return torch_internals.name_of(operation.function)


@dataclass
class Tape:
    """The operations of one batch in their order, or why they cannot be repeated."""

    limit_bytes: int
    operations: list[TapeOp] = field(default_factory=list)
    refusal: NotImplementedError | None = None
    held_bytes: int = 0

    def refuse(self, reason: NotImplementedError) -> None:
        """Gives up recording; what runs goes on."""
        self.refusal = self.refusal or reason
        self.operations.clear()


def record(work: Callable[[], Any], limit_bytes: int) -> tuple[Any, Tape]:
    """What `work` returns, and its tape."""
    tape = Tape(limit_bytes)
    with _Recorder(tape):
        result = work()
    return result, tape


def tensors_in(values: tuple[Any, ...] | list[Any]) -> Iterator[Tensor]:
    """The tensors in nested tuples and lists."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from tensors_in(value)


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, tape: Tape) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._tape = tape

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        result = function(*args, **options)
        if self._tape.refusal:
            return result
        if any(tag in function.tags for tag in _UNPREDICTABLE):
            reason = NotImplementedError(f"{function.__name__} makes the next step depend on a value")
            self._tape.refuse(reason)
            return result
        made = result if isinstance(result, tuple | list) else (result,)
        operation = TapeOp(
            function,
            tuple(own(argument) for argument in args),
            {name: own(value) for name, value in options.items()},
            tuple(own(value) if isinstance(value, Tensor) else None for value in made),
        )
        self._tape.operations.append(operation)
        self._tape.held_bytes += sum(t.numel() * t.element_size() for t in operation.results())
        if self._tape.held_bytes > self._tape.limit_bytes:
            limit = self._tape.limit_bytes >> 20
            self._tape.refuse(NotImplementedError(f"a batch passes through more than {limit} MB"))
        return result


def own(value: Any) -> Any:
    """The same values in a tensor object of the tape's own, without autograd."""
    if isinstance(value, Tensor):
        # not detach(): its results may not be moved to other memory
        alias = torch.empty(0, dtype=value.dtype, device=value.device)
        return alias.set_(value.untyped_storage(), value.storage_offset(), value.shape, value.stride())
    if isinstance(value, list | tuple):
        return type(value)(own(item) for item in value)
    return value
