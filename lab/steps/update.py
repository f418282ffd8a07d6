"""What is done with the gradients of a batch: L1, clipping, the optimizer's rule.

Owns the optimizer's memory and how it is kept: by parameter name, whatever the layout in memory. Knows no
network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lab.steps.calls import Call
from lab.steps.flat import FlatParameters, can_be_flat
from lab.steps.replay import replay_of
from lab.steps.rules import (
    BEGINNINGS,
    can_be_repeated,
    is_elementwise,
    load_memory,
    plain,
    recordable,
)
from lab.steps.tape import record

_LIMIT_BYTES = 1 << 28

Memory = dict[tuple[Tensor, str], Tensor]


class Update:
    """The change of the parameters after each batch.

    Raises: TypeError for a rule that wants to evaluate the loss again (LBFGS).
    """

    def __init__(self, module: nn.Module, optimizer: Optimizer, clip_norm: float, l1: float) -> None:
        if isinstance(optimizer, torch.optim.LBFGS):
            raise TypeError(
                "optimizer LBFGS evaluates the loss several times per step; use any other of torch.optim"
            )
        named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        self.names = tuple(name for name, _ in named)
        self.parameters = tuple(parameter for _, parameter in named)
        self.clip_norm, self.l1 = clip_norm, l1
        self._norm: Tensor | None = None
        self._calls: list[Call] = []
        self.flat: FlatParameters | None = None
        self._whole: nn.Parameter | None = None  # all parameters as one, where the optimizer moves that
        self.optimizer = optimizer
        self._lr = float(optimizer.param_groups[0]["lr"])
        if can_be_flat(self.parameters) and is_elementwise(optimizer):
            self.flat = FlatParameters(self.parameters)
            self._whole = nn.Parameter(self.flat.values)
            self._whole.grad = self.flat.gradients
            self._mask = self.flat.weights_mask() if l1 else None
            self.optimizer = recordable(optimizer, [self._whole])
            return
        if self.parameters[0].is_cuda and is_elementwise(optimizer):
            self.optimizer = recordable(optimizer, self.parameters)
        for parameter in self.parameters:
            parameter.grad = torch.zeros_like(parameter)

    @property
    def lr(self) -> float:
        """The learning rate of the next update."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if value == self._lr:
            return
        self._lr = value
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):  # what is recorded reads it from there
                group["lr"].fill_(value)
            else:
                group["lr"] = value

    @property
    def can_be_repeated(self) -> bool:
        """Whether an update once recorded is right for all."""
        return can_be_repeated(self.optimizer)

    def zero_gradients(self) -> None:
        """Empties every `p.grad` where it stands."""
        if self.flat is not None:
            self.flat.attach_gradients()
            self.flat.gradients.zero_()
            return
        for parameter in self.parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            else:
                parameter.grad.zero_()

    def gradients_by_parameter(self) -> list[Tensor]:
        """The tensor that holds each parameter's gradient."""
        if self.flat is not None:
            self.flat.attach_gradients()
        return [parameter.grad for parameter in self.parameters if parameter.grad is not None]

    @torch.no_grad()
    def __call__(self) -> None:
        """Adds the L1 slope, clips, and moves the parameters."""
        if self._calls:
            for call in self._calls:
                call()
        else:
            self._change()

    @torch.no_grad()
    def record(self) -> None:
        """Moves the parameters once, and records it to be repeated from now on, where that is right."""
        self._calls = []
        if self._whole is None or not self.can_be_repeated:
            return
        _, tape = record(self._change, _LIMIT_BYTES)
        if not tape.refusal:
            norm = [] if self._norm is None else [self._norm]
            self._calls, kept = replay_of(tape.operations, norm, [])
            self._norm = kept[0] if kept else None

    def _change(self) -> None:
        if self.l1:
            self._add_l1()
        if self.clip_norm:
            self._norm = self._total_norm()
            scale = (self.clip_norm / (self._norm + 1e-6)).clamp(max=1.0)
            for gradient in self._gradients():
                gradient.mul_(scale)
        self.optimizer.step()

    def gradient_norm(self) -> float:
        """The length of the latest gradient before clipping; waits for the device."""
        norm = self._total_norm() if self._norm is None else self._norm
        return float(norm)

    def state(self) -> dict[str, Tensor]:
        """The optimizer's memory as `<parameter>.<quantity>` tensors, the same whatever the layout."""
        kept: dict[str, Tensor] = {}
        for place, quantities in self._by_place().items():
            for quantity, value in quantities.items():
                if value is not None:
                    kept |= {
                        f"{name}.{quantity}": part.detach().clone()
                        for name, part in self._parts(place, torch.as_tensor(value))
                    }
        return kept

    def _by_place(self) -> dict[int, dict[str, Tensor | None]]:
        """The optimizer's memory by the place of what it moves."""
        moved = [self._whole] if self._whole is not None else self.parameters
        memory = self.optimizer.state
        # asked first, for looking makes an entry
        return {place: memory[one] for place, one in enumerate(moved) if one in memory}

    def _parts(self, place: int, value: Tensor) -> list[tuple[str, Tensor]]:
        if self._whole is None or self.flat is None:
            return [(self.names[place], value)]
        parts = self.flat.views(value) if value.shape == self._whole.shape else (value,) * len(self.names)
        return list(zip(self.names, parts, strict=True))

    def load_state(self, kept: Mapping[str, Tensor]) -> None:
        """Takes back what `state` gave; nothing at all is the beginning.

        Raises: KeyError for a parameter that this network does not have.
        """
        self._calls = []  # they write to the memory that is about to be replaced
        by_quantity = self._by_quantity(kept)
        memory = self._one_memory(by_quantity) if self._whole is not None else self._memories(by_quantity)
        load_memory(self.optimizer, memory)

    def _by_quantity(self, kept: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
        by_quantity: dict[str, dict[str, Tensor]] = {}
        for key, value in kept.items():
            name, _, quantity = key.rpartition(".")
            if name not in self.names:
                raise KeyError(f"optimizer state for {name!r}, which is no parameter of this network")
            by_quantity.setdefault(quantity, {})[name] = value
        return by_quantity

    def _memories(self, by_quantity: Mapping[str, Mapping[str, Tensor]]) -> dict[int, dict[str, Tensor]]:
        memories = {
            place: {
                quantity: values[name].clone() for quantity, values in by_quantity.items() if name in values
            }
            for place, name in enumerate(self.names)
        }
        return {place: memory for place, memory in memories.items() if memory}

    def _one_memory(self, by_quantity: Mapping[str, Mapping[str, Tensor]]) -> dict[int, dict[str, Tensor]]:
        assert self.flat is not None
        memory: dict[str, Tensor] = {}
        for quantity, values in by_quantity.items():
            first = next(iter(values.values()))
            if first.dim() == 0 and self.parameters[0].dim() > 0:
                memory[quantity] = first.clone()
                continue
            memory[quantity] = torch.zeros_like(self.flat.values)
            for name, here in zip(self.names, self.flat.views(memory[quantity]), strict=True):
                here.copy_(values[name])
        return {0: memory} if memory else {}

    def memory(self) -> Memory:
        """The optimizer's memory where it lies, copied; for `put_back`."""
        return {
            (moved, quantity): value.clone()
            for moved, quantities in self.optimizer.state.items()
            for quantity, value in quantities.items()
            if isinstance(value, Tensor)
        }

    @torch.no_grad()
    def put_back(self, memory: Memory) -> None:
        """Makes the optimizer's memory what it was, in place: what is recorded works on it."""
        if not memory and not self.can_be_repeated:
            self.optimizer.state.clear()
        for moved, quantities in self.optimizer.state.items():
            for quantity, value in quantities.items():
                if (moved, quantity) in memory:
                    value.copy_(memory[moved, quantity])
                elif isinstance(value, Tensor):
                    value.fill_(BEGINNINGS.get(quantity, 0.0))

    def twin(self) -> tuple[list[nn.Parameter], Optimizer]:
        """Copies of the parameters, and the plain rule over them as it would go on from here."""
        copies = [nn.Parameter(parameter.detach().clone()) for parameter in self.parameters]
        return copies, self._plain_over(copies)

    def go_on_plainly(self) -> None:
        """From now on one tensor after the other, as torch's documentation describes the rule."""
        self.optimizer = self._plain_over(self.parameters)
        self._whole, self._calls, self._norm = None, [], None

    def _plain_over(self, parameters: Sequence[nn.Parameter]) -> Optimizer:
        other = plain(self.optimizer, parameters, self._lr)
        load_memory(other, self._memories(self._by_quantity(self.state())))
        return other

    def _gradients(self) -> list[Tensor]:
        if self.flat is not None:
            return [self.flat.gradients]
        return [parameter.grad for parameter in self.parameters if parameter.grad is not None]

    def _total_norm(self) -> Tensor:
        norms = [torch.linalg.vector_norm(gradient) for gradient in self._gradients()]
        total: Tensor = torch.linalg.vector_norm(torch.stack(norms))
        return total

    def _add_l1(self) -> None:
        if self.flat is not None and self._mask is not None:
            self.flat.gradients.addcmul_(torch.sign(self.flat.values), self._mask, value=self.l1)
            return
        for parameter in self.parameters:
            if parameter.dim() >= 2 and parameter.grad is not None:
                parameter.grad.add_(torch.sign(parameter), alpha=self.l1)
