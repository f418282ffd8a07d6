"""The activations: one table, read by the controls, the networks, the tracer, the docs and the export.

Each entry holds its value, and its slope if it has one, in plain float64 arithmetic (what the tracer writes
out), and the name of its torch module (what networks are built from). Knows no torch at import.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lab.registry import name_in
from lab.texts import Name, Text, Words, said

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, kw_only=True)
class Slope:
    """The derivative f'(z) of an activation, and what jumps at z = 0: f' itself, or only its own slope."""

    formula: str
    value: Callable[[float], float]
    jumps: Literal["", "slope", "curvature"] = ""


@dataclass(frozen=True, kw_only=True)
class Activation:
    """One activation a = f(z) and the torch module that computes the same; By hand offers it if it has a slope."""

    name: str
    title: Words
    formula: str
    summary: Text
    source: str
    value: Callable[[float], float]
    torch_name: str
    torch_options: tuple[tuple[str, Any], ...] = ()
    slope: Slope | None = None

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
        name="relu",
        title=Name("ReLU"),
        formula=r"a = \max(0, z)",
        summary=said("parts.activations.relu.summary"),
        source="Nair & Hinton 2010, ICML",
        value=lambda z: max(z, 0.0),
        torch_name="ReLU",
        slope=Slope(
            formula=r"f'(z) = 1 \;\; (z > 0), \quad 0 \;\; (z \le 0)",
            value=lambda z: 1.0 if z > 0 else 0.0,
            jumps="slope",
        ),
    ),
    Activation(
        name="leaky_relu",
        title=Name("LeakyReLU"),
        formula=r"a = \max(z, 0.01\,z)",
        summary=said("parts.activations.leaky_relu.summary"),
        source="Maas et al. 2013, ICML workshop",
        value=lambda z: z if z > 0 else _LEAK * z,
        torch_name="LeakyReLU",
        torch_options=(("negative_slope", _LEAK),),
        slope=Slope(
            formula=r"f'(z) = 1 \;\; (z > 0), \quad 0.01 \;\; (z \le 0)",
            value=lambda z: 1.0 if z > 0 else _LEAK,
            jumps="slope",
        ),
    ),
    Activation(
        name="elu",
        title=Name("ELU"),
        formula=r"a = z \;\; (z > 0), \quad e^z - 1 \;\; (z \le 0)",
        summary=said("parts.activations.elu.summary"),
        source="Clevert et al. 2016, ICLR",
        value=lambda z: z if z > 0 else math.expm1(z),
        torch_name="ELU",
        slope=Slope(
            formula=r"f'(z) = 1 \;\; (z > 0), \quad e^z \;\; (z \le 0)",
            value=lambda z: 1.0 if z > 0 else math.exp(z),
            jumps="curvature",
        ),
    ),
    Activation(
        name="gelu",
        title=Name("GELU"),
        formula=r"a = z\,\Phi(z)",
        summary=said("parts.activations.gelu.summary"),
        source="Hendrycks & Gimpel 2016, arXiv:1606.08415",
        value=lambda z: z * normal_cdf(z),
        torch_name="GELU",
        slope=Slope(
            formula=r"f'(z) = \Phi(z) + z\,\varphi(z)", value=lambda z: normal_cdf(z) + z * normal_density(z)
        ),
    ),
    Activation(
        name="silu",
        title=Name("SiLU"),
        formula=r"a = z\,\sigma(z)",
        summary=said("parts.activations.silu.summary"),
        source="Elfwing et al. 2018, Neural Networks 107",
        value=lambda z: z * sigmoid(z),
        torch_name="SiLU",
        slope=Slope(
            formula=r"f'(z) = \sigma(z)\,(1 + z\,(1 - \sigma(z)))",
            value=lambda z: sigmoid(z) * (1.0 + z * (1.0 - sigmoid(z))),
        ),
    ),
    Activation(
        name="sigmoid",
        title=Name("Sigmoid"),
        formula=r"a = \sigma(z) = \frac{1}{1 + e^{-z}}",
        summary=said("parts.activations.sigmoid.summary"),
        source="Document, section 3.1.4",
        value=sigmoid,
        torch_name="Sigmoid",
        slope=Slope(
            formula=r"f'(z) = \sigma(z)\,(1 - \sigma(z))", value=lambda z: sigmoid(z) * (1.0 - sigmoid(z))
        ),
    ),
    Activation(
        name="tanh",
        title=Name("Tanh"),
        formula=r"a = \tanh z",
        summary=said("parts.activations.tanh.summary"),
        source="Document, section 3.1.4",
        value=math.tanh,
        torch_name="Tanh",
        slope=Slope(formula=r"f'(z) = 1 - \tanh^2 z", value=lambda z: 1.0 - math.tanh(z) ** 2),
    ),
    Activation(
        name="softplus",
        title=Name("Softplus"),
        formula=r"a = \log(1 + e^z)",
        summary=said("parts.activations.softplus.summary"),
        source="Dugas et al. 2001, NIPS",
        value=softplus,
        torch_name="Softplus",
        # above its default of 20 torch takes the straight line, 2e-9 away from the formula
        torch_options=(("threshold", 30.0),),
        slope=Slope(formula=r"f'(z) = \sigma(z)", value=sigmoid),
    ),
    Activation(
        name="identity",
        title=said("parts.activations.identity.title"),
        formula=r"a = z",
        summary=said("parts.activations.identity.summary"),
        source="Document, section 4.2.1",
        value=lambda z: z,
        torch_name="Identity",
        slope=Slope(formula=r"f'(z) = 1", value=lambda z: 1.0),
    ),
)

ACTIVATIONS: dict[str, Activation] = {entry.name: entry for entry in _ENTRIES}

ActivationName = Annotated[str, name_in(ACTIVATIONS, "registry.unknown_activation")]
