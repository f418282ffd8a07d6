"""Torch's optimizers as the step uses them: over one buffer, recordable where there is such a variant, or plain.

Owns what is known of each rule: whether it treats each number by itself, how it begins, and which variant of it
reads the learning rate from a tensor. Knows no network.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
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

from lab.steps.torch_internals import fused_rule

# Rules whose memory of the past begins with zeros, except for these.
_BEGIN_WITH_ZEROS = (SGD, Adam, AdamW, Adamax, NAdam, RAdam, RMSprop, Adagrad, Adadelta)
BEGINNINGS = {"mu_product": 1.0}
# Rules that treat each number by itself: the layout in memory does not matter to them. (Muon and Adafactor
# look at whole matrices, so they keep one tensor per parameter.)
_ELEMENTWISE = (*_BEGIN_WITH_ZEROS, ASGD, Rprop)


def is_elementwise(optimizer: Optimizer) -> bool:
    """Whether one buffer can hold all that it moves."""
    return type(optimizer) in _ELEMENTWISE and len(optimizer.param_groups) == 1


def recordable(optimizer: Optimizer, parameters: Sequence[nn.Parameter]) -> Optimizer:
    """The same rule with the same settings over `parameters`, in the variant that can be repeated if there is one."""
    rule, device = type(optimizer), parameters[0].device
    # on the CPU one tensor, with nothing to batch; elsewhere the variant that takes the rate from the device
    on_cpu = device.type == "cpu"
    wanted: dict[str, Any] = {"foreach": False} if on_cpu else {"foreach": True, "capturable": True}
    if fused_rule(rule.__name__.lower(), device.type):
        wanted |= {"fused": True, "foreach": None}
    made = _made(optimizer, parameters, wanted)
    group = made.param_groups[0]
    if group.get("fused") or group.get("capturable"):
        # read at each step, also by a recorded one; put in afterwards, for the constructor waits for its value
        exact = torch.float64 if on_cpu else torch.float32  # CUDA's kernels take no other
        group["lr"] = torch.tensor(float(group["lr"]), dtype=exact, device=device)
    return made


def plain(optimizer: Optimizer, parameters: Sequence[nn.Parameter], rate: float) -> Optimizer:
    """The same rule with the same settings over `parameters`, one tensor after the other: the reference."""
    return _made(optimizer, parameters, {"foreach": False, "fused": False, "capturable": False, "lr": rate})


def can_be_repeated(optimizer: Optimizer) -> bool:
    """Whether one step of it, once recorded, is right for all: nothing of it was decided by the rate or the number.

    The first step must be like all others, from a memory of zeros.
    """
    group = optimizer.param_groups[0]
    return (
        isinstance(group["lr"], torch.Tensor)
        and type(optimizer) in _BEGIN_WITH_ZEROS
        and not group.get("dampening")
    )


def load_memory(optimizer: Optimizer, memory: Mapping[int, Mapping[str, torch.Tensor]]) -> None:
    """Gives a rule its memory of each parameter, by torch's own way: it knows what belongs on which device.

    The tensor of its rate stays the one that it is.
    """
    rates = [group["lr"] for group in optimizer.param_groups]
    groups = [group | {"lr": 0.0} for group in optimizer.state_dict()["param_groups"]]
    optimizer.load_state_dict({"state": memory, "param_groups": groups})
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate


def _made(optimizer: Optimizer, parameters: Sequence[nn.Parameter], wanted: dict[str, Any]) -> Optimizer:
    rule: Any = type(optimizer)
    allowed = inspect.signature(rule).parameters
    group = optimizer.param_groups[0] | wanted
    settings = {key: value for key, value in group.items() if key in allowed and key != "params"}
    made: Optimizer = rule(parameters, **settings)
    return made
