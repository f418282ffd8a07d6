"""The layer kinds: one spec each, with its words, its bounds and its builder.

A builder gets the shape that reaches the layer (without the batch) and gives a torch module; what does not
fit raises `LayerMisfit` with the reason and, where one exists, the fix. Knows no training; torch is imported
only when something is built.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lab.parts.layers.base import Fix as Fix
from lab.parts.layers.base import Layer
from lab.parts.layers.base import LayerMisfit as LayerMisfit
from lab.parts.layers.base import Shape as Shape
from lab.parts.layers.convolution import AvgPool, Conv2d, GlobalPool, MaxPool, Residual
from lab.parts.layers.dense import Flatten, Linear
from lab.parts.layers.regularise import BatchNorm, Dropout, LayerNorm
from lab.parts.layers.sequence import PatchEmbedding, Recurrent, Transformer
from lab.registry import table

AnyLayer = Annotated[
    Linear
    | Flatten
    | Conv2d
    | MaxPool
    | AvgPool
    | GlobalPool
    | Residual
    | Dropout
    | BatchNorm
    | LayerNorm
    | Recurrent
    | PatchEmbedding
    | Transformer,
    Field(discriminator="kind"),
]
LAYERS: dict[str, type[Layer]] = table(AnyLayer)
