"""Layers over sequences: the rows of an image, or patches as tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.layers.base import Fix, Layer, LayerMisfit, Shape, image_shape, removed
from lab.registry import hyper
from lab.texts import Name, Words, said

if TYPE_CHECKING:
    from torch import nn


class Recurrent(Layer):
    """A recurrent layer over the rows of the image."""

    title: ClassVar[Words] = said("parts.layers.recurrent.title")
    summary: ClassVar[Words] = said("parts.layers.recurrent.summary")
    formula: ClassVar[str] = r"h_t = f(W x_t + U h_{t-1} + b)"
    source: ClassVar[str] = "Hochreiter & Schmidhuber 1997; Cho et al. 2014"
    group: ClassVar[Words] = said("parts.layers.groups.sequence")
    kind: Literal["recurrent"] = "recurrent"
    cell: Literal["rnn", "lstm", "gru"] = hyper(
        "lstm", said("parts.layers.recurrent.cell.title"), said("parts.layers.recurrent.cell.description")
    )
    units: int = hyper(
        64,
        said("parts.layers.recurrent.units.title"),
        said("parts.layers.recurrent.units.description"),
        ge=1,
        le=2048,
    )
    output: Literal["last", "sequence"] = hyper(
        "last",
        said("parts.layers.recurrent.output.title"),
        said("parts.layers.recurrent.output.description"),
        choices={
            "last": said("parts.layers.recurrent.output.last"),
            "sequence": said("parts.layers.recurrent.output.sequence"),
        },
    )

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import RowRecurrent

        if len(shape) < 2:
            raise LayerMisfit(
                said("parts.layers.misfits.image_or_sequence", layer=self.title, n=shape[0]),
                removed(self.title),
            )
        features = shape[1] if len(shape) == 2 else shape[0] * shape[2]
        return RowRecurrent(self.cell, features, self.units, self.output)


class PatchEmbedding(Layer):
    """From an image to a sequence of patch tokens."""

    title: ClassVar[Words] = said("parts.layers.patch_embedding.title")
    summary: ClassVar[Words] = said("parts.layers.patch_embedding.summary")
    formula: ClassVar[str] = r"t_i = W\,\mathrm{patch}_i + b + p_i"
    source: ClassVar[str] = "Dosovitskiy et al. 2021, ICLR"
    group: ClassVar[Words] = said("parts.layers.groups.sequence")
    kind: Literal["patch_embedding"] = "patch_embedding"
    patch: int = hyper(
        7,
        said("parts.layers.patch_embedding.patch.title"),
        said("parts.layers.patch_embedding.patch.description"),
        ge=1,
        le=28,
    )
    width: int = hyper(
        64,
        said("parts.layers.patch_embedding.width.title"),
        said("parts.layers.patch_embedding.width.description"),
        ge=1,
        le=1024,
    )

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import PatchTokens

        channels, height, width = image_shape(shape, self.title)
        if height % self.patch or width % self.patch:
            fitting = [n for n in range(1, min(height, width) + 1) if height % n == width % n == 0]
            nearest = min(fitting, key=lambda n: abs(n - self.patch))
            raise LayerMisfit(
                said("parts.layers.misfits.patches", patch=self.patch, image=(height, width)),
                Fix(
                    said("parts.layers.fixes.use_patches", patch=nearest),
                    "replace",
                    self.model_copy(update={"patch": nearest}),
                ),
            )
        return PatchTokens(channels, height, width, self.patch, self.width)


class Transformer(Layer):
    """A transformer encoder block."""

    title: ClassVar[Words] = said("parts.layers.transformer.title")
    summary: ClassVar[Words] = said("parts.layers.transformer.summary")
    formula: ClassVar[str] = r"\operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt{d}}\right) V"
    source: ClassVar[str] = "Vaswani et al. 2017, NeurIPS"
    group: ClassVar[Words] = said("parts.layers.groups.sequence")
    brief: ClassVar[Words | None] = Name("Transformer")
    kind: Literal["transformer"] = "transformer"
    heads: int = hyper(
        4,
        said("parts.layers.transformer.heads.title"),
        said("parts.layers.transformer.heads.description"),
        ge=1,
        le=32,
    )
    mlp_ratio: int = hyper(
        2,
        said("parts.layers.transformer.mlp_ratio.title"),
        said("parts.layers.transformer.mlp_ratio.description"),
        ge=1,
        le=8,
    )
    dropout: float = hyper(
        0.0, Name("Dropout"), said("parts.layers.transformer.dropout.description"), ge=0.0, le=0.9
    )

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) != 2:
            inserted = said("parts.layers.fixes.insert_before", layer=PatchEmbedding.title)
            raise LayerMisfit(
                said("parts.layers.misfits.tokens", shape=shape),
                Fix(inserted, "insert_before", PatchEmbedding()) if len(shape) == 3 else removed(self.title),
            )
        width = shape[1]
        if width % self.heads:
            heads = max(n for n in range(1, self.heads + 1) if width % n == 0)
            raise LayerMisfit(
                said("parts.layers.misfits.heads", heads=self.heads, width=width),
                Fix(
                    said("parts.layers.fixes.use_heads", heads=heads),
                    "replace",
                    self.model_copy(update={"heads": heads}),
                ),
            )
        return nn.TransformerEncoderLayer(
            width, self.heads, self.mlp_ratio * width, self.dropout, "gelu", batch_first=True, norm_first=True
        )
