"""Layers that steady training: dropout and normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.activations import ActivationName
from lab.parts.layers.base import Fix, Layer, LayerMisfit, Shape, activation_field, with_activation
from lab.registry import hyper

if TYPE_CHECKING:
    from torch import nn


class Dropout(Layer):
    """Random zeros while training."""

    title: ClassVar[str] = "Dropout"
    summary: ClassVar[str] = "Sets a random share of its inputs to zero while training, against overfitting."
    formula: ClassVar[str] = r"a = \frac{m}{1 - p}\, x, \quad m \sim \text{Bernoulli}(1 - p)"
    source: ClassVar[str] = "Srivastava et al. 2014, JMLR 15; document, section 7.1"
    group: ClassVar[str] = "Regularise"
    kind: Literal["dropout"] = "dropout"
    p: float = hyper(0.25, "Probability", "The share of inputs set to zero.", ge=0.0, le=0.95)

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers import torch_modules

        return torch_modules.Dropout(self.p)


class BatchNorm(Layer):
    """Normalisation over the batch."""

    title: ClassVar[str] = "BatchNorm"
    summary: ClassVar[str] = (
        "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts."
    )
    formula: ClassVar[str] = r"a = \gamma\, \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta"
    source: ClassVar[str] = "Ioffe & Szegedy 2015, ICML"
    group: ClassVar[str] = "Regularise"
    kind: Literal["batch_norm"] = "batch_norm"
    activation: ActivationName = activation_field("identity")

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.batch_norm import BatchNorm1d, BatchNorm2d

        if len(shape) == 2:
            raise LayerMisfit(
                "BatchNorm takes images and vectors, not sequences",
                Fix("Use LayerNorm instead", "replace", LayerNorm()),
            )
        norm = BatchNorm2d(shape[0]) if len(shape) == 3 else BatchNorm1d(shape[0])
        return with_activation("norm", norm, self.activation)


class LayerNorm(Layer):
    """Normalisation over the features."""

    title: ClassVar[str] = "LayerNorm"
    summary: ClassVar[str] = (
        "Brings each sample's features to mean 0 and variance 1; does not depend on the batch."
    )
    formula: ClassVar[str] = r"a = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta"
    source: ClassVar[str] = "Ba et al. 2016, arXiv:1607.06450"
    group: ClassVar[str] = "Regularise"
    kind: Literal["layer_norm"] = "layer_norm"

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        return nn.LayerNorm(shape[-1:] if len(shape) == 2 else shape)
