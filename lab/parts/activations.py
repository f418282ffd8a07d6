"""The activations: one table, read by the controls, the networks, the tracer, the docs and the export.

Each entry holds its value and its derivative in plain float64 arithmetic (what the tracer writes out)
and the name of its torch module (what networks are built from). Knows no torch at import.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from lab.registry import name_in

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Activation:
    """One activation a = f(z), with f'(z) and the torch module that computes the same."""

    name: str
    title: str
    formula: str
    derivative: str
    summary: str
    source: str
    value: Callable[[float], float]
    slope: Callable[[float], float]
    torch_name: str
    torch_options: tuple[tuple[str, Any], ...] = ()

    def module(self) -> nn.Module:
        """A new torch module that computes this activation."""
        from torch import nn

        module: nn.Module = getattr(nn, self.torch_name)(**dict(self.torch_options))
        return module


def sigmoid(z: float) -> float:
    """The logistic function, without overflow on either side."""
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    return math.exp(z) / (1.0 + math.exp(z))


def softplus(z: float) -> float:
    """log(1 + e^z), without overflow."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def normal_cdf(z: float) -> float:
    """The probability that a standard normal variable is below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_density(z: float) -> float:
    """The density of the standard normal distribution at z."""
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


_LEAK = 0.01
_ENTRIES = (
    Activation(
        "relu",
        "ReLU",
        r"a = \max(0, z)",
        r"f'(z) = 1 \text{ if } z > 0 \text{ else } 0",
        "Passes what is positive, blocks the rest; cheap, and the default of most networks.",
        "Nair & Hinton 2010, ICML",
        lambda z: max(z, 0.0),
        lambda z: 1.0 if z > 0 else 0.0,
        "ReLU",
    ),
    Activation(
        "leaky_relu",
        "LeakyReLU",
        r"a = \max(z, 0.01\,z)",
        r"f'(z) = 1 \text{ if } z > 0 \text{ else } 0.01",
        "A ReLU that lets 1 % through below zero, so that no unit dies.",
        "Maas et al. 2013, ICML workshop",
        lambda z: z if z > 0 else _LEAK * z,
        lambda z: 1.0 if z > 0 else _LEAK,
        "LeakyReLU",
        (("negative_slope", _LEAK),),
    ),
    Activation(
        "elu",
        "ELU",
        r"a = z \text{ if } z > 0 \text{ else } e^z - 1",
        r"f'(z) = 1 \text{ if } z > 0 \text{ else } e^z",
        "Smooth below zero and saturating at -1; pulls the mean activation towards zero.",
        "Clevert et al. 2016, ICLR",
        lambda z: z if z > 0 else math.expm1(z),
        lambda z: 1.0 if z > 0 else math.exp(z),
        "ELU",
    ),
    Activation(
        "gelu",
        "GELU",
        r"a = z\,\Phi(z)",
        r"f'(z) = \Phi(z) + z\,\varphi(z)",
        "Weighs z by the probability that a normal variable lies below it; the choice of transformers.",
        "Hendrycks & Gimpel 2016, arXiv:1606.08415",
        lambda z: z * normal_cdf(z),
        lambda z: normal_cdf(z) + z * normal_density(z),
        "GELU",
    ),
    Activation(
        "silu",
        "SiLU",
        r"a = z\,\sigma(z)",
        r"f'(z) = \sigma(z)\,(1 + z\,(1 - \sigma(z)))",
        "z times its own sigmoid (also called swish): smooth, slightly negative below zero.",
        "Elfwing et al. 2018, Neural Networks 107",
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) * (1.0 + z * (1.0 - sigmoid(z))),
        "SiLU",
    ),
    Activation(
        "sigmoid",
        "Sigmoid",
        r"a = \sigma(z) = \frac{1}{1 + e^{-z}}",
        r"f'(z) = \sigma(z)\,(1 - \sigma(z))",
        "Squeezes z into (0, 1); its gradient is 1/4 at most, so deep stacks of it learn slowly.",
        "Document, section 3.1.4",
        sigmoid,
        lambda z: sigmoid(z) * (1.0 - sigmoid(z)),
        "Sigmoid",
    ),
    Activation(
        "tanh",
        "Tanh",
        r"a = \tanh z",
        r"f'(z) = 1 - \tanh^2 z",
        "Squeezes z into (-1, 1), centred at zero.",
        "Document, section 3.1.4",
        math.tanh,
        lambda z: 1.0 - math.tanh(z) ** 2,
        "Tanh",
    ),
    Activation(
        "softplus",
        "Softplus",
        r"a = \log(1 + e^z)",
        r"f'(z) = \sigma(z)",
        "A ReLU with a smooth corner; its derivative is the sigmoid.",
        "Dugas et al. 2001, NIPS",
        softplus,
        sigmoid,
        "Softplus",
        # above its default of 20 torch takes the straight line, 2e-9 away from the formula
        (("threshold", 30.0),),
    ),
    Activation(
        "identity",
        "Identity",
        r"a = z",
        r"f'(z) = 1",
        "Changes nothing; several linear layers with it are one linear layer.",
        "Document, section 4.2.1",
        lambda z: z,
        lambda z: 1.0,
        "Identity",
    ),
)

ACTIVATIONS: dict[str, Activation] = {entry.name: entry for entry in _ENTRIES}

ActivationName = Annotated[str, name_in(ACTIVATIONS, "activation")]
