"""Single units of a dense first layer: their weights, and the products that make up their sum.

Owns z = w x + b written out pixel by pixel; draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lab.ink.framing import Framing
from lab.models.answers import inputs
from lab.models.loading import Model
from lab.parts.activations import ACTIVATIONS
from lab.parts.layers import Linear


@dataclass(frozen=True, eq=False)
class Neuron:
    """One unit of a dense first layer: z is the sum of all products plus the bias, a = f(z).

    Shapes: weights and products (28, 28); products are weight times input, in the network's units.
    """

    index: int
    weights: NDArray[np.float64]
    products: NDArray[np.float64]
    bias: float
    z: float
    a: float


def strongest_neurons(model: Model, framing: Framing, count: int = 6) -> tuple[Neuron, ...]:
    """The units of a dense first layer with the largest activation; () where the first layer is not dense."""
    first = _dense_first(model.network, model.spec.network.layers)
    if first is None:
        return ()
    linear, spec = first
    x = inputs(model, (framing,))[0, 0].double().numpy()
    weights = linear.weight.double().numpy().reshape(-1, 28, 28)
    biases = linear.bias.double().numpy()
    value = ACTIVATIONS[spec.activation].value
    products = weights * x
    sums = products.sum(axis=(1, 2)) + biases
    strength = np.array([value(float(z)) for z in sums])
    order = np.argsort(-np.abs(strength), kind="stable")[:count]
    return tuple(
        Neuron(int(i), weights[i], products[i], float(biases[i]), float(sums[i]), float(strength[i]))
        for i in order
    )


def _dense_first(network: nn.Sequential, layers: Sequence[object]) -> tuple[nn.Linear, Linear] | None:
    """The first layer with parameters, if it is a Linear that sees the pixels."""
    for spec, module in zip(layers, network, strict=True):
        if isinstance(spec, Linear):
            linear = next(part for part in module.modules() if isinstance(part, nn.Linear))
            return (linear, spec) if linear.in_features == 784 else None
        if any(True for _ in module.parameters()):
            return None
    return None
