"""Layers over sequences: the rows of an image, or patches as tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.layers.base import Fix, Layer, LayerMisfit, Shape, image_shape, shown
from lab.registry import hyper

if TYPE_CHECKING:
    from torch import nn


class Recurrent(Layer):
    """A recurrent layer over the rows of the image."""

    title: ClassVar[str] = "Recurrent"
    summary: ClassVar[str] = "Reads the image row by row (or a sequence token by token) and keeps a memory."
    formula: ClassVar[str] = r"h_t = f(W x_t + U h_{t-1} + b)"
    source: ClassVar[str] = "Hochreiter & Schmidhuber 1997; Cho et al. 2014"
    group: ClassVar[str] = "Sequence"
    kind: Literal["recurrent"] = "recurrent"
    cell: Literal["rnn", "lstm", "gru"] = hyper(
        "lstm", "Cell", "The plain cell, or one with gates that remember."
    )
    units: int = hyper(64, "Units", "The size of the memory h.", ge=1, le=2048)
    output: Literal["last", "sequence"] = hyper(
        "last", "Output", "The last memory only, or the memory after every row (for another sequence layer)."
    )

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import RowRecurrent

        if len(shape) < 2:
            raise LayerMisfit(
                f"Recurrent needs an image or a sequence but gets a vector of {shape[0]}",
                Fix("Remove this Recurrent layer", "remove"),
            )
        features = shape[1] if len(shape) == 2 else shape[0] * shape[2]
        return RowRecurrent(self.cell, features, self.units, self.output)


class PatchEmbedding(Layer):
    """From an image to a sequence of patch tokens."""

    title: ClassVar[str] = "Patch embedding"
    summary: ClassVar[str] = (
        "Cuts the image into patches, turns each into a token and adds where it came from."
    )
    formula: ClassVar[str] = r"t_i = W\,\mathrm{patch}_i + b + p_i"
    source: ClassVar[str] = "Dosovitskiy et al. 2021, ICLR"
    group: ClassVar[str] = "Sequence"
    kind: Literal["patch_embedding"] = "patch_embedding"
    patch: int = hyper(7, "Patch", "Height and width of a patch; it must divide the image.", ge=1, le=28)
    width: int = hyper(64, "Width", "The length of each token.", ge=1, le=1024)

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import PatchTokens

        channels, height, width = image_shape(shape, self.title)
        if height % self.patch or width % self.patch:
            fitting = [n for n in range(1, min(height, width) + 1) if height % n == width % n == 0]
            nearest = min(fitting, key=lambda n: abs(n - self.patch))
            raise LayerMisfit(
                f"patches of {self.patch} do not divide {height} x {width} pixels",
                Fix(f"Use patches of {nearest}", "replace", self.model_copy(update={"patch": nearest})),
            )
        return PatchTokens(channels, height, width, self.patch, self.width)


class Transformer(Layer):
    """A transformer encoder block."""

    title: ClassVar[str] = "Transformer block"
    summary: ClassVar[str] = "Every token looks at all others (attention), then passes a small dense network."
    formula: ClassVar[str] = r"\operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt{d}}\right) V"
    source: ClassVar[str] = "Vaswani et al. 2017, NeurIPS"
    group: ClassVar[str] = "Sequence"
    kind: Literal["transformer"] = "transformer"
    heads: int = hyper(
        4, "Heads", "How many attention patterns side by side; must divide the width.", ge=1, le=32
    )
    mlp_ratio: int = hyper(2, "MLP ratio", "Hidden width of the dense part, in token widths.", ge=1, le=8)
    dropout: float = hyper(0.0, "Dropout", "The share of values set to zero while training.", ge=0.0, le=0.9)

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) != 2:
            image = len(shape) == 3
            raise LayerMisfit(
                f"a transformer block needs a sequence of tokens but gets {shown(shape)}",
                Fix("Insert Patch embedding before it", "insert_before", PatchEmbedding())
                if image
                else Fix("Remove this block", "remove"),
            )
        width = shape[1]
        if width % self.heads:
            heads = max(n for n in range(1, self.heads + 1) if width % n == 0)
            raise LayerMisfit(
                f"{self.heads} heads do not divide a width of {width}",
                Fix(f"Use {heads} heads", "replace", self.model_copy(update={"heads": heads})),
            )
        return nn.TransformerEncoderLayer(
            width, self.heads, self.mlp_ratio * width, self.dropout, "gelu", batch_first=True, norm_first=True
        )
