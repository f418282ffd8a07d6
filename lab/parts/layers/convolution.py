"""Layers over images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.activations import ActivationName
from lab.parts.layers.base import (
    MAX_CHANNELS,
    Fix,
    Layer,
    LayerMisfit,
    Shape,
    activation_field,
    check_window,
    image_shape,
    kernel_field,
    shown,
    with_activation,
)
from lab.registry import hyper

if TYPE_CHECKING:
    from torch import nn


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
    kernel: int = kernel_field(3)
    stride: int = hyper(1, "Stride", "How many pixels the window moves at a time.", ge=1, le=8)
    padding: int = hyper(1, "Padding", "How many zero pixels are added at each border.", ge=0, le=14)
    activation: ActivationName = activation_field()

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers import torch_modules

        check_window(self.kernel, image_shape(shape, self.title), self.padding, self)
        conv = torch_modules.Conv2d(shape[0], self.channels, self.kernel, self.stride, self.padding)
        return with_activation("conv", conv, self.activation)


class MaxPool(Layer):
    """The largest of each window."""

    title: ClassVar[str] = "MaxPool"
    summary: ClassVar[str] = "Keeps the largest value of each window: smaller images, small shifts forgiven."
    formula: ClassVar[str] = r"a_{c,i,j} = \max_{u,v} x_{c,\,si+u,\,sj+v}"
    source: ClassVar[str] = "Zhou & Chellappa 1988, ICNN"
    group: ClassVar[str] = "Convolution"
    kind: Literal["max_pool"] = "max_pool"
    kernel: int = kernel_field(2)
    stride: int = hyper(2, "Stride", "How many pixels the window moves at a time.", ge=1, le=28)

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        check_window(self.kernel, image_shape(shape, self.title), 0, self)
        return nn.MaxPool2d(self.kernel, self.stride)


class AvgPool(Layer):
    """The mean of each window."""

    title: ClassVar[str] = "AvgPool"
    summary: ClassVar[str] = "Averages each window: smaller images, detail smoothed."
    formula: ClassVar[str] = r"a_{c,i,j} = \frac{1}{k^2} \sum_{u,v} x_{c,\,si+u,\,sj+v}"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86"
    group: ClassVar[str] = "Convolution"
    kind: Literal["avg_pool"] = "avg_pool"
    kernel: int = kernel_field(2)
    stride: int = hyper(2, "Stride", "How many pixels the window moves at a time.", ge=1, le=28)

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        check_window(self.kernel, image_shape(shape, self.title), 0, self)
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
        from lab.parts.layers.torch_modules import GlobalPooling

        if len(shape) < 2:
            raise LayerMisfit(
                f"GlobalPool needs an image or a sequence but gets {shown(shape)}",
                Fix("Remove this GlobalPool", "remove"),
            )
        return GlobalPooling(self.mode, over_tokens=len(shape) == 2)


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
    activation: ActivationName = activation_field()

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import ResidualBlock

        channels = image_shape(shape, self.title)[0]
        return ResidualBlock(channels, self.channels, self.stride, self.activation)
