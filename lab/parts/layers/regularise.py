"""Layers that steady training: dropout and normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.activations import ActivationName
from lab.parts.layers.base import Fix, Layer, LayerMisfit, Shape, activation_field, with_activation
from lab.registry import hyper
from lab.texts import Name, Words, said

if TYPE_CHECKING:
    from torch import nn


class Dropout(Layer):
    """Random zeros while training."""

    title: ClassVar[Words] = Name("Dropout")
    summary: ClassVar[Words] = said("parts.layers.dropout.summary")
    formula: ClassVar[str] = r"a = \frac{m}{1 - p}\, x, \quad m \sim \text{Bernoulli}(1 - p)"
    source: ClassVar[str] = "Srivastava et al. 2014, JMLR 15; Document, section 7.1"
    group: ClassVar[Words] = said("parts.layers.groups.regularise")
    kind: Literal["dropout"] = "dropout"
    p: float = hyper(
        0.25,
        said("parts.layers.dropout.p.title"),
        said("parts.layers.dropout.p.description"),
        ge=0.0,
        le=0.95,
    )

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers import torch_modules

        return torch_modules.Dropout(self.p)


class BatchNorm(Layer):
    """Normalisation over the batch."""

    title: ClassVar[Words] = said("parts.layers.batch_norm.title")
    summary: ClassVar[Words] = said("parts.layers.batch_norm.summary")
    formula: ClassVar[str] = r"a = \gamma\, \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta"
    source: ClassVar[str] = "Ioffe & Szegedy 2015, ICML"
    group: ClassVar[Words] = said("parts.layers.groups.regularise")
    kind: Literal["batch_norm"] = "batch_norm"
    activation: ActivationName = activation_field("identity")

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.batch_norm import BatchNorm1d, BatchNorm2d

        if len(shape) == 2:
            raise LayerMisfit(
                said("parts.layers.misfits.no_sequence", layer=self.title),
                Fix(said("parts.layers.fixes.use_instead", layer=LayerNorm.title), "replace", LayerNorm()),
            )
        norm = BatchNorm2d(shape[0]) if len(shape) == 3 else BatchNorm1d(shape[0])
        return with_activation("norm", norm, self.activation)


class LayerNorm(Layer):
    """Normalisation over the features."""

    title: ClassVar[Words] = said("parts.layers.layer_norm.title")
    summary: ClassVar[Words] = said("parts.layers.layer_norm.summary")
    formula: ClassVar[str] = r"a = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta"
    source: ClassVar[str] = "Ba et al. 2016, arXiv:1607.06450"
    group: ClassVar[Words] = said("parts.layers.groups.regularise")
    kind: Literal["layer_norm"] = "layer_norm"

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        return nn.LayerNorm(shape[-1:] if len(shape) == 2 else shape)
