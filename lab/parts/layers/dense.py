"""Layers over vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.activations import ActivationName
from lab.parts.layers.base import (
    MAX_UNITS,
    Fix,
    Layer,
    LayerMisfit,
    Shape,
    activation_field,
    shown,
    with_activation,
)
from lab.registry import hyper

if TYPE_CHECKING:
    from torch import nn


class Linear(Layer):
    """A fully connected layer."""

    title: ClassVar[str] = "Linear"
    summary: ClassVar[str] = "Every unit sums all inputs, each times its own weight, plus a bias."
    formula: ClassVar[str] = r"z_i = \sum_j w_{ij} x_j + b_i"
    source: ClassVar[str] = "Document, section 4.2.1"
    group: ClassVar[str] = "Dense"
    kind: Literal["linear"] = "linear"
    units: int = hyper(64, "Units", "How many neurons the layer has.", ge=1, le=MAX_UNITS)
    activation: ActivationName = activation_field()

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) == 3:
            raise LayerMisfit(
                f"Linear needs a vector but gets an image {shown(shape)}",
                Fix("Insert Flatten before it", "insert_before", Flatten()),
            )
        return with_activation("linear", nn.Linear(shape[-1], self.units), self.activation)


class Flatten(Layer):
    """From an image or a sequence to a vector."""

    title: ClassVar[str] = "Flatten"
    summary: ClassVar[str] = "Lays all pixels or features side by side in one vector."
    formula: ClassVar[str] = r"(C, H, W) \to (C \cdot H \cdot W)"
    source: ClassVar[str] = "Document, section 4.5.3"
    group: ClassVar[str] = "Dense"
    kind: Literal["flatten"] = "flatten"

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        return nn.Flatten()
