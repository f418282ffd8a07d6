"""The layer kinds: one spec each, with its words, its bounds and its builder.

A builder gets the shape that reaches the layer (without the batch) and gives a torch module; what does not
fit raises `LayerMisfit` with the reason and, where one exists, the fix. Knows no training; torch is imported
only when something is built.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from lab.activations import ACTIVATIONS, ActivationName
from lab.registry import Part, hyper, table

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]
MAX_UNITS = 16_384
MAX_CHANNELS = 1_024


class LayerMisfit(ValueError):  # noqa: N818 - it says what the layer is
    """A layer that cannot take the shape it gets: the reason, and the fix to offer where there is one."""

    def __init__(self, reason: str, fix: Fix | None = None) -> None:
        self.reason, self.fix = reason, fix
        super().__init__(reason)


@dataclass(frozen=True)
class Fix:
    """One change of the stack that makes a layer fit: insert `layer` before it, replace it, or remove it."""

    title: str
    action: Literal["insert_before", "replace", "remove"]
    layer: Layer | None = None

    def applied(self, layers: tuple[Layer, ...], index: int) -> tuple[Layer, ...]:
        """The stack with this fix made at `index`."""
        new = (self.layer,) if self.layer is not None else ()
        kept = layers[index:] if self.action == "insert_before" else layers[index + 1 :]
        return (*layers[:index], *new, *kept)


class Layer(Part):
    """A row of the stack."""

    group: ClassVar[str] = "Layers"

    def build(self, shape: Shape) -> nn.Module:
        """A torch module for inputs of `shape`, the batch left out.

        Raises: LayerMisfit.
        """
        raise TypeError(f"{type(self).__name__} has no builder")


def _shown(shape: Shape) -> str:
    return " x ".join(str(n) for n in shape)


def _image(shape: Shape, title: str) -> Shape:
    if len(shape) != 3:
        raise LayerMisfit(
            f"{title} needs an image (channels, height, width) but gets {_shown(shape)}",
            Fix(f"Remove this {title}", "remove"),
        )
    return shape


def _window(kernel: int, image: Shape, padding: int, layer: Layer) -> None:
    _, height, width = image
    room = min(height, width) + 2 * padding
    if kernel > room:
        smaller = layer.model_copy(update={"kernel": room})
        raise LayerMisfit(
            f"a {kernel} x {kernel} window does not fit into {height} x {width} pixels",
            Fix(f"Use a {room} x {room} window", "replace", smaller),
        )


def _activation(default: str = "relu") -> str:
    return hyper(default, "Activation", "The function applied to each pre-activation z.", formula="a = f(z)")  # type: ignore[no-any-return]


def _kernel(default: int, largest: int = 28) -> int:
    return hyper(  # type: ignore[no-any-return]
        default, "Kernel", "Height and width of the window that slides over the image.", ge=1, le=largest
    )


def _with_activation(name: str, module: nn.Module, activation: str) -> nn.Module:
    from torch import nn

    if activation == "identity":
        return nn.Sequential(OrderedDict({name: module}))
    return nn.Sequential(OrderedDict({name: module, "activation": ACTIVATIONS[activation].module()}))


class Linear(Layer):
    """A fully connected layer."""

    title: ClassVar[str] = "Linear"
    summary: ClassVar[str] = "Every unit sums all inputs, each times its own weight, plus a bias."
    formula: ClassVar[str] = r"z_i = \sum_j w_{ij} x_j + b_i"
    source: ClassVar[str] = "Document, section 4.2.1"
    group: ClassVar[str] = "Dense"
    kind: Literal["linear"] = "linear"
    units: int = hyper(64, "Units", "How many neurons the layer has.", ge=1, le=MAX_UNITS)
    activation: ActivationName = _activation()

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) == 3:
            raise LayerMisfit(
                f"Linear needs a vector but gets an image {_shown(shape)}",
                Fix("Insert Flatten before it", "insert_before", Flatten()),
            )
        return _with_activation("linear", nn.Linear(shape[-1], self.units), self.activation)


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


class Conv2d(Layer):
    """A convolution."""

    title: ClassVar[str] = "Conv2d"
    summary: ClassVar[str] = "Slides small kernels over the image; each finds its pattern wherever it is."
    formula: ClassVar[str] = r"z_{c,i,j} = b_c + \sum_{k,u,v} w_{c,k,u,v}\, x_{k,\,i+u,\,j+v}"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86"
    group: ClassVar[str] = "Convolution"
    kind: Literal["conv2d"] = "conv2d"
    channels: int = hyper(
        16, "Channels", "How many kernels, so how many feature maps.", ge=1, le=MAX_CHANNELS
    )
    kernel: int = _kernel(3)
    stride: int = hyper(1, "Stride", "How many pixels the window moves at a time.", ge=1, le=8)
    padding: int = hyper(1, "Padding", "How many zero pixels are added at each border.", ge=0, le=14)
    activation: ActivationName = _activation()

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        _window(self.kernel, _image(shape, self.title), self.padding, self)
        conv = nn.Conv2d(shape[0], self.channels, self.kernel, self.stride, self.padding)
        return _with_activation("conv", conv, self.activation)


class MaxPool(Layer):
    """The largest of each window."""

    title: ClassVar[str] = "MaxPool"
    summary: ClassVar[str] = "Keeps the largest value of each window: smaller images, small shifts forgiven."
    formula: ClassVar[str] = r"a_{c,i,j} = \max_{u,v} x_{c,\,si+u,\,sj+v}"
    source: ClassVar[str] = "Zhou & Chellappa 1988, ICNN"
    group: ClassVar[str] = "Convolution"
    kind: Literal["max_pool"] = "max_pool"
    kernel: int = _kernel(2)
    stride: int = hyper(2, "Stride", "How many pixels the window moves at a time.", ge=1, le=28)

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        _window(self.kernel, _image(shape, self.title), 0, self)
        return nn.MaxPool2d(self.kernel, self.stride)


class AvgPool(Layer):
    """The mean of each window."""

    title: ClassVar[str] = "AvgPool"
    summary: ClassVar[str] = "Averages each window: smaller images, detail smoothed."
    formula: ClassVar[str] = r"a_{c,i,j} = \frac{1}{k^2} \sum_{u,v} x_{c,\,si+u,\,sj+v}"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86"
    group: ClassVar[str] = "Convolution"
    kind: Literal["avg_pool"] = "avg_pool"
    kernel: int = _kernel(2)
    stride: int = hyper(2, "Stride", "How many pixels the window moves at a time.", ge=1, le=28)

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        _window(self.kernel, _image(shape, self.title), 0, self)
        return nn.AvgPool2d(self.kernel, self.stride)


class GlobalPool(Layer):
    """One value per channel."""

    title: ClassVar[str] = "GlobalPool"
    summary: ClassVar[str] = "Reduces each feature map, or a sequence of tokens, to one value per channel."
    formula: ClassVar[str] = r"a_c = \operatorname{mean}_{i,j}\, x_{c,i,j}"
    source: ClassVar[str] = "Lin et al. 2014, ICLR"
    group: ClassVar[str] = "Convolution"
    kind: Literal["global_pool"] = "global_pool"
    mode: Literal["mean", "max"] = hyper("mean", "Mode", "Whether the mean or the largest value is kept.")

    def build(self, shape: Shape) -> nn.Module:
        from lab.modules import GlobalPooling

        if len(shape) < 2:
            raise LayerMisfit(
                f"GlobalPool needs an image or a sequence but gets {_shown(shape)}",
                Fix("Remove this GlobalPool", "remove"),
            )
        return GlobalPooling(self.mode, over_tokens=len(shape) == 2)


class Dropout(Layer):
    """Random zeros while training."""

    title: ClassVar[str] = "Dropout"
    summary: ClassVar[str] = "Sets a random share of its inputs to zero while training, against overfitting."
    formula: ClassVar[str] = r"a = \frac{m}{1 - p}\, x, \quad m \sim \text{Bernoulli}(1 - p)"
    source: ClassVar[str] = "Srivastava et al. 2014, JMLR 15; document, section 7.1"
    group: ClassVar[str] = "Regularise"
    kind: Literal["dropout"] = "dropout"
    p: float = hyper(0.25, "Probability", "The share of inputs set to zero.", ge=0.0, le=0.95, step=0.05)

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        return nn.Dropout(self.p)


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
    activation: ActivationName = _activation("identity")

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) == 2:
            raise LayerMisfit(
                "BatchNorm takes images and vectors, not sequences",
                Fix("Use LayerNorm instead", "replace", LayerNorm()),
            )
        norm = nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])
        return _with_activation("norm", norm, self.activation)


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


class Residual(Layer):
    """Two convolutions and a shortcut around them."""

    title: ClassVar[str] = "Residual block"
    summary: ClassVar[str] = (
        "Two convolutions learn what to add to their input; the shortcut lets gradients pass."
    )
    formula: ClassVar[str] = r"a = f(x + F(x))"
    source: ClassVar[str] = "He et al. 2016, CVPR"
    group: ClassVar[str] = "Convolution"
    kind: Literal["residual"] = "residual"
    channels: int = hyper(32, "Channels", "How many feature maps come out.", ge=1, le=MAX_CHANNELS)
    stride: int = hyper(1, "Stride", "2 halves height and width.", ge=1, le=4)
    activation: ActivationName = _activation()

    def build(self, shape: Shape) -> nn.Module:
        from lab.modules import ResidualBlock

        channels = _image(shape, self.title)[0]
        return ResidualBlock(channels, self.channels, self.stride, self.activation)


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
        from lab.modules import RowRecurrent

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
        from lab.modules import PatchTokens

        channels, height, width = _image(shape, self.title)
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
    dropout: float = hyper(
        0.0, "Dropout", "The share of values set to zero while training.", ge=0.0, le=0.9, step=0.05
    )

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        if len(shape) != 2:
            image = len(shape) == 3
            raise LayerMisfit(
                f"a transformer block needs a sequence of tokens but gets {_shown(shape)}",
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


LAYERS = table(
    Linear,
    Flatten,
    Conv2d,
    MaxPool,
    AvgPool,
    GlobalPool,
    Residual,
    Dropout,
    BatchNorm,
    LayerNorm,
    Recurrent,
    PatchEmbedding,
    Transformer,
)
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
