"""What is done with the gradients of a batch: L1, clipping, the optimizer's rule.

Owns the optimizer's state and how it is kept: by parameter name, whatever the layout in memory. Knows no
network.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.optim import (
    ASGD,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
)

from lab.steps.calls import Call
from lab.steps.flat import FlatParameters, can_be_flat
from lab.steps.replay import replay_of
from lab.steps.tape import record

# Rules that treat each number by itself: the layout in memory does not matter to them. (Muon and Adafactor
# look at whole matrices, so they keep one tensor per parameter.)
ELEMENTWISE = (SGD, Adam, AdamW, Adamax, NAdam, RAdam, RMSprop, Adagrad, Adadelta, ASGD, Rprop)
FUSED = (SGD, Adam, AdamW, Adagrad)
FUSED_ON_CUDA = (SGD, Adam, AdamW)
_LIMIT_BYTES = 1 << 28


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
        self._clip_norm, self._l1 = clip_norm, l1
        self._norm: Tensor | None = None
        self._calls: list[Call] = []
        self._recordable = False
        self.flat: FlatParameters | None = None
        self.optimizer = optimizer
        self._lr = float(optimizer.param_groups[0]["lr"])
        if can_be_flat(self.parameters) and _is_elementwise(optimizer):
            self.flat = FlatParameters(self.parameters)
            self._one = nn.Parameter(self.flat.values)
            self._one.grad = self.flat.gradients
            self.optimizer = _rebuilt(optimizer, [self._one])
            self._recordable = bool(self.optimizer.param_groups[0].get("fused"))
            self._mask = self.flat.weights_mask() if l1 else None
        else:
            if self.parameters[0].is_cuda and _is_elementwise(optimizer):
                self.optimizer = _rebuilt(optimizer, list(self.parameters))
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
        elif self._recordable and self.optimizer.state:
            _, tape = record(self._change, _LIMIT_BYTES)
            if tape.refusal:
                self._recordable = False
            else:
                norm = [] if self._norm is None else [self._norm]
                self._calls, kept = replay_of(tape.operations, norm, [])
                self._norm = kept[0] if kept else None
        else:
            self._change()

    def _change(self) -> None:
        if self._l1:
            self._add_l1()
        if self._clip_norm:
            self._norm = self._total_norm()
            scale = (self._clip_norm / (self._norm + 1e-6)).clamp(max=1.0)
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
        if self.flat is None:
            for name, parameter in zip(self.names, self.parameters, strict=True):
                for quantity, value in self.optimizer.state.get(parameter, {}).items():
                    if value is not None:
                        kept[f"{name}.{quantity}"] = torch.as_tensor(value).detach().clone()
            return kept
        for quantity, value in self.optimizer.state.get(self._one, {}).items():
            if value is None:
                continue
            whole = torch.as_tensor(value)
            parts = self.flat.views(whole) if whole.shape == self._one.shape else [whole] * len(self.names)
            kept.update(
                {
                    f"{name}.{quantity}": part.detach().clone()
                    for name, part in zip(self.names, parts, strict=True)
                }
            )
        return kept

    def load_state(self, kept: Mapping[str, Tensor]) -> None:
        """Takes back what `state` gave.

        Raises: KeyError for a parameter that this network does not have.
        """
        self._calls = []  # they write to the state that is about to be replaced
        by_quantity: dict[str, dict[str, Tensor]] = {}
        for key, value in kept.items():
            name, _, quantity = key.rpartition(".")
            if name not in self.names:
                raise KeyError(f"optimizer state for {name!r}, which is no parameter of this network")
            by_quantity.setdefault(quantity, {})[name] = value
        if self.flat is None:
            for name, parameter in zip(self.names, self.parameters, strict=True):
                self.optimizer.state[parameter] = {
                    quantity: _like(values[name], parameter)
                    for quantity, values in by_quantity.items()
                    if name in values
                }
            return
        whole: dict[str, Tensor] = {}
        for quantity, values in by_quantity.items():
            first = next(iter(values.values()))
            if first.dim() == 0 and self.parameters[0].dim() > 0:
                whole[quantity] = first.clone()
                continue
            whole[quantity] = torch.zeros_like(self.flat.values)
            for name, here in zip(self.names, self.flat.views(whole[quantity]), strict=True):
                here.copy_(values[name])
        self.optimizer.state[self._one] = whole

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
            self.flat.gradients.addcmul_(torch.sign(self.flat.values), self._mask, value=self._l1)
            return
        for parameter in self.parameters:
            if parameter.dim() >= 2 and parameter.grad is not None:
                parameter.grad.add_(torch.sign(parameter), alpha=self._l1)


def _is_elementwise(optimizer: Optimizer) -> bool:
    return type(optimizer) in ELEMENTWISE and len(optimizer.param_groups) == 1


def _rebuilt(optimizer: Optimizer, parameters: list[nn.Parameter]) -> Optimizer:
    """The same rule with the same settings, in the variant that can be recorded where there is one."""
    rule, device = type(optimizer), parameters[0].device
    known = inspect.signature(rule).parameters
    settings = {
        key: value for key, value in optimizer.param_groups[0].items() if key in known and key != "params"
    }
    fused = rule in (FUSED if device.type == "cpu" else FUSED_ON_CUDA)
    if device.type == "cpu":
        settings["foreach"] = False  # one tensor: nothing to batch
    elif "capturable" in known:
        settings["capturable"] = True
    if fused:
        settings |= {"fused": True, "foreach": None}
    if fused or settings.get("capturable"):
        # read at each step, also by a recorded one
        exact = torch.float64 if device.type == "cpu" else torch.float32  # CUDA's kernels take no other
        settings["lr"] = torch.tensor(float(settings["lr"]), dtype=exact, device=device)
    return rule(parameters, **settings)


def _like(value: Tensor, parameter: Tensor) -> Tensor:
    """A copy of kept state where its parameter lives; counters stay what they were."""
    return value.clone() if value.dim() == 0 else value.to(parameter.device, copy=True)
