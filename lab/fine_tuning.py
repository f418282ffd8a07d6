"""Fine-tuning: a network that goes on from what another has learned, its first layers frozen if wanted.

Owns which weights fit. Knows no file: they come as tensors.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from lab.initialisations import FromRun, Initialisation
from lab.registry import FieldError, SpecError

_FIELD = "network.initialisation"


def take_over(network: nn.Module, weights: Mapping[str, Tensor]) -> str:
    """Copies every tensor that fits by name and shape, and says in a line how many did.

    Raises: SpecError, when none does.
    """
    own = network.state_dict()
    fitting = {
        name: tensor for name, tensor in weights.items() if name in own and own[name].shape == tensor.shape
    }
    if not fitting:
        raise SpecError([FieldError(f"{_FIELD}.run", "", "no layer of that run has the shape of one here")])
    with torch.no_grad():
        for name, tensor in fitting.items():
            own[name].copy_(tensor)
    fresh = len(own) - len(fitting)
    rest = f"; {fresh} start afresh" if fresh else ""
    return f"Goes on from another run: {len(fitting)} of {len(own)} tensors taken over{rest}."


def freeze(network: nn.Sequential, start: Initialisation) -> None:
    """Keeps the first layers' weights as they were taken over.

    Raises: SpecError, when nothing would be left to train.
    """
    count = start.frozen if isinstance(start, FromRun) else 0
    for layer in list(network)[:count]:
        layer.requires_grad_(False)
    if not any(parameter.requires_grad for parameter in network.parameters()):
        message = f"{count} frozen layers leave nothing to train; the network has {len(network)} layers"
        raise SpecError([FieldError(f"{_FIELD}.frozen", str(count), message)])
