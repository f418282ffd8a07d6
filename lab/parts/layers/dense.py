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
    with_activation,
)
from lab.registry import hyper
from lab.texts import Words, said

if TYPE_CHECKING:
    from torch import nn


class Linear(Layer):
    """A fully connected layer."""

    title: ClassVar[Words] = said("parts.layers.linear.title")
    summary: ClassVar[Words] = said("parts.layers.linear.summary")
    formula: ClassVar[str] = r"z_i = \sum_j w_{ij} x_j + b_i"
    source: ClassVar[str] = "Document, section 4.2.1"
    group: ClassVar[Words] = said("parts.layers.groups.dense")
    kind: Literal["linear"] = "linear"
    units: int = hyper(
        64,
        said("parts.layers.linear.units.title"),
        said("parts.layers.linear.units.description"),
        ge=1,
        le=MAX_UNITS,
    )
    activation: ActivationName = activation_field()

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) == 3:
            raise LayerMisfit(
                said("parts.layers.misfits.vector", layer=self.title, shape=shape),
                Fix(
                    said("parts.layers.fixes.insert_before", layer=Flatten.title), "insert_before", Flatten()
                ),
            )
        return with_activation("linear", nn.Linear(shape[-1], self.units), self.activation)


class Flatten(Layer):
    """From an image or a sequence to a vector."""

    title: ClassVar[Words] = said("parts.layers.flatten.title")
    summary: ClassVar[Words] = said("parts.layers.flatten.summary")
    formula: ClassVar[str] = r"(C, H, W) \to (C \cdot H \cdot W)"
    source: ClassVar[str] = "Document, section 4.5.3"
    group: ClassVar[Words] = said("parts.layers.groups.dense")
    kind: Literal["flatten"] = "flatten"

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        return nn.Flatten()
