"""From a network's spec to torch: built for real, or only reported on without allocating anything.

Owns the names in the weight files (a layer's place, then torch's own names: `1.linear.weight`), the first
values of the parameters, and what every layer of a stack costs. Knows no data and no training.
"""

from __future__ import annotations

import torch
from torch import nn

from lab.data.dataset import CLASSES, IMAGE_SHAPE
from lab.network.report import misfits
from lab.parts.initialisations import Initialisation
from lab.parts.layers.torch_modules import PatchTokens
from lab.registry import SpecError
from lab.spec import NetworkSpec


def build_network(spec: NetworkSpec, generator: torch.Generator | None = None) -> nn.Sequential:
    """A network with its first weights drawn from `generator` (from seed 0 without one).

    Shapes: (N, 1, 28, 28) float -> (N, 10) logits.
    Raises: SpecError, naming each layer that does not fit and the fix.
    """
    generator = generator or torch.Generator().manual_seed(0)
    probe = torch.zeros(1, *IMAGE_SHAPE)
    modules = []
    # torch's constructors draw from its global generator: lent a seed of ours, and given back.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(int(torch.randint(2**62, (), generator=generator)))
        try:
            for layer in spec.layers:
                modules.append(layer.build(tuple(probe.shape[1:])))
                # Real zeros, not meta ones: a fresh worker would wait a second for torch's meta imports.
                probe = modules[-1].eval()(probe)
        except (RuntimeError, ValueError):
            wrong = misfits(spec)
            if not wrong:  # out of memory, say
                raise
            raise SpecError(wrong) from None
    if probe.shape[1:] != (CLASSES,):
        raise SpecError(misfits(spec))
    network = nn.Sequential(*modules).train()
    if not spec.initialisation.keeps_default:
        _fill(network, spec.initialisation, generator)
    return network


def _fill(network: nn.Module, initialisation: Initialisation, generator: torch.Generator) -> None:
    """Weights as the table says, biases zero; gains of normalisations and token positions stay."""
    with torch.no_grad():
        for module in network.modules():
            for name, parameter in module.named_parameters(recurse=False):
                if "bias" in name:
                    parameter.zero_()
                elif parameter.dim() >= 2 and not isinstance(module, PatchTokens):
                    initialisation.fill(parameter, generator)
